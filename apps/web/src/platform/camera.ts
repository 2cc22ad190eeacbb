// The page's camera, for a picture of one moment. It is asked for after a press, and off as soon as the picture is taken (K5).

const WANTED = { video: { facingMode: "environment", width: { ideal: 1_920 } }, audio: false } as const;
const QUALITY = 0.9;

export interface OpenCamera {
  /** What it sees now, as a JPEG; undefined while it sees nothing yet. */
  take(): Promise<Blob | undefined>;
  close(): void;
}

/** Shows what it sees in `video`. */
export async function openCamera(video: HTMLVideoElement): Promise<OpenCamera | "denied" | "none"> {
  if (navigator.mediaDevices === undefined) return "none";
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia(WANTED);
  } catch (error) {
    return error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "none";
  }
  video.srcObject = stream;
  await video.play().catch(() => undefined); // it left the screen while the browser asked
  return {
    take: async () => {
      const { videoWidth: width, videoHeight: height } = video;
      if (width === 0 || height === 0) return undefined;
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext("2d")?.drawImage(video, 0, 0);
      return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    },
    close: () => {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}
