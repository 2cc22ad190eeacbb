// Sealing and opening a file in memory beside bare WebCrypto AES-GCM, the same in Node and in a page.
import { createSealingSecret, FileHash, FileOpener, FileSealer, type Subtle } from "@p2pcrypt/files";

export interface SealingRates {
  readonly rawSealMb: number;
  readonly rawOpenMb: number;
  readonly sealMb: number;
  readonly openMb: number;
}

interface SealingDeps {
  /** What is compared with. */
  readonly webCrypto: Subtle;
  /** What files are sealed with on this platform. */
  readonly subtle: Subtle;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  /** What becomes of segments that were used, as the client does it on this platform. A loop around WebCrypto leaves its own to the collector. */
  readonly giveBack: (bytes: Uint8Array) => void;
}

interface Clock {
  now(): number;
}

const MIB = 1024 * 1024;
const PIECES = 64;

/** MB/s. Raw: one segment of 1 MiB after the other under one key, as a loop around WebCrypto would do it. */
export async function measureSealing(
  { webCrypto, subtle, random, clock, giveBack }: SealingDeps,
  rounds: number,
): Promise<SealingRates> {
  const plaintext = new Uint8Array(MIB * PIECES).map((_, at) => (at * 31) & 255);
  const best = { rawSealMb: 0, rawOpenMb: 0, sealMb: 0, openMb: 0 };
  const timed = async (name: keyof SealingRates, work: () => Promise<void>): Promise<void> => {
    const startedMs = clock.now();
    await work();
    best[name] = Math.max(best[name], plaintext.length / 1e3 / (clock.now() - startedMs));
  };
  // In turns, so that a machine that is busy for a moment does not hit one of them only.
  for (let round = 0; round < rounds; round++) {
    const key = await webCrypto.importKey("raw", random(32), "AES-GCM", false, ["encrypt", "decrypt"]);
    const rawSeal = async (at: number): Promise<ArrayBuffer> => {
      const piece = plaintext.subarray(at * MIB, (at + 1) * MIB);
      return webCrypto.encrypt({ name: "AES-GCM", iv: nonce(at) }, key, piece);
    };
    await timed("rawSealMb", async () => {
      for (let at = 0; at < PIECES; at++) await rawSeal(at);
    });
    const raw: Uint8Array[] = [];
    for (let at = 0; at < PIECES; at++) raw.push(new Uint8Array(await rawSeal(at)));
    await timed("rawOpenMb", async () => {
      for (const [at, piece] of raw.entries()) await webCrypto.decrypt({ name: "AES-GCM", iv: nonce(at) }, key, piece);
    });
    raw.length = 0;
    const facts = { trueBytes: plaintext.length, type: "" };
    const source = async (at: number, size: number): Promise<Uint8Array> => plaintext.subarray(at, at + size);
    await timed("sealMb", async () => {
      const hash = new FileHash(subtle);
      const sealer = await FileSealer.create(subtle, createSealingSecret(random), facts);
      for await (const { bytes, digest } of sealer.segments(source)) {
        await hash.add(digest);
        giveBack(bytes);
      }
    });
    const sealed: Uint8Array[] = [];
    const secret = createSealingSecret(random);
    const hash = new FileHash(subtle);
    const sealer = await FileSealer.create(subtle, secret, facts);
    for await (const { bytes, digest } of sealer.segments(source)) {
      await hash.add(digest);
      sealed.push(bytes);
    }
    const told = { ...facts, key: secret.key, commitment: sealer.commitment, hash: hash.chain };
    await timed("openMb", async () => {
      const opener = await FileOpener.create(subtle, told, secret.header);
      for await (const { bytes } of opener.segments(inOrder(sealed))) {
        if (bytes.length > MIB) throw new Error("a segment is too long");
        giveBack(bytes);
      }
    });
  }
  return best;
}

async function* inOrder(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

function nonce(index: number): Uint8Array {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setUint32(8, index);
  return bytes;
}
