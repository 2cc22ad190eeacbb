// Keyrings as bytes: which signatures count, what is verified and when, what is remembered.
import { describe, expect, it } from "vitest";
import {
  type Authentication,
  authenticate,
  type Certification,
  KeyringNetwork,
  type TrustCertificate,
  TrustNetwork,
} from "../src/index.ts";
import {
  type ForgedKey,
  type ForgedSignature,
  forgeKey,
  forgeSignature,
  packet,
  subpacket,
  u32,
} from "./support/openpgp-forge.ts";
import { DAY_MS, NOW_MS } from "./support/people.ts";
import { randomNetwork, SHAPES, seeded } from "./support/random-network.ts";
import { writeCertificate, writeKeyring } from "./support/write-keyring.ts";

const MADE_MS = NOW_MS - 1000 * DAY_MS;
const [ANA, BEN, CAROL, DAVE] = ["ana", "ben", "carol", "dave"].map((seed) => forgeKey(seed, MADE_MS)) as [
  ForgedKey,
  ForgedKey,
  ForgedKey,
  ForgedKey,
];
const USER_ID = "Somebody <some@body.example>";
const DELEGATES = subpacket(5, Buffer.of(1, 120));

interface Own {
  readonly self?: readonly Partial<ForgedSignature>[];
  readonly onKey?: readonly Buffer[];
  readonly onUserId?: readonly Buffer[];
  readonly rest?: readonly Buffer[];
}

function certificate(key: ForgedKey, { self = [{}], onKey = [], onUserId = [], rest = [] }: Own = {}): Buffer {
  return Buffer.concat([
    packet(6, key.body),
    ...onKey,
    packet(13, Buffer.from(USER_ID)),
    ...self.map((one) => forgeSignature(key, key, USER_ID, { type: 0x13, createdMs: MADE_MS, ...one })),
    ...onUserId,
    ...rest,
  ]);
}

function on(target: ForgedKey, issuer: ForgedKey, more: Partial<ForgedSignature> = {}): Buffer {
  return forgeSignature(issuer, target, USER_ID, { type: 0x10, createdMs: MADE_MS + DAY_MS, ...more });
}

async function amountOf(parts: readonly Buffer[], target: ForgedKey, root: ForgedKey = ANA, atMs = NOW_MS): Promise<number> {
  const keyring = await KeyringNetwork.open(Buffer.concat(parts));
  return (await ask(keyring, target, root, atMs)).amount;
}

function ask(keyring: KeyringNetwork, target: ForgedKey, root: ForgedKey = ANA, atMs = NOW_MS): Promise<Authentication> {
  return keyring.authenticate({
    roots: [{ fingerprint: root.fingerprint, amount: 120 }],
    target: { fingerprint: target.fingerprint, userId: USER_ID },
    atMs,
  });
}

describe("I4: signatures that count as absent", () => {
  const plain = (signature: Buffer): Promise<number> =>
    amountOf([certificate(ANA), certificate(BEN, { onUserId: [signature] })], BEN);

  it("a good one counts, and beside it weak ones do not hurt", async () => {
    expect(await plain(on(BEN, ANA))).toBe(120);
    const weak = on(BEN, ANA, { hash: "sha1", createdMs: MADE_MS + 2 * DAY_MS, subpackets: [subpacket(5, Buffer.of(0, 0))] });
    expect(await plain(Buffer.concat([weak, on(BEN, ANA)]))).toBe(120);
  });

  it.each<[what: string, signature: Buffer]>([
    ["SHA-1", on(BEN, ANA, { hash: "sha1" })],
    ["an unknown critical subpacket", on(BEN, ANA, { subpackets: [subpacket(99, Buffer.of(1), true)] })],
    ["a critical signature target", on(BEN, ANA, { subpackets: [subpacket(31, Buffer.of(1), true)] })],
    ["a critical notation", on(BEN, ANA, { subpackets: [subpacket(20, notation("x@example.org", "y"), true)] })],
    ["a time before its issuer's key", on(BEN, ANA, { createdMs: MADE_MS - 1000 })],
    ["a time that is still to come", on(BEN, ANA, { createdMs: NOW_MS + DAY_MS })],
    ["an end that has passed", on(BEN, ANA, { subpackets: [subpacket(3, u32(1000))] })],
    ["a regular expression without its closing NUL", on(BEN, ANA, { subpackets: [DELEGATES, subpacket(6, Buffer.from("a"))] })],
    ["another key's certificate under it", on(CAROL, ANA)],
    ["one bit turned", turned(on(BEN, ANA))],
    ["another maker than it names", forgedBy(BEN, ANA, CAROL)],
  ])("%s", async (_, signature) => {
    expect(await plain(signature)).toBe(0);
  });

  it("a critical subpacket that is known, and an uncritical one that is not, do not matter", async () => {
    expect(await plain(on(BEN, ANA, { subpackets: [subpacket(5, Buffer.of(1, 120), true)] }))).toBe(120);
    expect(await plain(on(BEN, ANA, { subpackets: [subpacket(99, Buffer.of(1)), subpacket(20, notation("x@y", "z"))] }))).toBe(
      120,
    );
  });

  it("a self-signature by SHA-1 leaves no certificate; a revocation of one's own by SHA-1 counts", async () => {
    expect(
      await amountOf([certificate(ANA), certificate(BEN, { self: [{ hash: "sha1" }], onUserId: [on(BEN, ANA)] })], BEN),
    ).toBe(0);
    const revocation = forgeSignature(BEN, BEN, undefined, { type: 0x20, createdMs: NOW_MS - DAY_MS, hash: "sha1" });
    expect(await amountOf([certificate(ANA), certificate(BEN, { onKey: [revocation], onUserId: [on(BEN, ANA)] })], BEN)).toBe(0);
    const foreign = forgeSignature(CAROL, BEN, undefined, { type: 0x20, createdMs: NOW_MS - DAY_MS });
    expect(
      await amountOf(
        [certificate(ANA), certificate(CAROL), certificate(BEN, { onKey: [foreign], onUserId: [on(BEN, ANA)] })],
        BEN,
      ),
    ).toBe(120);
  });

  it.each([
    ["RSA of 1,024 bits", rsaKey(1024)],
    ["DSA", Buffer.concat([Buffer.of(4), u32(MADE_MS / 1000), Buffer.of(17), Buffer.alloc(300, 5)])],
    ["an algorithm that nobody knows", Buffer.concat([Buffer.of(4), u32(MADE_MS / 1000), Buffer.of(99, 1, 2, 3)])],
  ])("a key of %s certifies nothing, and nobody else suffers", async (_, body) => {
    const weak: ForgedKey = { ...CAROL, body };
    const others = [certificate(ANA), certificate(BEN, { onUserId: [on(BEN, ANA)] })];
    expect(await amountOf([certificate(weak), ...others], BEN)).toBe(120);
  });

  it("I2: what a subkey signs is no certification, whatever it is bound with", async () => {
    const binding = forgeSignature(ANA, ANA, undefined, {
      type: 0x18,
      createdMs: MADE_MS,
      subpackets: [subpacket(27, Buffer.of(1))],
    });
    const ana = certificate(ANA, { rest: [packet(14, DAVE.body), binding] });
    expect(await amountOf([ana, certificate(BEN, { onUserId: [on(BEN, DAVE)] })], BEN)).toBe(0);
    expect(await amountOf([ana, certificate(BEN, { onUserId: [forgedBy(BEN, ANA, DAVE)] })], BEN)).toBe(0);
  });
});

describe("I9: sizes", () => {
  const small = [certificate(ANA), certificate(BEN, { onUserId: [on(BEN, ANA)] })];

  it.each<[what: string, parts: () => Buffer[]]>([
    ["150,000 signatures", () => [certificate(CAROL), ...Array<Buffer>(150_000).fill(on(CAROL, ANA))]],
    [
      "10,000 user IDs",
      () => [certificate(CAROL), ...Array.from({ length: 10_000 }, (_, i) => packet(13, Buffer.from(`${i} ${"x".repeat(120)}`)))],
    ],
  ])("a certificate with %s is left out by its size, unread, and others are not", async (_, parts) => {
    const keyring = await KeyringNetwork.open(Buffer.concat([...small, ...parts()]));
    expect(keyring.skipped).toBe(1);
    expect((await ask(keyring, BEN)).amount).toBe(120);
    expect((await ask(keyring, CAROL)).amount).toBe(0);
  });
});

describe("what is verified", () => {
  it("answers as the statements that the keyring was written from", async () => {
    for (const [i, shape] of SHAPES.entries()) {
      const { certificates, roots, keys } = randomNetwork(shape, seeded(i), NOW_MS);
      const [network, bytes] = [new TrustNetwork(certificates), writeKeyring(certificates, keys)];
      const shared = await KeyringNetwork.open(bytes);
      for (const { fingerprint, userIds } of certificates) {
        for (const { text } of userIds) {
          const question = { roots, target: { fingerprint, userId: text }, atMs: NOW_MS, sought: 240 };
          const expected = authenticate(network, question);
          expect(await shared.authenticate(question)).toEqual(expected);
          expect(await (await KeyringNetwork.open(bytes)).authenticate(question)).toEqual(expected);
        }
      }
    }
  });

  const others = Array.from({ length: 30 }, (_, i) => forgeKey(`other ${i}`, MADE_MS));
  const crowd = others.map((key, i) =>
    certificate(key, { onUserId: others.filter((_, j) => j !== i).map((other) => on(key, other)) }),
  );
  const three = [
    certificate(ANA),
    certificate(BEN, { onUserId: [on(BEN, ANA, { subpackets: [DELEGATES] })] }),
    certificate(CAROL, { onUserId: [on(CAROL, BEN)] }),
  ];

  it("only what the answer needs", async () => {
    const keyring = await KeyringNetwork.open(Buffer.concat([...three, ...crowd]));
    expect((await ask(keyring, CAROL)).amount).toBe(120);
    // Three self-signatures and two certifications; the crowd has 900 more.
    expect(keyring.verifications).toBe(5);
    await ask(keyring, CAROL);
    expect(keyring.verifications).toBe(5);
    await keyring.verifyAll();
    expect(keyring.verifications).toBe(5 + 30 + 30 * 29);
  });

  it("nothing again that a cache knows, in this keyring or in another with the same certificates", async () => {
    const bytes = Buffer.concat(three);
    const first = await KeyringNetwork.open(bytes);
    await first.verifyAll();
    for (const parts of [three, [...three].reverse(), [...crowd, ...three]]) {
      const again = await KeyringNetwork.open(Buffer.concat(parts), first.cache());
      expect(await ask(again, CAROL)).toMatchObject({ amount: 120 });
      expect(again.verifications).toBe(0);
    }
    const changed = [three[0] ?? bytes, certificate(BEN), three[2] ?? bytes];
    const other = await KeyringNetwork.open(Buffer.concat(changed), first.cache());
    expect(await ask(other, CAROL)).toMatchObject({ amount: 0 });
  });

  it("everything where the cache is damaged, cut off, of another version or empty", async () => {
    const first = await KeyringNetwork.open(Buffer.concat(three));
    await ask(first, CAROL);
    const cache = first.cache();
    const damaged = [
      new Uint8Array(),
      cache.slice(0, -1),
      cache.slice(0, 20),
      Uint8Array.of(...cache, 0),
      cache.map((byte, i) => (i === 4 ? byte + 1 : byte)),
    ];
    for (const bytes of damaged) {
      const keyring = await KeyringNetwork.open(Buffer.concat(three), bytes);
      expect([(await ask(keyring, CAROL)).amount, keyring.verifications]).toEqual([120, 5]);
    }
  });

  it("one new signature after one change in a thousand certificates", async () => {
    const many = Array.from({ length: 1000 }, (_, i) => certificate(forgeKey(`one of many ${i}`, MADE_MS)));
    const keyring = await KeyringNetwork.open(Buffer.concat([...three, ...many]));
    expect((await ask(keyring, CAROL)).amount).toBe(120);
    const before = keyring.verifications;
    keyring.put(
      certificate(CAROL, {
        onUserId: [on(CAROL, BEN), on(CAROL, BEN, { createdMs: NOW_MS - DAY_MS, subpackets: [subpacket(5, Buffer.of(0, 40))] })],
      }),
    );
    expect((await ask(keyring, CAROL)).amount).toBe(40);
    expect(keyring.verifications - before).toBe(1);
    keyring.put(certificate(DAVE, { onUserId: [on(DAVE, ANA)] }));
    expect((await ask(keyring, DAVE)).amount).toBe(120);
    expect(keyring.verifications - before).toBe(3);
  });

  it("an introducer who becomes known later counts from then on", async () => {
    const keyring = await KeyringNetwork.open(Buffer.concat([three[0] ?? Buffer.of(), three[2] ?? Buffer.of()]));
    expect((await ask(keyring, CAROL)).amount).toBe(0);
    keyring.put(three[1] ?? Buffer.of());
    expect((await ask(keyring, CAROL)).amount).toBe(120);
  });

  it("copies of one certificate in a keyring are taken together", async () => {
    const parts = [certificate(ANA), certificate(BEN), certificate(BEN, { onUserId: [on(BEN, ANA)] })];
    expect(await amountOf(parts, BEN)).toBe(120);
    const keyring = await KeyringNetwork.open(Buffer.concat(parts));
    await keyring.verifyAll();
    const again = await KeyringNetwork.open(Buffer.concat(parts), keyring.cache());
    expect((await ask(again, BEN)).amount).toBe(120);
  });

  it("a large network of statements survives the way through bytes", async () => {
    const certification: Certification = {
      issuer: ANA.fingerprint,
      createdMs: MADE_MS,
      depth: 3,
      amount: 70,
      scopes: ["a", "b"],
    };
    const written: TrustCertificate = {
      id: "",
      fingerprint: BEN.fingerprint,
      createdMs: MADE_MS,
      direct: [{ createdMs: MADE_MS, keyExpiresAtMs: "never" }],
      revocations: [{ kind: "soft", createdMs: MADE_MS }],
      userIds: [
        {
          text: USER_ID,
          bindings: [{ createdMs: MADE_MS, isPrimary: true }],
          revocations: [],
          certifications: [certification],
          withdrawals: [],
        },
      ],
    };
    const keys = new Map([ANA, BEN].map((key) => [key.fingerprint, key]));
    const keyring = await KeyringNetwork.open(Buffer.concat([certificate(ANA), writeCertificate(written, keys)]));
    await keyring.verifyAll();
    const read = keyring.network.get(BEN.fingerprint);
    expect(read).toMatchObject({ direct: written.direct, revocations: written.revocations, createdMs: MADE_MS });
    expect(read?.userIds[0]).toMatchObject({ certifications: [certification] });
  });
});

function notation(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0x80, 0, 0, 0, 0, name.length, 0, value.length), Buffer.from(name + value)]);
}

function turned(signature: Buffer): Buffer {
  const copy = Buffer.from(signature);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

/** Says that `named` made it, and `maker` did. */
function forgedBy(target: ForgedKey, named: ForgedKey, maker: ForgedKey): Buffer {
  return on(target, { ...named, secret: maker.secret });
}

function rsaKey(bits: number): Buffer {
  return Buffer.concat([
    Buffer.of(4),
    u32(MADE_MS / 1000),
    Buffer.of(1, bits >> 8, bits & 255),
    Buffer.alloc(bits / 8, 0xff),
    Buffer.of(0, 17, 1, 0, 1),
  ]);
}
