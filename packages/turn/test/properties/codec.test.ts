import { DecodeError, encodeUtf8 } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeChannelData, encodeChannelData } from "../../src/channel-data.ts";
import { StreamFraming } from "../../src/stream-framing.ts";
import { isIntegrityGood } from "../../src/stun/integrity.ts";
import { decodeStunMessage, encodeStunMessage, type StunClass, type StunMessage } from "../../src/stun/message.ts";

const transactionId = fc.uint8Array({ minLength: 12, maxLength: 12 });
/** None that means something to the codec itself. */
const attribute = fc.record({ type: fc.integer({ min: 0x0100, max: 0x7fff }), value: fc.uint8Array({ maxLength: 70 }) });
const message = fc.record({
  class: fc.constantFrom<StunClass>("request", "indication", "success", "error"),
  method: fc.integer({ min: 0, max: 0xfff }),
  transactionId,
  attributes: fc.array(attribute, { maxLength: 20 }),
  hasFingerprint: fc.boolean(),
  kind: fc.constantFrom("sha1" as const, "sha256" as const, undefined),
});
const KEY = encodeUtf8("key");

describe("STUN messages", () => {
  it("say when read what was written, and their integrity holds", () => {
    fc.assert(
      fc.property(message, ({ attributes, hasFingerprint, kind, ...head }) => {
        const integrity = kind && { kind, key: KEY };
        const read = decodeStunMessage(encodeStunMessage(head, attributes, { integrity, hasFingerprint }));
        expect({ class: read.class, method: read.method, transactionId: read.transactionId }).toEqual(head);
        expect(read.attributes.slice(0, attributes.length).map(({ type, value }) => ({ type, value }))).toEqual(attributes);
        expect(read.hasFingerprint).toBe(hasFingerprint);
        if (kind !== undefined) expect(isIntegrityGood(read, kind, KEY)).toBe(true);
      }),
    );
  });

  it("no byte of what an integrity covers can be changed", () => {
    fc.assert(
      fc.property(
        message,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ attributes, kind = "sha1", ...head }, at, difference) => {
          const bytes = encodeStunMessage(head, attributes, { integrity: { kind, key: KEY } });
          const covered = bytes.length - (kind === "sha1" ? 24 : 36);
          bytes[at % covered] = (bytes[at % covered] ?? 0) ^ difference;
          const read = readOrNothing(bytes);
          if (read !== undefined) expect(isIntegrityGood(read, kind, KEY)).toBe(false);
        },
      ),
    );
  });

  it("cut at any length, or with bytes behind them, are refused by DecodeError and nothing else", () => {
    fc.assert(
      fc.property(message, ({ attributes, hasFingerprint, ...head }) => {
        const bytes = encodeStunMessage(head, attributes, { hasFingerprint });
        for (let length = 0; length < bytes.length; length++) expect(readOrNothing(bytes.subarray(0, length))).toBeUndefined();
        expect(readOrNothing(Uint8Array.of(...bytes, 0, 0, 0, 0))).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it("what stands behind an integrity counts for nothing", () => {
    const head = { class: "request", method: 1, transactionId: new Uint8Array(12) } as const;
    const bytes = encodeStunMessage(head, [], { integrity: { kind: "sha1", key: KEY } });
    const smuggled = new Uint8Array(bytes.length + 8);
    smuggled.set(bytes);
    smuggled.set([0x00, 0x0d, 0, 4, 0, 0, 0, 0], bytes.length);
    smuggled[3] = bytes.length + 8 - 20;
    expect(decodeStunMessage(smuggled).attributes.map(({ type }) => type)).toEqual([8]);
  });
});

describe("streams", () => {
  it("are cut into the same messages wherever the pieces end", () => {
    const channels = fc.record({ channel: fc.integer({ min: 0x4000, max: 0x7ffe }), data: fc.uint8Array({ maxLength: 50 }) });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(message, channels), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (all, cuts) => {
          const messages = all.map((one) =>
            "channel" in one ? encodeChannelData(one.channel, one.data, true) : encodeStunMessage(one, one.attributes),
          );
          const stream = messages.flatMap((bytes) => [...bytes]);
          const framing = new StreamFraming();
          const found: Uint8Array[] = [];
          for (let at = 0, i = 0; at < stream.length; i++) {
            const end = at + (cuts[i % Math.max(1, cuts.length)] ?? 7);
            found.push(...framing.push(Uint8Array.from(stream.slice(at, end))));
            at = end;
          }
          expect(found.map((bytes) => [...bytes])).toEqual(messages.map((bytes) => [...bytes]));
        },
      ),
    );
  });

  it("that are some other protocol are refused at once", () => {
    for (const text of ["\x80\x00\x00\x00", "\xff\xff\xff\xff"])
      expect(() => new StreamFraming().push(Uint8Array.from(text, (c) => c.charCodeAt(0)))).toThrow(DecodeError);
  });

  it("channel data of other lengths than said is refused", () => {
    const bytes = encodeChannelData(0x4000, Uint8Array.of(1, 2, 3), false);
    expect(decodeChannelData(bytes)?.data).toEqual(Uint8Array.of(1, 2, 3));
    for (let length = 0; length < bytes.length; length++) expect(decodeChannelData(bytes.subarray(0, length))).toBeUndefined();
  });
});

function readOrNothing(bytes: Uint8Array): StunMessage | undefined {
  try {
    return decodeStunMessage(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
