// The SDK with a vault of long use: 200 conversations and 100,000 messages, on the file driver. Each measurement is a process of its own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { percentile, type Result, rounded } from "../result.ts";

const PROGRAM = fileURLToPath(new URL("../client-vault.ts", import.meta.url));
const FLAGS = ["--conditions=source", "--disable-warning=ExperimentalWarning", "--expose-gc", PROGRAM];

interface Opened {
  readonly listMs: number;
  readonly heapMb: number;
}
interface Used {
  readonly pages: readonly number[];
  readonly sends: readonly number[];
}
interface Begun {
  readonly linkMs: number;
}

export async function run(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const home = join(folder, "home");
  try {
    act("make", home);
    const opened = act<Opened>("open", home);
    const { pages, sends } = act<Used>("use", home);
    const { linkMs } = act<Begun>("begin", join(folder, "new"));
    return [
      { name: "no identity to contact link", value: rounded(linkMs), unit: "ms", goal: { atMost: 1_000 } },
      { name: "list of 200 conversations, 100,000 messages", value: rounded(opened.listMs), unit: "ms", goal: { atMost: 1_000 } },
      { name: "heap that the open client adds", value: rounded(opened.heapMb, 1), unit: "MB", goal: { atMost: 200 } },
      { name: "a page of 50 of 10,000 messages, median", value: rounded(percentile(pages, 50), 1), unit: "ms" },
      { name: "a page of 50 of 10,000 messages, p99", value: rounded(percentile(pages, 99), 1), unit: "ms" },
      { name: "a message stored and told, p99", value: rounded(percentile(sends, 99), 1), unit: "ms", goal: { atMost: 50 } },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function act<Said>(name: "make" | "open" | "use" | "begin", home: string): Said {
  const said = execFileSync(process.execPath, [...FLAGS, name, home], { encoding: "utf8" });
  const answer: Said = JSON.parse(said === "" ? "{}" : said);
  return answer;
}
