// Wires the asset cache to the browser. A new build waits until the person asks for it: nothing here skips the waiting by itself.
import { AssetCache, type PrecacheFile } from "./asset-cache.ts";

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build. */
declare const BUILD: string;
declare const FILES: readonly PrecacheFile[];

const assets = new AssetCache(BUILD, FILES, {
  origin: self.location.origin,
  caches: self.caches,
  fetch: (url, init) => fetch(url, init),
  digest: (bytes) => crypto.subtle.digest("SHA-256", bytes),
});

self.addEventListener("install", (event) => event.waitUntil(assets.install()));
self.addEventListener("activate", (event) => event.waitUntil(assets.purge()));
self.addEventListener("fetch", (event) => {
  if (assets.isOurs(event.request)) event.respondWith(assets.answer(event.request));
});
self.addEventListener("message", ({ data }) => {
  if (data === "activate") void self.skipWaiting();
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
