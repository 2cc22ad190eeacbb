// A node's store in memory: for tests, the simulated world and nodes that may forget.

import type { StreamId } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import { LogicStore } from "./logic-store.ts";
import type { CertificateEntry, StoredProfile, StoreUsage, StreamState } from "./node-store.ts";
import type { IdempotencyRow, KeyPackageRow, RecordRow, Rows } from "./rows.ts";
import type { LogicOptions } from "./store-logic.ts";

export class MemoryNodeStore extends LogicStore {
  constructor(options: LogicOptions, rows: MemoryRows = new MemoryRows()) {
    super(rows, options);
  }
}

interface Held {
  state: StreamState;
  /** Ascending by seq. */
  records: RecordRow[];
  readonly idempotency: Map<string, IdempotencyRow>;
}

/** What a disk would hold; outlives a store that is closed. */
export class MemoryRows implements Rows {
  readonly #streams = new Map<StreamId, Held>();
  readonly #certificates = new Map<string, Uint8Array>();
  readonly #terms = new Map<string, readonly string[]>();
  readonly #identitiesByTerm = new Map<string, Set<string>>();
  readonly #profiles = new Map<string, StoredProfile>();
  readonly #keyPackages = new Map<string, Map<string, { readonly device: Uint8Array; readonly rows: KeyPackageRow[] }>>();
  readonly #claimTokens = new Map<string, readonly Uint8Array[]>();
  readonly #nonces = new Map<string, number>();
  readonly #notes = new Map<string, Uint8Array>();
  #records = 0;
  #recordBytes = 0;

  stream(id: StreamId): StreamState | undefined {
    return this.#streams.get(id)?.state;
  }

  putStream(state: StreamState): void {
    const held = this.#streams.get(state.id);
    if (held === undefined) this.#streams.set(state.id, { state, records: [], idempotency: new Map() });
    else held.state = state;
  }

  deleteStream(id: StreamId): void {
    for (const { record } of this.#streams.get(id)?.records ?? []) this.#count(-1, -record.length);
    this.#streams.delete(id);
  }

  insertRecord(stream: StreamId, row: RecordRow): void {
    this.#streams.get(stream)?.records.push({ ...row, record: row.record.slice() });
    this.#count(1, row.record.length);
  }

  records({ stream, after, limit, maxBytes }: { stream: StreamId; after: number; limit: number; maxBytes: number }): RecordRow[] {
    const all = this.#streams.get(stream)?.records ?? [];
    const found: RecordRow[] = [];
    let size = 0;
    for (let i = firstAfter(all, after); i < all.length && found.length < limit; i++) {
      const row = all[i];
      if (row === undefined || (found.length > 0 && size + row.record.length > maxBytes)) break;
      size += row.record.length;
      found.push({ ...row, record: row.record.slice() });
    }
    return found;
  }

  idempotency(stream: StreamId, key: Uint8Array): IdempotencyRow | undefined {
    return this.#streams.get(stream)?.idempotency.get(encodeHex(key));
  }

  putIdempotency(stream: StreamId, key: Uint8Array, row: IdempotencyRow): void {
    this.#streams.get(stream)?.idempotency.set(encodeHex(key), row);
  }

  certificate(identity: string): Uint8Array | undefined {
    return this.#certificates.get(identity)?.slice();
  }

  putCertificate(identity: string, { bytes, terms }: CertificateEntry): void {
    this.#certificates.set(identity, bytes.slice());
    for (const term of this.#terms.get(identity) ?? []) this.#identitiesByTerm.get(term)?.delete(identity);
    this.#terms.set(identity, terms);
    for (const term of terms) {
      const identities = this.#identitiesByTerm.get(term) ?? new Set();
      this.#identitiesByTerm.set(term, identities.add(identity));
    }
  }

  identitiesByTerm(term: string, limit: number): readonly string[] {
    return [...(this.#identitiesByTerm.get(term) ?? [])].sort().slice(0, limit);
  }

  profile(identity: string): StoredProfile | undefined {
    return this.#profiles.get(identity);
  }

  putProfile(identity: string, { profile, sequence }: StoredProfile): void {
    this.#profiles.set(identity, { profile: profile.slice(), sequence });
  }

  keyPackages(identity: string, device: Uint8Array): KeyPackageRow[] {
    return [...(this.#keyPackages.get(identity)?.get(encodeHex(device))?.rows ?? [])];
  }

  devicesWithKeyPackages(identity: string): Uint8Array[] {
    return [...(this.#keyPackages.get(identity)?.values() ?? [])].map(({ device }) => device);
  }

  replaceKeyPackages(identity: string, device: Uint8Array, rows: readonly KeyPackageRow[]): void {
    const devices = this.#keyPackages.get(identity) ?? new Map();
    this.#keyPackages.set(identity, devices);
    if (rows.length === 0) devices.delete(encodeHex(device));
    else devices.set(encodeHex(device), { device: device.slice(), rows: [...rows] });
  }

  claimTokens(identity: string): readonly Uint8Array[] {
    return this.#claimTokens.get(identity) ?? [];
  }

  putClaimTokens(identity: string, tokenHashes: readonly Uint8Array[]): void {
    this.#claimTokens.set(identity, tokenHashes);
  }

  hasNonce(nonce: Uint8Array): boolean {
    return this.#nonces.has(encodeHex(nonce));
  }

  putNonce(nonce: Uint8Array, forgetMs: number): void {
    this.#nonces.set(encodeHex(nonce), forgetMs);
  }

  expire(nowMs: number, limit: number): number {
    let count = 0;
    for (const [nonce, forgetMs] of this.#nonces)
      if (forgetMs <= nowMs && count < limit && this.#nonces.delete(nonce)) count += 1;
    for (const held of this.#streams.values()) {
      for (const [key, { expiresMs }] of held.idempotency) {
        if (expiresMs <= nowMs && count < limit && held.idempotency.delete(key)) count += 1;
      }
      const gone = held.records.filter(({ expiresMs }) => expiresMs <= nowMs).slice(0, limit - count);
      if (gone.length === 0) continue;
      count += gone.length;
      const goneSeqs = new Set(gone.map(({ seq }) => seq));
      held.records = held.records.filter(({ seq }) => !goneSeqs.has(seq));
      for (const { kind, record } of gone) {
        this.#count(-1, -record.length);
        held.state = {
          ...held.state,
          usedBytes: held.state.usedBytes - (kind === "handshake" ? 0 : record.length),
          usedHandshakeBytes: held.state.usedHandshakeBytes - (kind === "handshake" ? record.length : 0),
        };
      }
    }
    return count;
  }

  usage(): StoreUsage {
    return {
      streams: this.#streams.size,
      records: this.#records,
      recordBytes: this.#recordBytes,
      identities: this.#certificates.size,
    };
  }

  note(name: string): Uint8Array | undefined {
    return this.#notes.get(name);
  }

  putNote(name: string, value: Uint8Array): void {
    this.#notes.set(name, value.slice());
  }

  #count(records: number, bytes: number): void {
    this.#records += records;
    this.#recordBytes += bytes;
  }
}

function firstAfter(records: readonly RecordRow[], after: number): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.seq ?? 0) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
