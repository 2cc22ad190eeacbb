import { describe, expect, it } from "vitest";
import { groupPictureType } from "./group-picture.ts";

function jpegOf(width: number, height: number): Uint8Array {
  return new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3]);
}

describe("the picture of a group", () => {
  it("B5: is drawn when it says of itself that it is small, and not when it would unpack to more", () => {
    expect(groupPictureType(jpegOf(192, 192))).toBe("image/jpeg");
    expect(groupPictureType(jpegOf(512, 512))).toBe("image/jpeg");
    expect(groupPictureType(jpegOf(513, 512))).toBeUndefined();
    expect(groupPictureType(jpegOf(16_000, 16_000))).toBeUndefined();
    expect(groupPictureType(jpegOf(0, 192))).toBeUndefined();
  });

  it("is a JPEG or a WebP, and nothing that only begins like one", () => {
    const gif = new Uint8Array([
      ...new TextEncoder().encode("GIF89a"),
      8,
      0,
      8,
      0,
      0,
      0,
      0,
      0x2c,
      0,
      0,
      0,
      0,
      8,
      0,
      8,
      0,
      0,
      2,
      0,
      0x3b,
    ]);
    expect(groupPictureType(gif)).toBeUndefined();
    expect(groupPictureType(new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1]))).toBeUndefined();
  });
});
