// The MLS working group's test vectors, which are not part of this tree. Where they are absent, what needs them is skipped by name.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodeHex } from "@p2pcrypt/bytes";
import { describe, it } from "vitest";

const folder = fileURLToPath(new URL("../../../../../shared/vectors/mls/", import.meta.url));

/** Runs `check` on every case of a file for suite 1, or of no suite. */
export function eachVector<T extends object>(
  file: string,
  name: string,
  check: (vector: T, at: number) => void | Promise<void>,
): void {
  const path = `${folder}${file}.json`;
  describe(`MLS working group: ${file}`, () => {
    if (!existsSync(path)) {
      it.skip(`${name} (../shared/vectors/mls is absent)`, () => undefined);
      return;
    }
    const vectors = (JSON.parse(readFileSync(path, "utf8")) as (T & { cipher_suite?: number })[]).filter(
      ({ cipher_suite }) => cipher_suite === undefined || cipher_suite === 1,
    );
    it.each(vectors.map((vector, at) => [at, vector] as const))(`${name}, case %i`, (at, vector) => check(vector, at));
  });
}

export const bytes = (hex: string): Uint8Array => decodeHex(hex);

/** Reads all of the bytes, or throws. */
export function whole<T>(decode: (from: Uint8Array, offset: number) => [T, number] | undefined, hex: string): T {
  const from = bytes(hex);
  const decoded = decode(from, 0);
  if (decoded === undefined || decoded[1] !== from.length) throw new RangeError("not decoded, or not to the end");
  return decoded[0];
}
