// The script of the worker that seals and opens the frames of one call. Its keys come over a port from the client worker and stay here.
import { CIPHER_SUITES, type EpochKeys, KeyRing, type Subtle } from "@p2pcrypt/sframe";
import type { FromFrameWorker, ToFrameWorker } from "./frame-protocol.ts";
import { Frames } from "./frames.ts";

declare const self: DedicatedWorkerGlobalScope;

const ring = new KeyRing({
  // It fits but for shared memory, which nothing here has.
  subtle: crypto.subtle as Subtle,
  suite: CIPHER_SUITES.aes256GcmSha512,
  clock: { nowMs: () => Date.now() },
});
const frames = new Frames(ring);

self.addEventListener("message", ({ data }: MessageEvent<ToFrameWorker>) => {
  if (data.kind === "count") {
    const answer: FromFrameWorker = frames.counts;
    self.postMessage(answer);
    return;
  }
  data.keys.onmessage = ({ data: keys }: MessageEvent<EpochKeys | undefined>) => {
    if (keys === undefined) ring.clear();
    else void ring.setKeys(keys);
  };
});

self.addEventListener("rtctransform", ({ transformer }) => {
  const options: unknown = transformer.options;
  const seals = options === "seal";
  const stream = new TransformStream<RTCEncodedVideoFrame | RTCEncodedAudioFrame, RTCEncodedVideoFrame | RTCEncodedAudioFrame>({
    async transform(frame, controller) {
      const type = "type" in frame ? frame.type : undefined;
      const bytes = new Uint8Array(frame.data);
      const made = await (seals ? frames.seal(bytes, type) : frames.open(bytes, type));
      if (made === undefined) return;
      frame.data = made.slice().buffer;
      controller.enqueue(frame);
    },
  });
  transformer.readable
    .pipeThrough(stream)
    .pipeTo(transformer.writable)
    .catch(() => undefined); // the connection closed
});
