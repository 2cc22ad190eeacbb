// What a build may weigh and hold. The first load is what the page needs before a person can do anything: its own scripts with all that
// they import at once, and the worker's. The rest is loaded when it is wanted.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path/posix";

const FIRST_LOAD_BYTES = 350 * 1024;

/** @throws {RangeError} naming what is too much or does not belong. */
export function assertBudget(out: string, files: readonly string[]): void {
  const workers = files.filter((file) => /^assets\/client-worker-[\w-]+\.js$|^service-worker\.js$/.test(file));
  for (const file of workers) {
    // Whatever a worker writes to the console may hold what must not leave it.
    if (/\bconsole\b/.test(readFileSync(join(out, file), "utf8"))) throw new RangeError(`${file} names the console`);
  }
  const [worker, serviceWorker] = workers;
  if (worker === undefined || serviceWorker === undefined) throw new RangeError("the build has no worker or no service worker");
  const entries = [...readFileSync(join(out, "index.html"), "utf8").matchAll(/(?:src|href)="\/(assets\/[\w.-]+\.js)"/g)];
  const firstLoad = withImports(out, [worker, serviceWorker, ...entries.map(([, file = ""]) => file)]);
  const bytes = [...firstLoad].reduce((total, file) => total + compressedBytes(join(out, file)), 0);
  process.stderr.write(`first load: ${(bytes / 1024).toFixed(0)} KB of ${FIRST_LOAD_BYTES / 1024} KB compressed JavaScript\n`);
  if (bytes > FIRST_LOAD_BYTES) throw new RangeError(`the first load is ${bytes} bytes of compressed JavaScript`);
}

/** Files and what they import statically, each once. */
function withImports(out: string, files: readonly string[]): Set<string> {
  const found = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(join(out, file), "utf8");
    for (const [, imported = ""] of text.matchAll(/(?:\bfrom|\bimport)\s*[`"'](\.\/[\w.-]+\.js)[`"']/g))
      waiting.push(join(dirname(file), imported));
  }
  return found;
}

function compressedBytes(path: string): number {
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
}
