// What a member's letters and links make this client tell the person: a few lines a day of each member, and of all of them together. Whoever
// says more is not heard until the next day; warnings stand once.
import type { IdentityId } from "@p2pcrypt/session";
import type { ConversationWarning } from "../snapshots.ts";
import type { GroupRow, ToldRow } from "../store/group-rows.ts";

const DAY_MS = 86_400_000;
const MOST_OF_ONE = 3;
const MOST_OF_ALL = 12;
const MOST_WARNINGS_OF_ALL = 20;

/** @returns the group with the line counted, or undefined when there were enough of them. */
export function withTold(group: GroupRow, by: IdentityId, nowMs: number): GroupRow | undefined {
  const told = (group.told ?? []).filter(({ atMs }) => Math.abs(nowMs - atMs) < DAY_MS);
  const isEnough = told.length >= MOST_OF_ALL || told.filter((one) => one.by === by).length >= MOST_OF_ONE;
  const row: ToldRow = { by, atMs: nowMs };
  return isEnough ? undefined : { ...group, told: [...told, row] };
}

/**
 * The same warning about the same node again says nothing new. What this device found itself is always told: a few lines for each node
 * where the conversation lived. What people say of nodes, as many as they like, is told up to a limit, and stands before it: the last one
 * is the one that is shown first.
 */
export function withWarning(
  warnings: readonly ConversationWarning[],
  warning: ConversationWarning,
): readonly ConversationWarning[] {
  const { kind, nodeUrl, by } = warning;
  const isSame = (one: ConversationWarning): boolean => one.kind === kind && one.nodeUrl === nodeUrl;
  if (warnings.some((one) => isSame(one) && (one.by === undefined || one.by === by))) return warnings;
  if (by === undefined) return [...warnings, warning];
  const said = warnings.filter((one) => one.by !== undefined);
  const isEnough = said.length >= MOST_WARNINGS_OF_ALL || said.filter((one) => one.by === by).length >= MOST_OF_ONE;
  return isEnough ? warnings : [...said, warning, ...warnings.filter((one) => one.by === undefined)];
}
