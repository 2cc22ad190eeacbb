// The rows of a node's store in SQLite. Stream rows that a transaction changed are written once, at its end.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { RecordKind, StreamId } from "@p2pcrypt/api";
import {
  type CertificateEntry,
  type IdempotencyRow,
  type KeyPackageRow,
  type RecordRow,
  type Rows,
  StorageError,
  type StoredProfile,
  type StoreUsage,
  type StreamState,
} from "@p2pcrypt/storage";
import { bytes, decodeJson, encodeJson, integer, type Row, text } from "./columns.ts";

const KINDS: readonly RecordKind[] = ["handshake", "application", "sealedRequest"];
const MAX_CACHED_STREAMS = 10_000;
const USAGE_NOTE = "usage";

interface Cached {
  readonly number: number;
  state: StreamState;
  /** What the row's configuration columns hold: they are written again only when they changed, the head with every record. */
  written: Pick<StreamState, "configuration" | "readGrants"> | undefined;
}

export class SqliteRows implements Rows {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #streams = new Map<StreamId, Cached>();
  /** Changed in this transaction, not written yet. */
  readonly #dirty = new Set<Cached>();
  #usage: StoreUsage;
  #isUsageDirty = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#usage = this.#readUsage();
  }

  /** Writes what the transaction changed in memory. Call before COMMIT. */
  flush(): void {
    for (const cached of this.#dirty) this.#writeStream(cached);
    this.#dirty.clear();
    if (this.#isUsageDirty) this.putNote(USAGE_NOTE, encodeJson(this.#usage));
    this.#isUsageDirty = false;
    if (this.#streams.size > MAX_CACHED_STREAMS) this.#streams.clear();
  }

  /** Forgets what was in memory. Call after ROLLBACK. */
  forget(): void {
    this.#streams.clear();
    this.#dirty.clear();
    this.#isUsageDirty = false;
    this.#usage = this.#readUsage();
  }

  stream(id: StreamId): StreamState | undefined {
    return this.#cached(id)?.state;
  }

  putStream(state: StreamState): void {
    const cached = this.#cached(state.id);
    if (cached !== undefined) {
      cached.state = state;
      this.#dirty.add(cached);
      return;
    }
    const { lastInsertRowid } = this.#run(
      "INSERT INTO streams (id, configuration, read_grants, seq, chain, positions, handshake_chain, used_bytes, used_handshake_bytes) VALUES (?, '', '', 0, x'', 0, x'', 0, 0)",
      state.id,
    );
    const made: Cached = { number: Number(lastInsertRowid), state, written: undefined };
    this.#streams.set(state.id, made);
    this.#dirty.add(made);
    this.#count({ streams: 1 });
  }

  deleteStream(id: StreamId): void {
    const cached = this.#cached(id);
    if (cached === undefined) return;
    const sums = this.#get(
      "SELECT count(*) AS records, coalesce(sum(length(record)), 0) AS bytes FROM records WHERE stream = ?",
      cached.number,
    );
    this.#run("DELETE FROM records WHERE stream = ?", cached.number);
    this.#run("DELETE FROM idempotency WHERE stream = ?", cached.number);
    this.#run("DELETE FROM streams WHERE number = ?", cached.number);
    this.#streams.delete(id);
    this.#dirty.delete(cached);
    this.#count({ streams: -1, records: -integer(sums, "records"), recordBytes: -integer(sums, "bytes") });
  }

  insertRecord(stream: StreamId, row: RecordRow): void {
    const number = this.#number(stream);
    this.#run(
      "INSERT INTO records (stream, seq, kind, position, time_ms, expires_ms, chain_before, positions_before, handshake_chain_before, checksum, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      number,
      row.seq,
      KINDS.indexOf(row.kind),
      row.position ?? null,
      row.timeMs,
      row.expiresMs,
      row.chainBefore,
      row.positionsBefore,
      row.handshakeChainBefore,
      checksum(number, row.seq, row.record),
      row.record,
    );
    this.#count({ records: 1, recordBytes: row.record.length });
  }

  records({ stream, after, limit, maxBytes }: { stream: StreamId; after: number; limit: number; maxBytes: number }): RecordRow[] {
    const number = this.#cached(stream)?.number;
    if (number === undefined) return [];
    const found: RecordRow[] = [];
    let size = 0;
    const rows = this.#statement("SELECT * FROM records WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?").iterate(
      number,
      after,
      limit,
    );
    for (const row of rows) {
      const record = toRecordRow(row, number);
      if (found.length > 0 && size + record.record.length > maxBytes) break;
      size += record.record.length;
      found.push(record);
    }
    return found;
  }

  idempotency(stream: StreamId, key: Uint8Array): IdempotencyRow | undefined {
    const row = this.#get("SELECT * FROM idempotency WHERE stream = ? AND key = ?", this.#number(stream), key);
    if (row === undefined) return undefined;
    return {
      seq: integer(row, "seq"),
      timeMs: integer(row, "time_ms"),
      requestHash: bytes(row, "request_hash"),
      expiresMs: integer(row, "expires_ms"),
      ...(row["position"] === null ? {} : { position: integer(row, "position") }),
    };
  }

  putIdempotency(stream: StreamId, key: Uint8Array, row: IdempotencyRow): void {
    this.#run(
      "INSERT INTO idempotency (stream, key, seq, position, time_ms, request_hash, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
      this.#number(stream),
      key,
      row.seq,
      row.position ?? null,
      row.timeMs,
      row.requestHash,
      row.expiresMs,
    );
  }

  certificate(identity: string): Uint8Array | undefined {
    const row = this.#get("SELECT certificate FROM certificates WHERE identity = ?", identity);
    return row === undefined ? undefined : bytes(row, "certificate");
  }

  putCertificate(identity: string, { bytes: certificate, terms }: CertificateEntry): void {
    const isNew = this.certificate(identity) === undefined;
    this.#run(
      "INSERT INTO certificates VALUES (?, ?) ON CONFLICT DO UPDATE SET certificate = excluded.certificate",
      identity,
      certificate,
    );
    if (isNew) this.#count({ identities: 1 });
    this.#run("DELETE FROM search_terms WHERE identity = ?", identity);
    for (const term of terms) this.#run("INSERT INTO search_terms VALUES (?, ?)", term, identity);
  }

  identitiesByTerm(term: string, limit: number): readonly string[] {
    const rows = this.#statement("SELECT identity FROM search_terms WHERE term = ? ORDER BY identity LIMIT ?").all(term, limit);
    return rows.map((row) => text(row, "identity"));
  }

  profile(identity: string): StoredProfile | undefined {
    const row = this.#get("SELECT sequence, profile FROM profiles WHERE identity = ?", identity);
    return row === undefined ? undefined : { sequence: integer(row, "sequence"), profile: bytes(row, "profile") };
  }

  putProfile(identity: string, { sequence, profile }: StoredProfile): void {
    this.#run(
      "INSERT INTO profiles VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence, profile = excluded.profile",
      identity,
      sequence,
      profile,
    );
  }

  keyPackages(identity: string, device: Uint8Array): KeyPackageRow[] {
    return this.#all(
      "SELECT device, is_last_resort, was_used, key_package FROM key_packages WHERE identity = ? AND device = ? ORDER BY is_last_resort, number",
      identity,
      device,
    ).map((row) => ({
      device: bytes(row, "device"),
      keyPackage: bytes(row, "key_package"),
      isLastResort: integer(row, "is_last_resort") === 1,
      wasUsed: integer(row, "was_used") === 1,
    }));
  }

  devicesWithKeyPackages(identity: string): Uint8Array[] {
    return this.#all("SELECT DISTINCT device FROM key_packages WHERE identity = ?", identity).map((row) => bytes(row, "device"));
  }

  replaceKeyPackages(identity: string, device: Uint8Array, rows: readonly KeyPackageRow[]): void {
    this.#run("DELETE FROM key_packages WHERE identity = ? AND device = ?", identity, device);
    for (const { keyPackage, isLastResort, wasUsed } of rows) {
      this.#run(
        "INSERT INTO key_packages (identity, device, is_last_resort, was_used, key_package) VALUES (?, ?, ?, ?, ?)",
        identity,
        device,
        isLastResort ? 1 : 0,
        wasUsed ? 1 : 0,
        keyPackage,
      );
    }
  }

  claimTokens(identity: string): readonly Uint8Array[] {
    return this.#all("SELECT token_hash FROM claim_tokens WHERE identity = ?", identity).map((row) => bytes(row, "token_hash"));
  }

  putClaimTokens(identity: string, tokenHashes: readonly Uint8Array[]): void {
    this.#run("DELETE FROM claim_tokens WHERE identity = ?", identity);
    for (const hash of tokenHashes) this.#run("INSERT OR IGNORE INTO claim_tokens VALUES (?, ?)", identity, hash);
  }

  hasNonce(nonce: Uint8Array): boolean {
    return this.#get("SELECT 1 AS found FROM nonces WHERE nonce = ?", nonce) !== undefined;
  }

  putNonce(nonce: Uint8Array, forgetMs: number): void {
    this.#run("INSERT INTO nonces VALUES (?, ?)", nonce, forgetMs);
  }

  expire(nowMs: number, limit: number): number {
    const nonces = this.#run(
      "DELETE FROM nonces WHERE nonce IN (SELECT nonce FROM nonces WHERE forget_ms <= ? LIMIT ?)",
      nowMs,
      limit,
    );
    let count = Number(nonces.changes);
    const keys = this.#run(
      "DELETE FROM idempotency WHERE (stream, key) IN (SELECT stream, key FROM idempotency WHERE expires_ms <= ? LIMIT ?)",
      nowMs,
      limit - count,
    );
    count += Number(keys.changes);
    const gone = this.#all(
      "SELECT r.number, r.kind, length(r.record) AS size, s.id FROM records r JOIN streams s ON s.number = r.stream WHERE r.expires_ms <= ? LIMIT ?",
      nowMs,
      limit - count,
    );
    for (const row of gone) {
      const size = integer(row, "size");
      const isHandshake = integer(row, "kind") === 0;
      const cached = this.#cached(text(row, "id") as StreamId);
      if (cached !== undefined) {
        const { state } = cached;
        cached.state = {
          ...state,
          usedBytes: state.usedBytes - (isHandshake ? 0 : size),
          usedHandshakeBytes: state.usedHandshakeBytes - (isHandshake ? size : 0),
        };
        this.#dirty.add(cached);
      }
      this.#run("DELETE FROM records WHERE number = ?", integer(row, "number"));
      this.#count({ records: -1, recordBytes: -size });
    }
    return count + gone.length;
  }

  usage(): StoreUsage {
    return this.#usage;
  }

  note(name: string): Uint8Array | undefined {
    const row = this.#get("SELECT value FROM notes WHERE name = ?", name);
    return row === undefined ? undefined : bytes(row, "value");
  }

  putNote(name: string, value: Uint8Array): void {
    this.#run("INSERT INTO notes VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", name, value);
  }

  #cached(id: StreamId): Cached | undefined {
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    const row = this.#get("SELECT * FROM streams WHERE id = ?", id);
    if (row === undefined) return undefined;
    const state: StreamState = {
      id,
      configuration: decodeJson(text(row, "configuration")),
      readGrants: decodeJson(text(row, "read_grants")),
      head: {
        seq: integer(row, "seq"),
        chain: bytes(row, "chain"),
        positions: integer(row, "positions"),
        handshakeChain: bytes(row, "handshake_chain"),
      },
      usedBytes: integer(row, "used_bytes"),
      usedHandshakeBytes: integer(row, "used_handshake_bytes"),
    };
    const cached = { number: integer(row, "number"), state, written: state };
    this.#streams.set(id, cached);
    return cached;
  }

  #writeStream(cached: Cached): void {
    const { configuration, readGrants, head, usedBytes, usedHandshakeBytes } = cached.state;
    this.#run(
      "UPDATE streams SET seq = ?, chain = ?, positions = ?, handshake_chain = ?, used_bytes = ?, used_handshake_bytes = ? WHERE number = ?",
      head.seq,
      head.chain,
      head.positions,
      head.handshakeChain,
      usedBytes,
      usedHandshakeBytes,
      cached.number,
    );
    if (configuration !== cached.written?.configuration || readGrants !== cached.written.readGrants) {
      this.#run(
        "UPDATE streams SET configuration = ?, read_grants = ? WHERE number = ?",
        encodeJson(configuration).toString(),
        encodeJson(readGrants).toString(),
        cached.number,
      );
      cached.written = { configuration, readGrants };
    }
  }

  #number(stream: StreamId): number {
    const cached = this.#cached(stream);
    if (cached === undefined) throw new RangeError("no such stream");
    return cached.number;
  }

  #count(change: Partial<StoreUsage>): void {
    const before = this.#usage;
    this.#usage = {
      streams: before.streams + (change.streams ?? 0),
      records: before.records + (change.records ?? 0),
      recordBytes: before.recordBytes + (change.recordBytes ?? 0),
      identities: before.identities + (change.identities ?? 0),
    };
    this.#isUsageDirty = true;
  }

  #readUsage(): StoreUsage {
    const note = this.note(USAGE_NOTE);
    return note === undefined
      ? { streams: 0, records: 0, recordBytes: 0, identities: 0 }
      : decodeJson(Buffer.from(note).toString());
  }

  #run(sql: string, ...values: SqlValue[]) {
    return this.#statement(sql).run(...values);
  }

  #get(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  #all(sql: string, ...values: SqlValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

type SqlValue = string | number | null | Uint8Array;

/** Over the place too, so that a record that moved is found out. */
function checksum(stream: number, seq: number, record: Uint8Array): number {
  return crc32(record, crc32(`${stream}/${seq}`));
}

function toRecordRow(row: Row, stream: number): RecordRow {
  const record = bytes(row, "record");
  const seq = integer(row, "seq");
  const kind = KINDS[integer(row, "kind")];
  if (kind === undefined || integer(row, "checksum") !== checksum(stream, seq, record)) throw new StorageError("storage/damaged");
  return {
    seq,
    kind,
    timeMs: integer(row, "time_ms"),
    expiresMs: integer(row, "expires_ms"),
    record,
    chainBefore: bytes(row, "chain_before"),
    positionsBefore: integer(row, "positions_before"),
    handshakeChainBefore: bytes(row, "handshake_chain_before"),
    ...(row["position"] === null ? {} : { position: integer(row, "position") }),
  };
}
