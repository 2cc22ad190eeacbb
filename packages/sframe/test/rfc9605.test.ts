// The vectors of RFC 9605 appendix C, as its working group publishes them.
import { webcrypto } from "node:crypto";
import { concatBytes, decodeHex, encodeHex } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import vectors from "../../../spec/vectors/sframe.json" with { type: "json" };
import { createAead } from "../src/aead.ts";
import { CIPHER_SUITES, type CipherSuite } from "../src/cipher-suite.ts";
import { decodeHeader, encodeHeader } from "../src/header.ts";
import { deriveKeySalt, nonceOf } from "../src/key-schedule.ts";
import { OpeningKey, SealingKey } from "../src/keys.ts";

const { subtle } = webcrypto;
const suites: readonly CipherSuite[] = Object.values(CIPHER_SUITES);
const suiteOf = (id: number): CipherSuite => {
  const suite = suites.find((one) => one.id === id);
  if (suite === undefined) throw new RangeError(`no suite ${id}`);
  return suite;
};

describe("RFC 9605, vectors", () => {
  it("covers every suite of the RFC", () => {
    expect(vectors.sframe.map(({ cipher_suite }) => cipher_suite)).toEqual(suites.map(({ id }) => id));
  });

  it(`encodes and decodes ${vectors.header.length} headers`, () => {
    for (const { kid, ctr, encoded } of vectors.header) {
      const bytes = decodeHex(encoded);
      // Numbers above 2^53 lose digits in a JSON reader: their value is the bytes' own.
      const header = decodeHeader(bytes);
      if (header === undefined) throw new RangeError(encoded);
      expect([Number(header.kid), Number(header.counter)], encoded).toEqual([kid, ctr]);
      expect(encodeHex(encodeHeader(header.kid, header.counter))).toBe(encoded);
      expect(header.bytes.length).toBe(bytes.length);
    }
  });

  it.each(vectors.aes_ctr_hmac)("AES-CTR-HMAC of suite $cipher_suite", async ({ cipher_suite, key, nonce, aad, pt, ct }) => {
    const suite = suiteOf(cipher_suite);
    const [seals, opens] = [
      await createAead(subtle, suite, decodeHex(key), "encrypt"),
      await createAead(subtle, suite, decodeHex(key), "decrypt"),
    ];
    expect(encodeHex(await seals.seal(decodeHex(nonce), decodeHex(aad), decodeHex(pt)))).toBe(ct);
    const opened = await opens.open(decodeHex(nonce), decodeHex(aad), decodeHex(ct));
    expect(opened === undefined ? undefined : encodeHex(opened)).toBe(pt);
  });

  it.each(vectors.sframe)("a frame of suite $cipher_suite", async (vector) => {
    const suite = suiteOf(vector.cipher_suite);
    const place = { kid: BigInt(vector.kid), baseKey: decodeHex(vector.base_key) };
    const { key, salt } = await deriveKeySalt(subtle, suite, place.kid, place.baseKey);
    expect(encodeHex(key)).toBe(vector.sframe_key);
    expect(encodeHex(salt)).toBe(vector.sframe_salt);
    expect(encodeHex(nonceOf(salt, BigInt(vector.ctr)))).toBe(vector.nonce);
    const metadata = decodeHex(vector.metadata);
    const sealed = await (await SealingKey.create(subtle, suite, place, BigInt(vector.ctr))).seal(decodeHex(vector.pt), metadata);
    expect(encodeHex(sealed)).toBe(vector.ct);
    const header = decodeHeader(sealed);
    if (header === undefined) throw new RangeError("no header");
    expect(encodeHex(concatBytes(header.bytes, metadata))).toBe(vector.aad);
    const opening = await OpeningKey.create(subtle, suite, place);
    expect(encodeHex(await opening.open(header, sealed, metadata))).toBe(vector.pt);
  });
});
