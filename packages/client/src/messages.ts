// What a person does with messages that are there: answers, reactions, edits, deletes, pins, stars, forwarding.
import { decodeHex, encodeBase64Url } from "@p2pcrypt/bytes";
import { type ActContent, type FileContent, isEmoji, type TextContent } from "@p2pcrypt/content";
import { deletedOf } from "./conversation/acts.ts";
import { eraseEntries } from "./conversation/erase.ts";
import { type EntryReader, findEntry, historyOf, isOver, numberOf, type StoredEntry } from "./conversation/history.ts";
import { mentionsField } from "./conversation/mentions.ts";
import { assertOpen } from "./conversation/open.ts";
import { queueContent, type Unsent } from "./conversation/outbox.ts";
import { told } from "./conversation/quote.ts";
import { assertText, sendContent, unsendContent } from "./conversation/send.ts";
import { starsOf } from "./conversation/stars.ts";
import { unsealedActs, withWaitingActs } from "./conversation/waiting-acts.ts";
import type { Core } from "./core.ts";
import { tellStar } from "./devices/own-state.ts";
import { MAX_STARS, setStar } from "./devices/own-threads.ts";
import type { Entry, MessageEntry, TextEntry } from "./entry-snapshots.ts";
import { ClientError } from "./failure.ts";
import { SECRETS, secretName } from "./files/arrived.ts";
import { isMessage } from "./message-kinds.ts";
import type { MentionDraft, MessageRef, MessageVersion } from "./message-snapshots.ts";
import type { Messages } from "./message-surface.ts";
import type { ConversationId } from "./snapshots.ts";
import type { MarkedEntry, MarkedMessage } from "./store/entry-rows.ts";
import type { FileSecretRow } from "./store/file-rows.ts";
import type { ThreadRow } from "./store/rows.ts";
import { decodeStored } from "./store/stored-json.ts";
import { Tx } from "./store/tx.ts";
import { queuedEntry, withState } from "./views.ts";

export class ClientMessages implements Messages {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  async get(id: ConversationId, message: MessageRef): Promise<Entry | undefined> {
    const thread = this.#thread(id);
    const stored = await this.#find(id, message);
    return stored === undefined ? undefined : this.#shown(thread, stored);
  }

  async versions(id: ConversationId, message: MessageRef): Promise<readonly MessageVersion[]> {
    const stored = await this.#message(id, message);
    if (stored.kind !== "text") throw new ClientError({ code: "message/notText" });
    const entry = withWaitingActs(this.#core, this.#thread(id), stored);
    const { original, edits = [] } = entry.marks ?? {};
    const first = original ?? { text: stored.text, atMs: stored.atMs };
    return [first, ...edits.map(({ text, atMs }) => ({ text, atMs }))];
  }

  async reply(id: ConversationId, message: MessageRef, text: string, mentions: readonly MentionDraft[] = []): Promise<TextEntry> {
    assertText(text);
    const answered = await this.#message(id, message);
    const sent = await sendContent(this.#core, id, {
      kind: "text",
      text,
      replyTo: answered.id,
      replyToAuthor: toField(answered.author),
      ...mentionsField(this.#core, id, text, mentions),
    });
    if (sent.kind !== "text") throw new ClientError({ code: "message/unknown" });
    return sent;
  }

  async react(id: ConversationId, message: MessageRef, emoji: string | undefined): Promise<void> {
    if (emoji !== undefined && !isEmoji(emoji)) throw new ClientError({ code: "message/badReaction" });
    await this.#act(id, message, ({ id: target, author, marks }) => {
      const own = marks?.reactions?.find(({ isOwn }) => isOwn);
      if (own?.emoji === emoji) return undefined;
      const given = emoji === undefined ? {} : { emoji };
      return { kind: "reaction", target, targetAuthor: toField(author), revision: (own?.revision ?? 0) + 1, ...given };
    });
  }

  async edit(id: ConversationId, messageId: string, text: string, mentions: readonly MentionDraft[] = []): Promise<void> {
    assertText(text);
    const named = mentionsField(this.#core, id, text, mentions);
    if (await this.#editQueued(id, messageId, { text, ...named })) return;
    await this.#act(id, this.#own(messageId), (entry) => {
      if (entry.kind !== "text") throw new ClientError({ code: "message/notText" });
      const isSame = entry.text === text && (entry.mentions ?? []).length === mentions.length;
      if (isSame) return undefined;
      const revision = (entry.marks?.edits?.at(-1)?.revision ?? 0) + 1;
      return { kind: "edit", target: entry.id, revision, text, ...named };
    });
  }

  async deleteForEveryone(id: ConversationId, messageId: string): Promise<void> {
    const queued = this.#core.tables.outbox.get(messageId);
    const entry = queued === undefined ? undefined : queuedEntry(this.#core, queued);
    if (entry !== undefined && (await unsendContent(this.#core, id, messageId)))
      return this.#core.emit({ kind: "entryChanged", entry: deletedOf(entry) });
    await this.#act(id, this.#own(messageId), ({ id: target }) => ({ kind: "delete", target }));
  }

  async deleteForMe(id: ConversationId, message: MessageRef): Promise<void> {
    const core = this.#core;
    this.#thread(id);
    await core.ledger.transact(async (tx) => {
      const number = await numberOf(tx, id, message);
      if (number === undefined) throw new ClientError({ code: "message/unknown" });
      await eraseEntries(core, tx, id, [number]);
    });
  }

  async pin(id: ConversationId, message: MessageRef): Promise<void> {
    await this.#act(id, message, ({ id: target, author, marks }) =>
      (marks?.pins ?? []).length > 0 ? undefined : { kind: "pin", target, targetAuthor: toField(author) },
    );
  }

  async unpin(id: ConversationId, message: MessageRef): Promise<void> {
    await this.#act(id, message, ({ id: target, author, marks }) => {
      const pins = marks?.pins ?? [];
      return pins.length === 0 ? undefined : { kind: "unpin", target, targetAuthor: toField(author), pins };
    });
  }

  async star(id: ConversationId, message: MessageRef, isStarred: boolean): Promise<void> {
    const core = this.#core;
    this.#thread(id);
    await core.ledger.transact(async (tx) => {
      const stored = await this.#find(id, message, tx);
      if (stored?.number === undefined || !isMessage(stored)) throw new ClientError({ code: "message/unknown" });
      if ((stored.marks?.isStarred === true) === isStarred) return;
      if (isStarred && (await starsOf(tx)).length >= MAX_STARS)
        throw new ClientError({ code: "message/tooManyStars", most: MAX_STARS });
      await setStar(core, tx, { ...stored, number: stored.number }, isStarred);
      const { author, id: messageId } = stored;
      tellStar(core, tx, this.#thread(id), { author, id: messageId, isStarred });
    });
  }

  async starred(): Promise<readonly MessageEntry[]> {
    const reader = this.#reader();
    const found: MessageEntry[] = [];
    for (const { threadId, number } of await starsOf(reader)) {
      const thread = this.#core.tables.threads.get(threadId);
      const stored = await reader.entry<StoredEntry>(historyOf(threadId), number);
      if (stored === undefined || stored.kind === "erased" || isOver(stored, this.#core.nowMs)) continue;
      const entry = thread === undefined ? undefined : await this.#shown(thread, stored);
      if (entry !== undefined && isMessage(entry)) found.push(entry);
    }
    return found;
  }

  async forward(from: ConversationId, message: MessageRef, to: readonly ConversationId[]): Promise<void> {
    for (const id of to) assertOpen(this.#core, id);
    const content = await this.#forwarded(from, await this.#message(from, message));
    for (const id of to) await sendContent(this.#core, id, content);
  }

  async #forwarded(from: ConversationId, entry: MarkedMessage): Promise<Unsent<TextContent | FileContent>> {
    if (entry.kind === "text") return { kind: "text", text: entry.text, isForwarded: true };
    const bytes = await this.#reader().value(SECRETS, secretName(from, entry.author, entry.id));
    if (entry.kind !== "file" || bytes === undefined) throw new ClientError({ code: "message/unknown" });
    const { name, secret } = decodeStored<{ readonly name: string; readonly secret: FileSecretRow }>(bytes);
    const { thumbnail, expiresMs, voice } = entry.file;
    return {
      kind: "file",
      name,
      ...(secret.type === "" ? {} : { type: secret.type }),
      bytes: secret.bytes,
      nodeUrl: secret.nodeUrl,
      blob: secret.blob,
      readToken: encodeBase64Url(secret.readToken),
      key: encodeBase64Url(secret.key),
      commitment: encodeBase64Url(secret.commitment),
      hash: encodeBase64Url(secret.hash),
      expiresMs,
      ...(thumbnail === undefined ? {} : { thumbnail: encodeBase64Url(thumbnail) }),
      ...(voice === undefined ? {} : { durationMs: voice.durationMs, waveform: encodeBase64Url(voice.waveform) }),
      isForwarded: true,
    };
  }

  /** Queues what `decide` says about a message, which sees the own acts that wait; undefined: nothing is to be done. */
  async #act(
    id: ConversationId,
    message: MessageRef,
    decide: (entry: MarkedMessage) => Unsent<ActContent> | undefined,
  ): Promise<void> {
    const core = this.#core;
    const { threads, outbox } = core.tables;
    assertOpen(core, id);
    const isDone = await core.ledger.transact(async (tx) => {
      const thread = this.#thread(id);
      const found = await this.#find(id, message, tx);
      if (found === undefined || !isMessage(found)) throw new ClientError({ code: "message/unknown" });
      const entry = withWaitingActs(core, thread, found);
      if (!isMessage(entry)) return false; // it is being deleted
      const content = decide(entry);
      if (content === undefined) return false;
      // Nobody has seen an own act that was not sealed: only the last one goes out.
      const unsealed = unsealedActs(core, thread, content.kind, found);
      for (const one of unsealed) tx.delete(outbox, one);
      tx.put(threads, id, { ...thread, outbox: thread.outbox.filter((one) => !unsealed.includes(one)) });
      queueContent(core, tx, id, content);
      return true;
    });
    const changed = isDone ? await this.get(id, message) : undefined;
    if (changed !== undefined) core.emit({ kind: "entryChanged", entry: changed });
  }

  /** Nobody has seen a message that was not sealed: it says something else from the beginning. */
  async #editQueued(id: ConversationId, messageId: string, said: Pick<TextContent, "text" | "mentions">): Promise<boolean> {
    const core = this.#core;
    const { outbox } = core.tables;
    const isEdited = await core.ledger.transact(async (tx) => {
      const row = tx.get(outbox, messageId);
      if (row?.threadId !== id || row.content.kind !== "text" || row.recordHash !== undefined || row.isAtNode) return false;
      const { mentions: _, ...content } = row.content;
      tx.put(outbox, messageId, { ...row, content: { ...content, ...said } });
      return true;
    });
    const entry = isEdited ? await this.get(id, this.#own(messageId)) : undefined;
    if (entry !== undefined) core.emit({ kind: "entryChanged", entry });
    return isEdited;
  }

  async #message(id: ConversationId, message: MessageRef): Promise<MarkedMessage> {
    this.#thread(id);
    const found = await this.#find(id, message);
    if (found === undefined || !isMessage(found)) throw new ClientError({ code: "message/unknown" });
    return found;
  }

  async #find(id: ConversationId, message: MessageRef, reader: EntryReader = this.#reader()): Promise<MarkedEntry | undefined> {
    const row = this.#core.tables.outbox.get(message.id);
    const isQueued = row?.threadId === id && message.author === this.#core.account.identityId;
    return (await findEntry(reader, id, message)) ?? (isQueued ? queuedEntry(this.#core, row) : undefined);
  }

  async #shown(thread: ThreadRow, stored: MarkedEntry): Promise<Entry> {
    const entry = await told(this.#reader(), withWaitingActs(this.#core, thread, stored));
    return entry.number === undefined ? entry : withState(this.#core, thread, entry);
  }

  #own(id: string): MessageRef {
    return { id, author: this.#core.account.identityId };
  }

  #reader(): EntryReader {
    return new Tx(this.#core.deps.vault);
  }

  #thread(id: ConversationId): ThreadRow {
    const thread = this.#core.tables.threads.get(id);
    if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
    return thread;
  }
}

function toField(identityId: string): string {
  return encodeBase64Url(decodeHex(identityId));
}
