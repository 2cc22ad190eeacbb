// The frame without an origin, in which what strangers sent is taken apart (docs/decisions/0012-pdf-in-a-frame.md). Its page is a file of
// the build with one script, which starts the worker that it is given. Its policy is a header, and so is its lack of an origin: a frame
// that is made so by an attribute would be fetched past the service worker, and nobody would look whether it is the one of the build.

export const SANDBOX_PATH = "/sandbox.html";

/** From the frame, once it listens. */
export const SANDBOX_READY = "ready";
/** From the frame: the worker does not start, or stopped by an error. */
export const SANDBOX_FAILED = "failed";

/** To the frame, once. */
export interface SandboxStart {
  /** Without imports and exports: it is run as a classic script, and strictly. */
  readonly script: ArrayBuffer;
  /** The worker's end of what it says to the page. */
  readonly port: MessagePort;
}

/** From the frame to its worker. */
export interface SandboxedStart {
  readonly port: MessagePort;
}

/** The same as a node sends (apps/cli). `scriptHash`: of the page's one script, as a policy writes it. */
export function sandboxHeaders(scriptHash: string): Readonly<Record<string, string>> {
  return {
    "content-security-policy": [
      "sandbox allow-scripts",
      "default-src 'none'",
      `script-src '${scriptHash}' 'wasm-unsafe-eval'`,
      "worker-src blob:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      "require-trusted-types-for 'script'",
      "trusted-types p2pcrypt-worker",
    ].join("; "),
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), display-capture=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}
