// What of its histories a device gives to a new one: from which entry on, in which conversations. Decided when the new one is certified.
import { historyOf } from "../conversation/history.ts";
import type { Core } from "../core.ts";
import type { HistoryChoice } from "../device-snapshots.ts";
import { filesOf } from "../files/arrived.ts";
import type { GivenHistoryRow, GivenThreadRow, HandedThread } from "../store/history-rows.ts";
import type { Mark, ThreadRow } from "../store/rows.ts";
import { decodeStored } from "../store/stored-json.ts";

const MONTH_MS = 30 * 86_400_000;

/** In the grant. */
export interface HandedHistory {
  readonly run: string;
  readonly entries: number;
  readonly threads: readonly HandedThread[];
}

export interface HistoryPlan {
  readonly handed: HandedHistory;
  /** Undefined when nothing follows. */
  readonly given?: GivenHistoryRow;
}

/** Conversations that are arranged in some way are named in any case: how they are follows the person. */
export async function planHistory(
  core: Core,
  choice: HistoryChoice,
  device: { readonly deviceId: Uint8Array; readonly inbox: Uint8Array },
): Promise<HistoryPlan> {
  const isNothing = choice === "none" || core.blobs === undefined;
  const sinceMs = choice === "all" ? 0 : core.nowMs - MONTH_MS;
  const threads: HandedThread[] = [];
  const given: GivenThreadRow[] = [];
  for (const row of byActivity(core)) {
    if (isNothing) {
      if (isArranged(core, row)) threads.push(handedOf(core, row, row.entries, 0));
      continue;
    }
    const offset = await before(core, historyOf(row.id), sinceMs);
    const filesOffset = await before(core, filesOf(row.id), sinceMs);
    const files = (await core.deps.vault.count(filesOf(row.id))) - filesOffset;
    threads.push(handedOf(core, row, offset, files));
    if (row.entries > offset) given.push({ id: row.id, offset, filesOffset, until: row.entries, left: row.entries });
  }
  const entries = given.reduce((sum, { offset, until }) => sum + until - offset, 0);
  const run = core.newId();
  if (given.length === 0) return { handed: { run, entries, threads } };
  const row: GivenHistoryRow = {
    ...{ kind: "given", run, startedMs: core.nowMs, entries, pieces: 0, sent: 0, stored: 0, threads: given },
    deviceId: device.deviceId,
    inbox: device.inbox,
  };
  return { handed: { run, entries, threads }, given: row };
}

/** What somebody talked in last comes first. */
function byActivity({ tables }: Core): readonly ThreadRow[] {
  const atMs = ({ last, createdMs }: ThreadRow): number => last?.atMs ?? createdMs;
  return [...tables.threads.all()].sort((a, b) => atMs(b) - atMs(a));
}

function isArranged({ tables }: Core, { arrangement, draft, groupId }: ThreadRow): boolean {
  const isOpen = groupId !== undefined && tables.groups.get(groupId)?.state === "active";
  return isOpen && (arrangement !== undefined || draft !== undefined);
}

/** How many entries of a collection are older. Times follow the order closely enough: nodes give them. */
async function before({ deps }: Core, collection: string, sinceMs: number): Promise<number> {
  if (sinceMs === 0) return 0;
  let [low, high] = [0, await deps.vault.count(collection)];
  while (low < high) {
    const middle = (low + high) >> 1;
    const [found] = await deps.vault.readPage(collection, { before: middle + 2, limit: 1 });
    const { atMs } = decodeStored<{ readonly atMs: number }>(found?.bytes ?? new Uint8Array(0));
    if (atMs < sinceMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function handedOf({ tables }: Core, row: ThreadRow, offset: number, files: number): HandedThread {
  const { id, kind, createdMs, contactId, arrangement, draft, entries } = row;
  const groupId = row.groupId ?? row.formerGroup?.groupId;
  const group = row.groupId === undefined ? undefined : tables.groups.get(row.groupId);
  const name = group?.name ?? row.formerGroup?.name;
  const moved = (mark: Mark | undefined): Mark | undefined =>
    mark === undefined || mark.number <= offset ? undefined : { ...mark, number: mark.number - offset };
  const [arrived, read] = [moved(row.arrived), moved(row.read)];
  const all = Object.entries(row.marks).map(
    ([who, { delivered, read }]) =>
      [who, { delivered: Math.max(0, delivered - offset), read: Math.max(0, read - offset) }] as const,
  );
  return {
    ...{ id, kind, createdMs, entries: entries - offset, files },
    unread: Math.min(row.unread, entries - offset),
    marks: Object.fromEntries(all),
    unsettled: row.unsettled.flatMap((one) => (one.number > offset ? [{ ...one, number: one.number - offset }] : [])),
    isOpen: group?.state === "active",
    ...(contactId === undefined ? {} : { contactId }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(name === undefined ? {} : { name }),
    ...(arrived === undefined ? {} : { arrived }),
    ...(read === undefined ? {} : { read }),
    pinned: (row.pinned ?? []).flatMap((one) => (one.number > offset ? [{ ...one, number: one.number - offset }] : [])),
    mentions: (row.mentions ?? []).flatMap((number) => (number > offset ? [number - offset] : [])),
    clearedUpTo: Math.max(0, (row.clearedUpTo ?? 0) - offset),
    ...(arrangement === undefined ? {} : { arrangement }),
    ...(draft === undefined ? {} : { draft }),
  };
}
