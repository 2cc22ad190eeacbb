// What a member's letters and links make this client tell the person: a few lines a day of each member, and of all of them together. Whoever
// says more is not heard until the next day; warnings stand once.
import type { IdentityId } from "@p2pcrypt/session";
import type { ConversationWarning } from "../snapshots.ts";
import type { GroupRow, ToldRow } from "../store/group-rows.ts";

const DAY_MS = 86_400_000;
const MOST_OF_ONE = 3;
const MOST_OF_ALL = 12;
const MAX_WARNINGS = 20;

/** @returns the group with the line counted, or undefined when there were enough of them. */
export function withTold(group: GroupRow, by: IdentityId, nowMs: number): GroupRow | undefined {
  const told = (group.told ?? []).filter(({ atMs }) => Math.abs(nowMs - atMs) < DAY_MS);
  const isEnough = told.length >= MOST_OF_ALL || told.filter((one) => one.by === by).length >= MOST_OF_ONE;
  const row: ToldRow = { by, atMs: nowMs };
  return isEnough ? undefined : { ...group, told: [...told, row] };
}

/** The same warning again says nothing new, and what members can bring about does not push out what a node signed. */
export function withWarning(
  warnings: readonly ConversationWarning[],
  warning: ConversationWarning,
): readonly ConversationWarning[] {
  const isKnown = warnings.some(({ kind, nodeUrl }) => kind === warning.kind && nodeUrl === warning.nodeUrl);
  if (isKnown || (warning.evidence === undefined && warnings.length >= MAX_WARNINGS)) return warnings;
  return [...warnings, warning];
}
