// The rows of a node's store in SQLite. Stream rows that a transaction changed are written once, at its end.
import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { RecordKind, StreamId } from "@p2pcrypt/api";
import {
  type IdempotencyRow,
  type RecordRow,
  type Rows,
  StorageError,
  type StoreUsage,
  type StreamState,
} from "@p2pcrypt/storage";
import { bytes, decodeJson, encodeJson, integer, type Row, text } from "./columns.ts";
import { DirectoryRows } from "./directory-rows.ts";

const KINDS: readonly RecordKind[] = ["handshake", "application", "sealedRequest"];
const MAX_CACHED_STREAMS = 10_000;
const USAGE_NOTE = "usage";

interface Cached {
  readonly number: number;
  state: StreamState;
  /** What the row's configuration columns hold: they are written again only when they changed, the head with every record. */
  written: Pick<StreamState, "configuration" | "readGrants"> | undefined;
}

export class SqliteRows extends DirectoryRows implements Rows {
  readonly #streams = new Map<StreamId, Cached>();
  /** Changed in this transaction, not written yet. */
  readonly #dirty = new Set<Cached>();
  #usage: StoreUsage;
  #isUsageDirty = false;

  constructor(database: DatabaseSync) {
    super(database);
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
    const { lastInsertRowid } = this.rows.run(
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
    const sums = this.rows.get(
      "SELECT count(*) AS records, coalesce(sum(length(record)), 0) AS bytes FROM records WHERE stream = ?",
      cached.number,
    );
    this.rows.run("DELETE FROM records WHERE stream = ?", cached.number);
    this.rows.run("DELETE FROM idempotency WHERE stream = ?", cached.number);
    this.rows.run("DELETE FROM streams WHERE number = ?", cached.number);
    this.#streams.delete(id);
    this.#dirty.delete(cached);
    this.#count({ streams: -1, records: -integer(sums, "records"), recordBytes: -integer(sums, "bytes") });
  }

  insertRecord(stream: StreamId, row: RecordRow): void {
    const number = this.#number(stream);
    this.rows.run(
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
    const rows = this.rows
      .statement("SELECT * FROM records WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?")
      .iterate(number, after, limit);
    for (const row of rows) {
      const record = toRecordRow(row, number);
      if (found.length > 0 && size + record.record.length > maxBytes) break;
      size += record.record.length;
      found.push(record);
    }
    return found;
  }

  idempotency(stream: StreamId, key: Uint8Array): IdempotencyRow | undefined {
    const row = this.rows.get("SELECT * FROM idempotency WHERE stream = ? AND key = ?", this.#number(stream), key);
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
    this.rows.run(
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

  expire(nowMs: number, limit: number): number {
    const nonces = this.rows.run(
      "DELETE FROM nonces WHERE nonce IN (SELECT nonce FROM nonces WHERE forget_ms <= ? LIMIT ?)",
      nowMs,
      limit,
    );
    let count = Number(nonces.changes);
    const keys = this.rows.run(
      "DELETE FROM idempotency WHERE (stream, key) IN (SELECT stream, key FROM idempotency WHERE expires_ms <= ? LIMIT ?)",
      nowMs,
      limit - count,
    );
    count += Number(keys.changes);
    const gone = this.rows.all(
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
      this.rows.run("DELETE FROM records WHERE number = ?", integer(row, "number"));
      this.#count({ records: -1, recordBytes: -size });
    }
    return count + gone.length;
  }

  usage(): StoreUsage {
    return this.#usage;
  }

  #cached(id: StreamId): Cached | undefined {
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    const row = this.rows.get("SELECT * FROM streams WHERE id = ?", id);
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
    this.rows.run(
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
      this.rows.run(
        "UPDATE streams SET configuration = ?, read_grants = ? WHERE number = ?",
        encodeJson(configuration).toString(),
        encodeJson(readGrants).toString(),
        cached.number,
      );
      cached.written = { configuration, readGrants };
    }
  }

  protected override countIdentity(): void {
    this.#count({ identities: 1 });
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
}

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
