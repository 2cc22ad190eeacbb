// Loaded when the first large file is sealed or opened.
import { HashThread } from "../../hashing/hash-thread.ts";
import workerUrl from "../../hashing/hash-worker.ts?worker&url";
import { scriptUrl } from "../../protocol/worker-script.ts";

export function startHashing(origin: string): Promise<HashThread | undefined> {
  return HashThread.begin(() => new Worker(scriptUrl(workerUrl, origin), { type: "module", name: "hashing" }));
}
