// Where a measured node spends its time: V8's sampling profiles of its threads, summed up by function.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LINES = 25;
let folder: string | undefined;

/** From here on nodes are profiled. */
export function startProfiling(): void {
  folder = mkdtempSync(join(tmpdir(), "p2pcrypt-profile-"));
}

/** What a node's process needs to be told. */
export function profileFlags(): readonly string[] {
  return folder === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", folder];
}

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** One block for each thread: the functions in which most time passed by themselves. Forgets what it told. */
export function profileReport(): string[] {
  if (folder === undefined) return [];
  const files = readdirSync(folder).map((name) => join(folder ?? "", name));
  const lines = files.flatMap((file) => threadReport(JSON.parse(readFileSync(file, "utf8")) as Profile));
  for (const file of files) rmSync(file);
  return lines;
}

function threadReport({ nodes, samples, timeDeltas }: Profile): string[] {
  const names = new Map(
    nodes.map(({ id, callFrame }) => [
      id,
      `${callFrame.functionName || "(anonymous)"} ${callFrame.url.split("/").slice(-3).join("/")}`.trim(),
    ]),
  );
  const spentUs = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const name = names.get(id) ?? "";
    spentUs.set(name, (spentUs.get(name) ?? 0) + (timeDeltas[i] ?? 0));
  }
  const busyUs = [...spentUs].reduce((sum, [name, us]) => sum + (name === "(idle)" ? 0 : us), 0);
  const top = [...spentUs].filter(([name]) => name !== "(idle)").sort(([, a], [, b]) => b - a);
  return [
    `  a thread, ${Math.round(busyUs / 1000)} ms busy:`,
    ...top.slice(0, LINES).map(([name, us]) => `  ${((us * 100) / busyUs).toFixed(1).padStart(6)} %  ${name}`),
  ];
}
