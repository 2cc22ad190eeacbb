// Wires the asset cache to the browser. A new build waits until the person asks for it: nothing here skips the waiting by itself.
import { KEPT_GREETING } from "../protocol/kept-stream.ts";
import { SANDBOX_PATH, sandboxHeaders } from "../protocol/sandbox.ts";
import { AssetCache, type PrecacheFile } from "./asset-cache.ts";
import { KeptStreams } from "./kept-streams.ts";

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build. */
declare const BUILD: string;
declare const FILES: readonly PrecacheFile[];
/** Of the one script in the page of the frame without an origin. */
declare const SANDBOX_SCRIPT: string;

const assets = new AssetCache(BUILD, FILES, {
  origin: self.location.origin,
  caches: self.caches,
  fetch: (url, init) => fetch(url, init),
  digest: (bytes) => crypto.subtle.digest("SHA-256", bytes),
  headers: { [SANDBOX_PATH]: { ...sandboxHeaders(SANDBOX_SCRIPT), "content-type": "text/html; charset=utf-8" } },
});

const kept = new KeptStreams({
  pages: () => self.clients.matchAll({ type: "window", includeUncontrolled: true }),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
});

self.addEventListener("install", (event) => event.waitUntil(assets.install()));
self.addEventListener("activate", (event) => event.waitUntil(assets.purge()));
self.addEventListener("fetch", (event) => {
  const { url, headers } = event.request;
  if (kept.isOurs(url, self.location.origin)) event.respondWith(kept.answer({ url, range: headers.get("range") }));
  else if (assets.isOurs(event.request)) event.respondWith(assets.answer(event.request));
});
self.addEventListener("message", ({ data, ports }) => {
  if (data === "activate") void self.skipWaiting();
  if (data === KEPT_GREETING) ports[0]?.postMessage(KEPT_GREETING);
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(showPage(event.notification.data));
});

/** The place that a notification names, in the window that is open or in a new one. */
async function showPage(place: unknown): Promise<void> {
  const hash = typeof place === "string" && place.startsWith("#/") ? place : "";
  const [open] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (open === undefined) {
    await self.clients.openWindow(`/${hash}`);
    return;
  }
  open.postMessage({ kind: "show", place: hash });
  await open.focus();
}
