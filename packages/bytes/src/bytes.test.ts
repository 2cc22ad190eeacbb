import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ByteReader,
  ByteWriter,
  compareBytes,
  concatBytes,
  DecodeError,
  decodeBase64Url,
  decodeHex,
  decodeUtf8,
  encodeBase64Url,
  encodeHex,
  encodeUtf8,
  equalBytes,
  purposeBytes,
} from "./index.ts";

const bytes = fc.uint8Array({ maxLength: 200 });

describe("text forms", () => {
  it("hex and base64url give back the same bytes", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(decodeHex(encodeHex(value))).toEqual(value);
        expect(decodeBase64Url(encodeBase64Url(value))).toEqual(value);
        expect(encodeBase64Url(value)).toBe(Buffer.from(value).toString("base64url"));
        expect(encodeHex(value)).toBe(Buffer.from(value).toString("hex"));
      }),
    );
  });

  it("accepts one base64url text for each byte string", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        try {
          expect(encodeBase64Url(decodeBase64Url(text))).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });

  it.each(["A", "AB", "AAB", "AA==", "A+", "A/", "A A", "é"])("refuses base64url %j", (text) => {
    if (text === "AB") expect(() => decodeBase64Url(text)).toThrow(/trailing bits/);
    else expect(() => decodeBase64Url(text)).toThrow(DecodeError);
  });

  it.each(["a", "zz", "0x", "1 "])("refuses hex %j", (text) => {
    expect(() => decodeHex(text)).toThrow(DecodeError);
  });

  it("refuses bytes that are not UTF-8 and keeps a byte order mark", () => {
    expect(() => decodeUtf8(Uint8Array.of(0xc3, 0x28))).toThrow(DecodeError);
    expect(decodeUtf8(encodeUtf8("\ufeffa"))).toBe("\ufeffa");
  });
});

describe("joining and comparing", () => {
  it("is equal only for the same bytes", () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(equalBytes(a, a.slice())).toBe(true);
        expect(equalBytes(a, b)).toBe(Buffer.from(a).equals(Buffer.from(b)));
        expect(compareBytes(a, b)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(concatBytes(a, b)).toEqual(Uint8Array.from([...a, ...b]));
      }),
    );
  });

  it("starts what is signed with a purpose of one meaning", () => {
    expect(purposeBytes("ab")).toEqual(Uint8Array.of(2, 97, 98));
    expect(() => purposeBytes("")).toThrow(RangeError);
    expect(() => purposeBytes("é")).toThrow(RangeError);
  });
});

describe("ByteWriter and ByteReader", () => {
  it("read back what was written, and nothing more", () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.nat(65_535),
        fc.nat(0xffffffff),
        fc.bigInt(0n, 2n ** 64n - 1n),
        bytes,
        fc.boolean(),
        (a, b, c, d, e, f) => {
          const written = new ByteWriter()
            .u8(a)
            .u16(b)
            .u32(c)
            .u64(d)
            .opaque8(e)
            .opaque16(e)
            .opaque24(e)
            .opaque32(e)
            .bool(f)
            .finish();
          const reader = new ByteReader(written);
          expect([reader.u8("a"), reader.u16("b"), reader.u32("c"), reader.u64("d")]).toEqual([a, b, c, d]);
          expect([reader.opaque8("e"), reader.opaque16("e"), reader.opaque24("e"), reader.opaque32("e")]).toEqual([e, e, e, e]);
          expect(reader.bool("f")).toBe(f);
          reader.end("all");
        },
      ),
    );
  });

  it("throws DecodeError, naming field and offset, at every truncation", () => {
    const written = new ByteWriter()
      .u32(7)
      .opaque16(Uint8Array.of(1, 2, 3))
      .text8("hi")
      .finish();
    const read = (input: Uint8Array): void => {
      const reader = new ByteReader(input);
      reader.u32("first");
      reader.opaque16("second");
      reader.text8("third");
      reader.end("Example");
    };
    read(written);
    for (let size = 0; size < written.length; size++) expect(() => read(written.subarray(0, size))).toThrow(DecodeError);
    expect(() => read(concatBytes(written, Uint8Array.of(0)))).toThrow("Example: trailing bytes at byte 12");
  });

  it("refuses a length over the limit before taking the bytes", () => {
    expect(() => new ByteReader(Uint8Array.of(0xff, 0xff, 0xff, 0xff)).opaque32("blob", 10)).toThrow(
      "blob: longer than 10 bytes at byte 0",
    );
  });

  it("refuses values that do not fit", () => {
    expect(() => new ByteWriter().u8(256)).toThrow(RangeError);
    expect(() => new ByteWriter().u16(-1)).toThrow(RangeError);
    expect(() => new ByteWriter().u32(1.5)).toThrow(RangeError);
    expect(() => new ByteWriter().u64(2n ** 64n)).toThrow(RangeError);
    expect(() => new ByteWriter().opaque8(new Uint8Array(256))).toThrow(RangeError);
    expect(() => new ByteWriter().fixed(new Uint8Array(3), 4, "id")).toThrow("id: 4 bytes wanted, 3 given");
    expect(() => new ByteReader(new ByteWriter().u64(2n ** 53n).finish()).safeU64("time")).toThrow(DecodeError);
    expect(() => new ByteReader(Uint8Array.of(2)).bool("flag")).toThrow(DecodeError);
  });
});
