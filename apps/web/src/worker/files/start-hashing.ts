// Loaded when the first large file is sealed or opened.
import { HashThread } from "../../hashing/hash-thread.ts";
import workerUrl from "../../hashing/hash-worker.ts?worker&url";
import { scriptUrl } from "../../protocol/worker-script.ts";
import { workerTimers } from "../platform.ts";

export function startHashing(origin: string): Promise<HashThread | undefined> {
  const start = () => new Worker(scriptUrl(workerUrl, origin), { type: "module", name: "hashing" });
  return HashThread.begin(start, workerTimers);
}
