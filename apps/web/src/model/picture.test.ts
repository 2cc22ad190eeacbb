import { expect, it } from "vitest";
import { drawnType, withoutMetadata } from "./picture.ts";

const text = (value: string): number[] => [...value].map((letter) => letter.charCodeAt(0));
const segment = (marker: number, body: readonly number[]): number[] => [
  0xff,
  marker,
  (body.length + 2) >> 8,
  (body.length + 2) & 255,
  ...body,
];
const exif = (orientation: number, secret: string): number[] =>
  segment(0xe1, [
    ...text("Exif\0\0II*\0"),
    ...[8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0],
    ...text(secret),
  ]);
const PICTURE = [...segment(0xe0, text("JFIF\0")), ...segment(0xdb, [1, 2, 3])];
const SCAN = [0xff, 0xda, 0, 4, 1, 2, 0x55, 0xff, 0, 0x66, 0xff, 0xd9];

function jpeg(...segments: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0xff, 0xd8, ...segments.flat(), ...SCAN]);
}

it("B8: where and when a picture was taken is left out of a JPEG, and the picture stays as it was", () => {
  const given = jpeg(PICTURE, exif(1, "52.5N 13.4E"), segment(0xed, text("by somebody")), segment(0xfe, text("a note")));
  expect(withoutMetadata(given)).toEqual(jpeg(PICTURE));
});

it("how a picture lies stays", () => {
  const sent = withoutMetadata(jpeg(exif(6, "52.5N 13.4E"), PICTURE));
  expect(String.fromCharCode(...sent)).not.toContain("52.5N");
  expect(withoutMetadata(sent)).toEqual(sent);
  const at = sent.indexOf(0x12, 4);
  expect([...sent.subarray(at - 1, at + 9)]).toEqual([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]);
});

it("texts and times are left out of a PNG", () => {
  const chunk = (name: string, body: readonly number[]): number[] => [0, 0, 0, body.length, ...text(name), ...body, 9, 9, 9, 9];
  const png = (...chunks: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> =>
    Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...chunks.flat()]);
  const [head, data, end] = [chunk("IHDR", [1]), chunk("IDAT", [2, 3]), chunk("IEND", [])];
  expect(withoutMetadata(png(head, chunk("tEXt", text("who")), chunk("eXIf", [1]), data, end))).toEqual(png(head, data, end));
});

it("what is no picture, or is cut off, stays as it is", () => {
  for (const given of [Uint8Array.of(), Uint8Array.from(text("just words")), jpeg(exif(1, "x")).slice(0, 30)])
    expect(withoutMetadata(given)).toBe(given);
});

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
  for (const other of [
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "<!doctype html><script>1</script>",
    "GIF89a",
    "%PDF-1.7",
    "",
  ])
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
