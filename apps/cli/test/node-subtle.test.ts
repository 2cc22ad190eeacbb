// Files' cryptography in the terminal is that of WebCrypto, byte for byte.
import { randomBytes, webcrypto } from "node:crypto";
import type { Subtle } from "@p2pcrypt/files";
import { expect, it } from "vitest";
import { nodeSubtle } from "../src/files/node-subtle.ts";

const standard: Subtle = webcrypto.subtle;
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const algorithm = { name: "AES-GCM", iv: random(12) } as const;

it("seals, opens, hashes and derives as WebCrypto does", async () => {
  const raw = random(32);
  const [seals, opens] = await Promise.all([
    nodeSubtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]),
    nodeSubtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]),
  ]);
  const key = await standard.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  for (const size of [0, 1, 16, 1_000, 1_048_560]) {
    const plaintext = random(size);
    const sealed = new Uint8Array(await nodeSubtle.encrypt(algorithm, seals, plaintext));
    expect(Buffer.compare(sealed, new Uint8Array(await standard.encrypt(algorithm, key, plaintext)))).toBe(0);
    expect(Buffer.compare(new Uint8Array(await nodeSubtle.decrypt(algorithm, opens, sealed)), plaintext)).toBe(0);
    const [ours, theirs] = await Promise.all([nodeSubtle.digest("SHA-256", sealed), standard.digest("SHA-256", sealed)]);
    expect(Buffer.compare(new Uint8Array(ours), new Uint8Array(theirs))).toBe(0);
  }
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: random(32), info: random(5) } as const;
  const [ours, theirs] = await Promise.all(
    [nodeSubtle, standard].map(async (one) =>
      one.deriveBits(hkdf, await one.importKey("raw", raw, "HKDF", false, ["deriveBits"]), 256),
    ),
  );
  expect(ours).toEqual(theirs);
});

it("B3: opens nothing that was changed, cut or is under another nonce", async () => {
  const raw = random(32);
  const [seals, opens] = await Promise.all([
    nodeSubtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]),
    nodeSubtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]),
  ]);
  const sealed = new Uint8Array(await nodeSubtle.encrypt(algorithm, seals, random(100)));
  for (const at of [0, 50, 99, 100, 115]) {
    const changed = sealed.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(nodeSubtle.decrypt(algorithm, opens, changed)).rejects.toThrow();
  }
  for (const size of [0, 15, 16, 115])
    await expect(nodeSubtle.decrypt(algorithm, opens, sealed.slice(0, size))).rejects.toThrow();
  await expect(nodeSubtle.decrypt({ name: "AES-GCM", iv: random(12) }, opens, sealed)).rejects.toThrow();
});

it("a key does what it was imported for and nothing else", async () => {
  const opens = await nodeSubtle.importKey("raw", random(32), "AES-GCM", false, ["decrypt"]);
  await expect(nodeSubtle.encrypt(algorithm, opens, random(5))).rejects.toThrow("not for this");
  const foreign = await standard.importKey("raw", random(32), "AES-GCM", false, ["encrypt"]);
  await expect(nodeSubtle.encrypt(algorithm, foreign, random(5))).rejects.toThrow("not for this");
  await expect(nodeSubtle.importKey("raw", random(16), "AES-GCM", false, ["encrypt"])).rejects.toThrow("32");
});
