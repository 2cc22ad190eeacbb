// Conversations: history, sending, reading, leaving.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { MAX_DISAPPEAR_AFTER_S } from "@p2pcrypt/session";
import { type ArrangementChange, arranged, MAX_FOLDER_BYTES, unreadThatCounts } from "./arrangement.ts";
import { eraseEntries } from "./conversation/erase.ts";
import { historyOf, readEntries } from "./conversation/history.ts";
import { mentionsField } from "./conversation/mentions.ts";
import { assertGoesOn, assertOpen, hasSaidGoodbye } from "./conversation/open.ts";
import { queueContent } from "./conversation/outbox.ts";
import { told } from "./conversation/quote.ts";
import { noteToSelf } from "./conversation/self.ts";
import { assertText, sendContent, unsendContent } from "./conversation/send.ts";
import { markRead } from "./conversation/thread.ts";
import { withWaitingActs } from "./conversation/waiting-acts.ts";
import type { Core } from "./core.ts";
import { MAX_DRAFT_BYTES } from "./devices/own-entry.ts";
import type { Entry, TextEntry } from "./entry-snapshots.ts";
import { ClientError } from "./failure.ts";
import { putWish } from "./group/wishes.ts";
import { ClientGroups } from "./groups.ts";
import { isMessage, isNews } from "./message-kinds.ts";
import type { MentionDraft } from "./message-snapshots.ts";
import type { ConversationId, ConversationSnapshot } from "./snapshots.ts";
import type { MarkedEntry } from "./store/entry-rows.ts";
import type { ThreadRow } from "./store/rows.ts";
import { Tx } from "./store/tx.ts";
import type { Conversations } from "./surface.ts";
import type { Tasks } from "./tasks.ts";
import { conversationSnapshot, queuedEntry, withState } from "./views.ts";

const DEFAULT_PAGE = 50;
const MAX_PAGE = 1_000;
const ERASED_AT_ONCE = 128;
/** Shorter, and nobody would have read it. */
const LEAST_S = 30;

export class ClientConversations implements Conversations {
  readonly #core: Core;
  readonly #tasks: Tasks;

  constructor(core: Core, tasks: Tasks) {
    this.#core = core;
    this.#tasks = tasks;
  }

  list(): readonly ConversationSnapshot[] {
    return this.#core.tables.threads.all().map((thread) => this.#snapshot(thread));
  }

  get(id: ConversationId): ConversationSnapshot | undefined {
    const thread = this.#core.tables.threads.get(id);
    return thread === undefined ? undefined : this.#snapshot(thread);
  }

  unreadTotal(): number {
    const { tables, nowMs } = this.#core;
    return tables.threads.all().reduce((total, thread) => total + unreadThatCounts(thread, nowMs), 0);
  }

  async history(id: ConversationId, page: { readonly before?: number; readonly limit?: number } = {}): Promise<readonly Entry[]> {
    const core = this.#core;
    const thread = this.#thread(id);
    const limit = Math.max(1, Math.min(page.limit ?? DEFAULT_PAGE, MAX_PAGE));
    const stored = await readEntries<MarkedEntry>(core, historyOf(id), { before: page.before, limit });
    const reader = new Tx(core.deps.vault);
    const found = stored.map((entry) => withWaitingActs(core, thread, entry));
    const entries: Entry[] = [];
    for (const one of found) entries.push(withState(core, thread, await told(reader, one, found)));
    if (page.before !== undefined) return entries;
    const queued: Entry[] = [];
    for (const one of thread.outbox) {
      const row = core.tables.outbox.get(one);
      const entry = row === undefined ? undefined : queuedEntry(core, row);
      if (entry !== undefined) queued.push(await told(reader, withWaitingActs(core, thread, entry), [...queued, ...found]));
    }
    return [...queued.reverse(), ...entries];
  }

  async send(id: ConversationId, text: string, mentions: readonly MentionDraft[] = []): Promise<TextEntry> {
    assertText(text);
    const entry = await sendContent(this.#core, id, { kind: "text", text, ...mentionsField(this.#core, id, text, mentions) });
    if (entry.kind !== "text") throw new ClientError({ code: "conversation/unknown" });
    return entry;
  }

  unsend(id: ConversationId, messageId: string): Promise<boolean> {
    return unsendContent(this.#core, id, messageId);
  }

  async markRead(id: ConversationId, number?: number): Promise<void> {
    const core = this.#core;
    const { threads } = core.tables;
    await core.ledger.transact(async (tx) => {
      const thread = tx.get(threads, id);
      if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
      const arrived = thread.arrived;
      if (arrived === undefined) return;
      if (number === undefined || number >= arrived.number) {
        markRead(tx, threads, id, arrived);
        const marked = tx.get(threads, id) ?? thread;
        if (marked.unread !== 0) tx.put(threads, id, { ...marked, unread: 0 });
        return;
      }
      const upTo = await this.#newestRead(id, number);
      if (upTo === undefined || upTo.number <= (thread.read?.number ?? 0)) return;
      markRead(tx, threads, id, upTo);
      const behind = await this.#othersAfter(id, upTo.number);
      tx.put(threads, id, { ...(tx.get(threads, id) ?? thread), unread: behind });
    });
  }

  async noteToSelf(): Promise<ConversationId> {
    const core = this.#core;
    assertGoesOn(core);
    return core.ledger.transact((tx) => noteToSelf(core, tx));
  }

  setTyping(id: ConversationId, isTyping: boolean): void {
    this.#tasks.ephemerals.send(id, { kind: "typing", isTyping });
  }

  setPresence(id: ConversationId, state: "here" | "away"): void {
    this.#tasks.ephemerals.send(id, { kind: "presence", state });
  }

  async leave(id: ConversationId): Promise<void> {
    const core = this.#core;
    const { kind } = this.#thread(id);
    if (kind === "group") return new ClientGroups(core, this).leave(id);
    if (kind === "self") throw new ClientError({ code: "group/notAGroup" });
    await core.ledger.transact(async (tx) => {
      if (!hasSaidGoodbye(core, tx.get(core.tables.threads, id))) queueContent(core, tx, id, { kind: "goodbye" });
    });
  }

  async arrange(id: ConversationId, change: ArrangementChange): Promise<void> {
    const { folder } = change;
    const isFolder = typeof folder !== "string" || (folder.trim() !== "" && encodeUtf8(folder).length <= MAX_FOLDER_BYTES);
    if (!isFolder) throw new ClientError({ code: "conversation/badFolder", maxBytes: MAX_FOLDER_BYTES });
    await this.#change(id, (thread) => ({ ...thread, arrangement: arranged(thread.arrangement ?? {}, change) }));
  }

  async setDraft(id: ConversationId, text: string): Promise<void> {
    if (encodeUtf8(text).length > MAX_DRAFT_BYTES) throw new ClientError({ code: "message/tooLong", maxBytes: MAX_DRAFT_BYTES });
    if ((this.#thread(id).draft ?? "") === text) return;
    await this.#change(id, ({ draft: _, ...thread }) => (text === "" ? thread : { ...thread, draft: text }));
  }

  async clear(id: ConversationId): Promise<void> {
    const core = this.#core;
    const { entries } = this.#thread(id);
    for (let from = 1; from <= entries; from += ERASED_AT_ONCE) {
      const numbers = Array.from({ length: Math.min(ERASED_AT_ONCE, entries - from + 1) }, (_, at) => from + at);
      await core.ledger.transact((tx) => eraseEntries(core, tx, id, numbers));
    }
    await this.#change(id, ({ draft: _, ...thread }) => ({ ...thread, clearedUpTo: entries }));
  }

  async #change(id: ConversationId, change: (thread: ThreadRow) => ThreadRow): Promise<void> {
    const { ledger, tables } = this.#core;
    await ledger.transact(async (tx) => {
      const thread = tx.get(tables.threads, id);
      if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
      tx.put(tables.threads, id, change(thread));
    });
  }

  async setDisappearing(id: ConversationId, afterS: number): Promise<void> {
    const core = this.#core;
    const isPossible = afterS === 0 || (Number.isInteger(afterS) && afterS >= LEAST_S && afterS <= MAX_DISAPPEAR_AFTER_S);
    if (!isPossible) throw new ClientError({ code: "conversation/badDuration", leastS: LEAST_S, mostS: MAX_DISAPPEAR_AFTER_S });
    assertOpen(core, id);
    const { threads, groups } = core.tables;
    await core.ledger.transact(async (tx) => {
      const thread = tx.get(threads, id);
      const group = thread?.groupId === undefined ? undefined : tx.get(groups, thread.groupId);
      if (group === undefined) throw new ClientError({ code: "conversation/closed" });
      const isAdmin = group.roster.some((one) => one.identityId === core.account.identityId && one.isAdministrator);
      if (thread?.kind === "group" && !isAdmin) throw new ClientError({ code: "group/notAdmin" });
      putWish(core, tx, group.groupId, { kind: "disappear", afterS });
    });
  }

  async move(id: ConversationId, nodeUrl: string, { isNodeGone = false }: { readonly isNodeGone?: boolean } = {}): Promise<void> {
    const { wishToMove } = await import("./conversation/move-wish.ts");
    await wishToMove(this.#core, id, nodeUrl, isNodeGone);
  }

  async followMove(link: string): Promise<ConversationId> {
    return (await import("./conversation/move-wish.ts")).followLink(this.#core, link);
  }

  async rejoin(id: ConversationId): Promise<void> {
    await (await import("./conversation/move-wish.ts")).rejoin(this.#core, id);
  }

  /** Newest entry of somebody else's that is not behind `number`. */
  async #newestRead(id: ConversationId, number: number): Promise<{ readonly id: string; readonly number: number } | undefined> {
    for (const entry of await this.history(id, { before: number + 1, limit: 200 })) {
      if (isMessage(entry) && !entry.isOwn && entry.number !== undefined) {
        return { id: entry.id, number: entry.number };
      }
    }
    return undefined;
  }

  async #othersAfter(id: ConversationId, number: number): Promise<number> {
    const entries = await this.history(id, { limit: MAX_PAGE });
    return entries.filter((entry) => isNews(entry) && (entry.number ?? 0) > number).length;
  }

  #snapshot(thread: ThreadRow): ConversationSnapshot {
    return conversationSnapshot(this.#core, thread, this.#tasks.isCaughtUp(thread.groupId));
  }

  #thread(id: ConversationId): ThreadRow {
    const thread = this.#core.tables.threads.get(id);
    if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
    return thread;
  }
}
