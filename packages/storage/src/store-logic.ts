// What a node's store decides, over any driver's rows. Every method checks everything first and writes afterwards, so that a refusal
// changes nothing.
import { sha256 } from "@noble/hashes/sha2.js";
import type { StreamConfiguration, StreamId, StreamPlace } from "@p2pcrypt/api";
// Without the schemas of operations, which the thread of a database has no use for.
import * as limits from "@p2pcrypt/api/limits";
import {
  configurationHash,
  EMPTY_HANDSHAKE_CHAIN,
  initialChain,
  nextChain,
  nextHandshakeChain,
} from "@p2pcrypt/api/signed-bytes";
import { compareBytes, equalBytes } from "@p2pcrypt/bytes";
import { isAllowed, requestHash } from "./append-rules.ts";
import {
  type Append,
  type AppendOutcome,
  type CertificateEntry,
  type ClaimedKeyPackage,
  type ConfigureOutcome,
  type ConfigureRequest,
  type CreateOutcome,
  type KeyPackageClaim,
  type KeyPackagePublication,
  type KeyPackageStock,
  MAX_SEARCH_TERMS,
  type NewStream,
  type Page,
  type ReadGrant,
  type ReadRange,
  type StoredProfile,
  type StoreLimits,
  type StreamHead,
  type StreamState,
} from "./node-store.ts";
import type { KeyPackageRow, RecordRow, Rows } from "./rows.ts";

export interface LogicOptions {
  /** Identity id of the node: part of every chain. */
  readonly nodeId: string;
  readonly limits: StoreLimits;
  /** The platform's SHA-256, where there is a faster one than the portable. Records are hashed with it. */
  readonly sha256?: (bytes: Uint8Array) => Uint8Array;
}

/** How many replaced tokens a stream remembers; each reads up to the record that replaced it. */
const MAX_READ_GRANTS = 16;

export class StoreLogic {
  readonly #rows: Rows;
  readonly #options: LogicOptions;

  constructor(rows: Rows, options: LogicOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  createStream({ id, configuration, continues }: NewStream): CreateOutcome {
    const place = this.#place(id);
    const { positions, handshakeChain } = continues ?? { positions: 0, handshakeChain: EMPTY_HANDSHAKE_CHAIN };
    const known = this.#rows.stream(id);
    if (known !== undefined) {
      const { head } = known;
      const isSameStart = head.seq > 0 || (head.positions === positions && equalBytes(head.handshakeChain, handshakeChain));
      const isSame =
        isSameStart &&
        known.configuration.version === 1 &&
        equalBytes(configurationHash(place, known.configuration), configurationHash(place, configuration));
      return isSame ? { kind: "same", stream: known } : { kind: "refused", code: "exists" };
    }
    if (this.#rows.usage().streams >= this.#options.limits.streams) return { kind: "refused", code: "quota" };
    const stream: StreamState = {
      id,
      configuration,
      head: { seq: 0, chain: initialChain(place), positions, handshakeChain },
      readGrants: [{ tokenHash: configuration.readTokenHash }],
      usedBytes: 0,
      usedHandshakeBytes: 0,
    };
    this.#rows.putStream(stream);
    return { kind: "created", stream };
  }

  stream(id: StreamId): StreamState | undefined {
    return this.#rows.stream(id);
  }

  append(append: Append): AppendOutcome {
    const stream = this.#rows.stream(append.stream);
    if (stream === undefined) return { kind: "refused", code: "forbidden" };
    const recordHash = (this.#options.sha256 ?? sha256)(append.record);
    const hash = requestHash(append, recordHash);
    const before = this.#rows.idempotency(append.stream, append.idempotencyKey);
    if (before !== undefined) {
      // Only whoever knows the bytes learns that they are there: the key alone says nothing.
      if (!equalBytes(before.requestHash, hash)) {
        return isAllowed(stream, append)
          ? { kind: "refused", code: "idempotencyConflict" }
          : { kind: "refused", code: "forbidden" };
      }
      const { seq, position, timeMs } = before;
      return { kind: "repeated", seq, timeMs, stream, ...(position === undefined ? {} : { position }) };
    }
    const refusal = this.#refusal(stream, append);
    if (refusal !== undefined) return refusal;
    return this.#store(stream, append, { hash, recordHash });
  }

  read({ stream: id, after, until = Number.MAX_SAFE_INTEGER, limit, maxBytes }: ReadRange): Page | undefined {
    const stream = this.#rows.stream(id);
    if (stream === undefined) return undefined;
    const end = Math.min(until, stream.head.seq);
    const found = after >= end ? [] : this.#rows.records({ stream: id, after, limit, maxBytes });
    const rows: RecordRow[] = [];
    for (const row of found) {
      const isNext = rows.length === 0 || row.seq === (rows.at(-1)?.seq ?? 0) + 1;
      if (!isNext || row.seq > end) break;
      rows.push(row);
    }
    const [first] = rows;
    const before: StreamHead = first === undefined ? this.#standing(stream, Math.min(after, end)) : standingBefore(first);
    const records = rows.map(({ seq, kind, position, timeMs, record }) => ({
      seq,
      kind,
      timeMs,
      record,
      ...(position === undefined ? {} : { position }),
    }));
    return { records, before, hasMore: (records.at(-1)?.seq ?? before.seq) < stream.head.seq, stream };
  }

  configure(id: StreamId, configure: ConfigureRequest): ConfigureOutcome {
    const stream = this.#rows.stream(id);
    if (stream === undefined) return { kind: "refused", code: "forbidden" };
    const next = this.#configured(stream.configuration, id, configure);
    if (next === "forbidden") return { kind: "refused", code: "forbidden" };
    if (next === "versionConflict") return { kind: "refused", code: next, version: stream.configuration.version };
    const changed = { ...stream, configuration: next, readGrants: grantsAfter(stream.readGrants, next, stream.head.seq) };
    this.#rows.putStream(changed);
    return { kind: "configured", stream: changed };
  }

  deleteStream(id: StreamId, version: number): boolean {
    if (this.#rows.stream(id)?.configuration.version !== version) return false;
    this.#rows.deleteStream(id);
    return true;
  }

  certificate(identity: string): Uint8Array | undefined {
    return this.#rows.certificate(identity);
  }

  putCertificate(
    identity: string,
    { bytes, fingerprint, terms }: CertificateEntry,
    previous: Uint8Array | undefined,
  ): "stored" | "changed" | "quota" | "collision" {
    const known = this.#rows.certificate(identity);
    const isAsExpected = known === undefined || previous === undefined ? known === previous : equalBytes(known, previous);
    if (!isAsExpected) return "changed";
    if (known === undefined && this.#rows.usage().identities >= this.#options.limits.identities) return "quota";
    const unique = `fingerprint ${fingerprint}`;
    if (this.#rows.identitiesByTerm(unique, 2).some((other) => other !== identity)) return "collision";
    const kept = [...new Set([unique, ...terms])].slice(0, MAX_SEARCH_TERMS + 1);
    this.#rows.putCertificate(identity, { bytes, fingerprint, terms: kept });
    return "stored";
  }

  profile(identity: string): StoredProfile | undefined {
    return this.#rows.profile(identity);
  }

  putProfile(identity: string, profile: StoredProfile): { kind: "stored" | "same" | "older"; sequence: number } {
    const known = this.#rows.profile(identity);
    if (known !== undefined && known.sequence >= profile.sequence) {
      // Two devices of one identity may sign the same number: the second one has to sign another.
      const isSame = known.sequence === profile.sequence && equalBytes(known.profile, profile.profile);
      return { kind: isSame ? "same" : "older", sequence: known.sequence };
    }
    this.#rows.putProfile(identity, profile);
    return { kind: "stored", sequence: profile.sequence };
  }

  publishKeyPackages(publication: KeyPackagePublication): KeyPackageStock | "quota" {
    const { identity, device, packages, lastResort, claimTokenHashes, replaces } = publication;
    const known = this.#rows.keyPackages(identity, device);
    const kept = replaces ? [] : known;
    const oneTime = [
      ...kept.filter(({ isLastResort }) => !isLastResort),
      ...packages.map((keyPackage) => newRow(device, keyPackage, false)),
    ];
    const devices = this.#rows.devicesWithKeyPackages(identity);
    const isNewDevice = !devices.some((other) => equalBytes(other, device));
    if (oneTime.length > limits.MAX_KEY_PACKAGES_STORED || (isNewDevice && devices.length >= limits.MAX_DEVICES)) return "quota";
    const last = lastResort === undefined ? kept.filter(({ isLastResort }) => isLastResort) : [newRow(device, lastResort, true)];
    this.#rows.replaceKeyPackages(identity, device, [...oneTime, ...last]);
    if (claimTokenHashes !== undefined) this.#rows.putClaimTokens(identity, claimTokenHashes);
    return stockOf([...oneTime, ...last]);
  }

  keyPackageStock(identity: string, device: Uint8Array): KeyPackageStock {
    return stockOf(this.#rows.keyPackages(identity, device));
  }

  claimKeyPackages({ identity, tokenHash, device }: KeyPackageClaim): readonly ClaimedKeyPackage[] | undefined {
    if (!this.#rows.claimTokens(identity).some((known) => equalBytes(known, tokenHash))) return undefined;
    const devices = this.#rows.devicesWithKeyPackages(identity).filter((one) => device === undefined || equalBytes(one, device));
    return devices.sort(compareBytes).flatMap((one) => {
      const rows = this.#rows.keyPackages(identity, one);
      const [claimed] = rows;
      if (claimed === undefined) return [];
      const { keyPackage, isLastResort } = claimed;
      const rest = isLastResort ? rows.map((row) => ({ ...row, wasUsed: true })) : rows.slice(1);
      this.#rows.replaceKeyPackages(identity, one, rest);
      return [{ device: one, keyPackage, isLastResort }];
    });
  }

  useNonce(nonce: Uint8Array, forgetMs: number): boolean {
    if (this.#rows.hasNonce(nonce)) return false;
    this.#rows.putNonce(nonce, forgetMs);
    return true;
  }

  #refusal(stream: StreamState, append: Append): (AppendOutcome & { kind: "refused" }) | undefined {
    const { configuration, head } = stream;
    if (!isAllowed(stream, append)) return { kind: "refused", code: "forbidden" };
    const isMembersLane = append.kind === "handshake" && append.authority.kind === "writeToken";
    if (isMembersLane && !configuration.isMembersLaneOpen) return { kind: "refused", code: "membersLaneClosed" };
    if (append.ifHandshake !== undefined && append.ifHandshake !== head.positions) {
      return { kind: "refused", code: "moved", positions: head.positions };
    }
    if (append.kind === "handshake" && append.position !== head.positions + 1) {
      return { kind: "refused", code: "positionTaken", positions: head.positions };
    }
    if (append.configure !== undefined) {
      const next = this.#configured(configuration, stream.id, append.configure);
      if (next === "forbidden") return { kind: "refused", code: "forbidden" };
      if (next === "versionConflict") return { kind: "refused", code: next, version: configuration.version };
    }
    const { streamBytes, streamHandshakeBytes, totalBytes } = this.#options.limits;
    const size = append.record.length;
    const isOver =
      append.kind === "handshake"
        ? stream.usedHandshakeBytes + size > streamHandshakeBytes
        : stream.usedBytes + size > streamBytes;
    if (isOver || this.#rows.usage().recordBytes + size > totalBytes) return { kind: "refused", code: "quota" };
    return undefined;
  }

  #store(
    stream: StreamState,
    append: Append,
    { hash, recordHash }: { readonly hash: Uint8Array; readonly recordHash: Uint8Array },
  ): AppendOutcome {
    const { head, configuration } = stream;
    const { kind, record, nowMs } = append;
    const isHandshake = kind === "handshake";
    const seq = head.seq + 1;
    const position = isHandshake ? head.positions + 1 : undefined;
    const placed = { seq, kind, ...(position === undefined ? {} : { position }) };
    const keptMs = isHandshake ? Math.max(limits.HANDSHAKE_RETENTION_MS, configuration.retentionMs) : configuration.retentionMs;
    const expiresMs = nowMs + keptMs;
    this.#rows.insertRecord(stream.id, {
      ...placed,
      timeMs: nowMs,
      record,
      expiresMs,
      chainBefore: head.chain,
      positionsBefore: head.positions,
      handshakeChainBefore: head.handshakeChain,
    });
    const told = position === undefined ? {} : { position };
    this.#rows.putIdempotency(stream.id, append.idempotencyKey, {
      seq,
      ...told,
      timeMs: nowMs,
      requestHash: hash,
      expiresMs: expiresMs + limits.IDEMPOTENCY_GRACE_MS,
    });
    const next = append.configure === undefined ? configuration : this.#configured(configuration, stream.id, append.configure);
    const nextConfiguration = typeof next === "string" ? configuration : next;
    const after: StreamState = {
      ...stream,
      configuration: nextConfiguration,
      readGrants: grantsAfter(stream.readGrants, nextConfiguration, seq),
      head: {
        seq,
        chain: nextChain(head.chain, { ...placed, record }, recordHash),
        positions: position ?? head.positions,
        handshakeChain: position === undefined ? head.handshakeChain : nextHandshakeChain(head.handshakeChain, position, record),
      },
      usedBytes: stream.usedBytes + (isHandshake ? 0 : record.length),
      usedHandshakeBytes: stream.usedHandshakeBytes + (isHandshake ? record.length : 0),
    };
    this.#rows.putStream(after);
    return { kind: "appended", seq, ...told, timeMs: nowMs, stream: after };
  }

  /** The configuration that results, or why there is none. */
  #configured(
    before: StreamConfiguration,
    id: StreamId,
    configure: ConfigureRequest,
  ): StreamConfiguration | "forbidden" | "versionConflict" {
    if (!before.admins.some((key) => equalBytes(key, configure.admin))) return "forbidden";
    const isNext =
      configure.version === before.version + 1 && equalBytes(configure.previous, configurationHash(this.#place(id), before));
    if (!isNext) return "versionConflict";
    const { addAdmins = [], removeAdmins = [], ...rest } = configure.change;
    const kept = before.admins.filter((key) => !removeAdmins.some((removed) => equalBytes(removed, key)));
    const added = addAdmins.filter((key) => !kept.some((known) => equalBytes(known, key)));
    const admins = [...kept, ...added].sort(compareBytes);
    // A stream without an administrator could never be changed or deleted again.
    if (admins.length === 0 || admins.length > limits.MAX_STREAM_ADMINS) return "forbidden";
    const changed = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return { ...before, ...changed, admins, version: configure.version };
  }

  /** Where the stream stood after record `seq`, when no record follows it that could say so. */
  #standing(stream: StreamState, seq: number): StreamHead {
    if (seq >= stream.head.seq) return stream.head;
    const [next] = this.#rows.records({ stream: stream.id, after: seq, limit: 1, maxBytes: 0 });
    return next === undefined ? stream.head : standingBefore(next);
  }

  #place(stream: StreamId): StreamPlace {
    return { node: this.#options.nodeId, stream };
  }
}

function standingBefore(row: RecordRow): StreamHead {
  return { seq: row.seq - 1, chain: row.chainBefore, positions: row.positionsBefore, handshakeChain: row.handshakeChainBefore };
}

/** A new read token closes the others at `seq`, the record that brought it. */
function grantsAfter(grants: readonly ReadGrant[], { readTokenHash }: StreamConfiguration, seq: number): readonly ReadGrant[] {
  const open = grants.find(({ untilSeq }) => untilSeq === undefined);
  if (open !== undefined && equalBytes(open.tokenHash, readTokenHash)) return grants;
  const closed = grants.map((grant) => (grant.untilSeq === undefined ? { ...grant, untilSeq: seq } : grant));
  return [...closed, { tokenHash: readTokenHash }].slice(-MAX_READ_GRANTS);
}

function newRow(device: Uint8Array, keyPackage: Uint8Array, isLastResort: boolean): KeyPackageRow {
  return { device, keyPackage, isLastResort, wasUsed: false };
}

function stockOf(rows: readonly KeyPackageRow[]): KeyPackageStock {
  const last = rows.find(({ isLastResort }) => isLastResort);
  return {
    count: rows.filter(({ isLastResort }) => !isLastResort).length,
    hasLastResort: last !== undefined,
    wasLastResortUsed: last?.wasUsed === true,
  };
}
