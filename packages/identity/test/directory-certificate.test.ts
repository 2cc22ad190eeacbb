import { concatBytes } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  certifyUserId,
  createSecretIdentity,
  mergeCertificates,
  mergeIntoDirectory,
  parseCertificate,
  parseSearch,
  revokeCertification,
  type SecretIdentity,
  servedCertificate,
} from "../src/index.ts";
import { framePacket, splitPackets, TAG } from "../src/packets.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;
const LIMIT = 64 * 1024;

let ana: SecretIdentity;
let ben: SecretIdentity;
let carol: SecretIdentity;
/** Ana with a public certification by Ben and one by Carol, a private one by Dave. */
let certified: SecretIdentity;
beforeAll(async () => {
  ana = await createSecretIdentity({ name: "Ana", nowMs: NOW });
  ben = await createSecretIdentity({ name: "Ben", nowMs: NOW });
  carol = await createSecretIdentity({ name: "Carol", nowMs: NOW });
  const dave = await createSecretIdentity({ name: "Dave", nowMs: NOW });
  const on = { target: ana.certificate, userId: "Ana" };
  certified = await ana.mergedWith(await certifyUserId(ben, on, { isExportable: true }, NOW), NOW);
  certified = await certified.mergedWith(await certifyUserId(carol, on, { isExportable: true }, NOW), NOW);
  certified = await certified.mergedWith(await certifyUserId(dave, on, {}, NOW), NOW);
});

const options = {
  atMs: NOW + DAY,
  maxBytes: LIMIT,
  issuerOf: async (fingerprint: string) =>
    [ben, carol].find(({ certificate }) => certificate.fingerprint === fingerprint)?.certificate.bytes(),
};
const put = async (known: Uint8Array | undefined, ...incoming: readonly Uint8Array[]): Promise<Uint8Array> => {
  let bytes = known;
  for (const one of incoming) bytes = (await mergeIntoDirectory(bytes, one, options)).bytes;
  if (bytes === undefined) throw new Error("something is expected");
  return bytes;
};
const by = (secret: SecretIdentity) => {
  const found = certified.certificate
    .certifications()
    .find(({ facts }) => facts.issuerFingerprint === secret.certificate.fingerprint);
  if (found === undefined) throw new Error("a certification is expected");
  return found;
};
async function served(stored: Uint8Array): Promise<string[]> {
  const certificate = await parseCertificate(servedCertificate(stored), { atMs: NOW + DAY });
  const names = new Map([ben, carol].map((one) => [one.certificate.fingerprint, one.certificate.name]));
  return certificate
    .certifications()
    .map(({ kind, facts }) => `${names.get(facts.issuerFingerprint ?? "") ?? "somebody"} ${kind}`)
    .sort();
}

describe("what a directory keeps", () => {
  it("D3: third-party certifications only when their owner attested to them, and private ones never", async () => {
    expect(await served(await put(undefined, certified.certificate.bytes()))).toEqual([]);
    const all = await certified.attest("Ana", certified.certificate.certifications(), NOW + 1000);
    expect(await served(await put(undefined, all.certificate.bytes()))).toEqual(["Ben certification", "Carol certification"]);
    const one = await all.attest("Ana", [by(ben)], NOW + 2000);
    const stored = await put(undefined, all.certificate.bytes(), one.certificate.bytes());
    expect(await served(stored)).toEqual(["Ben certification"]);
    const none = await one.attest("Ana", [], NOW + 3000);
    expect(await served(await put(stored, none.certificate.bytes()))).toEqual([]);
    // An older attestation that comes back changes nothing.
    expect(await served(await put(stored, none.certificate.bytes(), all.certificate.bytes()))).toEqual([]);
  });

  it("D3: 1,000 certifications by strangers leave the stored bytes as they were", async () => {
    const own = await put(undefined, ana.certificate.bytes());
    const [first] = splitPackets(
      await certifyUserId(ben, { target: ana.certificate, userId: "Ana" }, { isExportable: true }, NOW),
    ).slice(2);
    if (first === undefined) throw new Error("a signature is expected");
    const flood = Array.from({ length: 1000 }, (_, i) => {
      const body = first.body.slice();
      new DataView(body.buffer).setUint32(body.length - 4, i);
      return framePacket({ tag: TAG.signature, body });
    });
    const userId = splitPackets(ana.certificate.bytes()).find(({ tag }) => tag === TAG.userId);
    if (userId === undefined) throw new Error("a user ID is expected");
    const flooded = await mergeCertificates(
      ana.certificate.bytes(),
      concatBytes(framePacket({ tag: TAG.publicKey, body: ana.certificate.primaryKey() }), framePacket(userId), ...flood),
    );
    expect(flooded.length).toBeGreaterThan(100_000);
    expect(await put(own, flooded)).toEqual(own);
    expect(await put(undefined, flooded)).toEqual(own);
  });

  it("I12: a third party's revocation is served beside what it revokes without being attested, and no owner can strip it", async () => {
    const all = await certified.attest("Ana", certified.certificate.certifications(), NOW + 1000);
    const on = { target: certified.certificate, userId: "Ana" };
    const revocation = await revokeCertification(ben, on, "neverValid", NOW + 5000);
    const withRevocation = await mergeCertificates(ana.certificate.bytes(), revocation);
    const stored = await put(undefined, all.certificate.bytes(), withRevocation);
    const expected = ["Ben certification", "Ben revocation", "Carol certification"];
    expect(await served(stored)).toEqual(expected);
    // Published again without it.
    expect(await served(await put(stored, all.certificate.bytes()))).toEqual(expected);
    // Retracted, and brought back without it: it was hidden with what it revokes, not forgotten.
    const none = await all.attest("Ana", [], NOW + 6000);
    const back = await none.attest("Ana", certified.certificate.certifications(), NOW + 7000);
    const hidden = await put(stored, none.certificate.bytes());
    expect(await served(hidden)).toEqual([]);
    expect(await served(await put(hidden, back.certificate.bytes()))).toEqual(expected);
    // Also when it came before anything was attested.
    const early = await put(undefined, ana.certificate.bytes(), withRevocation);
    expect(await served(early)).toEqual([]);
    expect(await served(await put(early, all.certificate.bytes()))).toEqual(expected);
  });

  it("I12: an owner does not strip a revocation by filling the room for others with revocations of their own making", async () => {
    const all = await certified.attest("Ana", certified.certificate.certifications(), NOW + 1000);
    const on = { target: certified.certificate, userId: "Ana" };
    const revocation = await mergeCertificates(
      ana.certificate.bytes(),
      await revokeCertification(ben, on, "neverValid", NOW + 5000),
    );
    const puppets = await Promise.all(Array.from({ length: 80 }, (_, i) => createSecretIdentity({ name: `P${i}`, nowMs: NOW })));
    const cuts = await Promise.all(
      puppets.map(async (one) => {
        // A revocation is public when what it revokes is.
        const made = await mergeCertificates(ana.certificate.bytes(), await certifyUserId(one, on, { isExportable: true }, NOW));
        const target = await parseCertificate(made, { atMs: NOW });
        return revokeCertification(one, { target, userId: "Ana" }, "neverValid", NOW + 2000);
      }),
    );
    const makers = new Map([ben, ...puppets].map(({ certificate }) => [certificate.fingerprint, certificate.bytes()]));
    const known = { ...options, issuerOf: async (fingerprint: string) => makers.get(fingerprint) };
    const none = await all.attest("Ana", [], NOW + 6000);
    const back = await none.attest("Ana", certified.certificate.certifications(), NOW + 7000);
    let stored: Uint8Array | undefined;
    for (const bytes of [
      all.certificate.bytes(),
      revocation,
      ...(await together(cuts)),
      none.certificate.bytes(),
      back.certificate.bytes(),
    ])
      stored = (await mergeIntoDirectory(stored, bytes, known)).bytes;
    expect(await served(stored ?? new Uint8Array())).toEqual(["Ben certification", "Ben revocation", "Carol certification"]);
    expect(stored?.length).toBeLessThan(16 * 1024);
  });

  it("D3: a revocation counts only when its maker is known to the directory and made it", async () => {
    const all = await certified.attest("Ana", certified.certificate.certifications(), NOW + 1000);
    const stranger = await createSecretIdentity({ name: "Stranger", nowMs: NOW });
    const on = { target: certified.certificate, userId: "Ana" };
    const unknown = await revokeCertification(stranger, on, "neverValid", NOW + 5000);
    const [key, userId, signature] = splitPackets(await revokeCertification(carol, on, "neverValid", NOW + 5000));
    if (key === undefined || userId === undefined || signature === undefined) throw new Error("three packets");
    const forged = signature.body.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const wrong = concatBytes(...[key, userId, { tag: TAG.signature, body: forged }].map(framePacket));
    for (const cut of [unknown, wrong]) {
      const stored = await put(undefined, all.certificate.bytes(), await mergeCertificates(ana.certificate.bytes(), cut));
      expect(await served(stored)).toEqual(["Ben certification", "Carol certification"]);
    }
  });

  it("D8: the same bytes whatever order things came in and however they were framed", async () => {
    const all = await certified.attest("Ana", certified.certificate.certifications(), NOW + 1000);
    const one = await all.attest("Ana", [by(ben)], NOW + 2000);
    const renamed = await one.rename("Ana Second", NOW + 3000);
    const on = { target: certified.certificate, userId: "Ana" };
    const revocation = await revokeCertification(ben, on, "noLongerValid", NOW + 5000);
    const pool = [
      renamed.certificate.bytes(),
      one.certificate.bytes(),
      all.certificate.bytes(),
      await mergeCertificates(ana.certificate.bytes(), revocation),
      (await ana.revoke("retired", NOW + 9000)).certificate.bytes(),
    ];
    const expected = await put(undefined, ...pool);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(pool, { minLength: pool.length }), fc.constantFrom(...pool), async (order, again) => {
        const stored = await put(undefined, ...order.map(oldFraming), again);
        // What was not attested when it came is gone, so only certifications may differ, and they come back with the next publication.
        expect(await put(stored, ...pool)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
    expect((await parseCertificate(expected, { atMs: NOW + DAY })).revocation.kind).toBe("soft");
  });

  it("keeps to the limit by leaving out whole signatures, older ones first and never a revocation", async () => {
    let many = certified;
    for (let i = 0; i < 8; i++) many = await many.rename(`Ana ${i}`, NOW + i * 1000);
    const attested = await many.attest("Ana", certified.certificate.certifications(), NOW + 20_000);
    const { certificate } = await attested.revoke("compromised", NOW + 30_000);
    const whole = (await mergeIntoDirectory(undefined, certificate.bytes(), options)).bytes;
    for (let maxBytes = 600; maxBytes < whole.length + 100; maxBytes += 97) {
      const { bytes } = await mergeIntoDirectory(undefined, certificate.bytes(), { ...options, maxBytes });
      expect(bytes.length).toBeLessThanOrEqual(maxBytes);
      const read = await parseCertificate(bytes, { atMs: NOW + DAY });
      expect(read.revocation.kind).toBe("hard");
      if (maxBytes > 900) expect(read.name).toBe("Ana 7");
      const own = splitPackets(bytes).length;
      expect(own).toBeLessThanOrEqual(splitPackets(whole).length);
    }
    const { bytes } = await mergeIntoDirectory(undefined, certificate.bytes(), { ...options, maxBytes: whole.length - 1 });
    expect((await served(bytes)).length).toBe(1);
  });

  it("refuses what its owner signed nothing of, and takes a bare revocation of a known one", async () => {
    const bare = framePacket({ tag: TAG.publicKey, body: ana.certificate.primaryKey() });
    await expect(mergeIntoDirectory(undefined, bare, options)).rejects.toMatchObject({ code: "certificate/noSelfSignature" });
    const revocation = splitPackets((await ana.revoke("compromised", NOW)).certificate.bytes())[1];
    if (revocation === undefined) throw new Error("a revocation is expected");
    const cut = concatBytes(bare, framePacket(revocation));
    await expect(mergeIntoDirectory(undefined, cut, options)).rejects.toMatchObject({ code: "certificate/noSelfSignature" });
    const stored = await put(await put(undefined, ana.certificate.bytes()), cut);
    expect((await parseCertificate(stored, { atMs: NOW + DAY })).revocation.kind).toBe("hard");
  });

  it("I9: refuses 10 MB of signatures before it looks at one", async () => {
    await expect(mergeIntoDirectory(undefined, new Uint8Array(10_000_000), options)).rejects.toMatchObject({
      code: "certificate/tooLarge",
    });
    const signature = splitPackets(ana.certificate.bytes()).find(({ tag }) => tag === TAG.signature);
    if (signature === undefined) throw new Error("a signature is expected");
    const own = Array.from({ length: 1200 }, (_, i) => {
      const body = signature.body.slice();
      new DataView(body.buffer).setUint32(body.length - 4, i);
      return framePacket({ tag: TAG.signature, body });
    });
    await expect(mergeIntoDirectory(undefined, concatBytes(ana.certificate.bytes(), ...own), options)).rejects.toMatchObject({
      code: "certificate/tooLarge",
    });
  });
});

describe("by what a directory finds an identity", () => {
  it("D9: a name only when its owner says so, and no longer when they take it back", async () => {
    const terms = async (secret: SecretIdentity): Promise<string[]> =>
      (await mergeIntoDirectory(undefined, secret.certificate.bytes(), options)).terms.filter((term) => term.startsWith("uid"));
    expect(await terms(ana)).toEqual([]);
    const open = await ana.setFindable("Ana", true, NOW + 1000);
    expect(await terms(open)).toEqual(["uid ana"]);
    expect(open.certificate.name).toBe("Ana");
    expect(await terms(await open.setFindable("Ana", false, NOW + 2000))).toEqual([]);
    expect(await terms(await open.rename("Ana Second", NOW + 3000))).toEqual([]);
    const { certificate } = ana;
    const { terms: all } = await mergeIntoDirectory(undefined, certificate.bytes(), options);
    expect(all).toContain(`fpr ${certificate.fingerprint}`);
    expect(all.map((term) => term.replace(/[0-9A-F]+$/, "")).sort()).toEqual(["fpr ", "kid ", "sub fpr ", "sub kid "]);
  });

  it("D9: a whole e-mail address is found unless its owner says no, a part of it never", async () => {
    const mail = await ana.rename("Ana Lima <ana@example.org>", NOW + 1000);
    const { terms } = await mergeIntoDirectory(undefined, mail.certificate.bytes(), options);
    const finds = (text: string): boolean => terms.includes(parseSearch(text) ?? "nothing");
    expect(["ana@example.org", "<Ana@Example.org>", "Ana Lima <ana@example.org>"].map(finds)).toEqual([true, true, true]);
    expect(["ana", "Ana Lima", "example.org", "@example.org", "ana@example", "*", "%", ""].map(finds)).not.toContain(true);
    const no = await mail.setFindable("Ana Lima <ana@example.org>", false, NOW + 2000);
    const { terms: none } = await mergeIntoDirectory(undefined, no.certificate.bytes(), options);
    expect(none.filter((term) => term.startsWith("uid"))).toEqual([]);
  });

  it("fingerprints and long key ids in any spelling, and no short ones", () => {
    const fingerprint = ana.certificate.fingerprint;
    const spaced = fingerprint.replaceAll(/(.{4})/g, "$1 ").toLowerCase();
    for (const text of [fingerprint, `0x${fingerprint}`, spaced]) expect(parseSearch(text)).toBe(`fpr ${fingerprint}`);
    expect(parseSearch(`0x${fingerprint.slice(-16).toLowerCase()}`)).toBe(`kid ${fingerprint.slice(-16)}`);
    expect([parseSearch(`0x${fingerprint.slice(-8)}`), parseSearch(fingerprint.slice(-8)), parseSearch("x".repeat(600))]).toEqual(
      [undefined, undefined, undefined],
    );
  });
});

/** All cuts in two certificates of Ana, each below what one publication may make a directory check. */
async function together(cuts: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const half = Math.ceil(cuts.length / 2);
  return Promise.all(
    [cuts.slice(0, half), cuts.slice(half)].map(async (some) => {
      let merged = ana.certificate.bytes();
      for (const cut of some) merged = await mergeCertificates(merged, cut);
      return merged;
    }),
  );
}

/** The same packets in the framing of RFC 1991. */
function oldFraming(bytes: Uint8Array): Uint8Array {
  return concatBytes(
    ...splitPackets(bytes).map(({ tag, body }) => {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, body.length);
      return concatBytes(Uint8Array.of(0x82 | (tag << 2)), length, body);
    }),
  );
}
