// One piece of the histories that a device gives: of each conversation in turn the newest entries that are not given yet, so that what was
// said last is there first. Bounded in entries and in bytes.
import { equalBytes } from "@p2pcrypt/bytes";
import { placeInFiles } from "../conversation/erase.ts";
import { historyOf, type StoredEntry } from "../conversation/history.ts";
import type { Core } from "../core.ts";
import { SECRETS, secretName } from "../files/arrived.ts";
import type { GivenHistoryRow, GivenThreadRow } from "../store/history-rows.ts";
import { decodeStored, encodeStored } from "../store/stored-json.ts";
import { Tx } from "../store/tx.ts";

/** Of one conversation in one piece: what one transaction of the other device stores. */
const CHUNK_ENTRIES = 128;
const PIECE_ENTRIES = 2_048;
const PIECE_BYTES = 1024 * 1024;

export interface HistoryPiece {
  readonly run: string;
  readonly number: number;
  readonly chunks: readonly HistoryChunk[];
}

export type GivenEntry = Exclude<StoredEntry, { kind: "erased" }>;

/** Entries in order, numbered as the new device numbers them. Those that were erased are left out. */
export interface HistoryChunk {
  readonly thread: string;
  /** How many numbers it is about. */
  readonly count: number;
  /** Said between the linking and the moment in which the new device was taken in. Where it stands there, that one decides. */
  readonly isGap?: true;
  /** Of a gap: how far it was read. */
  readonly readUpTo?: number;
  readonly entries: readonly GivenEntry[];
  /** By number of the entry: what opens a file, and its place among the files of the conversation. */
  readonly files: Readonly<Record<number, { readonly secret: Uint8Array; readonly place: number }>>;
}

export type NextPiece =
  | { readonly kind: "piece"; readonly chunks: readonly HistoryChunk[]; readonly threads: readonly GivenThreadRow[] }
  /** The new device is not in the conversations yet that are left. */
  | { readonly kind: "waiting" }
  | { readonly kind: "end" };

export async function nextPiece(core: Core, { threads, deviceId }: GivenHistoryRow): Promise<NextPiece> {
  if (threads.length === 0) return { kind: "end" };
  const chunks: HistoryChunk[] = [];
  const later: GivenThreadRow[] = [];
  const queue = [...threads];
  let [entries, bytes] = [0, 0];
  while (entries < PIECE_ENTRIES && bytes < PIECE_BYTES) {
    const row = queue.shift();
    if (row === undefined) break;
    if (!isReady(core, row, deviceId)) {
      later.push(row);
      continue;
    }
    const { chunk, left } = await nextChunk(core, row, PIECE_BYTES - bytes);
    if (left !== undefined) queue.push(left);
    if (chunk === undefined) continue;
    chunks.push(chunk);
    entries += chunk.entries.length;
    bytes += encodeStored(chunk).length;
  }
  const left = [...queue, ...later];
  const isChanged = chunks.length > 0 || left.length < threads.length;
  return isChanged ? { kind: "piece", chunks, threads: left } : { kind: "waiting" };
}

/** Once it is in: what is done with the messages afterwards it sees itself, and nothing that was taken away comes back. */
function isReady({ tables }: Core, { id }: GivenThreadRow, deviceId: Uint8Array): boolean {
  const thread = tables.threads.get(id);
  const group = thread?.groupId === undefined ? undefined : tables.groups.get(thread.groupId);
  if (group === undefined) return true;
  if (group.state !== "active") return group.state !== "opening";
  return group.roster.some((member) => equalBytes(member.deviceId, deviceId));
}

async function nextChunk(
  core: Core,
  row: GivenThreadRow,
  room: number,
): Promise<{ readonly chunk: HistoryChunk | undefined; readonly left: GivenThreadRow | undefined }> {
  const thread = core.tables.threads.get(row.id);
  const gap = (thread?.entries ?? 0) - row.until;
  if (row.isGapSent !== true) {
    const left = { ...row, isGapSent: true } as const;
    if (gap <= 0) return nextChunk(core, left, room);
    const some = await entriesOf(core, row, row.until + gap, Math.min(gap, CHUNK_ENTRIES), room);
    const readUpTo = thread?.read?.number ?? 0;
    return { chunk: { ...some.chunk, count: 0, isGap: true, readUpTo: readUpTo - row.offset }, left };
  }
  if (row.left <= row.offset) return { chunk: undefined, left: undefined };
  const { chunk, next } = await entriesOf(core, row, row.left, Math.min(row.left - row.offset, CHUNK_ENTRIES), room);
  return { chunk, left: next <= row.offset ? undefined : { ...row, left: next } };
}

/** From an entry on back, as many as there is room for and one at least. */
async function entriesOf(
  { deps }: Core,
  { id, offset, filesOffset }: GivenThreadRow,
  from: number,
  most: number,
  room: number,
): Promise<{ readonly chunk: HistoryChunk; readonly next: number }> {
  const page = await deps.vault.readPage(historyOf(id), { before: from + 1, limit: most });
  const entries: GivenEntry[] = [];
  const files: Record<number, { secret: Uint8Array; place: number }> = {};
  let [bytes, next] = [0, from];
  for (const { bytes: stored, number } of page) {
    if (bytes > 0 && bytes + stored.length > room) break;
    bytes += stored.length;
    next = number - 1;
    const entry = decodeStored<StoredEntry>(stored);
    if (entry.kind === "erased") continue;
    entries.push(moved(entry, offset));
    if (entry.kind !== "file") continue;
    const secret = await deps.vault.get(SECRETS, secretName(id, entry.author, entry.id));
    const place = await placeInFiles(new Tx(deps.vault), id, number);
    if (secret !== undefined && place !== undefined) files[number - offset] = { secret, place: place - filesOffset };
  }
  return { chunk: { thread: id, count: from - next, entries: entries.reverse(), files }, next };
}

/** A line about a pinned message names it by its number. */
function moved(entry: GivenEntry, offset: number): GivenEntry {
  const number = entry.number - offset;
  if (entry.kind !== "event" || entry.event.what !== "pinned") return { ...entry, number };
  return { ...entry, number, event: { ...entry.event, number: entry.event.number - offset } };
}
