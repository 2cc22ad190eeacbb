// When a device gives its leaf new keys though nothing else asks for it: whoever copied its secrets reads nothing from then on.
import type { Core } from "../core.ts";
import type { GroupRow } from "../store/group-rows.ts";

const DAY_MS = 86_400_000;
const LEAST_MS = 7 * DAY_MS;
/** A commit of one device costs all others something: together they make about three a day at most. */
const PER_LEAF_MS = 8 * 3_600_000;

/** How long until then; 0 when it is due. Each device has a time of its own, so that they do not all come at once. */
export function refreshInMs(core: Core, { roster, refreshedMs = 0 }: Pick<GroupRow, "roster" | "refreshedMs">): number {
  const everyMs = Math.max(LEAST_MS, roster.length * PER_LEAF_MS);
  const ownMs = ((core.account.device.deviceId[0] ?? 0) / 1_024) * everyMs;
  const leftMs = refreshedMs + everyMs + ownMs - core.nowMs;
  // A clock that was set back makes nobody wait longer.
  return Math.max(0, Math.min(leftMs, everyMs + ownMs));
}
