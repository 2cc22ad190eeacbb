// Files sealed for tests: random bytes from a seed, the sealed bytes in memory.
import { webcrypto } from "node:crypto";
import { concatBytes } from "@p2pcrypt/bytes";
import {
  createSealingSecret,
  FileHash,
  FileOpener,
  FileSealer,
  type FileSecret,
  HEADER_BYTES,
  type OpeningPlace,
} from "../src/index.ts";

export const { subtle } = webcrypto;

/** Different for each seed, the same for the same one. */
export function bytesOf(seed: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export interface Sealed {
  readonly plaintext: Uint8Array;
  readonly bytes: Uint8Array;
  readonly secret: FileSecret;
}

export async function sealed(plaintext: Uint8Array, seed = 1, type = "text/plain"): Promise<Sealed> {
  let calls = seed * 100;
  const secret = createSealingSecret((length) => {
    calls += 1;
    return bytesOf(calls, length);
  });
  const facts = { trueBytes: plaintext.length, type };
  const sealer = await FileSealer.create(subtle, secret, facts);
  const hash = new FileHash(subtle);
  const parts: Uint8Array[] = [];
  for await (const { bytes, digest } of sealer.segments(async (at, size) => plaintext.subarray(at, at + size))) {
    parts.push(bytes);
    await hash.add(digest);
  }
  return {
    plaintext,
    bytes: concatBytes(...parts),
    secret: { ...facts, key: secret.key, commitment: sealer.commitment, hash: hash.chain },
  };
}

export interface Opened {
  readonly handedOut: Uint8Array;
  readonly chains: readonly Uint8Array[];
  /** Code of the refusal that ended it. */
  readonly refusal: string | undefined;
}

/** Opens, and says what had been handed out until it ended or was refused. */
export async function opened(secret: FileSecret, bytes: Uint8Array, pieceBytes = 65_536, from?: OpeningPlace): Promise<Opened> {
  const parts: Uint8Array[] = [];
  const chains: Uint8Array[] = [];
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    const start = (from?.segment ?? 0) * 1_048_576;
    for (let at = start; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  };
  try {
    const opener = await FileOpener.create(subtle, secret, bytes.subarray(0, HEADER_BYTES));
    for await (const segment of opener.segments(pieces(), from)) {
      parts.push(segment.bytes.slice());
      chains.push(segment.chain);
    }
    return { handedOut: concatBytes(...parts), chains, refusal: undefined };
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return { handedOut: concatBytes(...parts), chains, refusal: String(error.code) };
  }
}
