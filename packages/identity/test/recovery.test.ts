import { decodeHex } from "@p2pcrypt/bytes";
import { expect, it } from "vitest";
import {
  createSecretIdentity,
  formatRecoveryText,
  IdentityError,
  isRecoverable,
  PURPOSES,
  parseRecoveryText,
  parseRecoveryWords,
  recoverSecretIdentity,
  recoveryIdentityId,
  recoverySeedOf,
  type SecretIdentity,
  signObject,
  toRecoveryWords,
  verifyObject,
} from "../src/index.ts";

const NOW = Date.UTC(2026, 10, 24);
const LATER = NOW + 90 * 86_400_000;

function seedOf(secret: SecretIdentity): NonNullable<ReturnType<typeof recoverySeedOf>> {
  const seed = recoverySeedOf(secret);
  if (seed === undefined) throw new Error("what this package makes fits on a sheet");
  return seed;
}

async function refusalOf(act: () => unknown): Promise<IdentityError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof IdentityError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

it("an identity made anew from its seed and its time has the same id, and others believe it", async () => {
  const secret = await createSecretIdentity({ name: "Ana", nowMs: NOW });
  const seed = seedOf(secret);
  expect(recoveryIdentityId(seed)).toBe(secret.certificate.id);
  const again = await recoverSecretIdentity(seed, { name: "Ana", nowMs: LATER });
  expect([again.certificate.id, again.certificate.fingerprint]).toEqual([secret.certificate.id, secret.certificate.fingerprint]);
  const payload = decodeHex("00ff");
  const signature = await signObject(again, PURPOSES.profile, payload, LATER);
  expect(await verifyObject(secret.certificate, PURPOSES.profile, payload, signature, { atMs: LATER })).toBe(true);
});

it("what a directory knows of a recovered identity stays: its name, and above all a revocation", async () => {
  const secret = await (await createSecretIdentity({ name: "Ana", nowMs: NOW })).rename("Ana B", NOW + 1000);
  const revoked = await secret.revoke("compromised", NOW + 2000);
  const known = revoked.certificate.bytes();
  const again = await recoverSecretIdentity(seedOf(secret), { name: "Ana B", nowMs: LATER, known });
  expect(again.certificate.revocation.kind).toBe("hard");
  const other = await createSecretIdentity({ name: "Mallory", nowMs: NOW });
  const foreign = { name: "Ana", nowMs: LATER, known: other.certificate.bytes() };
  await expect(recoverSecretIdentity(seedOf(secret), foreign)).rejects.toMatchObject({ code: "certificate/otherIdentity" });
});

it("a seed that begins with zeros comes back whole", async () => {
  const seed = new Uint8Array(32).fill(9, 2);
  const made = await recoverSecretIdentity({ seed, createdS: 1_700_000_000 }, { name: "Ana", nowMs: NOW });
  expect(recoverySeedOf(made)).toEqual({ seed, createdS: 1_700_000_000 });
});

it("words are read back in any writing, and by their first four letters", async () => {
  const seed = { seed: new Uint8Array(32).map((_, i) => i * 7), createdS: 1_763_942_400 };
  const words = await toRecoveryWords(seed);
  expect(words).toHaveLength(28);
  expect(await parseRecoveryWords(words.join(" "))).toEqual(seed);
  expect(await parseRecoveryWords(words.map((word, i) => `${i + 1}. ${word.toUpperCase()}`).join(",\n"))).toEqual(seed);
  expect(await parseRecoveryWords(words.map((word) => word.slice(0, 4)).join(" "))).toEqual(seed);
});

it("a word that is not in the list is named by its place; a wrong, missing or exchanged word is noticed", async () => {
  const words = await toRecoveryWords({ seed: new Uint8Array(32).fill(5), createdS: 1_763_942_400 });
  const changed = (change: (words: string[]) => void): string => {
    const copy = [...words];
    change(copy);
    return copy.join(" ");
  };
  expect(await refusalOf(() => parseRecoveryWords(changed((copy) => copy.splice(4, 1, "anna"))))).toMatchObject({
    code: "recovery/malformed",
    word: 5,
  });
  const wrong = [
    changed((copy) => copy.pop()),
    changed((copy) => copy.push("zoo")),
    changed((copy) => copy.splice(26, 1, copy[26] === "zoo" ? "able" : "zoo")),
    "",
  ];
  for (const text of wrong) expect(await refusalOf(() => parseRecoveryWords(text))).toMatchObject({ code: "recovery/malformed" });
});

it("the text for a QR code carries name and node, and notices every changed character", async () => {
  const sheet = { seed: new Uint8Array(32).fill(3), createdS: 1_763_942_400, homeNodeUrl: "https://talk.example", name: "Ana" };
  const text = formatRecoveryText(sheet);
  expect(parseRecoveryText(` ${text.slice(0, 40)}\n${text.slice(40)} `)).toEqual(sheet);
  for (let at = 0; at < text.length; at++) {
    const changed = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
    const { code } = await refusalOf(() => parseRecoveryText(changed));
    expect(["recovery/malformed", "recovery/newer"]).toContain(code);
  }
});

it("other keys than an Ed25519 one of version 4 do not fit on a sheet", async () => {
  const primaryKey = (await createSecretIdentity({ name: "Ana", nowMs: NOW })).certificate.primaryKey();
  expect(isRecoverable(primaryKey)).toBe(true);
  for (const at of [0, 5, 6, 8]) {
    expect(isRecoverable(primaryKey.map((byte, i) => (i === at ? byte ^ 1 : byte)))).toBe(false);
  }
  expect(isRecoverable(primaryKey.slice(0, 50))).toBe(false);
});
