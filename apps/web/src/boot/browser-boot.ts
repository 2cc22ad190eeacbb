// The boot of a real window.

import type { Clock, Timers } from "@p2pcrypt/bytes";
import type { FromDirectDriver } from "@p2pcrypt/client/direct-port";
import { portOf } from "../protocol/port.ts";
import { scriptUrl } from "../protocol/worker-script.ts";
import workerUrl from "../worker/client-worker.ts?worker&url";
import type { Boot } from "./boot.ts";
import { storageSnapshot } from "./browser-storage.ts";
import { obstacleIn } from "./environment.ts";
import { homeNodeAt } from "./home-node.ts";
import { IdleLock } from "./idle-lock.ts";
import { BrowserUpdates, manifestOf } from "./updates.ts";
import { WorkerBoot, type WorkerHandle } from "./worker-boot.ts";

const clock: Clock = { nowMs: () => Date.now() };
const timers: Timers = {
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

const UPDATE_CHECK_MS = 6 * 3_600_000;

export function createBrowserBoot(): Boot {
  const updates = browserUpdates();
  const boot = new WorkerBoot({
    obstacle: obstacleIn(window),
    startWorker,
    texts: window.localStorage,
    storage: () => storageSnapshot({ storage: navigator.storage, heapLimitBytes: heapLimit() }),
    persist: () => navigator.storage.persist(),
    proposedHomeNode: () => homeNodeAt(location.origin, (url) => fetch(url, { credentials: "omit", cache: "no-store" })),
    updates,
    serveDirect: (port, stunUrls) => {
      import("../direct/data-connection.ts").then(
        ({ serveDirect }) => serveDirect(port, stunUrls),
        () => port.postMessage({ kind: "closed" } satisfies FromDirectDriver), // cannot be had now: the node has the file too
      );
    },
  });
  lockWhenIdle(boot);
  // Offline, or a window in which service workers are forbidden: the page works without.
  updates.begin().catch(() => undefined);
  checkForUpdates(updates);
  return boot;
}

function browserUpdates(): BrowserUpdates {
  const container = "serviceWorker" in navigator && import.meta.env.PROD ? navigator.serviceWorker : undefined;
  const script = scriptUrl("/service-worker.js", location.origin);
  return new BrowserUpdates({
    register: container === undefined ? undefined : () => container.register(script, { scope: "/", updateViaCache: "none" }),
    isControlled: () => (container?.controller ?? null) !== null,
    whenTakenOver: (run) => container?.addEventListener("controllerchange", run, { once: true }),
    reload: () => location.reload(),
    readManifest: async () => {
      const answer = await fetch("/build.json", { credentials: "omit", cache: "no-cache" });
      return answer.ok ? manifestOf(new Uint8Array(await answer.arrayBuffer()), import.meta.url) : undefined;
    },
    digest: (bytes) => crypto.subtle.digest("SHA-256", bytes),
  });
}

/** A page that stays open for days would never ask otherwise. */
function checkForUpdates(updates: BrowserUpdates): void {
  timers.after(UPDATE_CHECK_MS, () => {
    updates.check().catch(() => undefined); // offline: at the next time
    checkForUpdates(updates);
  });
}

function startWorker(failed: () => void): WorkerHandle {
  const worker = new Worker(scriptUrl(workerUrl, location.origin), { type: "module" });
  worker.onerror = failed;
  return { port: portOf(worker), terminate: () => worker.terminate() };
}

function lockWhenIdle(boot: Boot): void {
  const canLock = (): boolean => boot.state().kind === "open" && boot.hasPassphrase();
  const idle = new IdleLock({
    clock,
    timers,
    lockAfterMs: () => (canLock() ? boot.settings().lockAfterMs : 0),
    lock: () => void boot.lock(),
  });
  boot.subscribe(() => idle.check());
  for (const kind of ["pointerdown", "keydown", "wheel"])
    window.addEventListener(kind, () => idle.active(), { capture: true, passive: true });
  document.addEventListener("visibilitychange", () => idle.check());
}

function heapLimit(): number | undefined {
  const memory: unknown = Reflect.get(performance, "memory");
  if (typeof memory !== "object" || memory === null || !("jsHeapSizeLimit" in memory)) return undefined;
  return typeof memory.jsHeapSizeLimit === "number" ? memory.jsHeapSizeLimit : undefined;
}
