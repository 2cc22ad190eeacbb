// One attempt at an upload, from where the node is to the last byte (spec/protocol/sealed-file.md section 1). Before a part leaves, the
// hash behind it is stored: whoever goes on later with another file behind the same name is noticed before anything is sent.
import { ApiError, tokenHash } from "@p2pcrypt/api";
import { encodeBase64Url, equalBytes } from "@p2pcrypt/bytes";
import { createSealingSecret, FileHash, FileSealer, HASH_BYTES, SEGMENT_BYTES } from "@p2pcrypt/files";
import { queueContent } from "../conversation/outbox.ts";
import type { Core } from "../core.ts";
import type { UploadPartRow, UploadRow, UploadSecretRow } from "../store/file-rows.ts";
import type { BlobPlace, FileDeps, FileSource } from "./file-ports.ts";
import { forget } from "./forget.ts";
import { failed, outcomeOf, type TransferOutcome } from "./outcome.ts";
import { PartSize } from "./part-size.ts";
import type { Stop } from "./stop.ts";

const MAX_RESTARTS = 3;
const START: UploadPartRow = { from: 0, until: 0, chain: new Uint8Array(HASH_BYTES), chainAfter: new Uint8Array(HASH_BYTES) };

interface Part extends UploadPartRow {
  /** Its segments. */
  readonly pieces: readonly Uint8Array[];
}

export function createUploadSecret(core: Core, nodeUrl: string): UploadSecretRow {
  const { random } = core.deps;
  const { key, header } = createSealingSecret(random);
  return { nodeUrl, blob: encodeBase64Url(random(32)), writeToken: random(32), readToken: random(32), key, header };
}

/** `told`: bytes of the file that the node has. */
export async function runUpload(
  core: Core,
  files: FileDeps,
  id: string,
  stop: Stop,
  told: (bytes: number) => void,
): Promise<TransferOutcome> {
  const row = core.tables.uploads.get(id);
  if (row === undefined) return { kind: "stopped" };
  const source = await files.openSource(row.ref);
  if (source === undefined) return failed("transfer/sourceGone");
  try {
    if (source.version !== row.version || source.bytes !== row.bytes) return await restart(core, files, row, source);
    return await new Upload(core, files, row, source, stop, told).run();
  } catch (error) {
    return outcomeOf(error, stop);
  } finally {
    await source.close();
  }
}

class Upload {
  readonly #core: Core;
  readonly #files: FileDeps;
  readonly #source: FileSource;
  readonly #stop: Stop;
  readonly #told: (bytes: number) => void;
  #row: UploadRow;
  readonly #partSize: PartSize;

  constructor(core: Core, files: FileDeps, row: UploadRow, source: FileSource, stop: Stop, told: (bytes: number) => void) {
    this.#core = core;
    this.#files = files;
    this.#partSize = new PartSize(files.largestPart);
    this.#row = row;
    this.#source = source;
    this.#stop = stop;
    this.#told = told;
  }

  async run(): Promise<TransferOutcome> {
    const { secret, bytes, type } = this.#row;
    const { subtle, blobs } = this.#files;
    const sealer = await FileSealer.create(subtle, secret, { trueBytes: bytes, type });
    const { sealedBytes } = sealer.layout;
    const blob = { bytes: sealedBytes, readTokenHash: tokenHash(secret.readToken) };
    let { offset, expiresMs } = await blobs.create(this.#place(), blob, this.#stop);
    const last = this.#row.part ?? START;
    const at = (segment: number): number => Math.min(segment * SEGMENT_BYTES, sealedBytes);
    // The node lost what it had answered for, or has what never left: this key is of no more use.
    if (offset < at(last.from) || offset > at(last.until)) return restart(this.#core, this.#files, this.#row, this.#source);
    this.#tell(offset);
    const parts = this.#parts(sealer, last, offset === at(last.until));
    // One part ahead: while one is on its way, the next one is sealed.
    let ahead = parts.next();
    ahead.catch(() => undefined);
    while (offset < sealedBytes) {
      const { value: part } = await ahead;
      if (part === undefined || this.#stop.isStopped) return { kind: "stopped" };
      if (part.from === last.from && part.until === last.until && !equalBytes(part.chainAfter, last.chainAfter))
        return restart(this.#core, this.#files, this.#row, this.#source);
      await this.#store(part);
      ahead = parts.next();
      ahead.catch(() => undefined); // awaited in its turn, unless this part fails
      const startedMs = this.#core.nowMs;
      ({ offset, expiresMs } = await this.#sent(part, offset, at(part.until)));
      this.#partSize.took(this.#core.nowMs - startedMs);
      for (const piece of part.pieces) this.#files.giveBack?.(piece);
    }
    return this.#finish(sealer.commitment, expiresMs);
  }

  /** What is left, the newest part first when the node has not all of it. */
  async *#parts(sealer: FileSealer, last: UploadPartRow, isLastThere: boolean): AsyncGenerator<Part> {
    const { segments } = sealer.layout;
    let [from, until, chain] = isLastThere
      ? [last.until, Math.min(last.until + this.#partSize.segments, segments), last.chainAfter]
      : [last.from, last.until, last.chain];
    const hash = new FileHash(this.#files.subtle, chain);
    let pieces: Uint8Array[] = [];
    for await (const segment of sealer.segments((...asked) => this.#source.read(...asked), from)) {
      pieces.push(segment.bytes);
      this.#core.uploadDigests.take(this.#row.id, segment.index, segment.digest);
      await hash.add(segment.digest);
      if (segment.index + 1 < until) continue;
      yield { from, until, chain, chainAfter: hash.chain, pieces };
      [from, until, chain, pieces] = [until, Math.min(until + this.#partSize.segments, segments), hash.chain, []];
    }
  }

  /** Until the node has all of the part. A break in between costs what did not come through. */
  async #sent(part: Part, offset: number, end: number): Promise<{ readonly offset: number; readonly expiresMs: number }> {
    const partAt = part.from * SEGMENT_BYTES;
    let at = offset;
    for (let conflicts = 0; ; ) {
      try {
        const progress = await this.#files.blobs.write(this.#place(), at, behind(part.pieces, at - partAt), this.#stop);
        this.#tell(progress.offset);
        return progress;
      } catch (error) {
        // A request that we gave up may have brought more than we know.
        const there = error instanceof ApiError && error.code === "offsetConflict" ? error.fields.offset : undefined;
        if (there === undefined || there < partAt || there >= end || conflicts > 3) throw later(error, there);
        conflicts += 1;
        at = there;
      }
    }
  }

  async #finish(commitment: Uint8Array, expiresMs: number): Promise<TransferOutcome> {
    const core = this.#core;
    const { id, threadId, name, type, bytes, thumbnail, voice, secret, part } = this.#row;
    await core.ledger.transact(async (tx) => {
      const row = tx.get(core.tables.uploads, id);
      if (row === undefined) return;
      const content = queueContent(core, tx, threadId, {
        kind: "file",
        name,
        ...(type === "" ? {} : { type }),
        bytes,
        nodeUrl: secret.nodeUrl,
        blob: secret.blob,
        readToken: encodeBase64Url(secret.readToken),
        key: encodeBase64Url(secret.key),
        commitment: encodeBase64Url(commitment),
        hash: encodeBase64Url((part ?? START).chainAfter),
        expiresMs,
        ...(thumbnail === undefined ? {} : { thumbnail: encodeBase64Url(thumbnail) }),
        ...(voice === undefined ? {} : { durationMs: voice.durationMs, waveform: encodeBase64Url(voice.waveform) }),
      });
      const messageId = content === undefined ? {} : { messageId: content.id };
      tx.put(core.tables.uploads, id, { ...row, ...messageId, state: "done", expiresMs });
    });
    return { kind: "done" };
  }

  async #store({ from, until, chain, chainAfter }: Part): Promise<void> {
    const core = this.#core;
    const part = { from, until, chain, chainAfter };
    await core.ledger.transact(async (tx) => {
      const row = tx.get(core.tables.uploads, this.#row.id);
      if (row !== undefined) tx.put(core.tables.uploads, row.id, { ...row, part });
    });
    this.#row = { ...this.#row, part };
  }

  #tell(offset: number): void {
    this.#told(Math.min(this.#row.bytes, offset));
  }

  #place(): BlobPlace {
    const { nodeUrl, blob, writeToken } = this.#row.secret;
    return { nodeUrl, blob, token: writeToken };
  }
}

/** What is left of pieces without their first bytes. */
function behind(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skipped = bytes;
  return pieces.flatMap((piece) => {
    const rest = piece.subarray(skipped);
    skipped = Math.max(0, skipped - piece.length);
    return rest.length === 0 ? [] : [rest];
  });
}

/** A conflict that cannot be settled here is looked at anew in the next attempt. */
function later(error: unknown, offset: number | undefined): unknown {
  return offset === undefined ? error : new ApiError("unavailable", {}, { cause: error });
}

/** The same upload from its beginning, under another key and as another blob. */
async function restart(core: Core, files: FileDeps, row: UploadRow, source: FileSource): Promise<TransferOutcome> {
  if (row.restarts >= MAX_RESTARTS) return failed("transfer/sourceChanged");
  core.uploadDigests.forget(row.id);
  const { part: _, ...rest } = row;
  const secret = createUploadSecret(core, row.secret.nodeUrl);
  const { version, bytes } = source;
  await core.ledger.transact(async (tx) => {
    if (tx.get(core.tables.uploads, row.id) === undefined) return;
    tx.put(core.tables.uploads, row.id, { ...rest, secret, version, bytes, restarts: row.restarts + 1 });
  });
  await forget(files, row);
  return { kind: "later", delayMs: 0 };
}
