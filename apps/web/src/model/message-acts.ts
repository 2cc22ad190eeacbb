// What a person is about to do with messages of one conversation: answering, editing, or a question that stands over it. The menu and
// the questions are loaded when they are wanted; this is what they are told and what their buttons do.
import type { Client, ConversationId, MentionDraft, MessageEntry, MessageRef, TextEntry } from "@p2pcrypt/client";
import { Model } from "./model.ts";

export type Writing =
  | { readonly kind: "reply"; readonly entry: MessageEntry }
  | { readonly kind: "edit"; readonly entry: TextEntry };

export type Question =
  | { readonly kind: "forward" | "delete"; readonly entries: readonly MessageEntry[] }
  | { readonly kind: "versions"; readonly entry: TextEntry }
  | { readonly kind: "reactions"; readonly entry: MessageEntry }
  | { readonly kind: "react"; readonly entry: MessageEntry };

export interface MessageActsSnapshot {
  readonly writing: Writing | undefined;
  readonly question: Question | undefined;
  /** While several are chosen: by author and id. */
  readonly chosen: ReadonlyMap<string, MessageEntry> | undefined;
}

export class MessageActs extends Model<MessageActsSnapshot> {
  readonly #id: ConversationId;
  readonly #client: Client;

  constructor(id: ConversationId, client: Client) {
    super({ writing: undefined, question: undefined, chosen: undefined });
    this.#id = id;
    this.#client = client;
  }

  write(writing: Writing | undefined): void {
    this.update({ writing });
  }

  ask(question: Question | undefined): void {
    this.update({ question });
  }

  /** Begins with one message, or with none. */
  choose(entry: MessageEntry | undefined): void {
    this.update({ chosen: entry === undefined ? undefined : new Map([[keyOf(entry), entry]]) });
  }

  toggle(entry: MessageEntry): void {
    const chosen = new Map(this.getSnapshot().chosen);
    if (!chosen.delete(keyOf(entry))) chosen.set(keyOf(entry), entry);
    this.update({ chosen });
  }

  /** The own reaction of this kind goes when it is there already. @throws {ClientError} */
  react(entry: MessageEntry, emoji: string): Promise<void> {
    const isThere = (entry.reactions ?? []).some((one) => one.isOwn && one.emoji === emoji);
    return this.#client.messages.react(this.#id, refOf(entry), isThere ? undefined : emoji);
  }

  /** @throws {ClientError} */
  edit(entry: TextEntry, text: string, mentions: readonly MentionDraft[]): Promise<void> {
    return this.#client.messages.edit(this.#id, entry.id, text, mentions);
  }

  /** @throws {ClientError} */
  pin(entry: MessageEntry): Promise<void> {
    const { messages } = this.#client;
    return entry.isPinned === true ? messages.unpin(this.#id, refOf(entry)) : messages.pin(this.#id, refOf(entry));
  }

  /** @throws {ClientError} */
  star(entry: MessageEntry): Promise<void> {
    return this.#client.messages.star(this.#id, refOf(entry), entry.isStarred !== true);
  }

  /** @throws {ClientError} */
  async remove(entries: readonly MessageEntry[], isForEveryone: boolean): Promise<void> {
    const { messages } = this.#client;
    for (const entry of entries) {
      if (isForEveryone) await messages.deleteForEveryone(this.#id, entry.id);
      else await messages.deleteForMe(this.#id, refOf(entry));
    }
    this.update({ question: undefined, chosen: undefined });
  }

  /** In the order in which they were said. @throws {ClientError} */
  async forward(entries: readonly MessageEntry[], to: readonly ConversationId[]): Promise<void> {
    for (const entry of inOrder(entries)) await this.#client.messages.forward(this.#id, refOf(entry), to);
    this.update({ question: undefined, chosen: undefined });
  }
}

export function keyOf({ author, id }: MessageRef): string {
  return `${author} ${id}`;
}

function refOf({ author, id }: MessageEntry): MessageRef {
  return { author, id };
}

export function inOrder(entries: Iterable<MessageEntry>): readonly MessageEntry[] {
  const place = ({ number = Number.POSITIVE_INFINITY }: MessageEntry): number => number;
  return [...entries].sort((a, b) => place(a) - place(b));
}
