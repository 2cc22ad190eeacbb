// npm run bench -- [SUITE …] [--repeat N] [--json] [--profile]: prints what was measured beside what is wanted. Without names, all of them.
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { run } from "../scripts/process.ts";
import { profileReport, startProfiling } from "./profile.ts";
import { isMet, medians, type Result } from "./result.ts";
import { SUITES } from "./suites.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, profile: { type: "boolean" }, repeat: { type: "string", default: "1" } },
});
const names = positionals.length === 0 ? Object.keys(SUITES) : positionals;
const unknown = names.filter((name) => !Object.hasOwn(SUITES, name));
const repeat = Number(flags.repeat);
if (unknown.length > 0 || !Number.isInteger(repeat) || repeat < 1) {
  console.error(`npm run bench -- [SUITE …] [--repeat N] [--json] [--profile]; the suites are ${Object.keys(SUITES).join(", ")}`);
  process.exit(2);
}
if (!run(process.execPath, ["--disable-warning=ExperimentalWarning", "scripts/build.ts"])) process.exit(1);
if (flags.profile) startProfiling();

const machine = { node: process.version, cores: availableParallelism(), loadBefore: loadavg()[0] };
if (!flags.json) console.log(`Node ${machine.node}, ${machine.cores} cores, load before ${machine.loadBefore?.toFixed(1)}`);
const measured: (Result & { readonly suite: string; readonly isMet: boolean | undefined })[] = [];
for (const suite of names) {
  const { run: measure } = await suiteOf(suite);
  const runs: (readonly Result[])[] = [];
  for (let n = 0; n < repeat; n++) runs.push(await measure());
  for (const result of medians(runs)) {
    measured.push({ suite, ...result, isMet: isMet(result) });
    if (!flags.json) console.log(lineOf(result));
  }
  if (flags.profile && !flags.json) for (const line of profileReport()) console.log(line);
}
if (flags.json) console.log(JSON.stringify({ machine, results: measured }, undefined, 2));

async function suiteOf(name: string) {
  const load = SUITES[name];
  if (load === undefined) throw new RangeError(name);
  return load();
}

function lineOf(result: Result): string {
  const { name, value, unit, goal, note } = result;
  const wanted = goal === undefined ? "" : "atMost" in goal ? `(at most ${goal.atMost})` : `(at least ${goal.atLeast})`;
  const verdict = { true: "ok", false: "MISSED", undefined: "" }[String(isMet(result)) as "true"];
  return [name.padEnd(52), `${value} ${unit}`.padEnd(18), wanted.padEnd(16), verdict, note === undefined ? "" : `(${note})`]
    .join(" ")
    .trimEnd();
}
