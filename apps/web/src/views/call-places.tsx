// The call, and trying one out, wired. Fetched when there is one.
import type { CallSnapshot } from "@p2pcrypt/client";
import { useEffect } from "react";
import { CallSession } from "../call/call-session.ts";
import { startRinging } from "../call/ringer.ts";
import { Compare } from "../model/compare.ts";
import { trustMarkOf } from "../model/trust-mark.ts";
import type { Workspace } from "../model/workspace.ts";
import type { Platform } from "../platform/platform.ts";
import { shownName } from "../text/printable.ts";
import { CallBar } from "./call/CallBar.tsx";
import { CallScreen } from "./call/CallScreen.tsx";
import { CallSounds } from "./call/CallSounds.tsx";
import { Ringing } from "./call/Ringing.tsx";
import { GroupCallPlace } from "./group-call-places.tsx";
import { useOwnModel, useSnapshot } from "./surroundings.ts";
import "../styles/call.css";

export { CallTestPlace } from "./call-test-place.tsx";
export { RunningCallPlace } from "./group-call-places.tsx";

const ADDED_WITHIN_MS = 15_000;

interface CallProps {
  readonly workspace: Workspace;
  readonly platform: Platform;
}

export function CallPlace({ workspace, platform }: CallProps) {
  const { calls } = workspace;
  const { call } = useSnapshot(calls);
  const sound = call?.state === "ringing" || call?.state === "calling" ? call.state : undefined;
  useEffect(() => (sound === undefined ? undefined : startRinging(sound, platform.everySecond)), [sound, platform]);
  if (call === undefined) return <GroupCallPlace workspace={workspace} platform={platform} />;
  const who = whoIn(workspace, call);
  const actions = {
    answer: (withCamera: boolean) => void calls.answer({ withCamera }),
    hangUp: () => void calls.hangUp(),
    close: () => calls.close(),
  };
  const isLive = call.state === "connecting" || call.state === "connected" || call.state === "reconnecting";
  return isLive ? (
    <LiveCall key={call.id} {...{ workspace, platform, call, who }} />
  ) : (
    <Ringing call={call} who={who} actions={actions} />
  );
}

export interface CallWho {
  readonly name: string;
  readonly identityId: CallSnapshot["contactId"];
  readonly mark: ReturnType<typeof trustMarkOf> | undefined;
}

function whoIn({ client }: Workspace, { contactId }: CallSnapshot): CallWho {
  const contact = client.contacts.get(contactId);
  return {
    name: contact?.name ?? "",
    identityId: contactId,
    mark: contact === undefined ? undefined : trustMarkOf(contact),
  };
}

/**
 * A third one in a call of two: the call goes on in a group of the three, where everybody sees who is in it and what was said stays. The
 * others are asked there: nobody is taken into a call with somebody else unasked.
 */
async function askIn(
  { client, calls: desk }: Workspace,
  platform: Platform,
  {
    call,
    who,
    identityId,
    withCamera,
  }: { readonly call: CallSnapshot; readonly who: CallWho; readonly identityId: string; readonly withCamera: boolean },
): Promise<void> {
  const third = client.contacts.list().find((contact) => contact.identityId === identityId);
  if (third === undefined) return;
  const names = [client.account.snapshot().name, who.name, third.name].map((name) => shownName(name).slice(0, 20));
  const { id } = await client.groups.create(names.join(", "), [call.contactId, third.identityId]);
  // The call of two goes on until both are in the group.
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      const group = client.conversations.get(id);
      if (group?.state !== "active" || group.members.length < 3) return;
      stop();
      resolve();
    };
    const stopListening = client.subscribe((event) => (event.kind === "conversation" ? look() : undefined));
    const stopWaiting = platform.after(ADDED_WITHIN_MS, () => {
      stop();
      reject(new RangeError("nobody was added"));
    });
    const stop = (): void => {
      stopListening();
      stopWaiting();
    };
    look();
  });
  await client.calls.hangUp(call.id);
  await desk.start(id, withCamera ? "video" : "voice");
}

function LiveCall({ workspace, platform, call, who }: CallProps & { readonly call: CallSnapshot; readonly who: CallWho }) {
  const { client, boot, calls: desk } = workspace;
  const session = useOwnModel(() => new CallSession(call, { client, boot, desk, platform }), call.id);
  const compare = useOwnModel(() => new Compare(client, call.contactId), call.contactId);
  return session === undefined || compare === undefined ? undefined : (
    <Live {...{ workspace, platform, call, who, session, compare }} />
  );
}

function Live({
  workspace,
  platform,
  call,
  who,
  session,
  compare,
}: CallProps & {
  readonly call: CallSnapshot;
  readonly who: CallWho;
  readonly session: CallSession;
  readonly compare: Compare;
}) {
  const { client, calls: desk } = workspace;
  const { isSmall } = useSnapshot(desk);
  const media = useSnapshot(session);
  const { contact, shortCode } = useSnapshot(compare);
  const hangUp = (): void => void desk.hangUp();
  const mark = contact === undefined ? who.mark : trustMarkOf(contact);
  const shown = { call, who: { ...who, mark }, media, nowMs: () => platform.nowMs(), everySecond: platform.everySecond };
  return (
    <>
      <CallSounds stream={media.theirSound} isHeld={media.isHeld} />
      {isSmall ? (
        <CallBar {...shown} onOpen={() => desk.setSmall(false)} onHangUp={hangUp} />
      ) : (
        <CallScreen
          {...shown}
          askable={client.contacts
            .list()
            .filter(({ identityId, state }) => state === "accepted" && identityId !== call.contactId)}
          check={{
            run: shortCode,
            actions: {
              startShortCode: () => compare.startShortCode(),
              acceptShortCode: () => compare.acceptShortCode(),
              confirmShortCode: (isEqual) => compare.confirmShortCode(isEqual),
              cancelShortCode: () => compare.cancelShortCode(),
            },
          }}
          actions={{
            hangUp,
            makeSmall: () => desk.setSmall(true),
            setMuted: (isMuted) => session.setMuted(isMuted),
            setHeld: (isHeld) => session.setHeld(isHeld),
            setEffects: (effects) => void session.setEffects(effects),
            ask: (identityId) => askIn(workspace, platform, { call, who, identityId, withCamera: media.camera !== undefined }),
            setCamera: (isOn) => void session.setCamera(isOn),
            setScreen: (isOn) => void session.setScreen(isOn),
            choose: (choice) => void session.choose(choice),
          }}
        />
      )}
    </>
  );
}
