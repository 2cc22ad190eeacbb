// Large keyrings for measuring, written piece by piece: a chain, a scale-free network, a clique.
import { closeSync, openSync, writeSync } from "node:fs";
import { type ForgedKey, forgeKey } from "../packages/trust/test/support/openpgp-forge.ts";
import { seeded } from "../packages/trust/test/support/random-network.ts";
import { writeCertificate } from "../packages/trust/test/support/write-keyring.ts";

const DAY_MS = 86_400_000;
const USER_ID = "Member <member@example.org>";

export type Topology = "chain" | "scale-free" | "clique";

export interface LargeKeyring {
  readonly path: string;
  readonly root: string;
  /** Far from the root: the last of the chain, the youngest of the others. */
  readonly target: string;
  readonly userId: string;
  readonly signatures: number;
}

/** Amounts below full in the scale-free one, so that several paths have to be found. */
export function writeLargeKeyring(path: string, topology: Topology, size: number): LargeKeyring {
  const createdMs = Math.floor((Date.now() - 1000 * DAY_MS) / 1000) * 1000;
  const keys = Array.from({ length: size }, (_, i) => forgeKey(`bench ${i}`, createdMs));
  const byFingerprint = new Map(keys.map((key) => [key.fingerprint, key]));
  const file = openSync(path, "w");
  let signatures = 0;
  for (const [key, issuers] of issuersOf(topology, keys)) {
    signatures += 1 + issuers.length;
    const certifications = issuers.map(({ fingerprint: issuer }) => ({
      issuer,
      createdMs: createdMs + DAY_MS,
      depth: 255,
      amount: topology === "scale-free" ? 60 : 120,
      scopes: [],
    }));
    const userId = { text: USER_ID, bindings: [{ createdMs }], revocations: [], certifications, withdrawals: [] };
    const { fingerprint } = key;
    writeSync(
      file,
      writeCertificate({ id: "", fingerprint, createdMs, direct: [], revocations: [], userIds: [userId] }, byFingerprint),
    );
  }
  closeSync(file);
  return { path, root: at(keys, 0).fingerprint, target: at(keys, size - 1).fingerprint, userId: USER_ID, signatures };
}

function* issuersOf(
  topology: Topology,
  keys: readonly ForgedKey[],
): Generator<readonly [key: ForgedKey, issuers: readonly ForgedKey[]]> {
  const random = seeded(1);
  /** Everybody once for each signature that they made or got: whoever has many gets more. */
  const ends: number[] = [0];
  for (let i = 0; i < keys.length; i++) {
    if (topology === "chain") yield [at(keys, i), i === 0 ? [] : [at(keys, i - 1)]];
    else if (topology === "clique") yield [at(keys, i), keys.filter((_, j) => j !== i)];
    else {
      const chosen = new Set<number>();
      for (let n = 0; n < Math.min(3, i); n++) chosen.add(ends[Math.floor(random() * ends.length)] ?? 0);
      ends.push(...chosen, i);
      yield [at(keys, i), Array.from(chosen, (j) => at(keys, j))];
    }
  }
}

function at(keys: readonly ForgedKey[], i: number): ForgedKey {
  const key = keys[i];
  if (key === undefined) throw new RangeError("no such key");
  return key;
}
