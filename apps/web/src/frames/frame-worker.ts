// The script of the worker that seals and opens the frames of one call. Its keys come over a port from the client worker and stay here.
import { CIPHER_SUITES, type EpochKeys, KeyRing, type Subtle } from "@p2pcrypt/sframe";
import type { FrameDirection, FromFrameWorker, ToFrameWorker } from "./frame-protocol.ts";
import { Frames } from "./frames.ts";

declare const self: DedicatedWorkerGlobalScope;

const ring = new KeyRing({
  // It fits but for shared memory, which nothing here has.
  subtle: crypto.subtle as Subtle,
  suite: CIPHER_SUITES.aes256GcmSha512,
  clock: { nowMs: () => Date.now() },
});
/** By the leaf whose frames they open: what is counted is counted for each. */
const frames = new Map<number | undefined, Frames>();

function framesOf(leaf: number | undefined): Frames {
  const made = frames.get(leaf) ?? new Frames(ring, leaf);
  frames.set(leaf, made);
  return made;
}

self.addEventListener("message", ({ data }: MessageEvent<ToFrameWorker>) => {
  if (data.kind === "count") {
    const answer: FromFrameWorker = framesOf(data.leaf).counts;
    data.port.postMessage(answer);
    return;
  }
  data.keys.onmessage = ({ data: keys }: MessageEvent<EpochKeys | undefined>) => {
    if (keys === undefined) ring.clear();
    else void ring.setKeys(keys);
  };
});

self.addEventListener("rtctransform", ({ transformer }) => {
  const options = transformer.options as FrameDirection;
  const seals = options === "seal";
  const ofSender = framesOf(typeof options === "object" ? options.open : undefined);
  const stream = new TransformStream<RTCEncodedVideoFrame | RTCEncodedAudioFrame, RTCEncodedVideoFrame | RTCEncodedAudioFrame>({
    async transform(frame, controller) {
      const type = "type" in frame ? frame.type : undefined;
      const bytes = new Uint8Array(frame.data);
      const made = await (seals ? ofSender.seal(bytes, type) : ofSender.open(bytes, type));
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
