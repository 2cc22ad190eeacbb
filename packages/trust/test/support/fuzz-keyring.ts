// Bytes that are nearly keyrings: pieces of good ones, turned, cut, doubled and swapped. From a seed.
import { IdentityError } from "@p2pcrypt/identity";
import { KeyringNetwork } from "../../src/index.ts";
import type { Random } from "./random-network.ts";

export function mutated(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const pick = (below: number): number => Math.floor(random() * below);
  let bytes = Uint8Array.from(corpus[pick(corpus.length)] ?? []);
  for (let left = 1 + pick(4); left > 0; left--) {
    const at = pick(bytes.length + 1);
    const end = Math.min(bytes.length, at + 1 + pick(random() < 0.5 ? 8 : 400));
    switch (pick(6)) {
      case 0:
        bytes[at] = pick(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << pick(8));
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(end));
        break;
      case 4:
        bytes = joined(bytes.subarray(0, end), bytes.subarray(at));
        break;
      default: {
        const other = corpus[pick(corpus.length)] ?? bytes;
        const from = pick(other.length);
        bytes = joined(bytes.subarray(0, at), other.subarray(from, from + (end - at)), bytes.subarray(at));
      }
    }
  }
  return bytes;
}

export type Executed = "read" | "refused";

/** Reads, verifies and answers. Anything but a refusal by name is thrown on. */
export async function execute(bytes: Uint8Array, root: string, nowMs: number): Promise<Executed> {
  try {
    const keyring = await KeyringNetwork.open(bytes);
    await keyring.verifyAll();
    const [target] = keyring.network.values();
    if (target !== undefined) {
      await keyring.authenticate({
        roots: [{ fingerprint: root, amount: 120 }],
        target: { fingerprint: target.fingerprint, userId: target.userIds[0]?.text ?? "" },
        atMs: nowMs,
      });
    }
    await KeyringNetwork.open(bytes, keyring.cache());
    return "read";
  } catch (error) {
    if (error instanceof IdentityError) return "refused";
    throw error;
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
