// npm run verify: everything that can be known without running the product.
import { globSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { checkDeadExports } from "./checks/dead-exports.ts";
import { checkDocuments } from "./checks/documents.ts";
import { checkLayers } from "./checks/layers.ts";
import { checkLibraryDefaults } from "./checks/library-defaults.ts";
import { checkLockFile } from "./checks/lock-file.ts";
import { checkOrigins } from "./checks/origins.ts";
import { checkWords } from "./checks/words.ts";
import { capture, run } from "./process.ts";
import { readWorkspaces, root } from "./workspaces.ts";

const startedMs = performance.now();
const failures: string[] = [];

if (!run(process.execPath, ["scripts/prepare-sources.ts"])) process.exit(1);

step("form and lint", () => output(capture("biome", ["ci", "--colors=off", "--error-on-warnings", "."])));
step("types", () => [
  ...readWorkspaces().flatMap(({ path }) => output(capture("tsc", ["-p", path]))),
  ...globSync("{packages,apps}/*/tsconfig.*.json", { cwd: root }).flatMap((config) => output(capture("tsc", ["-p", config]))),
  ...output(capture("tsc", ["-p", "tsconfig.tests.json"])),
  ...output(capture("tsc", ["-p", "e2e"])),
]);
step("layers and cycles", checkLayers);
step("dead exports", checkDeadExports);
step("lock file", checkLockFile);
step("documents", checkDocuments);
step("words", checkWords);
step("origins", checkOrigins);
step("defaults of the library", checkLibraryDefaults);
step("scripts", () =>
  readdirSync(join(root, "scripts")).some((name) => name.endsWith(".js")) ? ["a script is not TypeScript"] : [],
);

console.log(
  `verify: ${failures.length === 0 ? "good" : `${failures.length} failures`} in ${Math.round(performance.now() - startedMs)} ms`,
);
process.exit(failures.length === 0 ? 0 : 1);

function step(name: string, check: () => readonly string[]): void {
  const found = check();
  console.log(`${found.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const line of found) console.log(line);
  failures.push(...found);
}

function output({ isOk, output: text }: { readonly isOk: boolean; readonly output: string }): string[] {
  return isOk ? [] : [text.trim()];
}
