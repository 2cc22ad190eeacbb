// Direct connections of files, each in a thread of its own, where the package that makes them is installed.
import { Worker } from "node:worker_threads";
import type { FileDeps } from "@p2pcrypt/client";
import { type FromDirectDriver, PortConnection } from "@p2pcrypt/client/direct-port";

/** A thread that does not end by itself within this is ended. */
const ENDS_WITHIN_MS = 1_000;
/** Of objects; what lies outside of them is bounded where it comes in. */
const MAX_HEAP_MIB = 128;

/** @returns undefined in an installation without the optional package: then the node's copy is taken and nothing is given. */
export function directDeps(): Pick<FileDeps, "openDirect"> {
  try {
    import.meta.resolve("werift");
  } catch {
    return {};
  }
  return { openDirect };
}

const openDirect: NonNullable<FileDeps["openDirect"]> = async (stunUrls, events) => {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./data-connection.${extension}`, import.meta.url), {
    workerData: { stunUrls },
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
    // What a library says is not part of what the command says.
    stdout: true,
    stderr: true,
  });
  const end = (): void => {
    const timer = setTimeout(() => void worker.terminate(), ENDS_WITHIN_MS);
    worker.once("exit", () => clearTimeout(timer));
  };
  const connection = new PortConnection(
    { post: (message, transfer) => worker.postMessage(message, transfer), close: end },
    events,
  );
  worker.on("message", (message: FromDirectDriver) => connection.heard(message));
  worker.on("error", () => connection.heard({ kind: "closed" }));
  worker.on("exit", () => connection.heard({ kind: "closed" }));
  return connection;
};
