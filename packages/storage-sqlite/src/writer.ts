// The thread that owns the database: a COMMIT blocks, and may block here.
import { type KeyObject, sign } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { Batches } from "./batches.ts";
import type { FromWriter, ToWriter, WriterOptions } from "./calls.ts";
import { type OpenedDatabase, openDatabase, toStorageError } from "./database.ts";

const port = parentPort;
if (port === null) throw new Error("runs as a worker only");
const tell = (message: FromWriter): void => port.postMessage(message);

try {
  const options: WriterOptions = workerData;
  serve(openDatabase(options.folder), options);
  tell({ kind: "open" });
} catch (cause) {
  tell({ kind: "failed", code: toStorageError(cause).code });
}

function serve(opened: OpenedDatabase, { nodeId, limits, checkpointKey }: WriterOptions): void {
  const signing = checkpointKey && { signCheckpoint: (bytes: Uint8Array) => signed(bytes, checkpointKey) };
  const batches = new Batches(opened.database, { nodeId, limits, ...signing });
  parentPort?.on("message", async (message: ToWriter) => {
    if (message.kind === "calls") {
      tell({ kind: "answers", answers: await batches.run(message.calls) });
      return;
    }
    opened.close();
    tell({ kind: "closed" });
    parentPort?.close();
  });
}

/** In another thread, which computes while this one waits for the disk. */
function signed(bytes: Uint8Array, key: KeyObject): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign(null, bytes, key, (error, signature) => (error === null ? resolve(new Uint8Array(signature)) : reject(error)));
  });
}
