import type { CallSnapshot, MemberSnapshot, MentionDraft, MessageEntry } from "@p2pcrypt/client";
import { Suspense, useEffect, useRef, useState } from "react";
import { MessageActs } from "../model/message-acts.ts";
import type { Route } from "../model/routes.ts";
import type { Thread } from "../model/thread.ts";
import { twinsAmong } from "../model/twins.ts";
import { shownText } from "../text/printable.ts";
import { sentenceOf } from "../words/failures.ts";
import { Conversation } from "./chat/Conversation.tsx";
import {
  ArrangePlace,
  attachments,
  ChoicePlace,
  Details,
  FilePlace,
  GroupDetailsPlace,
  MenuPlace,
  naming,
  OfferPlace,
  PersonTrustPlace,
  PinnedPlace,
  QuestionPlace,
  RunningCallPlace,
  SendPlace,
  UploadsPlace,
  VoicePlace,
  WritingPlace,
} from "./later.ts";
import type { PlaceProps } from "./places.tsx";
import { useOwnModel, useSnapshot, useWords } from "./surroundings.ts";

type CallMedia = CallSnapshot["media"];
type ConversationRoute = Route & { readonly kind: "conversation" };

export function ConversationPlace(props: PlaceProps & { readonly route: ConversationRoute }) {
  const { workspace, route } = props;
  const thread = useOwnModel(() => workspace.thread(route.id), route.id);
  const acts = useOwnModel(() => new MessageActs(route.id, workspace.client), route.id);
  const isThere = thread !== undefined && acts !== undefined;
  return isThere ? <Held key={route.id} {...props} thread={thread} acts={acts} /> : <main className="middle" />;
}

function Held({
  workspace,
  platform,
  route,
  thread,
  acts,
}: PlaceProps & { readonly route: ConversationRoute; readonly thread: Thread; readonly acts: MessageActs }) {
  const words = useWords();
  const { t } = words;
  const snapshot = useSnapshot(thread);
  const { writing, question, chosen } = useSnapshot(acts);
  const [offered, setOffered] = useState<readonly File[]>();
  const [menu, setMenu] = useState<{ readonly entry: MessageEntry; readonly anchor: Element }>();
  useEffect(() => {
    const look = (): void => thread.inSight(platform.isLookedAt());
    look();
    return platform.onLookedAt(look);
  }, [platform, thread]);
  const { at } = route;
  useEffect(() => {
    if (at !== undefined) void thread.goTo(at);
  }, [thread, at]);
  const { client, boot, drafts, toasts } = workspace;
  const { groups } = useSnapshot(workspace.calls);
  const { contact } = snapshot;
  const place = { workspace, platform, id: route.id };
  const failed = (error: unknown): void => toasts.say(sentenceOf(words, error));
  const edited = writing?.kind === "edit" ? writing.entry : undefined;
  const members = snapshot.conversation?.members ?? [];
  const picked = useRef<Pick<MemberSnapshot, "identityId" | "name">[]>([]);
  useEffect(() => {
    const named = edited?.mentions ?? [];
    picked.current = named.map(({ at, length, identityId }) => ({
      identityId,
      name: edited?.text.slice(at + 1, at + length) ?? "",
    }));
  }, [edited]);
  /** Whom the words name: as members are called, and of two with one name whom the person took from the list. */
  const mentionsOf = async (text: string): Promise<readonly MentionDraft[]> => {
    if (!text.includes("@") || snapshot.conversation?.kind !== "group") return [];
    return (await naming()).mentionsIn(text, members, picked.current.splice(0));
  };
  const send = async (text: string): Promise<void> => {
    const mentions = await mentionsOf(text);
    acts.write(undefined);
    if (edited === undefined) return thread.send(text, writing?.entry, mentions);
    // The field is gone by then: what failed is said at the edge.
    await acts.edit(edited, text, mentions).catch(failed);
  };
  const nowMs = platform.nowMs();
  const running = groups.find(({ conversationId, state }) => conversationId === route.id && state === "running");
  const call = (media: CallMedia): void =>
    void workspace.calls.start(route.id, media).catch((error: unknown) => toasts.say(sentenceOf(words, error)));
  const block = async (): Promise<void> => (contact === undefined ? undefined : workspace.block(contact));
  const unblock = async (): Promise<void> => (contact === undefined ? undefined : client.contacts.unblock(contact.identityId));
  const { conversation } = snapshot;
  const arrange =
    conversation === undefined || !route.details ? undefined : (
      <Suspense>
        <ArrangePlace {...{ workspace, platform, conversation }} />
      </Suspense>
    );
  return (
    <>
      <main className="middle">
        <Conversation
          thread={snapshot}
          route={route}
          draft={edited === undefined ? drafts.get(route.id) : edited.text}
          editing={edited?.id}
          chosen={chosen}
          pinned={
            <>
              {running === undefined ? undefined : (
                <Suspense>
                  <RunningCallPlace workspace={workspace} call={running} />
                </Suspense>
              )}
              {(snapshot.conversation?.pinned ?? []).length === 0 ? undefined : (
                <Suspense>
                  <PinnedPlace workspace={workspace} id={route.id} onGo={(number) => void thread.goTo(number)} />
                </Suspense>
              )}
            </>
          }
          bar={
            writing === undefined ? undefined : (
              <Suspense>
                <WritingPlace acts={acts} writing={writing} />
              </Suspense>
            )
          }
          naming={
            conversation?.kind !== "group"
              ? undefined
              : (field) => (
                  <Suspense>
                    <OfferPlace {...field} members={members} onPick={(member) => picked.current.push(member)} />
                  </Suspense>
                )
          }
          choice={
            chosen === undefined ? undefined : (
              <Suspense>
                <ChoicePlace {...place} acts={acts} />
              </Suspense>
            )
          }
          sendsOnEnter={boot.settings().sendsOnEnter}
          nowMs={nowMs}
          onCall={call}
          uploads={
            <Suspense>
              <UploadsPlace {...place} />
            </Suspense>
          }
          voice={
            <Suspense>
              <VoicePlace {...place} />
            </Suspense>
          }
          actions={{
            send,
            cancel: () => acts.write(undefined),
            menu: (entry, anchor) => setMenu({ entry, anchor }),
            react: (entry, emoji) => void acts.react(entry, emoji).catch(failed),
            versions: (entry) => acts.ask({ kind: "versions", entry }),
            goTo: (number) => void thread.goTo(number),
            toggle: (entry) => acts.toggle(entry),
            typing: (isTyping) => thread.typing(isTyping),
            keepDraft: (text) => (edited === undefined ? drafts.set(route.id, text) : undefined),
            loadOlder: () => void thread.loadOlder(),
            loadNewer: () => void thread.loadNewer(),
            toNewest: () => void thread.toNewest(),
            following: (isFollowing) => thread.following(isFollowing),
            unsend: (id) => void thread.unsend(id).then((isBack) => toasts.say(isBack ? t("chat.unsent") : t("chat.tooLate"))),
            attach: async (files) => (await attachments()).attachmentsOf(place).send(files),
            offer: setOffered,
            file: (entry) => (
              <Suspense fallback={<p dir="auto">{t("chat.file", { name: shownText(entry.file.name) })}</p>}>
                <FilePlace {...place} entry={entry} />
              </Suspense>
            ),
            call,
            copyText: (text) => void platform.copy(text).then(() => toasts.say(t("app.copied"))),
            acceptAlert: async () => (contact === undefined ? undefined : client.contacts.acceptAlert(contact.identityId)),
            block,
            unblock,
            rejoin: () => client.groups.acceptInvitation(route.id),
            stayOut: () => client.groups.declineInvitation(route.id),
            nameOf: (identityId) =>
              members.find((one) => one.identityId === identityId)?.name ?? client.contacts.get(identityId)?.name,
            people: { get: (identityId) => client.contacts.get(identityId), subscribe: (listener) => client.subscribe(listener) },
            attest: (by, isAttested) => client.trust.attest(by, isAttested),
          }}
        />
        {menu === undefined ? undefined : (
          <Suspense>
            <MenuPlace {...place} acts={acts} {...menu} onClose={() => setMenu(undefined)} />
          </Suspense>
        )}
        {offered === undefined ? undefined : (
          <Suspense>
            <SendPlace {...place} files={offered} onClose={() => setOffered(undefined)} />
          </Suspense>
        )}
        {question === undefined ? undefined : (
          <Suspense>
            <QuestionPlace {...place} acts={acts} />
          </Suspense>
        )}
      </main>
      {route.details ? (
        <Suspense>
          <Details
            thread={snapshot}
            hasTwin={contact !== undefined && twinsAmong(client.contacts.list()).has(contact.identityId)}
            nowMs={nowMs}
            belief={
              contact === undefined ? undefined : (
                <Suspense>
                  <PersonTrustPlace workspace={workspace} identityId={contact.identityId} nowMs={nowMs} />
                </Suspense>
              )
            }
            group={
              snapshot.conversation?.kind === "group" ? (
                <Suspense>
                  <GroupDetailsPlace workspace={workspace} platform={platform} group={snapshot.conversation} arrange={arrange} />
                </Suspense>
              ) : undefined
            }
            arrange={arrange}
            actions={{
              withdraw: async () => (contact === undefined ? undefined : client.verification.withdraw(contact.identityId)),
              block,
              unblock,
              leave: () => workspace.leave(route.id),
            }}
          />
        </Suspense>
      ) : undefined}
    </>
  );
}
