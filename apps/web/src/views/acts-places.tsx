// What can be done with messages, wired. Fetched when it is wanted.
import type { ConversationId, MessageEntry } from "@p2pcrypt/client";
import { useEffect, useState } from "react";
import { inOrder, type MessageActs, type Writing } from "../model/message-acts.ts";
import type { Workspace } from "../model/workspace.ts";
import type { Platform } from "../platform/platform.ts";
import { shownText } from "../text/printable.ts";
import { sentenceOf } from "../words/failures.ts";
import { ChoiceBar } from "./acts/ChoiceBar.tsx";
import { type MenuAct, MessageMenu } from "./acts/MessageMenu.tsx";
import { PinnedLine } from "./acts/PinnedLine.tsx";
import { DeleteQuestion, ForwardQuestion, ReactionsView, ReactQuestion, VersionsView } from "./acts/Questions.tsx";
import { StarredPage } from "./acts/StarredPage.tsx";
import { WritingBar } from "./acts/WritingBar.tsx";
import type { PlaceProps } from "./places.tsx";
import { useSnapshot, useWords } from "./surroundings.ts";

export { mentionsIn } from "@p2pcrypt/client";
export { MemberOffer } from "./acts/MemberOffer.tsx";

export interface ActsPlaceProps {
  readonly workspace: Workspace;
  readonly platform: Platform;
  readonly id: ConversationId;
  readonly acts: MessageActs;
}

export function MenuPlace({
  workspace,
  platform,
  id,
  acts,
  entry,
  anchor,
  onClose,
}: ActsPlaceProps & { readonly entry: MessageEntry; readonly anchor: Element; readonly onClose: () => void }) {
  const words = useWords();
  const { toasts, client } = workspace;
  const failed = (error: unknown): void => toasts.say(sentenceOf(words, error));
  const done = (act: Promise<void>): void => void act.catch(failed);
  const star = async (): Promise<void> => {
    await acts.star(entry);
    toasts.say(words.t(entry.isStarred === true ? "acts.unstarred" : "acts.starredNow"));
  };
  const text = entry.kind === "text" ? entry : undefined;
  const doing: Record<MenuAct, () => void> = {
    reply: () => acts.write({ kind: "reply", entry }),
    edit: () => (text === undefined ? undefined : acts.write({ kind: "edit", entry: text })),
    copy: () => copy(workspace, platform, [entry], words.t("app.copied")),
    pin: () => done(acts.pin(entry)),
    star: () => done(star()),
    choose: () => acts.choose(entry),
    versions: () => (text === undefined ? undefined : acts.ask({ kind: "versions", entry: text })),
    reactions: () => acts.ask({ kind: "reactions", entry }),
    react: () => acts.ask({ kind: "react", entry }),
    forward: () => acts.ask({ kind: "forward", entries: [entry] }),
    delete: () => acts.ask({ kind: "delete", entries: [entry] }),
  };
  const isOpen = client.conversations.get(id)?.state === "active";
  const react = (emoji: string): void => done(acts.react(entry, emoji));
  return <MessageMenu {...{ entry, anchor, isOpen, onClose }} onAct={(act) => doing[act]()} onReact={react} />;
}

export function QuestionPlace({ workspace, id, acts }: ActsPlaceProps) {
  const { t } = useWords();
  const { question } = useSnapshot(acts);
  const { client, toasts } = workspace;
  const close = (): void => acts.ask(undefined);
  switch (question?.kind) {
    case "delete": {
      const isOpen = client.conversations.get(id)?.state === "active";
      const canDeleteForEveryone = isOpen && question.entries.every(({ isOwn }) => isOwn);
      const remove = (isForEveryone: boolean): Promise<void> => acts.remove(question.entries, isForEveryone);
      return <DeleteQuestion entries={question.entries} {...{ canDeleteForEveryone }} onDelete={remove} onClose={close} />;
    }
    case "forward": {
      const targets = client.conversations
        .list()
        .filter(({ state }) => state === "active")
        .map((one) => ({ id: one.id, name: one.name, contactId: one.contactId, picture: one.picture }));
      const forward = async (to: readonly ConversationId[]): Promise<void> => {
        await acts.forward(question.entries, to);
        toasts.say(t("acts.forwardedNow"));
      };
      return <ForwardQuestion targets={targets} onForward={forward} onClose={close} />;
    }
    case "versions": {
      const { entry } = question;
      return <VersionsView entry={entry} load={() => client.messages.versions(id, refOf(entry))} onClose={close} />;
    }
    case "reactions":
      return <ReactionsView entry={question.entry} onClose={close} />;
    case "react": {
      const react = async (emoji: string): Promise<void> => {
        await client.messages.react(id, refOf(question.entry), emoji);
        close();
      };
      return <ReactQuestion onReact={react} onClose={close} />;
    }
    case undefined:
      return undefined;
  }
}

export function ChoicePlace({ workspace, platform, acts }: ActsPlaceProps) {
  const { t } = useWords();
  const { chosen } = useSnapshot(acts);
  if (chosen === undefined) return undefined;
  const entries = inOrder(chosen.values());
  return (
    <ChoiceBar
      count={entries.length}
      onCopy={() => {
        copy(workspace, platform, entries, t("app.copied"));
        acts.choose(undefined);
      }}
      onForward={() => acts.ask({ kind: "forward", entries: entries.filter(({ kind }) => kind === "text" || kind === "file") })}
      onDelete={() => acts.ask({ kind: "delete", entries })}
      onEnd={() => acts.choose(undefined)}
    />
  );
}

export function WritingPlace({ acts, writing }: { readonly acts: MessageActs; readonly writing: Writing }) {
  return <WritingBar writing={writing} onCancel={() => acts.write(undefined)} />;
}

export function PinnedPlace({
  workspace,
  id,
  onGo,
}: {
  readonly workspace: Workspace;
  readonly id: ConversationId;
  readonly onGo: (number: number) => void;
}) {
  const { conversations, messages } = workspace.client;
  const pinned = conversations.get(id)?.pinned ?? [];
  if (pinned.length === 0) return undefined;
  return <PinnedLine pinned={pinned} load={({ author, id: of }) => messages.get(id, { author, id: of })} onGo={onGo} />;
}

export function StarredPlace({ workspace, platform }: PlaceProps) {
  const { client } = workspace;
  const [entries, setEntries] = useState<readonly MessageEntry[]>();
  useEffect(() => {
    let isWanted = true;
    const load = (): void =>
      void client.messages.starred().then(
        (found) => (isWanted ? setEntries(found) : undefined),
        () => undefined, // the client ended: so does this place
      );
    load();
    const stop = client.subscribe((event) => {
      if (event.kind === "entryChanged" || event.kind === "erased") load();
    });
    return () => {
      isWanted = false;
      stop();
    };
  }, [client]);
  return <StarredPage entries={entries} nameOf={(id) => client.conversations.get(id)?.name ?? ""} nowMs={platform.nowMs()} />;
}

function refOf({ author, id }: MessageEntry): Pick<MessageEntry, "author" | "id"> {
  return { author, id };
}

function copy({ toasts }: Workspace, platform: Platform, entries: readonly MessageEntry[], said: string): void {
  const texts = entries.flatMap((entry) => (entry.kind === "text" ? [shownText(entry.text)] : []));
  void platform.copy(texts.join("\n")).then(() => toasts.say(said));
}
