// Pictures and films as cameras write them, in a few bytes, and what is left of them.
import { describe, expect, it } from "vitest";
import { cameraNotesIn, keptParts, mediaTypeOf, undatedName } from "../src/index.ts";

type Bytes = readonly number[];
const text = (value: string): number[] => [...value].map((letter) => letter.charCodeAt(0));
const uint16 = (value: number): number[] => [value >> 8, value & 255];
const uint32 = (value: number): number[] => [...uint16(value >>> 16), ...uint16(value & 0xffff)];
const WHERE = "52.5N 13.4E";

/** What is sent; the same object when nothing is replaced or nothing is known of it. */
async function sent(given: Uint8Array): Promise<Uint8Array> {
  const read = async (at: number, size: number): Promise<Uint8Array> => given.subarray(at, at + size);
  const notes = await cameraNotesIn({ bytes: given.length, read });
  if (notes === undefined || notes.length === 0) return given;
  const parts = keptParts(given.length, notes);
  return Uint8Array.from(parts.flatMap((part) => [...("from" in part ? given.subarray(part.from, part.until) : part)]));
}

const segment = (marker: number, body: Bytes): number[] => [0xff, marker, ...uint16(body.length + 2), ...body];
const tiff = (orientation: number): number[] => [
  ...text("II*\0"),
  ...[8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0],
  ...text(WHERE),
];
const exif = (orientation: number): number[] => segment(0xe1, [...text("Exif\0\0"), ...tiff(orientation)]);
const PICTURE = [...segment(0xe0, text("JFIF\0")), ...segment(0xe2, text("ICC_PROFILE\0")), ...segment(0xdb, [1, 2, 3])];
const SCAN = [0xff, 0xda, 0, 4, 1, 2, 0x55, 0xff, 0, 0x66, 0xff, 0xd3, 0x11];
const END = [0xff, 0xd9];
const jpeg = (...segments: readonly Bytes[]): Uint8Array => Uint8Array.from([0xff, 0xd8, ...segments.flat()]);

describe("B8: where and when it was taken is left out", () => {
  it("of a JPEG, with texts, second pictures, and what stands behind it; the picture stays as it was", async () => {
    const noted = jpeg(
      exif(1),
      PICTURE,
      segment(0xed, text("by somebody")),
      segment(0xe0, text("JFXX\0small")),
      segment(0xe2, text("MPF\0")),
      SCAN,
      segment(0xfe, text("a note between scans")),
      SCAN,
      END,
      [...jpeg(exif(1), SCAN, END)],
    );
    expect(await sent(noted)).toEqual(jpeg(PICTURE, SCAN, SCAN, END));
  });

  it("of a JPEG, and how it lies stays", async () => {
    const once = await sent(jpeg(exif(6), PICTURE, SCAN, END));
    expect(String.fromCharCode(...once)).not.toContain(WHERE);
    const at = once.indexOf(0x12, 4);
    expect([...once.subarray(at - 1, at + 9)]).toEqual([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]);
    expect(await sent(once)).toBe(once);
  });

  it("of a PNG", async () => {
    const chunk = (name: string, body: Bytes): number[] => [...uint32(body.length), ...text(name), ...body, 9, 9, 9, 9];
    const png = (...chunks: readonly Bytes[]): Uint8Array =>
      Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...chunks.flat()]);
    const [head, data, end] = [chunk("IHDR", [1]), chunk("IDAT", [2, 3]), chunk("IEND", [])];
    expect(await sent(png(head, chunk("tEXt", text("who")), chunk("eXIf", [1]), data, end, [7, 7]))).toEqual(
      png(head, data, end),
    );
  });

  it("of a WebP, whose head then says so, and how it lies stays", async () => {
    const chunk = (name: string, body: Bytes): number[] => [
      ...text(name),
      body.length,
      0,
      0,
      0,
      ...body,
      ...(body.length % 2 === 1 ? [0] : []),
    ];
    const webp = (flags: number, ...chunks: readonly Bytes[]): Uint8Array => {
      const all = [...text("WEBP"), ...chunk("VP8X", [flags, 0, 0, 0, 9, 0, 0, 9, 0, 0]), ...chunks.flat()];
      return Uint8Array.from([...text("RIFF"), all.length & 255, all.length >> 8, 0, 0, ...all]);
    };
    const drawn = chunk("VP8 ", [1, 2, 3]);
    expect(await sent(webp(12, drawn, chunk("EXIF", tiff(1)), chunk("XMP ", text(WHERE))))).toEqual(webp(0, drawn));
    const turned = await sent(webp(12, drawn, chunk("EXIF", tiff(8)), chunk("XMP ", text(WHERE))));
    expect([turned[20], String.fromCharCode(...turned).includes(WHERE), turned.includes(8, 60)]).toEqual([8, false, true]);
    expect(await sent(turned)).toBe(turned);
  });

  const box = (name: string, ...content: readonly Bytes[]): number[] => {
    const all = content.flat();
    return [...uint32(all.length + 8), ...text(name), ...all];
  };
  const zeros = (count: number): number[] => Array<number>(count).fill(0);
  const film = (said: { readonly note: number[]; readonly time: number[] }): Uint8Array =>
    Uint8Array.from([
      ...box("ftyp", text("qt  "), zeros(4)),
      ...box("mdat", text("the film itself")),
      ...box(
        "moov",
        box("mvhd", zeros(4), said.time, said.time, [5, 5, 5, 5]),
        box(
          "trak",
          box("tkhd", zeros(4), said.time, said.time),
          box("mdia", box("mdhd", [1, 0, 0, 0], said.time, said.time, said.time, said.time)),
        ),
        said.note,
      ),
    ]);

  it("of a film, whose parts stay where they are", async () => {
    const noted = film({ note: box("udta", box("(c)xyz", text(WHERE))), time: uint32(3_800_000_000) });
    const empty = film({ note: box("free", zeros(8 + 8 + WHERE.length - 6)), time: zeros(4) });
    const found = await sent(noted);
    expect([found.length, String.fromCharCode(...found).includes(WHERE)]).toEqual([noted.length, false]);
    expect(found.subarray(0, empty.length - 30)).toEqual(empty.subarray(0, empty.length - 30));
    expect(await sent(found)).toBe(found);
  });

  it("of a film inside a picture that moves; what belongs to sound, raw pictures and films seen all round stays", async () => {
    const note = { note: box("udta", text(WHERE)), time: zeros(4) };
    const picture = [...box("ftyp", text("heic"), zeros(4)), ...box("mdat", text("picture"))];
    const moving = await sent(Uint8Array.from([...picture, ...box("mpvd", [...film(note)])]));
    expect([moving.length, String.fromCharCode(...moving).includes(WHERE)]).toEqual([
      picture.length + 8 + film(note).length,
      false,
    ]);
    for (const brand of ["M4A ", "crx "]) {
      const other = Uint8Array.from([...box("ftyp", text(brand), zeros(4)), ...box("moov", box("udta", text(WHERE)))]);
      expect(await sent(other)).toBe(other);
    }
    const id = [0xff, 0xcc, 0x82, 0x63, 0xf8, 0x55, 0x4a, 0x93, 0x88, 0x14, 0x58, 0x7a, 0x02, 0x52, 0x1f, 0xdd];
    const round = Uint8Array.from([
      ...box("ftyp", text("isom"), zeros(4)),
      ...box("moov", box("trak", box("uuid", id, text("<rdf>")))),
    ]);
    expect(await sent(round)).toBe(round);
  });

  it("of a HEIC: what is Exif or a text among its items", async () => {
    const items = (at: number): number[] =>
      box(
        "meta",
        zeros(4),
        box("hdlr", zeros(8), text("pict"), zeros(13)),
        box(
          "iinf",
          [0, 0, 0, 0],
          uint16(3),
          box("infe", [2, 0, 0, 0], uint16(1), uint16(0), text("hvc1"), [0]),
          box("infe", [2, 0, 0, 0], uint16(2), uint16(0), text("Exif"), [0]),
          box("infe", [2, 0, 0, 0], uint16(3), uint16(0), text("mime"), [0]),
        ),
        box("idat", text(`<${WHERE}>`)),
        box(
          "iloc",
          [1, 0, 0, 0, 0x44, 0x00],
          uint16(3),
          [...uint16(1), ...uint16(0), ...uint16(0), ...uint16(1), ...uint32(at), ...uint32(7)],
          [...uint16(2), ...uint16(0), ...uint16(0), ...uint16(1), ...uint32(at + 7), ...uint32(WHERE.length)],
          [...uint16(3), ...uint16(1), ...uint16(0), ...uint16(1), ...uint32(0), ...uint32(WHERE.length + 2)],
        ),
      );
    const begin = box("ftyp", text("heic"), zeros(4));
    const at = begin.length + items(0).length + 8;
    const noted = Uint8Array.from([...begin, ...items(at), ...box("mdat", text("picture"), text(WHERE), text("more"))]);
    const found = await sent(noted);
    const says = String.fromCharCode(...found);
    expect([found.length, says.includes(WHERE), says.includes("picture"), says.endsWith("more")]).toEqual([
      noted.length,
      false,
      true,
      true,
    ]);
  });

  it("of the name that a camera gave, and of no other", () => {
    const dated = ["IMG_20240503_141233.jpg", "PXL_20230101_090000123.MP4", "Screenshot 2024-05-03 at 10.00.png"];
    expect(dated.map(undatedName)).toEqual(["picture.jpg", "film.MP4", "picture.png"]);
    const others = ["20240501_123456.jpg", "DJI_20240501120000_0001.mp4", "IMG-20240503-WA0001.jpeg", "PXL_20240503_1412.MP.jpg"];
    expect(others.map(undatedName)).toEqual(["picture.jpg", "film.mp4", "picture.jpeg", "picture.jpg"]);
    for (const name of [
      "harbour.jpg",
      "2024-05-03 letter.pdf",
      "IMG_4711.JPG",
      "photo of 1999.jpg",
      "Photo 2024-05-03 the wedding.jpg",
      "Video 2024-05-03.docx",
    ])
      expect(undatedName(name)).toBe(name);
  });
});

it("what is nothing of these, or is cut off, stays as it is", async () => {
  const [picture, word] = [jpeg(exif(1), PICTURE, SCAN, END), Uint8Array.from(text("just words, and more of them"))];
  for (const given of [Uint8Array.of(), word, Uint8Array.from([...uint32(900), ...text("ftypqt  ")]), picture.slice(0, 30)])
    expect(await sent(given)).toBe(given);
});

it("whatever bytes follow a known beginning, nothing is thrown and what is left is no longer than what was given", async () => {
  const heads: readonly Bytes[] = [
    [0xff, 0xd8, 0xff],
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    text("RIFF\x20\0\0\0WEBPVP8X"),
    [...uint32(16), ...text("ftypheic\0\0\0\0")],
  ];
  let state = 7;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const words = [
    "moov",
    "meta",
    "trak",
    "iloc",
    "iinf",
    "hdlr",
    "pict",
    "udta",
    "EXIF",
    "IEND",
    "\xff\xda",
    "\xff\xd9",
    "\xff\xe1",
  ];
  for (let run = 0; run < 3_000; run++) {
    const body = Array.from({ length: next(30) }, () =>
      next(3) === 0 ? text(words[next(words.length)] ?? "") : uint32(next(2) === 0 ? next(40) : next(2 ** 24)),
    ).flat();
    const given = Uint8Array.from([...(heads[run % heads.length] ?? []), ...body]);
    expect((await sent(given)).length).toBeLessThanOrEqual(given.length);
  }
});

it("a name says what kind of file it is, as far as others look at it in place", () => {
  expect(["a.JPG", "b.tar.gz", "c.webm", "no extension", "toString"].map(mediaTypeOf)).toEqual([
    "image/jpeg",
    undefined,
    "video/webm",
    undefined,
    undefined,
  ]);
});
