// Whom a text names (spec/protocol/content.md section 9): by identity id, and only who is a member when the text is read.
import { decodeHex, encodeBase64Url } from "@p2pcrypt/bytes";
import { MAX_MENTIONS, type Mention } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { Entry } from "../entry-snapshots.ts";
import { ClientError } from "../failure.ts";
import type { MentionDraft, MentionSnapshot } from "../message-snapshots.ts";
import type { ConversationId } from "../snapshots.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import { toIdentityId } from "./acts.ts";

const MAX_UNREAD = 100;

/** What an entry shows of them. @param group whose members count; undefined: everybody, of a text of one's own that waits. */
export function shownMentions(
  core: Core,
  content: { readonly mentions?: readonly Mention[] },
  group: Pick<GroupRow, "roster"> | undefined,
): { readonly mentions?: readonly MentionSnapshot[] } {
  const isMember = (id: IdentityId): boolean => group === undefined || group.roster.some(({ identityId }) => identityId === id);
  const mentions = (content.mentions ?? []).flatMap(({ at, length, identity }) => {
    const identityId = toIdentityId(identity);
    return isMember(identityId) ? [{ at, length, identityId, isSelf: identityId === core.account.identityId }] : [];
  });
  return mentions.length === 0 ? {} : { mentions };
}

/** @throws {ClientError} message/badMention: of somebody who is no member, outside of the text, or too many */
export function mentionsField(
  core: Core,
  id: ConversationId,
  text: string,
  drafts: readonly MentionDraft[],
): { readonly mentions?: readonly Mention[] } {
  if (drafts.length === 0) return {};
  const groupId = core.tables.threads.get(id)?.groupId;
  const roster = (groupId === undefined ? undefined : core.tables.groups.get(groupId))?.roster ?? [];
  const bad = new ClientError({ code: "message/badMention", most: MAX_MENTIONS });
  if (drafts.length > MAX_MENTIONS) throw bad;
  let end = 0;
  const mentions = [...drafts]
    .sort((a, b) => a.at - b.at)
    .map(({ at, length, identityId }): Mention => {
      const isPlace = Number.isInteger(at) && at >= end && Number.isInteger(length) && length > 0 && at + length <= text.length;
      const isMember = roster.some((one) => one.identityId === identityId);
      if (!isPlace || !isMember || !text.slice(at, at + length).isWellFormed()) throw bad;
      end = at + length;
      return { at, length, identity: encodeBase64Url(decodeHex(identityId)) };
    });
  return { mentions };
}

/** Whether somebody else names this person in it. */
export function callsForSelf(entry: Entry): boolean {
  return entry.kind === "text" && !entry.isOwn && (entry.mentions ?? []).some(({ isSelf }) => isSelf);
}

/** The unread entries that name this person, after one entry became this one. */
export function withMention(
  thread: Pick<ThreadRow, "mentions" | "read">,
  after: Entry,
): { readonly mentions?: readonly number[] } {
  const { mentions = [], read } = thread;
  const { number = 0 } = after;
  const isCounted = mentions.includes(number);
  const isCalling = callsForSelf(after) && number > (read?.number ?? 0);
  if (isCounted === isCalling) return {};
  return { mentions: isCalling ? [...mentions, number].sort((a, b) => a - b).slice(-MAX_UNREAD) : without(mentions, [number]) };
}

export function without(mentions: readonly number[], numbers: readonly number[]): readonly number[] {
  return mentions.filter((one) => !numbers.includes(one));
}
