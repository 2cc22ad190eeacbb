// Finds a QR code in a picture or in front of the camera. The decoder is fetched when it is first needed.

const EVERY_MS = 150;
const MAX_SIDE_PX = 1_280;

/** @returns undefined when there is no code in it, or it is no picture. */
export async function readPicture(picture: Blob): Promise<string | undefined> {
  try {
    const bitmap = await createImageBitmap(picture);
    const text = await decode(bitmap, bitmap.width, bitmap.height);
    bitmap.close();
    return text;
  } catch {
    return undefined; // not a picture
  }
}

/** Looks until it finds something or is stopped. @returns how to stop: the camera is off afterwards. */
export function watchCamera(
  video: HTMLVideoElement,
  found: (text: string) => void,
  failed: (why: "denied" | "none") => void,
): () => void {
  let stream: MediaStream | undefined;
  let timer: number | undefined;
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    window.clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  };
  const look = async (): Promise<void> => {
    const text = video.videoWidth === 0 ? undefined : await decode(video, video.videoWidth, video.videoHeight);
    if (isStopped) return;
    if (text === undefined) timer = window.setTimeout(() => void look(), EVERY_MS);
    else {
      stop();
      found(text);
    }
  };
  const start = async (): Promise<void> => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch (error) {
      const isDenied = error instanceof DOMException && error.name === "NotAllowedError";
      if (!isStopped) failed(isDenied ? "denied" : "none");
      return;
    }
    if (isStopped) return stop(); // left while the browser asked
    video.srcObject = stream;
    await video.play().catch(() => undefined);
    await look();
  };
  if (navigator.mediaDevices === undefined) failed("none");
  else void start();
  return stop;
}

async function decode(source: CanvasImageSource, width: number, height: number): Promise<string | undefined> {
  const { decodeQR } = await import("qr/decode.js");
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return undefined;
  context.drawImage(source, 0, 0, size.width, size.height);
  try {
    return decodeQR({ ...size, data: context.getImageData(0, 0, size.width, size.height).data });
  } catch {
    return undefined; // the decoder's way to say that there is no code
  }
}
