// Hashes of files that another thread makes: the same files come out, whether it is there, is not, or ends in the middle.
import { createSealingSecret, FileHash, FileOpener, FileSealer, type Subtle } from "@p2pcrypt/files";
import { describe, expect, it } from "vitest";
import { type HashRequest, HashThread } from "../src/hashing/hash-thread.ts";
import { hashingSubtle } from "../src/hashing/hashing-subtle.ts";

const subtle = crypto.subtle as Subtle;
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const PLAINTEXT = new Uint8Array(2_500_000).map((_, at) => (at * 7) & 255);

const patient = { after: () => () => undefined };

/** Takes buffers away as a worker does. */
class OtherThread {
  hashed = 0;
  readonly #listeners = new Map<string, (event: never) => void>();
  readonly #endsAfter: number;

  readonly #endsAloud: boolean;

  constructor(endsAfter = Number.POSITIVE_INFINITY, endsAloud = false) {
    this.#endsAfter = endsAfter;
    this.#endsAloud = endsAloud;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, listener);
  }

  postMessage(request: HashRequest, transfer: ArrayBuffer[]): void {
    const { id, bytes } = structuredClone(request, { transfer });
    this.hashed += 1;
    const answer = (digest: ArrayBuffer): void =>
      this.#tell("message", { data: structuredClone({ id, bytes, digest }, { transfer: [bytes.buffer] }) });
    // By an error that the browser tells, or by its own word.
    if (this.hashed > this.#endsAfter && this.#endsAloud) this.#tell("message", { data: { id, hasEnded: true } });
    else if (this.hashed > this.#endsAfter) this.#tell("error", {});
    else void crypto.subtle.digest("SHA-256", bytes).then(answer);
  }

  #tell(type: string, event: object): void {
    this.#listeners.get(type)?.(event as never);
  }
}

async function sealed(by: Subtle, secret = createSealingSecret(random)) {
  const facts = { trueBytes: PLAINTEXT.length, type: "" };
  const sealer = await FileSealer.create(by, secret, facts);
  const hash = new FileHash(by);
  const segments: Uint8Array[] = [];
  for await (const { bytes, digest } of sealer.segments(async (at, size) => PLAINTEXT.subarray(at, at + size))) {
    await hash.add(digest);
    segments.push(bytes);
  }
  return { told: { ...facts, key: secret.key, commitment: sealer.commitment, hash: hash.chain }, secret, segments };
}

async function opened(by: Subtle, { told, secret, segments }: Awaited<ReturnType<typeof sealed>>): Promise<Uint8Array> {
  const opener = await FileOpener.create(by, told, secret.header);
  const pieces: Uint8Array[] = [];
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* segments;
  }
  for await (const { bytes } of opener.segments(all())) pieces.push(bytes);
  return new Uint8Array(Buffer.concat(pieces));
}

describe("a thread that hashes", () => {
  it("gives the same file as this one, and its buffers back", async () => {
    const other = new OtherThread();
    const beside = hashingSubtle(subtle, () => HashThread.begin(() => other, patient));
    const secret = createSealingSecret(random);
    const made = await sealed(beside, secret);
    expect(made).toEqual(await sealed(subtle, secret));
    expect(await opened(beside, made)).toEqual(PLAINTEXT);
    // One to see whether it is there, and each segment twice.
    expect(other.hashed).toBe(1 + 2 * made.segments.length);
  });

  it("is not needed: where none begins, this thread hashes", async () => {
    const refused = () => {
      throw new DOMException("no workers in workers", "SecurityError");
    };
    const beside = hashingSubtle(subtle, () => HashThread.begin(refused, patient));
    expect(await opened(beside, await sealed(beside))).toEqual(PLAINTEXT);
  });

  it("that ends fails what it was handed, and the next attempt does without", async () => {
    for (const endsAloud of [false, true]) {
      const beside = hashingSubtle(subtle, () => HashThread.begin(() => new OtherThread(2, endsAloud), patient));
      await expect(sealed(beside)).rejects.toThrow("ended");
      expect(await opened(beside, await sealed(beside))).toEqual(PLAINTEXT);
    }
  });

  it("fails at once what it is handed while it ends", async () => {
    const thread = await HashThread.begin(() => new OtherThread(1), patient);
    await expect(thread?.hash(new Uint8Array(8))).rejects.toThrow("ended");
    await expect(thread?.hash(new Uint8Array(8))).rejects.toThrow("ended");
  });

  it("that says nothing is none", async () => {
    const silent = { addEventListener: () => undefined, postMessage: () => undefined };
    const after = (_delayMs: number, run: () => void) => {
      queueMicrotask(run);
      return () => undefined;
    };
    expect(await HashThread.begin(() => silent, { after })).toBeUndefined();
  });

  it("B1: makes no changed segment good", async () => {
    const beside = hashingSubtle(subtle, () => HashThread.begin(() => new OtherThread(), patient));
    const made = await sealed(beside);
    const last = made.segments.at(-1);
    if (last !== undefined) last[9] = (last[9] ?? 0) ^ 1;
    await expect(opened(beside, made)).rejects.toMatchObject({ code: "files/badSegment" });
  });
});
