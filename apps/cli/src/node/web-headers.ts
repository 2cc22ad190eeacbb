// The headers under which a node serves the browser client (W2). Scripts, styles and workers come from this origin only, nothing is
// evaluated, nothing is framed but one page of its own, and connections go to nodes: https and wss anywhere, plain ones on this machine
// only when the page itself is there.
import { createHash } from "node:crypto";

/** The one policy of the page that makes script addresses (apps/web). */
const SCRIPT_POLICY = "p2pcrypt-worker";
/** A policy cannot name IPv6 addresses. */
const LOOPBACK_SOURCES = "http://localhost:* http://127.0.0.1:* ws://localhost:* ws://127.0.0.1:*";

const PERMISSIONS = [
  "camera=(self)",
  "microphone=(self)",
  "display-capture=(self)",
  ...["accelerometer", "geolocation", "gyroscope", "magnetometer", "midi", "payment", "serial", "usb"].map(
    (feature) => `${feature}=()`,
  ),
].join(", ");

export function isLoopbackUrl(url: string): boolean {
  return /^https?:\/\/(localhost|127\.|\[::1\])/.test(url);
}

export interface WebHeaderOptions {
  /** The page is on this machine, so nodes on it may be reached without TLS. */
  readonly isLoopback: boolean;
}

export function webHeaders({ isLoopback }: WebHeaderOptions): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `connect-src 'self' https: wss:${isLoopback ? ` ${LOOPBACK_SOURCES}` : ""}`,
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${SCRIPT_POLICY}`,
  ];
  return {
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": PERMISSIONS,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}

/** The one file that comes under others: the page of the frame in which what strangers sent is taken apart (docs/decisions/0012). */
export const SANDBOX_PATH = "/sandbox.html";

/** No origin, no network, and no script but the one in `page`, which may start workers that it is handed. */
export function sandboxHeaders(page: Uint8Array): Readonly<Record<string, string>> {
  const [, script = ""] = /<script>(.*?)<\/script>/s.exec(Buffer.from(page).toString("utf8")) ?? [];
  const policy = [
    "sandbox allow-scripts",
    "default-src 'none'",
    `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}' 'wasm-unsafe-eval'`,
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    "require-trusted-types-for 'script'",
    `trusted-types ${SCRIPT_POLICY}`,
  ];
  return {
    "content-security-policy": policy.join("; "),
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), display-capture=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}
