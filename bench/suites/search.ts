// Looking for messages in a vault of long use: 200 conversations and 100,000 messages, on the file driver. Each measurement is a process
// of its own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { percentile, type Result, rounded } from "../result.ts";

const PROGRAM = fileURLToPath(new URL("../client-vault.ts", import.meta.url));
const FLAGS = ["--conditions=source", "--disable-warning=ExperimentalWarning", "--expose-gc", PROGRAM];

interface Searched {
  readonly firstMs: number;
  readonly heapMb: number;
  readonly times: Readonly<Record<string, readonly number[]>>;
}

export async function run(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const home = join(folder, "home");
  const bytes = (): number => statSync(join(home, "vault.sqlite")).size;
  try {
    act("make", home);
    const before = bytes();
    const { indexMs } = act<{ readonly indexMs: number }>("index", home);
    const indexMb = (bytes() - before) / 1e6;
    const { firstMs, heapMb, times } = act<Searched>("search", home);
    const all = Object.values(times).flat();
    return [
      { name: "100,000 messages read for the index, once", value: rounded(indexMs), unit: "ms" },
      { name: "what the index adds to the vault", value: rounded(indexMb, 1), unit: "MB" },
      { name: "first search after opening", value: rounded(firstMs), unit: "ms" },
      { name: "heap that searching adds", value: rounded(heapMb, 1), unit: "MB" },
      { name: "search, median of all kinds", value: rounded(percentile(all, 50), 1), unit: "ms", goal: { atMost: 50 } },
      { name: "search, p99 of all kinds", value: rounded(percentile(all, 99), 1), unit: "ms", goal: { atMost: 50 } },
      ...Object.entries(times).map(([kind, some]) => ({
        name: `search, ${kind}, p95`,
        value: rounded(percentile(some, 95), 1),
        unit: "ms",
        goal: { atMost: 50 },
      })),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function act<Said>(name: "make" | "index" | "search", home: string): Said {
  const said = execFileSync(process.execPath, [...FLAGS, name, home], { encoding: "utf8" });
  const answer: Said = JSON.parse(said === "" ? "{}" : said);
  return answer;
}
