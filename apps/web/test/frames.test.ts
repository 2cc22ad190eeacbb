import { webcrypto } from "node:crypto";
import { CIPHER_SUITES, KeyRing } from "@p2pcrypt/sframe";
import { describe, expect, it } from "vitest";
import { Frames } from "../src/frames/frames.ts";

const clock = { nowMs: () => 0 };
const key = (kid: bigint, fill: number) => ({ kid, baseKey: new Uint8Array(32).fill(fill) });

async function frames(own: ReturnType<typeof key>, theirs: ReturnType<typeof key>): Promise<Frames> {
  const ring = new KeyRing({ subtle: webcrypto.subtle, suite: CIPHER_SUITES.aes256GcmSha512, clock });
  await ring.setKeys({ own, others: [theirs], isRemoval: false });
  return new Frames(ring);
}

const frame = Uint8Array.from({ length: 40 }, (_, at) => at);

describe("frames of a call", () => {
  it.each([
    [undefined, 0],
    ["key", 10],
    ["delta", 3],
  ] as const)("of kind %s leave %i bytes in the clear, and come back as they were", async (type, clear) => {
    const [ana, ben] = [await frames(key(16n, 1), key(32n, 2)), await frames(key(32n, 2), key(16n, 1))];
    const sealed = await ana.seal(frame, type);
    expect(sealed?.slice(0, clear)).toEqual(frame.slice(0, clear));
    expect(Buffer.from(sealed ?? []).includes(Buffer.from(frame.slice(clear, clear + 4)))).toBe(false);
    expect(await ben.open(sealed ?? new Uint8Array(0), type)).toEqual(frame);
    expect(ben.counts).toEqual({ sealed: 0, opened: 1, dropped: 0 });
  });

  it("K3: with another key, or a changed header, nothing comes out, and it is counted", async () => {
    const [ana, ben] = [await frames(key(16n, 1), key(32n, 2)), await frames(key(32n, 2), key(16n, 9))];
    expect(await ben.open((await ana.seal(frame, "key")) ?? frame, "key")).toBe(undefined);
    const carl = await frames(key(48n, 3), key(16n, 1));
    const sealed = (await ana.seal(frame, "key")) ?? frame;
    sealed[3] = 99; // of what is in the clear
    expect(await carl.open(sealed, "key")).toBe(undefined);
    expect(await carl.open(Uint8Array.of(1, 2), "delta")).toBe(undefined);
    expect([ben.counts.dropped, carl.counts.dropped]).toEqual([1, 2]);
  });
});
