// Certifications, attestations and revocations exchanged with gpg and sq, when they are installed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatBytes } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  certifyUserId,
  createRevocationCertificate,
  createSecretIdentity,
  importSecretKey,
  parseArmoredCertificate,
  parseCertificate,
  parseOwnerTrust,
  readKeyring,
  revokeCertification,
  type SecretIdentity,
  verifyCertification,
} from "../src/index.ts";
import { newSignature, signWith } from "../src/low-level-signature.ts";
import { framePacket, TAG } from "../src/packets.ts";

const NOW = Math.floor(Date.now() / 1000) * 1000 - 60_000;
const DAY = 86_400_000;
const has = (program: string): boolean => {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

let ana: SecretIdentity;
let ben: SecretIdentity;
const folder = mkdtempSync(join(tmpdir(), "others-"));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
beforeAll(async () => {
  ana = await createSecretIdentity({ name: "Ana", nowMs: NOW });
  ben = await createSecretIdentity({ name: "Ben", nowMs: NOW });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!has("gpg"))("with gpg (skipped when gpg is not installed)", () => {
  const home = mkdtempSync(join(tmpdir(), "gpg-"));
  afterAll(() => {
    execFileSync("gpgconf", ["--homedir", home, "--kill", "all"], { stdio: "ignore" });
    rmSync(home, { recursive: true, force: true });
  });
  const gpg = (args: readonly string[], input?: string | Uint8Array): Buffer =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", "", ...args], {
      stdio: ["pipe", "pipe", "ignore"],
      ...(input === undefined ? {} : { input }),
    });
  const lines = (fingerprint: string): string[] =>
    gpg(["--check-sigs", "--with-colons", fingerprint])
      .toString()
      .split("\n")
      .filter((line) => /^(sig|rev):/.test(line))
      .map((line) => {
        const [kind, verdict, , , keyId] = line.split(":");
        return `${kind} ${verdict} ${keyId}`;
      });

  it("gpg takes our certification, its revocation and an attestation beside them", async () => {
    const on = { target: ana.certificate, userId: "Ana" };
    const terms = { isExportable: true, depth: 2, amount: 60, scopes: ["<[^>]+[@.]example\\.org>$"] };
    const certified = await ana.mergedWith(await certifyUserId(ben, on, terms, NOW), NOW);
    const attested = await certified.attest("Ana", certified.certificate.certifications(), NOW + 1000);
    gpg(["--import"], ben.certificate.armored());
    gpg(["--import"], attested.certificate.armored());
    const [anaId, benId] = [ana, ben].map(({ certificate }) => certificate.fingerprint.slice(-16));
    expect(lines(ana.certificate.fingerprint)).toEqual(expect.arrayContaining([`sig ! ${anaId}`, `sig ! ${benId}`]));
    const target = attested.certificate;
    const revoked = await attested.mergedWith(
      await revokeCertification(ben, { target, userId: "Ana" }, "neverValid", NOW + 5000),
      NOW + 5000,
    );
    gpg(["--import"], revoked.certificate.armored());
    expect(lines(ana.certificate.fingerprint)).toContain(`rev ! ${benId}`);
  });

  it("gpg would refuse a certificate over one version 6 signature: our export for it leaves that out", async () => {
    const { privateKey } = await openpgp.generateKey({
      type: "curve25519",
      userIDs: [{ name: "Six" }],
      date: new Date(NOW),
      format: "object",
      config: { v6Keys: true },
    });
    const key = privateKey.keyPacket;
    if (!(key instanceof openpgp.SecretKeyPacket)) throw new Error("a secret key is expected");
    const signature = newSignature(openpgp.enums.signature.certGeneric, key);
    const userID = openpgp.UserIDPacket.fromObject({ name: "Ben" });
    await signWith(signature, key, { userID, key: ben.certificate.keyPacket }, NOW);
    const withSix = await ben.mergedWith(
      concatBytes(
        framePacket({ tag: TAG.publicKey, body: ben.certificate.primaryKey() }),
        framePacket({ tag: TAG.userId, body: userID.write() }),
        framePacket({ tag: TAG.signature, body: signature.write() }),
      ),
      NOW,
    );
    const [six] = withSix.certificate.certifications();
    const issuer = await parseCertificate(privateKey.toPublic().write(), { atMs: NOW });
    if (six === undefined) throw new Error("a certification is expected");
    expect(await verifyCertification(six, { target: withSix.certificate, issuer })).toBe(true);
    gpg(["--import"], withSix.certificate.armored("gpg"));
    expect(() => gpg(["--import"], withSix.certificate.armored("any"))).toThrow();
  });

  it("gpg takes our revocation certificate as it is", async () => {
    const carol = await createSecretIdentity({ name: "Carol", nowMs: NOW });
    gpg(["--import"], carol.certificate.armored());
    gpg(["--import"], await createRevocationCertificate(carol, NOW));
    expect(gpg(["--list-keys", "--with-colons", carol.certificate.fingerprint]).toString()).toMatch(/^pub:r:/m);
  });

  it("we take a keyring with gpg's public and local certifications, and its owner-trust as suggestions", async () => {
    const fingerprintOf = (name: string): string =>
      /^fpr:+([0-9A-F]+):/m.exec(gpg(["--list-keys", "--with-colons", `=${name}`]).toString())?.[1] ?? "";
    for (const name of ["Grace", "Heidi"]) gpg(["--quick-generate-key", name, "ed25519", "default", "never"]);
    const [grace, heidi] = [fingerprintOf("Grace"), fingerprintOf("Heidi")];
    gpg(["--import"], ana.certificate.armored());
    gpg(["--default-key", grace, "--quick-sign-key", ana.certificate.fingerprint]);
    gpg(["--default-key", heidi, "--quick-lsign-key", ana.certificate.fingerprint]);
    gpg(["--import-ownertrust"], `${heidi}:4:\n`);
    const exported = gpg(["--export", "--export-options", "export-local-sigs"]);
    for (const bytes of [
      new Uint8Array(exported),
      new Uint8Array(gpg(["--export", "--armor", "--export-options", "export-local-sigs"])),
    ]) {
      const { certificates, skipped } = await readKeyring(bytes);
      const parsed = await Promise.all(certificates.map((one) => parseCertificate(one, { atMs: Date.now() })));
      expect(skipped).toBe(0);
      const target = parsed.find(({ fingerprint }) => fingerprint === ana.certificate.fingerprint);
      const verdicts = await Promise.all(
        (target?.certifications() ?? []).map(async (one) => {
          const issuer = parsed.find(({ fingerprint }) => fingerprint === one.facts.issuerFingerprint);
          if (target === undefined || issuer === undefined) return "unknown";
          return `${issuer.name} ${one.facts.isExportable} ${await verifyCertification(one, { target, issuer })}`;
        }),
      );
      expect(verdicts).toEqual(expect.arrayContaining(["Grace true true", "Heidi false true"]));
    }
    const suggested = parseOwnerTrust(gpg(["--export-ownertrust"]).toString());
    expect(suggested).toContainEqual({ fingerprint: grace, amount: 120, isUltimate: true });
    expect(suggested).toContainEqual({ fingerprint: heidi, amount: 40, isUltimate: false });
  });

  it("a keyring with a secret key in it, or damaged armor, gives no certificate of it", async () => {
    const secret = Buffer.from(await ana.exportForGpg("open sesame"));
    await expect(readKeyring(new Uint8Array(secret))).rejects.toMatchObject({ code: "certificate/malformed" });
    const { data } = await openpgp.unarmor(secret.toString());
    if (!(data instanceof Uint8Array)) throw new Error("bytes are expected");
    const mixed = concatBytes(ben.certificate.bytes(), data, ana.certificate.bytes());
    expect(await readKeyring(mixed)).toMatchObject({ skipped: 1, certificates: { length: 2 } });
    const broken = Buffer.from(ana.certificate.armored().replace(/\n\n..../, "\n\n!!!!"));
    await expect(readKeyring(new Uint8Array(broken))).rejects.toMatchObject({ code: "certificate/malformed" });
  });
});

describe.skipIf(!has("sq"))("with sq (skipped when sq is not installed)", () => {
  const sq = (...args: readonly string[]): string => execFileSync("sq", args, { stdio: ["ignore", "pipe", "ignore"] }).toString();

  it("we read what sq certifies: depth, amount, scope, expiry and locality", async () => {
    const key = file("ben.key", await unlocked(ben));
    const target = file("ana.asc", ana.certificate.armored());
    const made = sq(
      "certify",
      "--depth",
      "3",
      "--amount",
      "60",
      "--regex",
      "<[^>]+[@.]example\\.org>$",
      "--expires-in",
      "10d",
      "--local",
      key,
      target,
      "Ana",
    );
    const certificate = await parseArmoredCertificate(made, { atMs: Date.now() });
    const [one] = certificate.certifications();
    if (one === undefined) throw new Error("a certification is expected");
    expect(one.facts).toMatchObject({ depth: 3, amount: 60, isExportable: false });
    expect(one.facts.scopes.map((scope) => new TextDecoder().decode(scope))).toEqual(["<[^>]+[@.]example\\.org>$"]);
    expect(Math.abs((one.facts.expiresAtMs ?? 0) - Date.now() - 10 * DAY)).toBeLessThan(120_000);
    expect(await verifyCertification(one, { target: certificate, issuer: ben.certificate })).toBe(true);
  });

  it("we read the attestation that sq makes, and sq lists the certification that we made", async () => {
    const on = { target: ana.certificate, userId: "Ana" };
    const certified = await ana.mergedWith(await certifyUserId(ben, on, { isExportable: true }, NOW), NOW);
    const target = file("certified.key", await unlocked(certified));
    expect(sq("inspect", "--certifications", target)).toContain(ben.certificate.fingerprint);
    const attested = file("attested.key", sq("key", "attest-certifications", "--all", target));
    const out = sq("key", "extract-cert", attested);
    const certificate = await parseArmoredCertificate(out, { atMs: Date.now() + 60_000 });
    const [one] = certificate.certifications();
    if (one === undefined) throw new Error("a certification is expected");
    expect(certificate.isAttested(one)).toBe(true);
    const retracted = sq("key", "attest-certifications", "--none", attested);
    const none = await importSecretKey(Buffer.from(retracted), undefined, { nowMs: Date.now() + 60_000 });
    const merged = await none.mergedWith(certificate.bytes(), Date.now() + 60_000);
    expect(merged.certificate.attestedAtMs("Ana")).toBeGreaterThanOrEqual(certificate.attestedAtMs("Ana") ?? 0);
    expect(readFileSync(target).length).toBeGreaterThan(0);
  });
});

/** sq asks for no passphrase in a pipe, so the key goes in without one. The secret key packets come from the stored form. */
async function unlocked(secret: SecretIdentity): Promise<string> {
  const stored = secret.bytes();
  const length = new DataView(stored.buffer, stored.byteOffset).getUint32(1);
  const key = await openpgp.readPrivateKey({ binaryKey: stored.subarray(5, 5 + length) });
  const withOthers = await key.update(await openpgp.readKey({ armoredKey: secret.certificate.armored() }));
  return withOthers.armor();
}
