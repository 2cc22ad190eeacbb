// The directory with real certificates: what it keeps, what it hands out, and what it costs.
import { limits } from "@p2pcrypt/api";
import { concatBytes, encodeBase64Url } from "@p2pcrypt/bytes";
import {
  certifyUserId,
  createSecretIdentity,
  mergeCertificates,
  parseArmoredCertificate,
  parseCertificate,
  revokeCertification,
  type SecretIdentity,
} from "@p2pcrypt/identity";
import { beforeAll, describe, expect, it } from "vitest";
import { openPgpChecks } from "../src/index.ts";
import { START_MS, type TestNode, testNode } from "./support/test-node.ts";

let ana: SecretIdentity;
let ben: SecretIdentity;
let attested: SecretIdentity;
beforeAll(async () => {
  ana = await createSecretIdentity({ name: "Ana", nowMs: START_MS - 60_000 });
  ben = await createSecretIdentity({ name: "Ben", nowMs: START_MS - 60_000 });
  const on = { target: ana.certificate, userId: "Ana" };
  const certified = await ana.mergedWith(await certifyUserId(ben, on, { isExportable: true }, START_MS - 50_000), START_MS);
  attested = await certified.attest("Ana", certified.certificate.certifications(), START_MS - 40_000);
});

const open = (rates = {}): TestNode => testNode({ checks: openPgpChecks, rateLimits: rates });
const publish = (node: TestNode, secret: SecretIdentity): Promise<unknown> =>
  node.call("identity.publish", { certificate: secret.certificate.bytes() });
const add = (node: TestNode, armored: string): Promise<{ status: number; body: string }> =>
  node.raw("POST", "/pks/add", `keytext=${encodeURIComponent(armored)}`, { contentType: "application/x-www-form-urlencoded" });
const get = (node: TestNode, search: string): Promise<{ status: number; body: string }> =>
  node.raw("GET", `/pks/lookup?op=get&search=${encodeURIComponent(search)}`);

async function makers(node: TestNode): Promise<number> {
  const answer = await node.call("identity.lookup", { identity: ana.certificate.id });
  if (typeof answer === "string") throw new Error(answer);
  return (await parseCertificate(answer.certificate, { atMs: START_MS })).certifications().length;
}

describe("publishing a certificate", () => {
  it("D3: hands out certifications when their owner attested to them, through every door alike", async () => {
    const node = open();
    expect(await publish(node, await ana.mergedWith(attested.certificate.bytes(), START_MS))).toEqual({
      identity: ana.certificate.id,
    });
    expect(await makers(node)).toBe(1);
    const { body } = await get(node, ana.certificate.fingerprint);
    expect((await parseArmoredCertificate(body, { atMs: START_MS })).certifications()).toHaveLength(1);
    const other = open();
    expect((await add(other, attested.certificate.armored())).status).toBe(200);
    expect(await makers(other)).toBe(1);
    const none = await attested.attest("Ana", [], START_MS);
    await add(other, none.certificate.armored());
    expect(await makers(other)).toBe(0);
  });

  it("I12: an owner who publishes again does not strip a revocation by somebody whom the node knows", async () => {
    const node = open();
    await publish(node, ben);
    await publish(node, attested);
    const on = { target: attested.certificate, userId: "Ana" };
    const revocation = await revokeCertification(ben, on, "neverValid", START_MS);
    await publish(node, await ana.mergedWith(revocation, START_MS));
    expect(await makers(node)).toBe(2);
    await publish(node, attested);
    expect(await makers(node)).toBe(2);
  });

  it("D8: two nodes that got the same things in another order and form hold the same bytes", async () => {
    const renamed = await attested.rename("Ana Second", START_MS);
    const held = async (secrets: readonly SecretIdentity[], isArmored: boolean): Promise<string> => {
      const node = open();
      for (const secret of secrets) {
        if (isArmored) await add(node, secret.certificate.armored());
        else await publish(node, secret);
      }
      const answer = await node.call("identity.lookup", { identity: ana.certificate.id });
      return typeof answer === "string" ? answer : encodeBase64Url(answer.certificate);
    };
    expect(await held([renamed, attested, ana], false)).toBe(await held([ana, attested, renamed], true));
  });

  it("I9: 10 MB and 10,000 user IDs are refused by their size, before anything is parsed", async () => {
    const node = open();
    const large = "x".repeat(10_000_000);
    expect((await add(node, large)).status).toBe(413);
    const body = JSON.stringify({ certificate: large });
    expect((await node.raw("POST", "/v1/identities", body)).status).toBe(413);
    const userIds = concatBytes(
      ...Array.from({ length: 10_000 }, (_, i) =>
        concatBytes(Uint8Array.of(0xcd, 6), new TextEncoder().encode(`u${10_000 + i}`)),
      ),
    );
    const certificate = concatBytes(ana.certificate.bytes(), userIds);
    const request = JSON.stringify({ certificate: encodeBase64Url(certificate) });
    expect((await node.raw("POST", "/v1/identities", request)).status).toBe(413);
    // Within the form's limit they are looked at, and none is kept: the owner signed none of them.
    await publish(node, ana);
    const small = concatBytes(ana.certificate.bytes(), userIds.subarray(0, 8 * 5_000));
    expect(await node.call("identity.publish", { certificate: small })).toEqual({ identity: ana.certificate.id });
    const answer = await node.call("identity.lookup", { identity: ana.certificate.id });
    expect(answer).toMatchObject({ certificate: ana.certificate.bytes() });
  });

  it("D3: an answer is at most 64 KiB, whatever its owner attests to", async () => {
    const node = open();
    let full = ana;
    const on = { target: ana.certificate, userId: "Ana" };
    const cuts: Uint8Array[] = [];
    const many = await createSecretIdentity({ name: "Many", nowMs: START_MS - 60_000 });
    const scopes = Array.from({ length: 15 }, (_, i) => `${i}`.repeat(1000).slice(0, 1000));
    for (let i = 0; i < 8; i++) {
      const maker = i === 0 ? many : await createSecretIdentity({ name: `Maker ${i}`, nowMs: START_MS - 60_000 });
      cuts.push(await certifyUserId(maker, on, { isExportable: true, depth: 1, scopes }, START_MS - 50_000));
    }
    for (const cut of cuts) full = await full.mergedWith(cut, START_MS);
    full = await full.attest("Ana", full.certificate.certifications(), START_MS - 30_000);
    expect(full.certificate.bytes().length).toBeGreaterThan(100_000);
    expect((await add(node, full.certificate.armored())).status).toBe(200);
    const answer = await node.call("identity.lookup", { identity: ana.certificate.id });
    if (typeof answer === "string") throw new Error(answer);
    expect(answer.certificate.length).toBeLessThanOrEqual(limits.MAX_CERTIFICATE_BYTES);
    expect(await makers(node)).toBe(4);
  });

  it("D9: searches by name are exact, and who tries many is slowed down while fingerprints go on", async () => {
    const node = open({ searches: { perMinute: 1, burst: 3 } });
    await publish(node, await ana.setFindable("Ana", true, START_MS));
    expect((await get(node, "ANA")).status).toBe(200);
    expect((await get(node, "An")).status).toBe(404);
    expect((await get(node, "A*")).status).toBe(404);
    const refused = await get(node, "Ana");
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([429, "rateLimited"]);
    expect((await get(node, ana.certificate.fingerprint)).status).toBe(200);
    node.time.nowMs += 60_000;
    expect((await get(node, "Ana")).status).toBe(200);
  });

  it("D9: an address is never found by somebody else's claim to its key", async () => {
    const node = open();
    await publish(node, ana);
    // Mallory binds Ana's own primary key as a key for encryption, which needs no consent of it.
    const claim = await claimedBy(ben, ana);
    await node.call("identity.publish", { certificate: claim });
    const { body } = await get(node, ana.certificate.fingerprint);
    expect((await parseArmoredCertificate(body, { atMs: START_MS })).id).toBe(ana.certificate.id);
  });

  it("a node without OpenPGP certificates is no keyserver and says so", async () => {
    const node = testNode();
    expect((await get(node, "Ana")).status).toBe(501);
    expect((await add(node, ana.certificate.armored())).status).toBe(501);
    expect(await open().call("node.describe", {})).toMatchObject({ services: ["directory", "streams", "keyserver"] });
  });

  it("is not offered over a socket", async () => {
    expect(await open().socket().call("keyserver.lookup", { op: "get", search: "Ana" })).toBe("unknownOperation");
  });
});

/** `owner`'s certificate with `victim`'s primary key bound as a subkey for encryption. */
async function claimedBy(owner: SecretIdentity, victim: SecretIdentity): Promise<Uint8Array> {
  const openpgp = await import("openpgp");
  const stored = owner.bytes();
  const length = new DataView(stored.buffer, stored.byteOffset).getUint32(1);
  const key = await openpgp.readPrivateKey({ binaryKey: stored.subarray(5, 5 + length) });
  const subkey = new openpgp.PublicSubkeyPacket();
  const reader: { read(body: Uint8Array): void } = subkey as never;
  await reader.read(victim.certificate.primaryKey());
  const signature = new openpgp.SignaturePacket();
  const { keyPacket } = key;
  if (!(keyPacket instanceof openpgp.SecretKeyPacket)) throw new Error("a secret key is expected");
  signature.signatureType = openpgp.enums.signature.subkeyBinding;
  signature.publicKeyAlgorithm = keyPacket.algorithm;
  signature.hashAlgorithm = openpgp.enums.hash.sha512;
  signature.keyFlags = [openpgp.enums.keyFlags.encryptCommunication] as never;
  const signer: { sign(k: object, data: object, date: Date, detached: boolean, config: object): Promise<void> } =
    signature as never;
  await signer.sign(keyPacket, { key: keyPacket, bind: subkey }, new Date(START_MS), false, openpgp.config);
  const frame = (tag: number, body: Uint8Array): Uint8Array =>
    concatBytes(Uint8Array.of(0xc0 | tag, 255, 0, 0, body.length >> 8, body.length & 255), body);
  return mergeCertificates(
    owner.certificate.bytes(),
    concatBytes(
      frame(6, owner.certificate.primaryKey()),
      frame(14, victim.certificate.primaryKey()),
      frame(2, signature.write()),
    ),
  );
}
