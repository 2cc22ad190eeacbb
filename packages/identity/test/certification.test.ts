import { concatBytes } from "@p2pcrypt/bytes";
import fc from "fast-check";
import * as openpgp from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Certificate,
  type Certification,
  certifyUserId,
  createSecretIdentity,
  importSecretKey,
  mergeCertificates,
  parseArmoredCertificate,
  parseCertificate,
  readCertificateHistory,
  revokeCertification,
  type SecretIdentity,
  verifyCertification,
} from "../src/index.ts";
import { newSignature, signWith } from "../src/low-level-signature.ts";
import { framePacket, groupPackets, splitPackets, TAG, writeGroups } from "../src/packets.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;
const { enums } = openpgp;

let ana: SecretIdentity;
let ben: SecretIdentity;
let carol: SecretIdentity;
let dave: SecretIdentity;
beforeAll(async () => {
  ana = await createSecretIdentity({ name: "Ana", nowMs: NOW });
  ben = await createSecretIdentity({ name: "Ben", nowMs: NOW });
  carol = await createSecretIdentity({ name: "Carol", nowMs: NOW });
  const { privateKey } = await openpgp.generateKey({
    type: "rsa",
    rsaBits: 2048,
    userIDs: [{ name: "Dave" }],
    date: new Date(NOW),
    format: "object",
  });
  dave = await importSecretKey(privateKey.write(), undefined, { nowMs: NOW });
});

const onAna = (): { target: Certificate; userId: string } => ({ target: ana.certificate, userId: "Ana" });
async function with_(...cuts: readonly Uint8Array[]): Promise<Certificate> {
  let merged = ana.certificate.bytes();
  for (const cut of cuts) merged = await mergeCertificates(merged, cut);
  return parseCertificate(merged, { atMs: NOW + DAY });
}
const only = (certificate: Certificate): Certification => {
  const [one, another] = certificate.certifications();
  if (one === undefined || another !== undefined) throw new Error("one certification is expected");
  return one;
};

describe("a certification", () => {
  it("is private and plain unless said otherwise, and holds under its maker alone", async () => {
    const certificate = await with_(await certifyUserId(ben, onAna(), {}, NOW));
    const one = only(certificate);
    expect(one).toMatchObject({ kind: "certification", userId: "Ana" });
    expect(one.facts).toMatchObject({
      depth: 0,
      amount: 120,
      scopes: [],
      isExportable: false,
      createdMs: NOW,
      expiresAtMs: undefined,
      issuerFingerprint: ben.certificate.fingerprint,
    });
    expect(await verifyCertification(one, { target: certificate, issuer: ben.certificate })).toBe(true);
    expect(await verifyCertification(one, { target: certificate, issuer: carol.certificate })).toBe(false);
    expect(await verifyCertification(one, { target: carol.certificate, issuer: ben.certificate })).toBe(false);
    const pretended = { ...one, facts: { ...one.facts, issuerFingerprint: carol.certificate.fingerprint } };
    expect(await verifyCertification(pretended, { target: certificate, issuer: carol.certificate })).toBe(false);
  });

  it("carries depth, amount, scopes and expiry, and is kept through writing and parsing", async () => {
    const terms = {
      depth: 255,
      amount: 60,
      scopes: ["<[^>]+@example\\.org>$", "Ana"],
      expiresAtMs: NOW + DAY,
      isExportable: true,
    };
    const certificate = await with_(await certifyUserId(ben, onAna(), terms, NOW));
    const read = only(await parseArmoredCertificate(certificate.armored(), { atMs: NOW }));
    expect(read.facts).toMatchObject({ depth: 255, amount: 60, isExportable: true, expiresAtMs: NOW + DAY });
    expect(read.facts.scopes.map((scope) => new TextDecoder().decode(scope))).toEqual(terms.scopes);
    expect(await verifyCertification(read, { target: certificate, issuer: ben.certificate })).toBe(true);
    for (const wrong of [{ depth: 256 }, { amount: -1 }, { scopes: [""] }, { scopes: ["a\0b"] }, { expiresAtMs: NOW }])
      await expect(certifyUserId(ben, onAna(), wrong, NOW)).rejects.toThrow(RangeError);
  });

  it("does not leave when it is private, and leaves when it is public", async () => {
    const certificate = await with_(
      await certifyUserId(ben, onAna(), {}, NOW),
      await certifyUserId(carol, onAna(), { isExportable: true }, NOW),
    );
    expect(certificate.certifications()).toHaveLength(2);
    const left = only(await parseArmoredCertificate(certificate.armored(), { atMs: NOW }));
    expect(left.facts.issuerFingerprint).toBe(carol.certificate.fingerprint);
    expect(only(await parseArmoredCertificate(certificate.armored("any"), { atMs: NOW })).body).toEqual(left.body);
  });

  it("is refused for an unknown or revoked name, for oneself, and with or for an identity that does not hold", async () => {
    const code = (code: string): unknown => expect.objectContaining({ code });
    const certify = (secret: SecretIdentity, target: Certificate, userId: string): Promise<unknown> =>
      certifyUserId(secret, { target, userId }, {}, NOW + DAY).catch((error) => error);
    expect(await certify(ben, ana.certificate, "Anna")).toEqual(code("certification/unknownUserId"));
    expect(await certify(ana, ana.certificate, "Ana")).toEqual(code("certification/ownIdentity"));
    const renamed = await ana.rename("Ana B", NOW + 1000);
    expect(await certify(ben, renamed.certificate, "Ana")).toEqual(code("certification/unknownUserId"));
    expect(await certify(ben, (await ana.revoke("retired", NOW)).certificate, "Ana")).toEqual(code("certification/notUsable"));
    expect(await certify(await ben.revoke("retired", NOW), ana.certificate, "Ana")).toEqual(code("certification/notUsable"));
  });

  it("of one maker within one second is later than the one before, and so is its revocation", async () => {
    const first = await with_(await certifyUserId(ben, onAna(), {}, NOW));
    const second = await certifyUserId(ben, { target: first, userId: "Ana" }, { amount: 60 }, NOW);
    const both = parseCertificate(await mergeCertificates(first.bytes(), second), { atMs: NOW + DAY });
    const times = (await both).certifications().map(({ facts }) => facts.createdMs);
    expect(times.sort()).toEqual([NOW, NOW + 1000]);
  });

  it("is taken back by a revocation that is as public as what it revokes, soft or hard", async () => {
    const secret = await with_(await certifyUserId(ben, onAna(), {}, NOW));
    const open = await with_(await certifyUserId(ben, onAna(), { isExportable: true }, NOW));
    for (const [target, isExportable] of [
      [secret, false],
      [open, true],
    ] as const) {
      for (const [reason, isSoft] of [
        ["noLongerValid", true],
        ["neverValid", false],
      ] as const) {
        const cut = await revokeCertification(ben, { target, userId: "Ana" }, reason, NOW + 5000);
        const certificate = await parseCertificate(await mergeCertificates(target.bytes(), cut), { atMs: NOW + DAY });
        const revocation = certificate.certifications().find(({ kind }) => kind === "revocation");
        expect(revocation).toMatchObject({ isSoft, facts: { isExportable, createdMs: NOW + 5000 } });
        if (revocation === undefined) throw new Error("a revocation is expected");
        expect(await verifyCertification(revocation, { target, issuer: ben.certificate })).toBe(true);
      }
    }
  });

  it.each([
    ["SHA-512 it holds", true, enums.hash.sha512, []],
    ["SHA-1 it is absent", false, enums.hash.sha1, []],
    ["MD5 it is absent", false, enums.hash.md5, []],
    [
      "an unknown critical notation it is absent",
      false,
      enums.hash.sha512,
      [{ name: "x@example", value: Uint8Array.of(1), humanReadable: false, critical: true }],
    ],
  ] as const)("I4: with %s, and what is beside it stays good", async (_, isGood, hashAlgorithm, notations) => {
    // Signers refuse weak hashes with newer keys, so this is an old one.
    const key = dave.secretKeyPacket;
    const signature = newSignature(enums.signature.certGeneric, key);
    signature.hashAlgorithm = hashAlgorithm;
    signature.rawNotations = [...notations];
    const userID = openpgp.UserIDPacket.fromObject({ name: "Ana" });
    await signWith(signature, key, { userID, key: ana.certificate.keyPacket }, NOW);
    const weak = concatBytes(
      framePacket({ tag: TAG.publicKey, body: ana.certificate.primaryKey() }),
      framePacket({ tag: TAG.userId, body: userID.write() }),
      framePacket({ tag: TAG.signature, body: signature.write() }),
    );
    const certificate = await with_(weak, await certifyUserId(carol, onAna(), {}, NOW));
    const verdicts = await Promise.all(
      certificate.certifications().map(async (one) => {
        const issuer = one.facts.issuerFingerprint === dave.certificate.fingerprint ? dave : carol;
        return [issuer.certificate.name, await verifyCertification(one, { target: certificate, issuer: issuer.certificate })];
      }),
    );
    expect(Object.fromEntries(verdicts)).toEqual({ Dave: isGood, Carol: true });
    expect([certificate.name, certificate.isUsableAt(NOW)]).toEqual(["Ana", true]);
  });
});

describe("the history of a certificate", () => {
  it("holds every self-signature, revocation and certification with its time, and verifies what others made", async () => {
    const renamed = await ana.rename("Ana Second", NOW + 1000);
    const retired = await renamed.revoke("retired", NOW + 5000);
    const certified = await mergeCertificates(await certifyUserId(ben, onAna(), { depth: 1 }, NOW), retired.certificate.bytes());
    const [history, issuer, other] = await Promise.all(
      [certified, ben.certificate.bytes(), carol.certificate.bytes()].map(readCertificateHistory),
    );
    if (history === undefined || issuer === undefined || other === undefined) throw new Error("three are expected");
    expect([history.id, history.createdMs]).toEqual([ana.certificate.id, NOW]);
    expect(history.revocations).toMatchObject([{ kind: "soft", facts: { createdMs: NOW + 5000 } }]);
    const [first, second] = history.userIds;
    expect(first).toMatchObject({
      text: "Ana",
      bindings: [{ createdMs: NOW }],
      revocations: [{ kind: "soft", facts: { createdMs: NOW + 1000 } }],
      certifications: [{ facts: { depth: 1 } }],
    });
    expect(second).toMatchObject({
      text: "Ana Second",
      bindings: [{ isPrimaryUserId: true }],
      revocations: [],
      certifications: [],
    });
    const [certification] = first?.certifications ?? [];
    if (certification === undefined) throw new Error("a certification is expected");
    expect([await history.verifies(certification, issuer), await history.verifies(certification, other)]).toEqual([true, false]);
    expect(await issuer.verifies(certification, issuer)).toBe(false);
  });

  it("leaves out what its owner did not sign", async () => {
    const packets = splitPackets(ana.certificate.bytes()).map(({ tag, body }) => {
      const changed = body.slice();
      if (tag === TAG.signature && body[1] === enums.signature.certPositive) changed[12] = (changed[12] ?? 0) ^ 1;
      return framePacket({ tag, body: changed });
    });
    const { userIds } = await readCertificateHistory(concatBytes(...packets));
    expect(userIds).toMatchObject([{ text: "Ana", bindings: [] }]);
  });
});

describe("an attestation", () => {
  it("names certifications to hand out; only the newest counts, and an empty one retracts all", async () => {
    const certificate = await with_(
      await certifyUserId(ben, onAna(), { isExportable: true }, NOW),
      await certifyUserId(carol, onAna(), { isExportable: true }, NOW),
    );
    const [one, other] = certificate.certifications();
    if (one === undefined || other === undefined) throw new Error("two are expected");
    const held = await ana.mergedWith(certificate.bytes(), NOW + 1000);
    const attested = async (secret: SecretIdentity): Promise<boolean[]> => {
      const read = await parseCertificate(secret.certificate.bytes(), { atMs: NOW + DAY });
      return [one, other].map((certification) => read.isAttested(certification));
    };
    expect(await attested(held)).toEqual([false, false]);
    const first = await held.attest("Ana", [one], NOW + 2000);
    expect(await attested(first)).toEqual([true, false]);
    const second = await first.attest("Ana", [other], NOW + 2000);
    expect(await attested(second)).toEqual([false, true]);
    expect(await attested(await second.attest("Ana", [], NOW + 9000))).toEqual([false, false]);
    expect(await attested(await second.mergedWith(first.certificate.bytes(), NOW + 9000))).toEqual([false, true]);
    expect(second.certificate.ownBytes().length).toBeGreaterThan(ana.certificate.ownBytes().length);
  });

  it("counts when the owner made it, and not when another key did or it was changed", async () => {
    const certificate = await with_(await certifyUserId(ben, onAna(), { isExportable: true }, NOW));
    const attested = await (await ana.mergedWith(certificate.bytes(), NOW)).attest("Ana", [only(certificate)], NOW);
    const packets = splitPackets(attested.certificate.bytes());
    const at = packets.findIndex(({ tag, body }) => tag === TAG.signature && body[1] === 0x16);
    const changed = packets.map((packet, i) => {
      if (i !== at) return packet;
      const body = packet.body.slice();
      body[30] = (body[30] ?? 0) ^ 1;
      return { ...packet, body };
    });
    const forged = await parseCertificate(concatBytes(...changed.map(framePacket)), { atMs: NOW + DAY });
    expect([attested.certificate.isAttested(only(certificate)), forged.isAttested(only(certificate))]).toEqual([true, false]);
    // Ben's attestation of his own name, put under Ana's.
    const own = await ben.attest("Ben", [only(certificate)], NOW);
    const foreign = splitPackets(own.certificate.bytes()).find(({ tag, body }) => tag === TAG.signature && body[1] === 0x16);
    if (foreign === undefined) throw new Error("an attestation is expected");
    const groups = groupPackets(splitPackets(certificate.bytes()));
    const moved = writeGroups({
      ...groups,
      components: groups.components.map(({ packet, signatures }) => ({ packet, signatures: [...signatures, foreign] })),
    });
    expect((await parseCertificate(moved, { atMs: NOW + DAY })).isAttested(only(certificate))).toBe(false);
  });
});

describe("merging with other people's signatures", () => {
  it("D8: a signature whose unsigned part somebody changed is no second signature", async () => {
    const certificate = await with_(await certifyUserId(ben, onAna(), { isExportable: true }, NOW));
    const whole = certificate.bytes();
    for (const fill of [1, 2, 3]) expect(await mergeCertificates(whole, tampered(whole, fill))).toEqual(whole);
    const read = await parseCertificate(tampered(whole, 4), { atMs: NOW });
    expect(read.bytes()).toEqual(whole);
    expect(await verifyCertification(only(read), { target: read, issuer: ben.certificate })).toBe(true);
  });

  const RUNS = 2_500;

  it(`I12: ${4 * RUNS} random merges converge to the same bytes, and no revocation vanishes`, async () => {
    const renamed = await ana.rename("Ana Second", NOW + 1000);
    const second = { target: renamed.certificate, userId: "Ana Second" };
    const certified = [
      await certifyUserId(ben, onAna(), { isExportable: true }, NOW),
      await certifyUserId(carol, onAna(), { depth: 2, amount: 60 }, NOW),
      await certifyUserId(ben, second, {}, NOW + 2000),
    ];
    const whole = await parseCertificate(
      [...certified].reduce((sum, cut) => concatSignatures(sum, cut), renamed.certificate.bytes()),
      { atMs: NOW + DAY },
    );
    const held = await renamed.mergedWith(whole.bytes(), NOW + 2000);
    const pool = [
      ...certified,
      ana.certificate.bytes(),
      renamed.certificate.bytes(),
      await revokeCertification(ben, { target: whole, userId: "Ana" }, "neverValid", NOW + 5000),
      await revokeCertification(carol, { target: whole, userId: "Ana" }, "noLongerValid", NOW + 5000),
      (await held.attest("Ana", whole.certifications(), NOW + 6000)).certificate.bytes(),
      (await renamed.attest("Ana", [], NOW + 7000)).certificate.bytes(),
      (await ana.revoke("retired", NOW + 8000)).certificate.bytes(),
      (await ana.revoke("compromised", NOW + 9000)).certificate.bytes(),
    ];
    // The same signatures, as somebody in between may have changed what is not signed of them.
    pool.push(...pool.map((bytes, i) => tampered(bytes, i)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(pool.length - 1), { minLength: 3, maxLength: 3 }),
        fc.array(fc.nat(pool.length - 1), { minLength: 1, maxLength: 3 }),
        async ([x = 0, y = 0, z = 0], rest) => {
          const [a, b, c] = [pool[x], pool[y], pool[z]];
          if (a === undefined || b === undefined || c === undefined) throw new Error("in the pool");
          const left = await mergeCertificates(await mergeCertificates(a, b), c);
          const right = await mergeCertificates(c, await mergeCertificates(b, a));
          expect(left).toEqual(right);
          expect(await mergeCertificates(left, a)).toEqual(left);
          let sum = left;
          for (const i of rest) sum = await mergeCertificates(sum, pool[i] ?? a);
          for (const revocation of revocationsOf(left)) expect(revocationsOf(sum)).toContain(revocation);
          expect(await mergeCertificates(sum, left)).toEqual(sum);
        },
      ),
      { numRuns: RUNS },
    );
  }, 120_000);
});

function revocationsOf(bytes: Uint8Array): string[] {
  return splitPackets(bytes).flatMap(({ tag, body }) =>
    tag === TAG.signature && [0x20, 0x28, 0x30].includes(body[1] ?? 0) ? [body.toString()] : [],
  );
}

function concatSignatures(a: Uint8Array, b: Uint8Array): Uint8Array {
  const [first, second] = [groupPackets(splitPackets(a)), groupPackets(splitPackets(b))];
  return writeGroups({ ...first, components: [...first.components, ...second.components] });
}

/** An unhashed notation and an unhashed wrong fingerprint in every signature. */
function tampered(bytes: Uint8Array, fill: number): Uint8Array {
  const packets = splitPackets(bytes).map((packet) => {
    if (packet.tag !== TAG.signature) return packet;
    const { body } = packet;
    const hashedEnd = 6 + (((body[4] ?? 0) << 8) | (body[5] ?? 0));
    const extra = concatBytes(Uint8Array.of(6, 100, 1, 2, 3, 4, fill), Uint8Array.of(22, 33, 4), new Uint8Array(20).fill(fill));
    const area = concatBytes(Uint8Array.of(0, extra.length), extra);
    return { ...packet, body: concatBytes(body.subarray(0, hashedEnd), area, body.subarray(hashedEnd + 2)) };
  });
  return concatBytes(...packets.map(framePacket));
}
