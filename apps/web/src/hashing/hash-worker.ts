// Hashes what it is handed and gives it back, beside whoever seals: in Chromium, WebCrypto works in the thread that calls it.
import type { HashAnswer, HashRequest } from "./hash-thread.ts";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", async ({ data: { id, bytes } }: MessageEvent<HashRequest>) => {
  try {
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    self.postMessage({ id, bytes, digest } satisfies HashAnswer, [bytes.buffer, digest]);
  } catch {
    // Out of memory, or worse: no other answer comes from here.
    self.postMessage({ id, hasEnded: true } satisfies HashAnswer);
    self.close();
  }
});
