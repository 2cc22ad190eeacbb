// A small picture of a picture, made by whoever sends it: the other side need not open anything to see what comes. What a camera wrote
// does not come through: only what is seen is drawn again.
import { DECODED_TYPES } from "../model/picture.ts";

const SIDE_PX = 320;
const MAX_BYTES = 32_768;
const QUALITIES = [0.75, 0.5, 0.3];
const DRAWN: ReadonlySet<string> = new Set(DECODED_TYPES);
/** What takes more to draw is not drawn. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The picture of a group, largest first: what fits is taken. */
const SQUARE_SIDES_PX = [192, 128, 96, 64];
export const MAX_SQUARE_BYTES = 8_192;

/** All of it, at most 320 pixels wide and high. */
export function thumbnailOf(file: Blob): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return drawnOf(file, async ({ width, height }, draw) => {
    const scale = Math.min(1, SIDE_PX / Math.max(width, height, 1));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    draw(canvas, { x: 0, y: 0, width, height });
    return jpegOf(canvas, MAX_BYTES);
  });
}

/** The middle of it, square, in at most 8 KiB. */
export function squareOf(file: Blob): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return drawnOf(file, async ({ width, height }, draw) => {
    const side = Math.min(width, height);
    for (const wanted of SQUARE_SIDES_PX) {
      const canvas = new OffscreenCanvas(wanted, wanted);
      draw(canvas, { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side });
      const made = await jpegOf(canvas, MAX_SQUARE_BYTES);
      if (made !== undefined) return made;
    }
    return undefined;
  });
}

interface Cut {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function drawnOf<Made>(
  file: Blob,
  make: (picture: ImageBitmap, draw: (canvas: OffscreenCanvas, cut: Cut) => void) => Promise<Made>,
): Promise<Made | undefined> {
  if (!DRAWN.has(file.type) || file.size > MAX_FILE_BYTES) return undefined;
  const picture = await createImageBitmap(file).catch(() => undefined); // not a picture after all
  if (picture === undefined) return undefined;
  try {
    return await make(picture, (canvas, { x, y, width, height }) => {
      const brush = canvas.getContext("2d");
      if (brush === null) return;
      brush.imageSmoothingQuality = "high";
      brush.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
    });
  } finally {
    picture.close();
  }
}

async function jpegOf(canvas: OffscreenCanvas, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  for (const quality of QUALITIES) {
    const small = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (small.size <= maxBytes) return new Uint8Array(await small.arrayBuffer());
  }
  return undefined;
}
