// A backup with messages: what backup.ts has, and every history, in pieces that are sealed one by one. Never session state, device keys
// or tokens: whoever restores is a new device, whose joining others see (M20).
import { gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteReader, ByteWriter, concatBytes, DecodeError, purposeBytes } from "@p2pcrypt/bytes";
import type { Arrangement } from "../arrangement.ts";
import { historyOf, type StoredEntry } from "../conversation/history.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import { SECRETS, secretName } from "../files/arrived.ts";
import type { ClientDeps } from "../ports.ts";
import type { ThreadRow } from "../store/rows.ts";
import { decodeStored, encodeStored } from "../store/stored-json.ts";
import { type BackupContent, type BackupKey, contentOf, readBackup } from "./backup.ts";

const PIECE_INFO = purposeBytes("p2pcrypt export pieces");
const ENTRIES = 256;
const MAX_PIECE_BYTES = 64 * 1024 * 1024;

export interface BackupThread extends Pick<ThreadRow, "id" | "kind" | "createdMs" | "entries" | "unread"> {
  readonly contactId?: NonNullable<ThreadRow["contactId"]>;
  /** In which group it was, and what that was called. */
  readonly groupId?: string;
  readonly name?: string;
  readonly read?: NonNullable<ThreadRow["read"]>;
  readonly clearedUpTo?: number;
  readonly arrangement?: Arrangement;
  readonly draft?: string;
}

/** The first piece. */
export interface Head {
  readonly content: BackupContent;
  readonly threads: readonly BackupThread[];
}

/** Entries of one thread, in order; with what opens its files, by number. */
export interface HistoryPiece {
  readonly thread: string;
  readonly entries: readonly StoredEntry[];
  readonly files: Readonly<Record<number, Uint8Array>>;
}

export type ToldProgress = (done: number, total: number) => void;

// struct {
//   opaque purpose<0..255>; uint8 version = 2;               as of version 1, with its Argon2id parameters
//   uint32 memory_kib; uint8 passes; opaque salt[16];
//   opaque file_salt[32];
//   struct { opaque sealed<0..2^32-1>; } piece[];            AES-256-GCM of JSON
// } Export;
// key = HKDF-SHA-256(argon2id key, file_salt, P("p2pcrypt export pieces"), 32)
// nonce = uint8 is_last || 0^7 || uint32 number of the piece, from 0; associated data: everything before the first piece
export async function sealFullBackup(core: Core, derived: BackupKey, told: ToldProgress): Promise<Uint8Array> {
  const fileSalt = core.deps.random(32);
  const seal = sealing(derived, fileSalt);
  const pieces: Uint8Array[] = [];
  for await (const { bytes, isLast } of piecesOf(core, told)) pieces.push(seal(bytes, isLast));
  return concatBytes(derived.parameters, fileSalt, ...pieces);
}

export interface BackupPiece {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** What a backup with messages holds, one piece after the other: the same again while nothing changes. */
export async function* piecesOf(core: Core, told: ToldProgress): AsyncGenerator<BackupPiece> {
  const rows = inOrder(core.tables.threads.all().filter((row) => row.entries > 0));
  const total = rows.reduce((sum, { entries }) => sum + entries, 0);
  const head: Head = {
    content: contentOf(core, ["accepted", "blocked", "gone"]),
    threads: rows.map((row) => threadOf(core, row)),
  };
  yield { bytes: encodeStored(head), isLast: false };
  let [done, pieces] = [0, 1];
  for (const { id, entries } of rows) {
    for (let from = 1; from <= entries; from += ENTRIES) {
      const piece = await pieceOf(core, id, from, Math.min(from + ENTRIES - 1, entries));
      yield { bytes: encodeStored(piece), isLast: false };
      done += piece.entries.length;
      pieces += 1;
      told(done, total);
    }
  }
  yield { bytes: encodeStored({ pieces }), isLast: true };
}

function inOrder(rows: readonly ThreadRow[]): readonly ThreadRow[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function sealing({ key, parameters }: BackupKey, fileSalt: Uint8Array): (piece: Uint8Array, isLast: boolean) => Uint8Array {
  const pieceKey = hkdf(sha256, key, fileSalt, PIECE_INFO, 32);
  const aad = concatBytes(parameters, fileSalt);
  let number = 0;
  return (piece, isLast) => {
    const sealed = gcm(pieceKey, nonceOf(number, isLast), aad).encrypt(piece);
    number += 1;
    return new ByteWriter().opaque32(sealed).finish();
  };
}

function nonceOf(number: number, isLast: boolean): Uint8Array {
  return new ByteWriter()
    .u8(isLast ? 1 : 0)
    .bytes(new Uint8Array(7))
    .u32(number)
    .finish();
}

function threadOf({ tables }: Core, row: ThreadRow): BackupThread {
  const { id, kind, createdMs, entries, unread, contactId, read, clearedUpTo, arrangement, draft } = row;
  const groupId = row.groupId ?? row.formerGroup?.groupId;
  const name = (row.groupId === undefined ? undefined : tables.groups.get(row.groupId)?.name) ?? row.formerGroup?.name;
  return {
    ...{ id, kind, createdMs, entries, unread },
    ...(contactId === undefined ? {} : { contactId }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(name === undefined ? {} : { name }),
    ...(read === undefined ? {} : { read }),
    ...(clearedUpTo === undefined ? {} : { clearedUpTo }),
    ...(arrangement === undefined ? {} : { arrangement }),
    ...(draft === undefined ? {} : { draft }),
  };
}

async function pieceOf({ deps }: Core, thread: string, from: number, until: number): Promise<HistoryPiece> {
  const page = await deps.vault.readPage(historyOf(thread), { before: until + 1, limit: until - from + 1 });
  const entries = page.map(({ bytes }) => decodeStored<StoredEntry>(bytes)).reverse();
  const files: Record<number, Uint8Array> = {};
  for (const entry of entries) {
    if (entry.kind !== "file") continue;
    const secret = await deps.vault.get(SECRETS, secretName(thread, entry.author, entry.id));
    if (secret !== undefined) files[entry.number] = secret;
  }
  return { thread, entries, files };
}

/** What a backup with messages holds; its histories one piece after the other. */
export interface OpenedBackup extends Head {
  readonly pieces: () => Iterable<HistoryPiece> | AsyncIterable<HistoryPiece>;
}

/** @throws {ClientError} export/notAnExport, newer, wrongPassphrase, damaged */
export async function openFullBackup(deps: ClientDeps, bytes: Uint8Array, passphrase: string): Promise<OpenedBackup> {
  const { key, parameters, rest } = await readBackup(deps, bytes, passphrase);
  const sealed = sealedPieces(rest);
  const open = opening({ key, parameters }, rest.subarray(0, 32), sealed.length);
  const [first = new Uint8Array(0)] = sealed;
  let head: Head;
  try {
    head = decodeStored<Head>(open(first, 0));
  } catch (cause) {
    throw new ClientError({ code: "export/wrongPassphrase" }, { cause });
  }
  // Before anything is stored: a backup that was cut off, or changed, is not half restored.
  for (const [number, piece] of sealed.entries()) guarded(() => open(piece, number));
  return {
    ...head,
    *pieces() {
      for (const [number, piece] of sealed.entries())
        if (number > 0 && number < sealed.length - 1) yield decodeStored<HistoryPiece>(guarded(() => open(piece, number)));
    },
  };
}

function opening(derived: BackupKey, fileSalt: Uint8Array, count: number): (piece: Uint8Array, number: number) => Uint8Array {
  const pieceKey = hkdf(sha256, derived.key, fileSalt, PIECE_INFO, 32);
  const aad = concatBytes(derived.parameters, fileSalt);
  return (piece, number) => gcm(pieceKey, nonceOf(number, number === count - 1), aad).decrypt(piece);
}

function sealedPieces(rest: Uint8Array): readonly Uint8Array[] {
  try {
    const reader = new ByteReader(rest);
    reader.take(32, "Export.file_salt");
    const pieces: Uint8Array[] = [];
    while (reader.remaining > 0) pieces.push(reader.opaque32("Export.piece", MAX_PIECE_BYTES));
    return pieces;
  } catch (cause) {
    if (cause instanceof DecodeError) throw new ClientError({ code: "export/damaged" }, { cause });
    throw cause;
  }
}

function guarded(open: () => Uint8Array): Uint8Array {
  try {
    return open();
  } catch (cause) {
    throw new ClientError({ code: "export/damaged" }, { cause });
  }
}
