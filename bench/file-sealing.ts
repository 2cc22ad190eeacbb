// Sealing and opening a file in memory beside bare WebCrypto AES-GCM, the same in Node and in a page.
import { createSealingSecret, FileHash, FileOpener, FileSealer, type Subtle } from "@p2pcrypt/files";

export interface SealingRates {
  readonly rawSealMb: number;
  readonly rawOpenMb: number;
  readonly sealMb: number;
  readonly openMb: number;
}

interface Clock {
  now(): number;
}

const MIB = 1024 * 1024;
const PIECES = 64;

/** MB/s. Raw: one segment of 1 MiB after the other under one key, as a loop around WebCrypto would do it. */
export async function measureSealing(
  { subtle, random, clock }: { subtle: Subtle; random: (length: number) => Uint8Array; clock: Clock },
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
    const key = await subtle.importKey("raw", random(32), "AES-GCM", false, ["encrypt", "decrypt"]);
    const raw: Uint8Array[] = [];
    await timed("rawSealMb", async () => {
      for (let at = 0; at < PIECES; at++) {
        const piece = plaintext.subarray(at * MIB, (at + 1) * MIB);
        raw.push(new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv: nonce(at) }, key, piece)));
      }
    });
    await timed("rawOpenMb", async () => {
      for (const [at, piece] of raw.entries()) await subtle.decrypt({ name: "AES-GCM", iv: nonce(at) }, key, piece);
    });
    raw.length = 0;
    const sealed: Uint8Array[] = [];
    const secret = createSealingSecret(random);
    const facts = { trueBytes: plaintext.length, type: "" };
    const hash = new FileHash(subtle);
    const sealer = await FileSealer.create(subtle, secret, facts);
    await timed("sealMb", async () => {
      for await (const { bytes, digest } of sealer.segments(async (at, size) => plaintext.subarray(at, at + size))) {
        await hash.add(digest);
        sealed.push(bytes);
      }
    });
    const told = { ...facts, key: secret.key, commitment: sealer.commitment, hash: hash.chain };
    await timed("openMb", async () => {
      const opener = await FileOpener.create(subtle, told, secret.header);
      for await (const { bytes } of opener.segments(inOrder(sealed)))
        if (bytes.length > MIB) throw new Error("a segment is too long");
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
