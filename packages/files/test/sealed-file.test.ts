import { concatBytes, equalBytes } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeFacts } from "../src/file-facts.ts";
import {
  createSealingSecret,
  FileHash,
  FileSealer,
  layoutOf,
  MAX_FILE_BYTES,
  MIN_PADDED_BYTES,
  paddedBytes,
  SEGMENT_BYTES,
  sealedLayout,
  segmentAt,
} from "../src/index.ts";
import { decodeHeader, TinkStream } from "../src/tink-stream.ts";
import { bytesOf, opened, type Sealed, sealed, subtle } from "./sealed.ts";

const MIB = 1024 * 1024;

describe("a sealed file", () => {
  it.each([
    0,
    1,
    4095,
    4096,
    4097,
    MIB - 56,
    MIB - 55,
    2 * MIB,
    3 * MIB + 17,
  ])("of %i bytes opens, in pieces of any size", async (size) => {
    const file = await sealed(bytesOf(size, size));
    expect(file.bytes.length).toBe(sealedLayout(file.secret).sealedBytes);
    for (const piece of [7919, 65_536, 5 * MIB]) {
      const { handedOut, refusal } = await opened(file.secret, file.bytes, piece);
      expect(refusal).toBeUndefined();
      expect(equalBytes(handedOut, file.plaintext)).toBe(true);
    }
  });

  it("is sealed and opened from any segment on, with the same bytes and the same hash", async () => {
    const plaintext = bytesOf(3, 3 * MIB);
    const secret = createSealingSecret((length) => bytesOf(length, length));
    const facts = { trueBytes: plaintext.length, type: "" };
    const sealer = await FileSealer.create(subtle, secret, facts);
    const read = async (at: number, size: number): Promise<Uint8Array> => plaintext.subarray(at, at + size);
    const [whole, chains]: [Uint8Array[], Uint8Array[]] = [[], [new Uint8Array(32)]];
    const hash = new FileHash(subtle);
    for await (const { bytes, digest } of sealer.segments(read)) {
      whole.push(bytes);
      await hash.add(digest);
      chains.push(hash.chain);
    }
    const told = { ...facts, key: secret.key, commitment: sealer.commitment, hash: hash.chain };
    for (let from = 0; from < whole.length; from++) {
      const [parts, again] = [[] as Uint8Array[], new FileHash(subtle, chains[from])];
      const second = await FileSealer.create(subtle, secret, facts);
      for await (const { bytes, digest } of second.segments(read, from)) {
        parts.push(bytes);
        await again.add(digest);
      }
      expect(equalBytes(concatBytes(...parts), concatBytes(...whole.slice(from)))).toBe(true);
      expect(equalBytes(again.chain, hash.chain)).toBe(true);
      const place = { segment: from, chain: chains[from] ?? new Uint8Array(32) };
      const { handedOut, refusal } = await opened(told, concatBytes(...whole), 100_003, place);
      expect(refusal).toBeUndefined();
      expect(equalBytes(handedOut, plaintext.subarray(from === 0 ? 0 : segmentAt(sealer.layout, from).plaintextAt))).toBe(true);
    }
  });

  it("is refused by the sealer when its source became shorter", async () => {
    const sealer = await FileSealer.create(
      subtle,
      createSealingSecret((length) => bytesOf(1, length)),
      { trueBytes: 100, type: "" },
    );
    const segments = sealer.segments(async (at, size) => new Uint8Array(size - 1 - at));
    await expect(segments.next()).rejects.toThrow("files/sourceChanged");
  });

  it("has a size that tells little and costs at most an eighth more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_FILE_BYTES }), (size) => {
        const padded = paddedBytes(size);
        expect(padded).toBeGreaterThanOrEqual(Math.max(size, MIN_PADDED_BYTES));
        expect(padded).toBeLessThanOrEqual(Math.max(MIN_PADDED_BYTES, size * 1.125));
        expect(paddedBytes(padded)).toBe(padded);
        // As many different sizes between two powers of two as the logarithm of the larger has bits, and no more.
        const exponent = Math.floor(Math.log2(padded));
        expect(padded % 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1)).toBe(0);
      }),
      { numRuns: 500 },
    );
    expect([0, 4096, 4097, 1_000_000, 2 ** 30 + 1].map(paddedBytes)).toEqual([4096, 4096, 4352, 1_015_808, 2 ** 30 + 2 ** 25]);
  });

  it("has segments that lie one behind the other and hold every byte", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 * MIB }), (size) => {
        const layout = layoutOf(size);
        let [plaintextAt, sealedAt] = [0, 0];
        for (let index = 0; index < layout.segments; index++) {
          const segment = segmentAt(layout, index);
          expect([segment.plaintextAt, segment.sealedAt]).toEqual([plaintextAt, sealedAt]);
          expect(segment.isLast).toBe(index === layout.segments - 1);
          if (!segment.isLast) expect(segment.sealedBytes).toBe(SEGMENT_BYTES);
          plaintextAt += segment.plaintextBytes;
          sealedAt += segment.sealedBytes;
        }
        expect([plaintextAt, sealedAt]).toEqual([size, layout.sealedBytes]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("B3: whoever holds a sealed file cannot pass off anything else", () => {
  let file: Sealed;
  let other: Sealed;
  let parts: Uint8Array[];
  /** Of the first segment: what a reader may have been handed when a later one is refused. */
  const first = MIB - 56;

  beforeAll(async () => {
    file = await sealed(bytesOf(5, 3 * MIB + 100_000), 1);
    other = await sealed(bytesOf(6, 3 * MIB + 100_000), 2);
    parts = Array.from({ length: 4 }, (_, index) => file.bytes.slice(index * MIB, (index + 1) * MIB));
  });

  const part = (index: number): Uint8Array => parts[index] ?? new Uint8Array(0);
  const foreign = (index: number): Uint8Array => other.bytes.slice(index * MIB, (index + 1) * MIB);

  it("B3: swapped, repeated, left out, or another file's segments are refused before a byte of them is handed out", async () => {
    const cases: readonly (readonly [string, readonly Uint8Array[], refusal: string, handedOut: number])[] = [
      ["swapped", [part(0), part(2), part(1), part(3)], "files/badSegment", first],
      ["repeated", [part(0), part(1), part(1), part(3)], "files/badSegment", first + MIB - 16],
      ["left out", [part(0), part(2), part(3)], "files/badSegment", first],
      ["another file's", [part(0), foreign(1), part(2), part(3)], "files/badSegment", first],
      ["another file", [foreign(0), foreign(1), foreign(2), foreign(3)], "files/wrongKey", 0],
      [
        "another file behind this header",
        [concatBytes(part(0).subarray(0, 40), foreign(0).subarray(40)), part(1), part(2), part(3)],
        "files/badSegment",
        0,
      ],
      [
        "the last one as one in the middle",
        [part(0), part(1), concatBytes(part(3), new Uint8Array(MIB - part(3).length)), part(3)],
        "files/badSegment",
        first + MIB - 16,
      ],
    ];
    for (const [name, segments, refusal, handedOut] of cases) {
      const result = await opened(file.secret, concatBytes(...segments));
      expect([name, result.refusal, result.handedOut.length]).toEqual([name, refusal, handedOut]);
      expect(equalBytes(result.handedOut, file.plaintext.subarray(0, handedOut)), name).toBe(true);
    }
  });

  it("B3: cut off anywhere, it is refused, also at the end of a segment, and its last segment is never handed out", async () => {
    const cuts = [0, 1, 39, 40, 41, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB, file.bytes.length - 17, file.bytes.length - 1];
    for (const size of cuts) {
      const { refusal, handedOut } = await opened(file.secret, file.bytes.subarray(0, size));
      expect([size, refusal]).toEqual([size, size < 40 ? "files/badHeader" : "files/truncated"]);
      const whole = Math.floor(size / MIB);
      expect(handedOut.length, String(size)).toBe(whole === 0 ? 0 : first + (whole - 1) * (MIB - 16));
    }
  });

  it("B3: with something behind it, it is refused, and its last segment is not handed out", async () => {
    for (const more of [Uint8Array.of(0), part(3), file.bytes]) {
      for (const piece of [65_536, 16 * MIB]) {
        const { refusal, handedOut } = await opened(file.secret, concatBytes(file.bytes, more), piece);
        expect(refusal).toBe("files/extended");
        expect(handedOut.length).toBeLessThanOrEqual(first + 2 * (MIB - 16));
      }
    }
  });

  it("B3: one changed bit anywhere is noticed", async () => {
    const small = await sealed(bytesOf(7, 300), 3);
    for (const at of [0, 1, 33, 39, 40, 339, 340, small.bytes.length - 1]) {
      const bytes = small.bytes.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const { refusal, handedOut } = await opened(small.secret, bytes);
      expect([at, refusal]).toEqual([at, at === 0 ? "files/badHeader" : at < 33 ? "files/wrongKey" : "files/badSegment"]);
      expect(handedOut.length).toBe(0);
    }
  });

  it("B3: another size, type, key, commitment or hash than the sender's opens nothing", async () => {
    const small = await sealed(bytesOf(8, 300), 4);
    const { secret, bytes } = small;
    const cases: readonly (readonly [Partial<typeof secret>, string])[] = [
      [{ trueBytes: 299 }, "files/badSegment"],
      [{ trueBytes: 4097 }, "files/truncated"],
      [{ type: "text/html" }, "files/badSegment"],
      [{ key: bytesOf(9, 32) }, "files/wrongKey"],
      [{ commitment: bytesOf(9, 32) }, "files/wrongKey"],
      [{ hash: bytesOf(9, 32) }, "files/wrongHash"],
    ];
    for (const [change, refusal] of cases) {
      const result = await opened({ ...secret, ...change }, bytes);
      expect([change, result.refusal, result.handedOut.length]).toEqual([change, refusal, 0]);
    }
  });

  it("B3: two files under one key have other bytes in every place, and so has one file that is sealed twice", async () => {
    const plaintext = new Uint8Array(5000);
    const [one, two] = [await sealed(plaintext, 5), await sealed(plaintext, 6)];
    expect(equalBytes(one.bytes, two.bytes)).toBe(false);
    const sameKey = createSealingSecret((length) => bytesOf(1, length));
    const facts = { trueBytes: 5000, type: "" };
    const sealings = [];
    for (const header of [sameKey.header, concatBytes(sameKey.header.subarray(0, 1), bytesOf(2, 39))]) {
      const sealer = await FileSealer.create(subtle, { key: sameKey.key, header }, facts);
      for await (const { bytes } of sealer.segments(async (at, size) => plaintext.subarray(at, at + size))) sealings.push(bytes);
    }
    const [a = new Uint8Array(0), b = new Uint8Array(0)] = sealings;
    let equal = 0;
    for (let at = 40; at < a.length; at++) if (a[at] === b[at]) equal += 1;
    // Of 5,136 bytes about one in 256 agrees by chance.
    expect(equal).toBeLessThan(100);
  });

  it("B3: bytes behind the true end that are not zeros are refused", async () => {
    // A sender of our own making, who seals a padded file as if it were a whole one, and then tells a smaller size.
    const plaintext = bytesOf(10, 4096);
    const cheat = await sealed(plaintext, 7);
    const facts = { trueBytes: 100, type: "text/plain" };
    const header = decodeHeader(cheat.bytes.subarray(0, 40));
    const stream = await TinkStream.create(
      "encrypt",
      subtle,
      { key: cheat.secret.key, header, associatedData: encodeFacts(facts) },
      layoutOf(4096),
    );
    const bytes = await stream.seal(0, plaintext);
    const hash = new FileHash(subtle);
    await hash.add(new Uint8Array(await subtle.digest("SHA-256", bytes)));
    const result = await opened({ ...cheat.secret, ...facts, hash: hash.chain }, bytes);
    expect([result.refusal, result.handedOut.length]).toEqual(["files/badPadding", 0]);
  });
});
