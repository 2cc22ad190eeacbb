// A group's call, wired. Fetched with calls.
import type { GroupCallSnapshot } from "@p2pcrypt/client";
import { useEffect } from "react";
import { GroupSession } from "../call/group-session.ts";
import { startRinging } from "../call/ringer.ts";
import type { Workspace } from "../model/workspace.ts";
import type { Platform } from "../platform/platform.ts";
import { sentenceOf } from "../words/failures.ts";
import { CallSounds } from "./call/CallSounds.tsx";
import { GroupBar } from "./call/GroupBar.tsx";
import { endWordsOf, GroupRinging } from "./call/GroupRinging.tsx";
import { GroupScreen } from "./call/GroupScreen.tsx";
import { RunningCall } from "./call/RunningCall.tsx";
import { useOwnModel, useSnapshot, useWords } from "./surroundings.ts";

interface GroupCallProps {
  readonly workspace: Workspace;
  readonly platform: Platform;
}

/** The one that this device rings for, is in, or was in a moment ago. */
export function GroupCallPlace({ workspace, platform }: GroupCallProps) {
  const { calls: desk, client } = workspace;
  const { groups } = useSnapshot(desk);
  const call = groups.find(({ state }) => state === "ringing" || state === "calling" || state === "in") ?? groups.find(isTold);
  const sound = call?.state === "ringing" || call?.state === "calling" ? call.state : undefined;
  useEffect(() => (sound === undefined ? undefined : startRinging(sound, platform.everySecond)), [sound, platform]);
  if (call === undefined) return undefined;
  if (call.state === "in") return <LiveGroup key={call.id} {...{ workspace, platform, call }} />;
  return (
    <GroupRinging
      call={call}
      title={client.conversations.get(call.conversationId)?.name ?? ""}
      picture={client.conversations.get(call.conversationId)?.picture}
      nameOf={nameIn(workspace, call)}
      actions={{
        join: (withCamera) => void desk.join(call.id, { withCamera }),
        leave: () => void client.groupCalls.leave(call.id),
        close: () => desk.forget(call),
      }}
    />
  );
}

/** In the conversation where one goes on. */
export function RunningCallPlace({ workspace, call }: Pick<GroupCallProps, "workspace"> & { readonly call: GroupCallSnapshot }) {
  const words = useWords();
  return (
    <RunningCall
      call={call}
      nameOf={nameIn(workspace, call)}
      onJoin={() =>
        void workspace.calls
          .join(call.id, { withCamera: false })
          .catch((error: unknown) => workspace.toasts.say(sentenceOf(words, error)))
      }
    />
  );
}

function LiveGroup({ workspace, platform, call }: GroupCallProps & { readonly call: GroupCallSnapshot }) {
  const { client, boot, calls: desk } = workspace;
  const session = useOwnModel(() => new GroupSession(call, { client, boot, desk, platform }), call.id);
  return session === undefined ? undefined : <Live {...{ workspace, platform, call, session }} />;
}

function Live({
  workspace,
  platform,
  call,
  session,
}: GroupCallProps & { readonly call: GroupCallSnapshot; readonly session: GroupSession }) {
  const { client, calls: desk } = workspace;
  const { isSmall } = useSnapshot(desk);
  const media = useSnapshot(session);
  const group = client.conversations.get(call.conversationId);
  const inIt = new Set(call.people.map(({ identityId }) => identityId));
  const { identityId: self } = client.account.snapshot();
  const askable = (group?.members ?? []).flatMap(({ identityId, name }) =>
    inIt.has(identityId) || identityId === self ? [] : [{ identityId, name, hasDeclined: call.declined.includes(identityId) }],
  );
  const title = group?.name ?? "";
  const hangUp = (): void => void client.groupCalls.leave(call.id);
  const ticking = { nowMs: () => platform.nowMs(), everySecond: platform.everySecond };
  return (
    <>
      {[...media.people].map(([pair, { sound }]) => (
        <CallSounds key={pair} stream={sound} isHeld={media.isHeld} />
      ))}
      {isSmall ? (
        <GroupBar {...{ call, title, ...ticking }} onOpen={() => desk.setSmall(false)} onHangUp={hangUp} />
      ) : (
        <GroupScreen
          {...{ call, title, media, askable, ...ticking }}
          nameOf={nameIn(workspace, call)}
          actions={{
            hangUp,
            makeSmall: () => desk.setSmall(true),
            setMuted: (isMuted) => session.setMuted(isMuted),
            setHeld: (isHeld) => session.setHeld(isHeld),
            setCamera: (isOn) => void session.setCamera(isOn),
            setScreen: (isOn) => void session.setScreen(isOn),
            choose: (choice) => void session.choose(choice),
            setEffects: (effects) => void session.setEffects(effects),
            ask: async (identityId) => {
              const whom = (group?.members ?? []).filter((member) => member.identityId === identityId);
              await client.groupCalls.ring(
                call.id,
                whom.map((member) => member.identityId),
              );
            },
          }}
        />
      )}
    </>
  );
}

function isTold({ end, state }: GroupCallSnapshot): boolean {
  return state === "ended" && endWordsOf(end) !== undefined;
}

function nameIn({ client }: Workspace, { conversationId }: GroupCallSnapshot): (identityId: string) => string {
  const members = client.conversations.get(conversationId)?.members ?? [];
  return (identityId) => members.find((member) => member.identityId === identityId)?.name ?? "";
}
