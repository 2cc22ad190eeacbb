import { concatBytes } from "@p2pcrypt/bytes";
import { beforeAll, describe, expect, it } from "vitest";
import {
  compareProfiles,
  createDeviceCertificate,
  createNodeKeyCertificate,
  createSecretIdentity,
  createTransition,
  encodeCredential,
  formatContactLink,
  IdentityError,
  mergeCertificates,
  type Profile,
  PURPOSES,
  parseArmoredCertificate,
  parseCertificate,
  parseContactLink,
  parseIdentityId,
  parseSecretIdentity,
  parseSixtyDigits,
  type SecretIdentity,
  shortCode,
  shortCodeCommitment,
  signObject,
  signProfile,
  signWithDevice,
  sixtyDigits,
  toAppLink,
  unionOfRevoked,
  verifyCredential,
  verifyDeviceCertificate,
  verifyNodeKeyCertificate,
  verifyObject,
  verifyProfile,
  verifyTransition,
  verifyWithDevice,
} from "../src/index.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;
const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill);

let alice: SecretIdentity;
let mallory: SecretIdentity;
beforeAll(async () => {
  alice = await createSecretIdentity({ name: "Alice", nowMs: NOW });
  mallory = await createSecretIdentity({ name: "Mallory", nowMs: NOW });
});

const device = { deviceId: bytes(16, 1), signatureKey: bytes(32, 2), notBeforeMs: NOW, notAfterMs: NOW + 60 * DAY };
const profile: Omit<Profile, "identityId"> = {
  sequence: 1n,
  issuedMs: NOW,
  validUntilMs: NOW + 20 * DAY,
  isDeleted: false,
  displayName: "Alice",
  inboxes: [],
  devices: [bytes(16, 1)],
  revokedDevices: [bytes(16, 9), bytes(16, 3)],
};

describe("a certificate", () => {
  it("survives writing, armor and parsing with the same id, and is small enough for a credential", async () => {
    const { certificate } = alice;
    const parsed = await parseArmoredCertificate(certificate.armored(), { atMs: NOW });
    expect(parsed.id).toBe(certificate.id);
    expect(parsed.name).toBe("Alice");
    expect(parsed.bytes()).toEqual(certificate.bytes());
    const minimal = await parseCertificate(certificate.minimal(), { atMs: NOW });
    expect([minimal.id, minimal.name]).toEqual([certificate.id, "Alice"]);
    expect(certificate.minimal().length).toBeLessThan(1024);
    expect(parseIdentityId(certificate.id.toUpperCase())).toBe(certificate.id);
  });

  it("is refused when truncated anywhere, and with any byte flipped keeps no unverified name", async () => {
    const whole = alice.certificate.minimal();
    for (let size = 0; size < whole.length; size += 7) {
      const verdict = await parseCertificate(whole.slice(0, size), { atMs: NOW }).catch((error) => error);
      if (!(verdict instanceof IdentityError)) expect(verdict.userIds).toEqual([]);
    }
    for (let at = 0; at < whole.length; at += 3) {
      const flipped = whole.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 0x40;
      const verdict = await parseCertificate(flipped, { atMs: NOW }).catch((error) => error);
      if (verdict instanceof IdentityError) continue;
      if (verdict.id === alice.certificate.id) expect(["", "Alice"]).toContain(verdict.name);
      else expect(verdict.name).toBe("");
    }
  });

  it("I12: merging is commutative, associative and idempotent, and a revocation never disappears", async () => {
    const a = alice.certificate.bytes();
    const b = (await alice.rename("Alice B", NOW + 10_000)).certificate.bytes();
    const c = (await alice.revoke("compromised", NOW + 20_000)).certificate.bytes();
    const merged = await mergeCertificates(await mergeCertificates(a, b), c);
    expect(await mergeCertificates(a, await mergeCertificates(c, b))).toEqual(merged);
    expect(await mergeCertificates(c, a)).toEqual(await mergeCertificates(a, c));
    expect(await mergeCertificates(merged, merged)).toEqual(merged);
    const parsed = await parseCertificate(await mergeCertificates(merged, a), { atMs: NOW + DAY });
    expect(parsed.revocation.kind).toBe("hard");
    expect(parsed.name).toBe("Alice B");
    expect(parsed.isUsableAt(NOW)).toBe(false);
    await expect(mergeCertificates(a, mallory.certificate.bytes())).rejects.toMatchObject({ code: "certificate/otherIdentity" });
  });

  it("a retired one was usable before, a compromised one never", async () => {
    const retired = (await alice.revoke("retired", NOW + DAY)).certificate;
    const later = await parseCertificate(retired.bytes(), { atMs: NOW + 2 * DAY });
    expect([later.revocation.kind, later.isUsableAt(NOW + DAY / 2), later.isUsableAt(NOW + 2 * DAY)]).toEqual([
      "soft",
      true,
      false,
    ]);
  });

  it("I4: a signature from more than five minutes ahead counts as absent, one from within as made", async () => {
    const ahead = await createSecretIdentity({ name: "Ahead", nowMs: NOW + 4 * 60_000 });
    expect((await parseCertificate(ahead.certificate.bytes(), { atMs: NOW })).name).toBe("Ahead");
    const far = await createSecretIdentity({ name: "Far", nowMs: NOW + 6 * 60_000 });
    expect((await parseCertificate(far.certificate.bytes(), { atMs: NOW })).name).toBe("");
    expect((await parseCertificate(far.certificate.bytes(), { atMs: NOW })).isUsableAt(NOW)).toBe(false);
  });

  it("I10: a certificate over the size limit is refused before it is parsed", async () => {
    await expect(parseCertificate(new Uint8Array(1024 * 1024 + 1), { atMs: NOW })).rejects.toMatchObject({
      code: "certificate/tooLarge",
    });
  });

  it("a secret key is not taken for a certificate", async () => {
    const stored = alice.bytes();
    const secretKey = stored.subarray(5, 5 + new DataView(stored.buffer, stored.byteOffset).getUint32(1));
    await expect(parseCertificate(secretKey, { atMs: NOW })).rejects.toMatchObject({ code: "certificate/secret" });
  });
});

describe("a secret identity", () => {
  it("survives storing, keeps its renames, and refuses names that cannot be shown", async () => {
    const renamed = await alice.rename("  Zoë  ", NOW + 1000);
    const back = await parseSecretIdentity(renamed.bytes(), { atMs: NOW + 2000 });
    expect([back.certificate.id, back.certificate.name]).toEqual([alice.certificate.id, "Zoë"]);
    const signature = await signObject(back, PURPOSES.profile, bytes(3, 3), NOW + 3000);
    expect(await verifyObject(alice.certificate, PURPOSES.profile, bytes(3, 3), signature, { atMs: NOW + 3000 })).toBe(true);
    await expect(alice.rename(" ", NOW)).rejects.toMatchObject({ code: "name/empty" });
    await expect(alice.rename("a\u001b[2Jb", NOW)).rejects.toMatchObject({ code: "name/controlCharacters" });
    await expect(alice.rename("x".repeat(129), NOW)).rejects.toMatchObject({ code: "name/tooLong" });
    await expect(parseSecretIdentity(bytes(20, 1), { atMs: NOW })).rejects.toMatchObject({ code: "secretKey/malformed" });
  });
});

describe("a signed object", () => {
  it("I3: of all ordered pairs of purposes none counts for another", async () => {
    const payload = bytes(40, 7);
    const purposes = Object.values(PURPOSES);
    for (const made of purposes) {
      const signature = await signObject(alice, made, payload, NOW);
      for (const read of purposes) {
        expect(await verifyObject(alice.certificate, read, payload, signature, { atMs: NOW }), `${made} as ${read}`).toBe(
          made === read,
        );
        const byDevice = signWithDevice(bytes(32, 5), made, payload);
        expect(verifyWithDevice(bytes(32, 5), read, payload, byDevice)).toBe(false);
      }
    }
  });

  it("I3: a signature on a file whose bytes begin with the purpose is not ours, for it lacks the notation", async () => {
    const openpgp = await import("openpgp");
    const payload = bytes(40, 7);
    const file = concatBytes(Uint8Array.of(PURPOSES.profile.length), new TextEncoder().encode(PURPOSES.profile), payload);
    const privateKey = await openpgp.readPrivateKey({ armoredKey: await alice.exportForGpg("pass") });
    const signingKeys = await openpgp.decryptKey({ privateKey, passphrase: "pass" });
    const message = await openpgp.createMessage({ binary: file });
    const signature = await openpgp.sign({ message, signingKeys, detached: true, format: "binary", date: new Date(NOW) });
    expect(await verifyObject(alice.certificate, PURPOSES.profile, payload, signature, { atMs: NOW })).toBe(false);
  });

  it("is refused with another payload, by another key, doubled, with bytes behind, and after a hard revocation", async () => {
    const signature = await signObject(alice, PURPOSES.profile, bytes(4, 4), NOW);
    const check = (certificate = alice.certificate, payload = bytes(4, 4), sig = signature): Promise<boolean> =>
      verifyObject(certificate, PURPOSES.profile, payload, sig, { atMs: NOW });
    expect(await check()).toBe(true);
    expect(await check(alice.certificate, bytes(4, 5))).toBe(false);
    expect(await check(mallory.certificate)).toBe(false);
    expect(await check(alice.certificate, bytes(4, 4), concatBytes(signature, signature))).toBe(false);
    expect(await check(alice.certificate, bytes(4, 4), concatBytes(signature, Uint8Array.of(0)))).toBe(false);
    expect(await check((await alice.revoke("compromised", NOW)).certificate)).toBe(false);
  });
});

describe("a device", () => {
  it("I1: counts only when the identity that it names certified it, for this key and this time", async () => {
    const made = await createDeviceCertificate(alice, device, NOW);
    const verdict = await verifyDeviceCertificate(alice.certificate, made, { atMs: NOW });
    expect(verdict).toMatchObject({ kind: "verified", device: { identityId: alice.certificate.id, suite: 83 } });
    const byMallory = await createDeviceCertificate(mallory, device, NOW);
    expect(await verifyDeviceCertificate(alice.certificate, byMallory, { atMs: NOW })).toMatchObject({ reason: "wrongIdentity" });
    // Mallory signs a statement that names Alice.
    const forged = concatBytes(made.subarray(0, 99), byMallory.subarray(99));
    expect(await verifyDeviceCertificate(alice.certificate, forged, { atMs: NOW })).toMatchObject({ kind: "refused" });
    expect(await verifyDeviceCertificate(alice.certificate, made, { atMs: NOW + 61 * DAY })).toMatchObject({
      reason: "outOfTime",
    });
    const long = createDeviceCertificate(alice, { ...device, notAfterMs: NOW + 91 * DAY }, NOW);
    await expect(long).rejects.toThrow(RangeError);
  });

  it("I1: a credential verifies offline, and not with somebody else's device inside", async () => {
    const made = await createDeviceCertificate(alice, device, NOW);
    const good = await verifyCredential(encodeCredential(alice.certificate.minimal(), made), { atMs: NOW });
    expect(good).toMatchObject({
      kind: "verified",
      identityId: alice.certificate.id,
      name: "Alice",
      notAfterMs: device.notAfterMs,
    });
    const mixed = encodeCredential(mallory.certificate.minimal(), made);
    expect(await verifyCredential(mixed, { atMs: NOW })).toMatchObject({ kind: "refused", reason: "wrongIdentity" });
    expect(await verifyCredential(bytes(9, 9), { atMs: NOW })).toMatchObject({ kind: "refused" });
    const revoked = await alice.revoke("compromised", NOW);
    const credential = encodeCredential(revoked.certificate.minimal(), made);
    expect(await verifyCredential(credential, { atMs: NOW })).toMatchObject({ kind: "refused" });
  });
});

describe("a profile", () => {
  it("D4: verifies, compares by sequence, and unites what was revoked", async () => {
    const first = await signProfile(alice, profile, NOW);
    const second = await signProfile(alice, { ...profile, sequence: 2n }, NOW);
    const other = await signProfile(alice, { ...profile, displayName: "Alicia" }, NOW);
    const far = await signProfile(alice, { ...profile, sequence: 2n ** 33n }, NOW);
    const verdict = await verifyProfile(alice.certificate, first, { atMs: NOW });
    expect(verdict).toMatchObject({ kind: "verified", isExpired: false, profile: { displayName: "Alice", sequence: 1n } });
    expect(compareProfiles(first, second).kind).toBe("newer");
    expect(compareProfiles(second, first).kind).toBe("older");
    expect(compareProfiles(first, first).kind).toBe("same");
    expect(compareProfiles(first, other).kind).toBe("equivocation");
    expect(compareProfiles(first, far).kind).toBe("jump");
    expect(unionOfRevoked([bytes(16, 9)], [bytes(16, 3), bytes(16, 9)])).toEqual([bytes(16, 3), bytes(16, 9)]);
    expect(await verifyProfile(alice.certificate, first, { atMs: NOW + 21 * DAY })).toMatchObject({
      kind: "verified",
      isExpired: true,
    });
    expect(await verifyProfile(mallory.certificate, first, { atMs: NOW })).toMatchObject({ reason: "wrongIdentity" });
    expect(await verifyProfile(alice.certificate, first, { atMs: NOW - DAY })).toMatchObject({ reason: "fromTheFuture" });
    const long = await signProfile(alice, { ...profile, validUntilMs: NOW + 31 * DAY }, NOW);
    expect(await verifyProfile(alice.certificate, long, { atMs: NOW })).toMatchObject({ reason: "lifetimeTooLong" });
    const flipped = first.slice();
    flipped[60] = (flipped[60] ?? 0) ^ 1;
    expect((await verifyProfile(alice.certificate, flipped, { atMs: NOW })).kind).toBe("refused");
  });

  it("a goodbye can be read beside the revocation it announces", async () => {
    const gone = await signProfile(alice, { ...profile, sequence: 3n, isDeleted: true, inboxes: [] }, NOW + 1000);
    const retired = (await alice.revoke("retired", NOW + 2000)).certificate;
    expect(await verifyProfile(retired, gone, { atMs: NOW + DAY })).toMatchObject({
      kind: "verified",
      profile: { isDeleted: true },
    });
  });
});

describe("codes, links, node keys and transitions", () => {
  it("I14: sixty digits are equal on both sides and different for others", () => {
    const [a, m] = [alice.certificate.primaryKey(), mallory.certificate.primaryKey()];
    const [mine, theirs] = [sixtyDigits(a, m), sixtyDigits(m, a)];
    expect(mine.digits).toBe(theirs.digits);
    expect(mine.mine).toBe(theirs.theirs);
    expect(mine.digits).toMatch(/^\d{60}$/);
    expect(sixtyDigits(a, a).digits).not.toBe(mine.digits);
    expect(parseSixtyDigits(mine.digits.replaceAll(/(\d{5})/g, "$1 "))).toBe(mine.digits);
    expect(parseSixtyDigits("12345")).toBeUndefined();
  });

  it("I14: the short code depends on both nonces, the commitment and the transcript", () => {
    const commitment = shortCodeCommitment(bytes(32, 1), bytes(32, 2));
    const run = { initiatorNonce: bytes(32, 1), responderNonce: bytes(32, 3), commitment, context: bytes(64, 4) };
    const code = shortCode(run);
    expect(code).toMatch(/^\d{6}$/);
    expect(shortCode(run)).toBe(code);
    const others = [
      { ...run, initiatorNonce: bytes(32, 9) },
      { ...run, responderNonce: bytes(32, 9) },
      { ...run, commitment: shortCodeCommitment(bytes(32, 1), bytes(32, 9)) },
      { ...run, context: bytes(64, 9) },
    ];
    for (const other of others) expect(shortCode(other)).not.toBe(code);
  });

  it("a link carries node and id in both forms, and a malformed one is refused", () => {
    const link = { nodeUrl: "https://node.example", identityId: alice.certificate.id, nameHint: "Alice" };
    const text = formatContactLink(link);
    expect(text).toMatch(/^https:\/\/node\.example\/#\/add\/[\w-]+$/);
    expect(parseContactLink(` ${text}\n`)).toEqual(link);
    expect(parseContactLink(toAppLink(text))).toEqual(link);
    const long = formatContactLink({ ...link, nameHint: "😀".repeat(40) });
    expect(parseContactLink(long).nameHint).toBe("😀".repeat(16));
    for (const bad of [
      "",
      "https://node.example",
      `${text}A`,
      text.slice(0, -3),
      text.replace("https", "ftp"),
      "x".repeat(5000),
    ]) {
      expect(() => parseContactLink(bad), bad).toThrow(IdentityError);
    }
    expect(() => parseContactLink(text.replace("node.example", "user@node.example"))).toThrow(IdentityError);
  });

  it("a node's checkpoint key counts under the node's identity only", async () => {
    const made = await createNodeKeyCertificate(
      alice,
      { checkpointKey: bytes(32, 4), notBeforeMs: NOW, notAfterMs: NOW + DAY },
      NOW,
    );
    expect(await verifyNodeKeyCertificate(alice.certificate, made, { atMs: NOW })).toMatchObject({ kind: "verified" });
    expect(await verifyNodeKeyCertificate(mallory.certificate, made, { atMs: NOW })).toMatchObject({ reason: "wrongIdentity" });
    expect(await verifyNodeKeyCertificate(alice.certificate, made, { atMs: NOW + 2 * DAY })).toMatchObject({
      reason: "outOfTime",
    });
    expect(await verifyNodeKeyCertificate(alice.certificate, made.slice(0, -1), { atMs: NOW })).toMatchObject({
      reason: "malformed",
    });
  });

  it("a transition needs both signatures and is void under a hard-revoked identity", async () => {
    const fresh = await createSecretIdentity({ name: "Alice", nowMs: NOW });
    const made = await createTransition(alice, fresh, NOW);
    const verify = (from = alice.certificate): Promise<unknown> => verifyTransition(from, fresh.certificate, made, { atMs: NOW });
    expect(await verify()).toMatchObject({ kind: "verified" });
    expect(await verify((await alice.revoke("compromised", NOW)).certificate)).toMatchObject({ reason: "void" });
    expect(await verify((await alice.revoke("superseded", NOW + DAY)).certificate)).toMatchObject({ kind: "verified" });
    expect(await verify(mallory.certificate)).toMatchObject({ reason: "wrongIdentity" });
  });
});
