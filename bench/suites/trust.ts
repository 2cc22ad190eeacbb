// How long it takes to say how far somebody is believed, beside sq-wot on the same keyring. From the file to the answer: cold, with every
// signature that matters verified; and warm, with the cache of verdicts. Starting a process is not in our times and is in sq-wot's: it
// takes a few milliseconds there.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasSqWot } from "../../packages/trust/test/support/sq-wot.ts";
import { type Result, rounded } from "../result.ts";
import { type LargeKeyring, type Topology, writeLargeKeyring } from "../trust-keyrings.ts";

const CASES: readonly (readonly [Topology, size: number])[] = [
  ["clique", 200],
  ["chain", 1000],
  ["scale-free", 1000],
  ["chain", 10_000],
  ["scale-free", 10_000],
  ["chain", 100_000],
  ["scale-free", 100_000],
];

interface Answer {
  readonly tookMs: number;
  readonly repeatedMs: number;
  readonly amount: number;
  readonly paths: number;
  readonly verifications: number;
  readonly rssMib: number;
}

export async function run(): Promise<Result[]> {
  if (!hasSqWot) console.error("trust: not compared with sq-wot 0.2, which is not installed");
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-trust-"));
  try {
    const results: Result[] = [];
    const warmMs = new Map<string, number>();
    for (const [topology, size] of CASES) {
      const keyring = writeLargeKeyring(join(folder, "keyring.pgp"), topology, size);
      const cache = join(folder, "cache");
      rmSync(cache, { force: true });
      const [cold, warm] = [ask(keyring, cache), best(() => ask(keyring, cache))];
      results.push(...resultsOf(topology, size, keyring, { cold, warm }));
      const before = warmMs.get(`${topology} ${size / 10}`);
      warmMs.set(`${topology} ${size}`, warm.tookMs);
      if (before !== undefined) {
        const growth = rounded(warm.tookMs / before, 1);
        results.push({
          name: `${topology} of ${size}: warm, times that of a tenth`,
          value: growth,
          unit: "x",
          goal: { atMost: 15 },
        });
      }
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultsOf(
  topology: Topology,
  size: number,
  keyring: LargeKeyring,
  { cold, warm }: { readonly cold: Answer; readonly warm: Answer },
): Result[] {
  const name = `${topology} of ${size}`;
  const mib = rounded(statSync(keyring.path).size / 1024 / 1024, 1);
  const told = `${cold.amount} by ${cold.paths} paths; ${keyring.signatures} signatures, ${mib} MiB`;
  const results: Result[] = [
    { name: `${name}: cold`, value: rounded(cold.tookMs), unit: "ms", note: `${cold.verifications} verified; ${told}` },
    { name: `${name}: warm`, value: rounded(warm.tookMs, 1), unit: "ms" },
    { name: `${name}: asked again`, value: rounded(warm.repeatedMs, 2), unit: "ms" },
    { name: `${name}: memory, cold`, value: rounded(cold.rssMib), unit: "MiB RSS" },
    { name: `${name}: memory, warm`, value: rounded(warm.rssMib), unit: "MiB RSS" },
  ];
  if (!hasSqWot) return results;
  const theirMs = sqWotMs(keyring, cold.amount, size);
  if (theirMs === undefined)
    return [...results, { name: `${name}: sq-wot`, value: SQ_WOT_PATIENCE_MS, unit: "ms", note: "gave no answer by then" }];
  const coldGoal = size <= 1000 ? { goal: { atLeast: 2 } } : {};
  results.push(
    { name: `${name}: sq-wot`, value: rounded(theirMs), unit: "ms" },
    { name: `${name}: sq-wot against cold`, value: rounded(theirMs / cold.tookMs, 1), unit: "x", ...coldGoal },
    { name: `${name}: sq-wot against warm`, value: rounded(theirMs / warm.tookMs, 1), unit: "x", goal: { atLeast: 10 } },
  );
  return results;
}

function best(measure: () => Answer): Answer {
  return Array.from({ length: 3 }, measure).reduce((a, b) => (b.tookMs < a.tookMs ? b : a));
}

const QUESTION = fileURLToPath(new URL("../trust-question.ts", import.meta.url));

function ask({ path, root, target, userId }: LargeKeyring, cache: string): Answer {
  const args = ["--conditions=source", "--disable-warning=ExperimentalWarning", QUESTION, path, cache, root, target, userId];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Answer;
}

const SQ_WOT_PATIENCE_MS = 120_000;

/** The best of three, of one where it takes long. The answers have to be equal. @returns undefined when there is none in time. */
function sqWotMs({ path, root, target, userId }: LargeKeyring, amount: number, size: number): number | undefined {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let n = 0; n < (size > 1000 ? 1 : 3); n++) {
    const startedMs = performance.now();
    const { stdout, signal } = spawnSync("sq-wot", ["--keyring", path, "--trust-root", root, "authenticate", userId, target], {
      encoding: "utf8",
      maxBuffer: 1 << 30,
      timeout: SQ_WOT_PATIENCE_MS,
      killSignal: "SIGKILL",
    });
    if (signal !== null) return undefined;
    bestMs = Math.min(bestMs, performance.now() - startedMs);
    const percent = Number(/authenticated \((\d+)%\)/.exec(stdout)?.[1] ?? 0);
    if (percent !== Math.floor((amount * 100) / 120)) throw new Error(`sq-wot says ${percent} %, and not ${amount} of 120`);
  }
  return bestMs;
}
