import { expect, it } from "vitest";
import { drawnType, MAX_SMALL_PIXELS, stillOf } from "./picture.ts";

const text = (value: string): number[] => [...value].map((letter) => letter.charCodeAt(0));
const segment = (marker: number, body: readonly number[]): number[] => [
  0xff,
  marker,
  (body.length + 2) >> 8,
  (body.length + 2) & 255,
  ...body,
];
const PICTURE = [...segment(0xe0, text("JFIF\0")), ...segment(0xdb, [1, 2, 3])];
const SCAN = [0xff, 0xda, 0, 4, 1, 2, 0x55, 0xff, 0, 0x66, 0xff, 0xd9];

function jpeg(...segments: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0xff, 0xd8, ...segments.flat(), ...SCAN]);
}

const uint16 = (value: number): number[] => [value >> 8, value & 255];
const uint32 = (value: number): number[] => [...uint16(value >>> 16), ...uint16(value & 0xffff)];
const frame = (width: number, height: number): number[] => segment(0xc0, [8, ...uint16(height), ...uint16(width), 1, 1, 0x11, 0]);
const png = (width: number, height: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...[0, 0, 0, 13, ...text("IHDR"), ...uint32(width), ...uint32(height), 8, 2, 0, 0, 0],
  ]);
const webp = (kind: string, body: readonly number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...text("RIFF"),
    0,
    0,
    0,
    0,
    ...text("WEBP"),
    ...text(kind),
    0,
    0,
    0,
    0,
    ...body,
    ...Array<number>(20).fill(0),
  ]);

it("B6: a picture is known by its bytes, whatever it is called", () => {
  expect(drawnType(jpeg(PICTURE, frame(640, 480)))).toBe("image/jpeg");
  expect(drawnType(png(640, 480))).toBe("image/png");
  expect(drawnType(webp("VP8X", [0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0]))).toBe("image/webp");
  for (const other of ["<svg xmlns='http://www.w3.org/2000/svg'/>", "<!doctype html><script>1</script>", "%PDF-1.7", ""])
    expect(drawnType(Uint8Array.from(text(other.padEnd(40, " "))))).toBeUndefined();
});

it("B5: few bytes that would become a huge picture are not drawn, nor what moves, nor what is cut off", () => {
  expect(drawnType(jpeg(PICTURE, frame(65_500, 65_500)))).toBeUndefined();
  expect(drawnType(png(65_535, 65_535))).toBeUndefined();
  expect(drawnType(png(4_000_000_000, 1))).toBeUndefined();
  expect(drawnType(png(0, 10))).toBeUndefined();
  expect(drawnType(png(8_000, 8_000))).toBeUndefined();
  expect(drawnType(webp("VP8X", [2, 0, 0, 0, 10, 0, 0, 10, 0, 0]))).toBeUndefined();
  expect(drawnType(jpeg(PICTURE, frame(640, 480)).slice(0, 20))).toBeUndefined();
  expect(drawnType(jpeg(PICTURE))).toBeUndefined();
});

const chunk = (name: string, bytes: number): number[] => [...uint32(bytes), ...text(name), ...Array<number>(bytes + 4).fill(0)];

it("B5: a small picture that comes unasked is small, and a PNG that moves is not drawn", () => {
  expect(drawnType(png(1_000, 1_000), MAX_SMALL_PIXELS)).toBe("image/png");
  expect(drawnType(png(1_001, 1_000), MAX_SMALL_PIXELS)).toBeUndefined();
  const still = [...png(10, 10), ...Array<number>(4).fill(0)];
  expect(drawnType(Uint8Array.from([...still, ...chunk("gAMA", 4), ...chunk("IDAT", 9)]))).toBe("image/png");
  expect(drawnType(Uint8Array.from([...still, ...chunk("gAMA", 4), ...chunk("acTL", 8), ...chunk("IDAT", 9)]))).toBeUndefined();
});

const GIF_HEAD = [...text("GIF89a"), 10, 0, 8, 0, 0x80, 0, 0, ...[0, 0, 0, 255, 255, 255]];
const LOOP = [0x21, 0xff, 11, ...text("NETSCAPE2.0"), 3, 1, 0, 0, 0];
const gifFrame = (width: number, height: number): number[] => [
  ...[0x21, 0xf9, 4, 0, 5, 0, 0, 0],
  ...[0x2c, 0, 0, 0, 0, width & 255, width >> 8, height & 255, height >> 8, 0],
  ...[2, 3, 7, 8, 9, 1, 5, 0],
];

it("B5: of a GIF the first picture is drawn and nothing after it, unless that one is too large or cut off", () => {
  const first = [...GIF_HEAD, ...LOOP, ...gifFrame(10, 8)];
  const moving = Uint8Array.from([...first, ...gifFrame(10, 8), ...gifFrame(10, 8), 0x3b]);
  expect(drawnType(moving)).toBe("image/gif");
  expect(stillOf("image/gif", moving)).toEqual(Uint8Array.from([...first, 0x3b]));
  expect(drawnType(Uint8Array.from([...GIF_HEAD, ...gifFrame(60_000, 60_000)]))).toBeUndefined();
  for (let length = 0; length < first.length; length++) {
    const cut = moving.slice(0, length);
    expect(drawnType(cut) === undefined || stillOf("image/gif", cut) === undefined).toBe(true);
  }
});

it("B5: a JPEG that is painted over and over is not drawn", () => {
  const scans = (count: number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from([
      0xff,
      0xd8,
      ...frame(640, 480),
      ...Array.from({ length: count }, () => SCAN.slice(0, -2)).flat(),
      0xff,
      0xd9,
    ]);
  expect(stillOf("image/jpeg", scans(12))).toEqual(scans(12));
  expect(stillOf("image/jpeg", scans(65))).toBeUndefined();
});
