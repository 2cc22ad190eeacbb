// When a conversation's context may follow another.
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { CredentialVerifier, IdentityId } from "../credential-verifier.ts";
import type { Extension } from "../mls/library.ts";
import type { SessionCrypto } from "../primitives/session-crypto.ts";
import {
  CONVERSATION_EXTENSION_TYPE,
  type ConversationContext,
  decodeConversationContext,
  encodeConversationContext,
  roleLogHead,
} from "./conversation-context.ts";
import { groupIdOf, verifyFoundingStatement } from "./founding.ts";
import { isRoleLogEntryGenuine, MAX_ROLE_LOG_ENTRIES, type RoleLogEntry, roleLogEntryHash } from "./role-log.ts";
import type { Member } from "./roster.ts";

/** The extensions of a GroupContext: ours and no other. */
export function toExtensions(context: ConversationContext): Extension[] {
  return [{ extensionType: CONVERSATION_EXTENSION_TYPE, extensionData: encodeConversationContext(context) }];
}

/** @throws {DecodeError} @returns undefined when there is another extension, or not exactly ours. */
export function fromExtensions(extensions: readonly Extension[]): ConversationContext | undefined {
  const [only, ...others] = extensions;
  if (only === undefined || others.length > 0 || only.extensionType !== CONVERSATION_EXTENSION_TYPE) return undefined;
  return decodeConversationContext(only.extensionData);
}

/** The log with one more entry, the oldest dropped past the limit. */
export function appendToRoleLog(log: readonly RoleLogEntry[], entry: RoleLogEntry): RoleLogEntry[] {
  return [...log, entry].slice(-MAX_ROLE_LOG_ENTRIES);
}

/** Whether `after` may replace `before` in a commit of `committer` at `timeMs`. Membership is judged by `isContextManned`. */
export async function isContextSuccessor(
  crypto: SessionCrypto,
  before: ConversationContext,
  after: ConversationContext,
  { committer, credential, timeMs }: { readonly committer: Member; readonly credential: Uint8Array; readonly timeMs: number },
): Promise<boolean> {
  if (!equalBytes(before.founding.bytes, after.founding.bytes)) return false;
  // A conversation that lives somewhere goes on living somewhere.
  if (after.location.length === 0 && before.location.length > 0) return false;
  const isSameLog = areLogsEqual(before.roleLog, after.roleLog);
  if (isSameLog) return areIdentitiesEqual(before.administrators, after.administrators);
  const entry = after.roleLog.at(-1);
  if (entry === undefined || !areLogsEqual(after.roleLog, appendToRoleLog(before.roleLog, entry))) return false;
  const head = roleLogHead(before);
  const end = entry.bytes.length - 64;
  return (
    equalBytes(entry.previous, head.hash) &&
    entry.sequence === head.sequence + 1 &&
    entry.timeMs === timeMs &&
    entry.actor === committer.identityId &&
    equalBytes(entry.credential, credential) &&
    areIdentitiesEqual(entry.administrators, after.administrators) &&
    (await crypto.verify(committer.signatureKey, entry.bytes.subarray(0, end), entry.bytes.subarray(end)))
  );
}

/** Every administrator has a leaf, every stream admin key belongs to an administrator, and none is listed twice. */
export function isContextManned(context: ConversationContext, roster: readonly Member[]): boolean {
  const present = new Set(roster.map(({ identityId }) => identityId));
  const keys = new Set(context.streamAdminKeys.map(({ key }) => encodeHex(key)));
  return (
    context.administrators.every((administrator) => present.has(administrator)) &&
    context.streamAdminKeys.every(({ identityId }) => context.administrators.includes(identityId)) &&
    keys.size === context.streamAdminKeys.length
  );
}

/**
 * Whether a context that is seen for the first time is genuine: the founder signed the founding that the group id is the hash
 * of, and the log leads to the administrators in force. Of entries older than the log holds, only the link is known.
 */
export async function isContextGenuine(
  crypto: SessionCrypto,
  verifyCredential: CredentialVerifier,
  context: ConversationContext,
  groupId: Uint8Array,
): Promise<boolean> {
  const { founding, roleLog, administrators } = context;
  if (!equalBytes(groupIdOf(founding.bytes), groupId)) return false;
  if ((await verifyFoundingStatement(crypto, verifyCredential, founding)) === undefined) return false;
  const first = roleLog[0];
  if (first === undefined) return areIdentitiesEqual(administrators, [founding.founder]);
  const isWhole = first.sequence === 1;
  if (isWhole ? !equalBytes(first.previous, groupId) : roleLog.length !== MAX_ROLE_LOG_ENTRIES) return false;
  let before: { readonly hash: Uint8Array; readonly entry: RoleLogEntry } | undefined;
  for (const entry of roleLog) {
    if (before !== undefined) {
      const isLinked = equalBytes(entry.previous, before.hash) && entry.sequence === before.entry.sequence + 1;
      if (!isLinked || !before.entry.administrators.includes(entry.actor)) return false;
    } else if (isWhole && entry.actor !== founding.founder) {
      return false;
    }
    if (!(await isRoleLogEntryGenuine(crypto, verifyCredential, entry))) return false;
    before = { hash: roleLogEntryHash(entry), entry };
  }
  return before !== undefined && areIdentitiesEqual(administrators, before.entry.administrators);
}

function areIdentitiesEqual(a: readonly IdentityId[], b: readonly IdentityId[]): boolean {
  return a.length === b.length && a.every((identity, at) => identity === b[at]);
}

function areLogsEqual(a: readonly RoleLogEntry[], b: readonly RoleLogEntry[]): boolean {
  return a.length === b.length && a.every((entry, at) => equalBytes(entry.bytes, b[at]?.bytes ?? new Uint8Array(0)));
}
