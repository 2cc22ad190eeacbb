import type { Entry, MessageEntry, TextEntry } from "./entry-snapshots.ts";
import type { MentionDraft, MessageRef, MessageVersion } from "./message-snapshots.ts";
import type { ConversationId } from "./snapshots.ts";

/**
 * What is done with messages that are there. A message is named by its id and its author. Others see it as the node's order and the
 * rules in spec/protocol/content.md section 8 say; here it shows at once (`entryChanged`).
 *
 * All but `get`, `versions`, `star`, `starred` and `deleteForMe` also throw {ClientError} conversation/*, contact/blocked.
 */
export interface Messages {
  /** As `history` would answer; undefined when it is not here. @throws {ClientError} conversation/unknown */
  get(id: ConversationId, message: MessageRef): Promise<Entry | undefined>;
  /** Every text of an edited message, oldest first; at most the first and 20 later ones. @throws {ClientError} message/unknown, message/notText */
  versions(id: ConversationId, message: MessageRef): Promise<readonly MessageVersion[]>;
  /** @throws {ClientError} message/* */
  reply(id: ConversationId, message: MessageRef, text: string, mentions?: readonly MentionDraft[]): Promise<TextEntry>;
  /** One symbol, in place of the own one before; undefined takes it back. @throws {ClientError} message/unknown, message/badReaction */
  react(id: ConversationId, message: MessageRef, emoji: string | undefined): Promise<void>;
  /** An own text, with whom it names now. What it was before stays readable (`versions`). @throws {ClientError} message/* */
  edit(id: ConversationId, messageId: string, text: string, mentions?: readonly MentionDraft[]): Promise<void>;
  /** An own message, for good. Who has read it has read it. @throws {ClientError} message/unknown */
  deleteForEveryone(id: ConversationId, messageId: string): Promise<void>;
  /** Any message, on this device only; nobody is told. @throws {ClientError} message/unknown, conversation/unknown */
  deleteForMe(id: ConversationId, message: MessageRef): Promise<void>;
  /** For everybody in the conversation. @throws {ClientError} message/unknown */
  pin(id: ConversationId, message: MessageRef): Promise<void>;
  unpin(id: ConversationId, message: MessageRef): Promise<void>;
  /** The person's own mark; nobody is told. @throws {ClientError} message/unknown, message/tooManyStars, conversation/unknown */
  star(id: ConversationId, message: MessageRef, isStarred: boolean): Promise<void>;
  /** Of all conversations, the latest starred first. */
  starred(): Promise<readonly MessageEntry[]>;
  /** Says again elsewhere what somebody said, without saying who it was. @throws {ClientError} message/unknown */
  forward(from: ConversationId, message: MessageRef, to: readonly ConversationId[]): Promise<void>;
}
