// Backups at a node, found and opened with what stands on a recovery sheet (spec/protocol/node-backup.md).
import { ApiError } from "@p2pcrypt/api";
import { concatBytes } from "@p2pcrypt/bytes";
import {
  FileOpener,
  type FileSecret,
  FilesError,
  HASH_BYTES,
  HEADER_BYTES,
  type OpeningPlace,
  SEGMENT_BYTES,
} from "@p2pcrypt/files";
import { ClientError } from "../failure.ts";
import type { BlobDeps, BlobPlace } from "../files/file-ports.ts";
import { Stop } from "../files/stop.ts";
import { type ClientDeps, ConnectionError } from "../ports.ts";
import { within } from "../run/within.ts";
import type { FoundBackup } from "../snapshots.ts";
import { decodeStored } from "../store/stored-json.ts";
import type { Head, HistoryPiece, OpenedBackup } from "./full-backup.ts";
import {
  type BackupPointer,
  type BackupSlot,
  DAYS_BACK,
  dayOf,
  openPointer,
  POINTER_BYTES,
  reading,
  SLOTS_OF_A_DAY,
  slotKeys,
} from "./node-backup-format.ts";
import { piecesIn } from "./node-backup-stream.ts";

/** Days that are asked for at once. */
const AT_ONCE = 8;
const ASKED_MS = 20_000;
const MAX_TRIES = 6;
const RETRY_MS = 2_000;

export interface PlacedBackup {
  readonly slot: BackupSlot;
  readonly pointer: BackupPointer;
}

/** The newest first. @throws {ConnectionError} the node does not answer */
export async function findNodeBackups(deps: ClientDeps, nodeUrl: string, root: Uint8Array): Promise<readonly PlacedBackup[]> {
  const blobs = blobsOf(deps);
  const newest = dayOf(deps.clock.nowMs()) + 1;
  const found: PlacedBackup[] = [];
  for (let back = 0; back <= DAYS_BACK; back += AT_ONCE) {
    const days = Array.from({ length: Math.min(AT_ONCE, DAYS_BACK + 1 - back) }, (_, at) => newest - back - at);
    const some = await Promise.all(days.map((day) => ofDay(deps, blobs, nodeUrl, root, day)));
    found.push(...some.flat());
  }
  const isLater = (a: PlacedBackup, b: PlacedBackup): number =>
    a.pointer.madeAtMs - b.pointer.madeAtMs || a.slot.day - b.slot.day || a.slot.number - b.slot.number;
  return found.sort((a, b) => isLater(b, a));
}

export function shownBackup({ slot, pointer }: PlacedBackup): FoundBackup {
  const { madeAtMs, device, conversations, messages, bytes } = pointer;
  return { id: `${slot.day}-${slot.number}`, madeAtMs, device, conversations, messages, bytes };
}

async function ofDay(
  deps: ClientDeps,
  blobs: BlobDeps,
  nodeUrl: string,
  root: Uint8Array,
  day: number,
): Promise<readonly PlacedBackup[]> {
  const found: PlacedBackup[] = [];
  // A place that was replaced leaves a gap: one further place is looked at.
  for (let number = 0, gaps = 0; number < SLOTS_OF_A_DAY && gaps < 2; number++) {
    const { pointer: at } = slotKeys(root, { day, number });
    const bytes = await within(pointerAt(blobs, reading(nodeUrl, at)), ASKED_MS, deps.timers, () => {
      return new ConnectionError("connection/timeout");
    });
    const pointer = bytes === undefined ? undefined : openPointer(at.key, bytes);
    if (pointer === undefined) gaps += 1;
    else found.push({ slot: { day, number }, pointer });
  }
  return found;
}

async function pointerAt({ blobs }: BlobDeps, place: BlobPlace): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stop = new Stop();
  try {
    for await (const part of blobs.read(place, 0, stop)) {
      parts.push(part);
      length += part.length;
      if (length > POINTER_BYTES) break;
    }
  } catch (error) {
    if (error instanceof ApiError && !error.isRetriable) return undefined; // nothing is there, or the node keeps no blobs
    throw error;
  }
  return concatBytes(...parts);
}

/**
 * Reads all of it once before anything of it is handed out, and a second time while it is restored: what is not whole is not restored,
 * and nothing of it has to fit into memory.
 *
 * @throws {ClientError} export/damaged, node/unreachable
 */
export async function openNodeBackup(
  deps: ClientDeps,
  nodeUrl: string,
  root: Uint8Array,
  { slot, pointer }: PlacedBackup,
  told: (done: number, total: number) => void,
): Promise<OpenedBackup> {
  const place = reading(nodeUrl, slotKeys(root, slot).contents);
  const secret: FileSecret = { ...pointer, trueBytes: pointer.bytes, type: "" };
  const stream = (): AsyncGenerator<Uint8Array> => piecesIn(contents(deps, place, nodeUrl, secret));
  let head: Head | undefined;
  let entries = 0;
  try {
    for await (const piece of stream()) {
      if (head === undefined) head = decodeStored<Head>(piece);
      else entries += decodeStored<Partial<HistoryPiece>>(piece).entries?.length ?? 0;
      told(entries, pointer.messages * 2);
    }
  } catch (cause) {
    if (cause instanceof FilesError) throw new ClientError({ code: "export/damaged" }, { cause });
    throw cause;
  }
  if (head === undefined) throw new ClientError({ code: "export/damaged" });
  return {
    ...head,
    async *pieces() {
      let isHead = true;
      for await (const piece of stream()) {
        if (!isHead && !isLast(piece)) yield decodeStored<HistoryPiece>(piece);
        isHead = false;
      }
    },
  };
}

function isLast(piece: Uint8Array): boolean {
  return piece.length < 64 && decodeStored<Partial<HistoryPiece>>(piece).entries === undefined;
}

/** The opened bytes. Goes on where a connection broke. */
async function* contents(deps: ClientDeps, place: BlobPlace, nodeUrl: string, secret: FileSecret): AsyncGenerator<Uint8Array> {
  const { subtle, blobs } = blobsOf(deps);
  const stop = new Stop();
  let [header, at]: [Uint8Array | undefined, OpeningPlace] = [undefined, { segment: 0, chain: new Uint8Array(HASH_BYTES) }];
  for (let tries = 1; ; tries++) {
    try {
      header ??= await headerAt(blobs, place, stop);
      const opener = await FileOpener.create(subtle, secret, header);
      for await (const { index, bytes, chain } of opener.segments(blobs.read(place, at.segment * SEGMENT_BYTES, stop), at)) {
        at = { segment: index + 1, chain };
        tries = 1;
        yield bytes;
      }
      return;
    } catch (error) {
      const isBroken = error instanceof ConnectionError || (error instanceof FilesError && error.code === "files/truncated");
      if (error instanceof ApiError)
        throw new ClientError({ code: "node/refused", nodeUrl, reason: error.code }, { cause: error });
      if (!isBroken) throw error;
      if (tries >= MAX_TRIES) throw new ClientError({ code: "node/unreachable", nodeUrl }, { cause: error });
      await new Promise<void>((resolve) => void deps.timers.after(RETRY_MS * tries, resolve));
    }
  }
}

async function headerAt(blobs: BlobDeps["blobs"], place: BlobPlace, stop: Stop): Promise<Uint8Array> {
  let begin = new Uint8Array(0);
  for await (const part of blobs.read(place, 0, stop)) {
    begin = concatBytes(begin, part) as Uint8Array<ArrayBuffer>;
    if (begin.length >= HEADER_BYTES) return begin.slice(0, HEADER_BYTES);
  }
  throw new FilesError("files/truncated");
}

/** @throws {ClientError} backup/notPossible */
function blobsOf({ blobs, files }: ClientDeps): BlobDeps {
  const found = files ?? blobs;
  if (found === undefined) throw new ClientError({ code: "backup/notPossible" });
  return found;
}
