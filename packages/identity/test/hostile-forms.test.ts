// Forms of OpenPGP that are not what we sign or read: signatures in other clothes, things that grow when they are opened, and packets
// in any order and number.
import { concatBytes } from "@p2pcrypt/bytes";
import fc from "fast-check";
import * as openpgp from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  createSecretIdentity,
  importSecretKey,
  mergeCertificates,
  PURPOSES,
  parseCertificate,
  type SecretIdentity,
  signObject,
  verifyObject,
} from "../src/index.ts";
import { splitPackets } from "../src/packets.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const PAYLOAD = new Uint8Array(40).fill(7);

let alice: SecretIdentity;
let signingKey: openpgp.PrivateKey;
beforeAll(async () => {
  alice = await createSecretIdentity({ name: "Alice", nowMs: NOW });
  const locked = await openpgp.readPrivateKey({ armoredKey: await alice.exportForGpg("pass") });
  signingKey = await openpgp.decryptKey({ privateKey: locked, passphrase: "pass" });
});

const holds = (signature: Uint8Array): Promise<boolean> =>
  verifyObject(alice.certificate, PURPOSES.profile, PAYLOAD, signature, { atMs: NOW });

describe("I11: a signature in any other form than one detached packet over the exact bytes", () => {
  const purposed = () => concatBytes(Uint8Array.of(PURPOSES.profile.length), new TextEncoder().encode(PURPOSES.profile), PAYLOAD);
  const options = () => ({ signingKeys: signingKey, date: new Date(NOW), format: "binary" as const });

  it("inside a message, with one-pass and literal packets, or in clear text, is none", async () => {
    const good = await signObject(alice, PURPOSES.profile, PAYLOAD, NOW);
    expect(await holds(good)).toBe(true);
    const inline = await openpgp.sign({ message: await openpgp.createMessage({ binary: purposed() }), ...options() });
    const clear = await openpgp.sign({
      message: await openpgp.createCleartextMessage({ text: "p2pcrypt profile" }),
      signingKeys: signingKey,
      date: new Date(NOW),
    });
    expect(await holds(inline)).toBe(false);
    expect(await holds(new TextEncoder().encode(clear))).toBe(false);
    const [onePass, literal, inner] = splitInline(inline);
    expect([onePass, literal, inner].every((packet) => packet.length > 0)).toBe(true);
    expect(await holds(concatBytes(literal, good))).toBe(false);
    expect(await holds(concatBytes(good, literal))).toBe(false);
    expect(await holds(concatBytes(onePass, good))).toBe(false);
  });

  it("twice, armored, over text, or with a line break more, is none", async () => {
    const good = await signObject(alice, PURPOSES.profile, PAYLOAD, NOW);
    const armored = openpgp.armor(openpgp.enums.armor.signature, good);
    expect(await holds(concatBytes(good, good))).toBe(false);
    expect(await holds(new TextEncoder().encode(armored))).toBe(false);
    const text = await openpgp.sign({ message: await openpgp.createMessage({ text: "x" }), detached: true, ...options() });
    expect(await holds(text)).toBe(false);
    const broken = concatBytes(PAYLOAD, Uint8Array.of(0x0c, 0x0a));
    expect(await verifyObject(alice.certificate, PURPOSES.profile, broken, good, { atMs: NOW })).toBe(false);
  });
});

/** Whole packets of an inline-signed message: one-pass signature, literal, signature. */
function splitInline(bytes: Uint8Array): [Uint8Array, Uint8Array, Uint8Array] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length && found.length < 3; ) {
    const first = bytes[at + 1] ?? 0;
    const [head, size] = first < 192 ? [2, first] : [3, ((first - 192) << 8) + (bytes[at + 2] ?? 0) + 192];
    found.push(bytes.slice(at, at + head + size));
    at += head + size;
  }
  const [onePass = new Uint8Array(0), literal = new Uint8Array(0), signature = new Uint8Array(0)] = found;
  return [onePass, literal, signature];
}

describe("I10: what grows when it is opened", () => {
  it("a compressed packet of 64 MiB of zeros in a certificate or key is never opened", async () => {
    // Tag 8, deflate: 65 KB that would be 64 MiB.
    const { deflateRawSync } = await import("node:zlib");
    const body = concatBytes(Uint8Array.of(1), deflateRawSync(Buffer.alloc(64 * 1024 * 1024)));
    const bomb = concatBytes(Uint8Array.of(0xc8, 0xff), new Uint8Array(new Uint32Array([body.length]).buffer).reverse(), body);
    const before = process.memoryUsage().rss;
    const parsed = await parseCertificate(concatBytes(alice.certificate.bytes(), bomb), { atMs: NOW });
    expect(parsed.bytes()).toEqual(alice.certificate.bytes());
    await expect(parseCertificate(bomb, { atMs: NOW })).rejects.toMatchObject({ name: "IdentityError" });
    await expect(importSecretKey(bomb, "pass", { nowMs: NOW })).rejects.toMatchObject({ name: "IdentityError" });
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
  });

  it("a key locked with Argon2 at an exponent of 30 is refused before any of that memory is asked for", async () => {
    const config = { ...openpgp.config, aeadProtect: true, s2kType: openpgp.enums.s2k.argon2 as const };
    const locked = await openpgp.encryptKey({ privateKey: signingKey, passphrase: "pass", config });
    const bytes = locked.write();
    // S2K of type 4: salt of 16 bytes, passes, parallelism, exponent of the memory in KiB.
    const at = bytes.findIndex((byte, i) => byte === 4 && bytes[i + 17] === 3 && bytes[i + 18] === 4 && bytes[i + 19] === 16);
    expect(at).toBeGreaterThan(0);
    const changed = bytes.slice();
    changed[at + 19] = 30;
    await expect(importSecretKey(changed, "pass", { nowMs: NOW })).rejects.toMatchObject({ name: "IdentityError" });
  });
});

describe("I12: merging", () => {
  it("any parts of an identity's history, in any order, come to the same bytes, and no revocation is lost", async () => {
    const renamed = await alice.rename("Alice B", NOW + 1_000);
    const revoked = await renamed.revoke("compromised", NOW + 2_000);
    const packets = splitPackets(revoked.certificate.bytes());
    const [primary, ...rest] = packets;
    if (primary === undefined) throw new RangeError("a primary key");
    const { framePacket } = await import("../src/packets.ts");
    const whole = [alice, renamed, revoked].map(({ certificate }) => certificate.bytes());
    // Parts: the primary key, its revocation or not, and a whole certificate of some day.
    const direct = rest.filter(({ tag }, i) => tag === 2 && rest.slice(0, i).every((before) => before.tag === 2));
    const alone = concatBytes(framePacket(primary), ...direct.map(framePacket));
    const parts = [...whole, alone, framePacket(primary)];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...parts.keys()), { minLength: 2, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        async (chosen, order) => {
          const list = chosen.map((index) => parts[index] ?? primary.body);
          const shuffled = [...list].map((part) => [order.next().value ?? 0, part] as const).sort(([a], [b]) => a - b);
          const inOrder = await merged(list);
          expect(await merged(shuffled.map(([, part]) => part))).toEqual(inOrder);
          expect(await merged([inOrder, inOrder, ...list])).toEqual(inOrder);
          const half = Math.ceil(list.length / 2);
          expect(await merged([await merged(list.slice(0, half)), await merged(list.slice(half))])).toEqual(inOrder);
          if (!chosen.includes(2) && !chosen.includes(3)) return;
          expect((await parseCertificate(inOrder, { atMs: NOW + 3_000 })).revocation.kind).toBe("hard");
        },
      ),
      { numRuns: 300 },
    );
  });
});

async function merged(list: readonly Uint8Array[]): Promise<Uint8Array> {
  let all: Uint8Array | undefined;
  for (const one of list) all = await mergeCertificates(all ?? one, one);
  return all ?? new Uint8Array(0);
}
