// A small picture of a picture, made by whoever sends it: the other side need not open anything to see what comes.

const SIDE_PX = 320;
const MAX_BYTES = 32_768;
const QUALITIES = [0.75, 0.5, 0.3];
const DRAWN: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);
/** What takes more to draw is not drawn. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

export async function thumbnailOf(file: Blob): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!DRAWN.has(file.type) || file.size > MAX_FILE_BYTES) return undefined;
  const picture = await createImageBitmap(file).catch(() => undefined); // not a picture after all
  if (picture === undefined) return undefined;
  try {
    const scale = Math.min(1, SIDE_PX / Math.max(picture.width, picture.height, 1));
    const canvas = new OffscreenCanvas(
      Math.max(1, Math.round(picture.width * scale)),
      Math.max(1, Math.round(picture.height * scale)),
    );
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const small = await canvas.convertToBlob({ type: "image/jpeg", quality });
      if (small.size <= MAX_BYTES) return new Uint8Array(await small.arrayBuffer());
    }
    return undefined;
  } finally {
    picture.close();
  }
}
