import { webcrypto } from "node:crypto";
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import { decodeHeader } from "../src/header.ts";
import {
  CIPHER_SUITES,
  type EpochKeys,
  KeyRing,
  kidOf,
  OLD_KEY_SEALS_MS,
  OLD_KEYS_LIVE_MS,
  SFrameError,
  type SFrameFailure,
} from "../src/index.ts";
import { SealingKey } from "../src/keys.ts";
import { REPLAY_WINDOW, ReplayWindow } from "../src/replay-window.ts";

const { subtle } = webcrypto;
const suite = CIPHER_SUITES.aes256GcmSha512;
const none = new Uint8Array(0);
const frame = encodeUtf8("a frame");

const [ANA, BEN, CARL] = [1, 2, 3];
const base = (leaf: number, epoch: bigint, join = 0): Uint8Array =>
  new Uint8Array(32).fill(leaf * 16 + Number(epoch) + join * 100);
const place = (leaf: number, epoch: bigint, join = 0) => ({ kid: kidOf(leaf, epoch), baseKey: base(leaf, epoch, join) });
const keysOf = (self: number, others: readonly number[], epoch: bigint, isRemoval = false): EpochKeys => ({
  own: place(self, epoch),
  others: others.map((leaf) => place(leaf, epoch)),
  isRemoval,
});

class Time {
  #nowMs = 1_000_000;
  nowMs(): number {
    return this.#nowMs;
  }
  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

async function ring(keys: EpochKeys, clock = new Time()): Promise<KeyRing> {
  const made = new KeyRing({ subtle, suite, clock });
  await made.setKeys(keys);
  return made;
}

async function codeOf(opening: Promise<unknown>): Promise<SFrameFailure | undefined> {
  try {
    await opening;
    return undefined;
  } catch (error) {
    if (error instanceof SFrameError) return error.code;
    throw error;
  }
}

describe("the keys of a call", () => {
  it("opens what another sealed, and says what does not open and why", async () => {
    const ana = await ring(keysOf(ANA, [BEN], 1n));
    const ben = await ring(keysOf(BEN, [ANA], 1n));
    const metadata = encodeUtf8("in the clear");
    const sealed = await ana.seal(frame, metadata);
    expect(await codeOf(ben.open(sealed, encodeUtf8("something else")))).toBe("sframe/notAuthentic");
    expect(await ben.open(sealed, metadata)).toEqual(frame);
    const changed = sealed.slice();
    changed.set([(changed.at(-1) ?? 0) ^ 1], changed.length - 1);
    expect(await codeOf(ben.open(changed, metadata))).toBe("sframe/replayed");
    expect(await codeOf(ben.open(none, metadata))).toBe("sframe/badHeader");
    for (let end = 1; end < sealed.length; end++)
      expect(await codeOf(ben.open(sealed.subarray(0, end), metadata))).not.toBe(undefined);
  });

  it("K3: a frame opens once, in whatever order within the window", async () => {
    const ana = await ring(keysOf(ANA, [BEN], 1n));
    const ben = await ring(keysOf(BEN, [ANA], 1n));
    const frames = await Promise.all(Array.from({ length: 40 }, (_, at) => ana.seal(Uint8Array.of(at), none)));
    for (const sealed of frames.toReversed()) expect(await codeOf(ben.open(sealed, none))).toBe(undefined);
    for (const sealed of frames) expect(await codeOf(ben.open(sealed, none))).toBe("sframe/replayed");
    const twice = await ana.seal(frame, none);
    const codes = await Promise.all([codeOf(ben.open(twice, none)), codeOf(ben.open(twice, none))]);
    expect(codes.toSorted()).toEqual(["sframe/replayed", undefined]);
  });

  it("K3: the own key opens nothing, and nobody's key opens under another's key id", async () => {
    const ana = await ring(keysOf(ANA, [BEN, CARL], 1n));
    const ben = await ring(keysOf(BEN, [ANA, CARL], 1n));
    expect(await codeOf(ana.open(await ana.seal(frame, none), none))).toBe("sframe/noKey");
    // Carl's name on Ana's key.
    const posing = await ring({ own: { kid: kidOf(CARL, 1n), baseKey: base(ANA, 1n) }, others: [], isRemoval: false });
    expect(await codeOf(ben.open(await posing.seal(frame, none), none))).toBe("sframe/notAuthentic");
  });

  it("K3: a new epoch is opened at once and sealed for a moment later; the old one opens for two seconds more", async () => {
    const clock = new Time();
    const ana = await ring(keysOf(ANA, [BEN], 1n), clock);
    const ben = await ring(keysOf(BEN, [ANA], 1n), clock);
    const late = await Promise.all([0, 1, 2].map(() => ana.seal(frame, none)));
    await ben.setKeys(keysOf(BEN, [ANA], 2n));
    await ana.setKeys(keysOf(ANA, [BEN], 2n));
    const kidNow = async () => decodeHeader(await ana.seal(frame, none))?.kid;
    expect(await kidNow()).toBe(kidOf(ANA, 1n));
    clock.pass(OLD_KEY_SEALS_MS);
    expect(await kidNow()).toBe(kidOf(ANA, 2n));
    expect(await codeOf(ben.open(await ana.seal(frame, none), none))).toBe(undefined);
    clock.pass(OLD_KEYS_LIVE_MS - OLD_KEY_SEALS_MS - 1);
    expect(await codeOf(ben.open(late[0] ?? none, none))).toBe(undefined);
    clock.pass(1);
    expect(await codeOf(ben.open(late[1] ?? none, none))).toBe("sframe/noKey");
  });

  it("K3: after a removal nothing of the old epoch opens, and nothing is sealed for the removed", async () => {
    const clock = new Time();
    const ana = await ring(keysOf(ANA, [BEN, CARL], 1n), clock);
    const carl = await ring(keysOf(CARL, [ANA, BEN], 1n), clock);
    const before = await carl.seal(frame, none);
    const change = ana.setKeys(keysOf(ANA, [BEN], 2n, true));
    // At once, while the new keys are still being derived.
    expect(await codeOf(ana.open(before, none))).toBe("sframe/noKey");
    expect(await codeOf(ana.seal(frame, none))).toBe("sframe/noKey");
    await change;
    expect(await codeOf(ana.open(before, none))).toBe("sframe/noKey");
    expect(await codeOf(carl.open(await ana.seal(frame, none), none))).toBe("sframe/noKey");
  });

  it("K3: no key and nonce twice over restarts, since every join has a base key of its own", async () => {
    const used = new Set<string>();
    for (let join = 0; join < 3; join++) {
      const { kid, baseKey } = place(ANA, 1n, join);
      const key = await SealingKey.create(subtle, suite, { kid, baseKey });
      const sealed = await Promise.all(Array.from({ length: 1_000 }, () => key.seal(frame, none)));
      for (const one of sealed) used.add(`${baseKey[0]} ${decodeHeader(one)?.counter}`);
    }
    expect(used.size).toBe(3_000);
  });

  it("K3: somebody joins or leaves within an epoch: no counter comes twice, and what was opened stays opened", async () => {
    const clock = new Time();
    const ana = await ring(keysOf(ANA, [BEN], 1n), clock);
    const ben = await ring(keysOf(BEN, [ANA], 1n), clock);
    const first = await ana.seal(frame, none);
    expect(await codeOf(ben.open(first, none))).toBe(undefined);
    await Promise.all([ana.setKeys(keysOf(ANA, [BEN, CARL], 1n)), ben.setKeys(keysOf(BEN, [ANA, CARL], 1n))]);
    clock.pass(OLD_KEY_SEALS_MS);
    const second = await ana.seal(frame, none);
    expect([first, second].map((sealed) => decodeHeader(sealed)?.counter)).toEqual([0n, 1n]);
    expect(await codeOf(ben.open(first, none))).toBe("sframe/replayed");
    ana.clear();
    await ana.setKeys(keysOf(ANA, [BEN], 1n, true));
    expect(decodeHeader(await ana.seal(frame, none))?.counter).toBe(2n);
    await ben.setKeys(keysOf(BEN, [CARL], 1n));
    clock.pass(OLD_KEYS_LIVE_MS);
    expect(await codeOf(ben.open(second, none))).toBe("sframe/noKey");
  });

  it("K3: a frame is its sender's alone: what another member sealed does not come from there", async () => {
    const ana = await ring(keysOf(ANA, [BEN, CARL], 1n));
    const carl = await ring(keysOf(CARL, [ANA, BEN], 1n));
    const sealed = await carl.seal(frame, none);
    expect(await codeOf(ana.open(sealed, none, BEN))).toBe("sframe/noKey");
    expect(await codeOf(ana.open(sealed, none, CARL))).toBe(undefined);
  });

  it("a change that is overtaken by another is dropped", async () => {
    const ana = await ring(keysOf(ANA, [BEN], 1n));
    await Promise.all([ana.setKeys(keysOf(ANA, [BEN], 2n, true)), ana.setKeys(keysOf(ANA, [BEN], 3n, true))]);
    expect(decodeHeader(await ana.seal(frame, none))?.kid).toBe(kidOf(ANA, 3n));
    ana.clear();
    expect(await codeOf(ana.seal(frame, none))).toBe("sframe/noKey");
  });

  it("seals with the last counter and not beyond", async () => {
    const key = await SealingKey.create(subtle, suite, place(ANA, 1n), (1n << 64n) - 1n);
    const codes = [await codeOf(key.seal(frame, none)), await codeOf(key.seal(frame, none))];
    expect(codes).toEqual([undefined, "sframe/counterSpent"]);
  });
});

describe("the replay window", () => {
  it("takes each counter once, as a set of the last ones would", () => {
    const window = new ReplayWindow();
    const taken = new Set<number>();
    let newest = -1;
    // A fixed walk: forwards in jumps, and back as far as the window and a little further.
    for (let step = 0; step < 20_000; step++) {
      const counter = Math.max(0, newest + ((step * 7919) % (REPLAY_WINDOW + 40)) - REPLAY_WINDOW - 20);
      const isExpected = counter > newest - REPLAY_WINDOW && !taken.has(counter);
      expect(window.take(BigInt(counter)), `step ${step}, counter ${counter}`).toBe(isExpected);
      if (isExpected) taken.add(counter);
      newest = isExpected ? Math.max(newest, counter) : newest;
    }
    expect(window.take(10_000_000n)).toBe(true);
    expect(window.take(BigInt(newest))).toBe(false);
  });
});

describe("a header", () => {
  it("is refused when a value stands in more bytes than it needs, or ends too early", () => {
    for (const bytes of [[], [0x80], [0x80, 7], [0x90, 0, 9], [0x08, 3], [0xf0, 1, 2], [0x98, 1, 2]])
      expect(decodeHeader(Uint8Array.from(bytes)), String(bytes)).toBe(undefined);
  });
});
