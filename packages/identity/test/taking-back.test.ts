// What an owner takes back, and what nobody takes over.
import { concatBytes } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  createRevocationCertificate,
  createSecretIdentity,
  importSecretKey,
  mergeCertificates,
  parseCertificate,
  readRevocationCertificate,
  type SecretIdentity,
} from "../src/index.ts";
import { newSignature, signWith } from "../src/low-level-signature.ts";
import { framePacket, TAG } from "../src/packets.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;
const { enums } = openpgp;

let ana: SecretIdentity;
let ben: SecretIdentity;
beforeAll(async () => {
  ana = await createSecretIdentity({ name: "Ana", nowMs: NOW });
  ben = await createSecretIdentity({ name: "Ben", nowMs: NOW });
});

describe("taking back", () => {
  it("a user ID: it stays readable and is no name any more", async () => {
    const named = await ana.rename("Ana Second", NOW + 1000);
    const { certificate } = await named.revokeUserId("Ana Second", NOW + 2000);
    expect([certificate.name, certificate.userIds.map(({ isRevoked }) => isRevoked)]).toEqual(["", [true, true]]);
    await expect(ana.revokeUserId("Nobody", NOW)).rejects.toMatchObject({ code: "certification/unknownUserId" });
  });

  it("a subkey", async () => {
    const { privateKey } = await openpgp.generateKey({
      type: "ecc",
      curve: "ed25519Legacy",
      userIDs: [{ name: "Ana" }],
      subkeys: [{ sign: true }, {}],
      date: new Date(NOW),
      format: "object",
    });
    const secret = await importSecretKey(privateKey.write(), undefined, { nowMs: NOW });
    const fingerprint = privateKey.subkeys[0]?.getFingerprint().toUpperCase() ?? "";
    const { certificate } = await secret.revokeSubkey(fingerprint, "compromised", NOW + 1000);
    const key = await openpgp.readKey({ binaryKey: certificate.bytes() });
    const verdicts = await Promise.all(
      key.subkeys.map(async (subkey) => {
        const isGood = await subkey.verify(new Date(NOW + DAY)).then(
          () => true,
          () => false,
        );
        return [subkey.getFingerprint().toUpperCase() === fingerprint, isGood];
      }),
    );
    expect(verdicts).toContainEqual([true, false]);
    expect(verdicts).toContainEqual([false, true]);
    await expect(secret.revokeSubkey("00", "retired", NOW)).rejects.toMatchObject({ code: "revocation/unknownSubkey" });
  });

  it("the identity, with a certificate made at creation, and no other identity with it", async () => {
    const text = await createRevocationCertificate(ana, NOW);
    const packets = await readRevocationCertificate(text, ana.certificate);
    const revoked = await parseCertificate(await mergeCertificates(ana.certificate.bytes(), packets), { atMs: NOW + DAY });
    expect([revoked.revocation.kind, revoked.isUsableAt(NOW + DAY)]).toEqual(["hard", false]);
    for (const wrong of [
      readRevocationCertificate(text, ben.certificate),
      readRevocationCertificate("no armor", ana.certificate),
    ])
      await expect(wrong).rejects.toMatchObject({ code: "revocation/malformed" });
  });
});

describe("a signing subkey", () => {
  it("I2: claimed without its back-signature, or with one made for another identity, is unusable", async () => {
    const { privateKey: victim } = await openpgp.generateKey({
      type: "ecc",
      curve: "ed25519Legacy",
      userIDs: [{ name: "Victim" }],
      subkeys: [{ sign: true }],
      date: new Date(NOW),
      format: "object",
    });
    const subkey = victim.subkeys[0];
    const binding = subkey?.bindingSignatures[0];
    if (subkey === undefined || binding === undefined) throw new Error("a subkey is expected");
    expect((await parseCertificate(victim.toPublic().write(), { atMs: NOW })).subkeys).toHaveLength(1);
    for (const embeddedSignature of [null, binding.embeddedSignature]) {
      const key = ben.secretKeyPacket;
      const claim = newSignature(enums.signature.subkeyBinding, key);
      claim.keyFlags = [enums.keyFlags.signData] as never;
      claim.embeddedSignature = embeddedSignature;
      await signWith(claim, key, { key, bind: subkey.keyPacket }, NOW);
      const claimed = await mergeCertificates(
        ben.certificate.bytes(),
        concatBytes(
          framePacket({ tag: TAG.publicKey, body: ben.certificate.primaryKey() }),
          framePacket({ tag: TAG.publicSubkey, body: victim.toPublic().subkeys[0]?.keyPacket.write() ?? new Uint8Array() }),
          framePacket({ tag: TAG.signature, body: claim.write() }),
        ),
      );
      const certificate = await parseCertificate(claimed, { atMs: NOW });
      expect(certificate.subkeys.map((one) => one.getFingerprint())).not.toContain(subkey.getFingerprint());
      expect(certificate.ownBytes()).toEqual(ben.certificate.ownBytes());
    }
  });
});
