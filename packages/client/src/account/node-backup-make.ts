// A backup with messages, put into a blob of the home node (spec/protocol/node-backup.md). Sealed while it is read: what is in memory is
// a few segments, whatever was said.
import { sha256 } from "@noble/hashes/sha2.js";
import { ApiError, tokenHash } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import { createSealingSecret, FileHash, FileSealer, FilesError } from "@p2pcrypt/files";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { BlobDeps, BlobPlace } from "../files/file-ports.ts";
import type { Stop } from "../files/stop.ts";
import { ConnectionError } from "../ports.ts";
import type { KeptBackupRow, NodeBackupRow, PlacedSlotRow } from "../store/backup-rows.ts";
import { SELF } from "../store/tables.ts";
import { piecesOf, type ToldProgress } from "./full-backup.ts";
import {
  type BackupSlot,
  backupRoot,
  dayOf,
  POINTER_BYTES,
  SLOTS_OF_A_DAY,
  type SlotKeys,
  sealPointer,
  slotKeys,
  writing,
} from "./node-backup-format.ts";
import { frame, PieceSource, sizeFor } from "./node-backup-stream.ts";

const MAX_TRIES = 4;
const MAX_DEVICE_CHARACTERS = 64;
/** What did not change is kept longer by being made again before its time at the node is over. */
const RENEWED_BEFORE_MS = 10 * 86_400_000;

export interface BackupRun {
  readonly stop: Stop;
  readonly told: ToldProgress;
  /** Also when nothing changed. */
  readonly isWanted: boolean;
}

/** @returns whether a new one was made. @throws {ApiError} @throws {ConnectionError} @throws {ClientError} backup/notPossible */
export async function backUpAtNode(core: Core, run: BackupRun): Promise<boolean> {
  const { blobs } = core;
  const seed = (await core.secret()).recoverySeed();
  if (blobs === undefined || seed === undefined) throw new ClientError({ code: "backup/notPossible" });
  const root = backupRoot(seed.seed);
  await freeLeftover(core, blobs, root, run.stop);
  const measured = await measure(core);
  const before = core.account.nodeBackup?.kept;
  const isSame = before?.digest === measured.digest && before.nodeUrl === core.account.homeNodeUrl;
  const isKeptLong = (before?.expiresMs ?? 0) - core.nowMs > RENEWED_BEFORE_MS;
  if (isSame && isKeptLong && !run.isWanted) {
    await change(core, (row) => ({ ...row, checkedAtMs: core.nowMs }));
    return false;
  }
  const kept = await put(core, blobs, root, measured, run);
  await change(core, ({ kept: old, leftover, failure: _, ...row }) => ({
    ...row,
    kept,
    checkedAtMs: core.nowMs,
    leftover: [...leftover.filter((one) => !isSamePlace(one, kept)), ...(old === undefined ? [] : [placeOf(old)])],
  }));
  await freeLeftover(core, blobs, root, run.stop);
  return true;
}

/** Everything of this device's that lies at nodes. @returns whether nothing is left there. */
export async function freeNodeBackups(core: Core, stop: Stop): Promise<boolean> {
  const seed = (await core.secret()).recoverySeed();
  if (core.blobs === undefined || seed === undefined) return true;
  await change(core, ({ kept, leftover, ...row }) => ({
    ...row,
    leftover: [...leftover, ...(kept === undefined ? [] : [placeOf(kept)])],
  }));
  await freeLeftover(core, core.blobs, backupRoot(seed.seed), stop);
  return (core.account.nodeBackup?.leftover ?? []).length === 0;
}

/** How much was taken away for good: a backup from before has it still, and is replaced soon. */
export function deletedBy({ tables }: Core): number {
  return tables.threads.all().reduce((sum, { clearedUpTo = 0 }) => sum + clearedUpTo, 0);
}

interface Measured {
  readonly framedBytes: number;
  readonly digest: string;
  readonly deleted: number;
}

async function measure(core: Core): Promise<Measured> {
  const hash = sha256.create();
  const deleted = deletedBy(core);
  let framedBytes = 0;
  for await (const { bytes } of piecesOf(core, () => undefined)) {
    const framed = frame(bytes);
    hash.update(framed);
    framedBytes += framed.length;
  }
  return { framedBytes, digest: encodeHex(hash.digest()), deleted };
}

async function put(core: Core, blobs: BlobDeps, root: Uint8Array, measured: Measured, run: BackupRun): Promise<KeptBackupRow> {
  const nodeUrl = core.account.homeNodeUrl;
  const bytes = sizeFor(measured.framedBytes);
  const secret = createSealingSecret(core.deps.random);
  const sealer = await FileSealer.create(blobs.subtle, secret, { trueBytes: bytes, type: "" });
  const { sealedBytes } = sealer.layout;
  const { slot, keys } = await freeSlot(core, blobs, root, sealedBytes, run.stop);
  const source = new PieceSource(bytesOf(piecesOf(core, run.told)));
  const hash = new FileHash(blobs.subtle);
  const place = writing(nodeUrl, keys.contents);
  let [at, expiresMs] = [0, 0];
  for await (const segment of sealer.segments((from, size) => source.read(from, size))) {
    await hash.add(segment.digest);
    // Of the last one it is how long the whole is kept.
    expiresMs = await write(blobs, place, at, segment.bytes, run.stop);
    at += segment.bytes.length;
  }
  // More was said meanwhile than there was room for: the next attempt measures anew.
  if (!source.isWhole) throw new FilesError("files/sourceChanged");
  const threads = core.tables.threads.all().filter(({ entries }) => entries > 0);
  const { deviceName = "" } = core.account;
  const pointer = sealPointer(
    keys.pointer.key,
    {
      key: secret.key,
      commitment: sealer.commitment,
      hash: hash.chain,
      bytes,
      madeAtMs: core.nowMs,
      device: [...deviceName].slice(0, MAX_DEVICE_CHARACTERS).join(""),
      conversations: threads.length,
      messages: threads.reduce((sum, { entries }) => sum + entries, 0),
    },
    core.deps.random(12),
  );
  // Last: who finds it finds all of it.
  const pointerPlace = writing(nodeUrl, keys.pointer);
  await blobs.blobs.create(pointerPlace, { bytes: POINTER_BYTES, readTokenHash: tokenHash(keys.pointer.readToken) }, run.stop);
  await write(blobs, pointerPlace, 0, pointer, run.stop);
  return {
    nodeUrl,
    ...slot,
    atMs: core.nowMs,
    bytes: sealedBytes,
    expiresMs,
    digest: measured.digest,
    deleted: measured.deleted,
  };
}

/** A place of today that no device of this identity has used. Noted before it is asked for: whatever happens, it is freed later. */
async function freeSlot(
  core: Core,
  blobs: BlobDeps,
  root: Uint8Array,
  bytes: number,
  stop: Stop,
): Promise<{ readonly slot: BackupSlot; readonly keys: SlotKeys }> {
  const nodeUrl = core.account.homeNodeUrl;
  const day = dayOf(core.nowMs);
  for (let number = 0; number < SLOTS_OF_A_DAY; number++) {
    const slot = { day, number };
    const keys = slotKeys(root, slot);
    if (await isPointedTo(blobs, nodeUrl, keys, stop)) continue;
    await change(core, (row) => ({ ...row, leftover: [...row.leftover, { nodeUrl, ...slot }] }));
    const size = { bytes, readTokenHash: tokenHash(keys.contents.readToken) };
    try {
      const { offset } = await blobs.blobs.create(writing(nodeUrl, keys.contents), size, stop);
      if (offset === 0) return { slot, keys };
    } catch (error) {
      // Taken, or freed a moment ago and not swept yet.
      const isTaken = error instanceof ApiError && ["exists", "expired", "forbidden"].includes(error.code);
      if (!isTaken) throw error;
    }
    await change(core, (row) => ({ ...row, leftover: row.leftover.filter((one) => !isSamePlace(one, { nodeUrl, ...slot })) }));
  }
  throw new ApiError("quota", {});
}

/** Another device of this identity, or this one before, has a whole backup there. */
async function isPointedTo({ blobs }: BlobDeps, nodeUrl: string, { pointer }: SlotKeys, stop: Stop): Promise<boolean> {
  try {
    for await (const _ of blobs.read({ nodeUrl, blob: pointer.blob, token: pointer.readToken }, 0, stop)) return true;
    return true;
  } catch (error) {
    if (error instanceof ApiError && !error.isRetriable) return false;
    throw error;
  }
}

/** @returns until when the node keeps it. */
async function write({ blobs }: BlobDeps, place: BlobPlace, at: number, bytes: Uint8Array, stop: Stop): Promise<number> {
  let [from, expiresMs] = [at, 0];
  for (let tries = 1; from < at + bytes.length; ) {
    try {
      const progress = await blobs.write(place, from, [bytes.subarray(from - at)], stop);
      if (progress.offset <= from && ++tries > MAX_TRIES) throw new ConnectionError("connection/badAnswer");
      ({ offset: from, expiresMs } = progress);
    } catch (error) {
      const there = error instanceof ApiError && error.code === "offsetConflict" ? error.fields.offset : undefined;
      const isAgain = there !== undefined && there >= at && there <= at + bytes.length;
      if (stop.isStopped || tries >= MAX_TRIES || !(isAgain || error instanceof ConnectionError)) throw error;
      tries += 1;
      from = there ?? from;
    }
  }
  return expiresMs;
}

/** What the node does not know is free, and what it does not let go of runs out there. */
async function freeLeftover(core: Core, { blobs }: BlobDeps, root: Uint8Array, stop: Stop): Promise<void> {
  for (const slot of core.account.nodeBackup?.leftover ?? []) {
    const { pointer, contents } = slotKeys(root, slot);
    try {
      for (const one of [pointer, contents])
        await blobs.delete(writing(slot.nodeUrl, one), stop).catch((error: unknown) => {
          if (!(error instanceof ApiError) || error.isRetriable) throw error;
        });
    } catch (error) {
      if (error instanceof ApiError || error instanceof ConnectionError) continue; // another time
      throw error;
    }
    await change(core, (row) => ({ ...row, leftover: row.leftover.filter((one) => !isSamePlace(one, slot)) }));
  }
}

export async function change(core: Core, to: (row: NodeBackupRow) => NodeBackupRow): Promise<void> {
  const { account } = core.tables;
  await core.ledger.transact(async (tx) => {
    const row = tx.get(account, SELF) ?? core.account;
    tx.put(account, SELF, { ...row, nodeBackup: to(row.nodeBackup ?? { isAutomatic: false, leftover: [] }) });
  });
}

function placeOf({ nodeUrl, day, number }: PlacedSlotRow): PlacedSlotRow {
  return { nodeUrl, day, number };
}

function isSamePlace(one: PlacedSlotRow, other: PlacedSlotRow): boolean {
  return one.nodeUrl === other.nodeUrl && one.day === other.day && one.number === other.number;
}

async function* bytesOf(pieces: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of pieces) yield bytes;
}
