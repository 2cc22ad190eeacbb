// The only script of the frame without an origin (protocol/sandbox.ts): it starts the worker that the page gives it, and says when that
// fails. What the worker and the page say to each other does not pass through here.
import { SANDBOX_FAILED, SANDBOX_READY, type SandboxStart } from "../protocol/sandbox.ts";
import { blobScriptUrl } from "../protocol/worker-script.ts";

// The page cannot be named by its origin: this frame does not know it.
const say = (word: string): void => parent.postMessage(word, "*");

addEventListener("message", ({ data, source }: MessageEvent<SandboxStart>) => {
  if (source !== parent) return;
  try {
    const worker = new Worker(blobScriptUrl(new Blob(['"use strict";', data.script], { type: "text/javascript" })));
    worker.onerror = () => say(SANDBOX_FAILED);
    worker.postMessage({ port: data.port }, [data.port]);
  } catch {
    say(SANDBOX_FAILED);
  }
});
say(SANDBOX_READY);
