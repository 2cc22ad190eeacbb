// The step `browser` of npm test, also npm run test:browser: finds Chromium, or installs it where that is allowed, and runs every test
// in this folder. Arguments go to the test runner: a part of a path, -t and a part of a name.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install, mayInstall } from "../scripts/install-peers.ts";
import { run } from "../scripts/process.ts";
import { findChromium, INSTALL_COMMAND } from "./rig/chromium.ts";

/** More of them are no accident. */
const MAX_AGAIN = 3;
const VITEST = ["node_modules/vitest/vitest.mjs", "run"];
const BROWSER = { P2PCRYPT_BROWSER: "1" };

const asked = process.argv.slice(2);
if (findChromium() === undefined) installChromium();
const isBuilt = run(process.execPath, ["--disable-warning=ExperimentalWarning", "scripts/build.ts"]);
const isOk = isBuilt && (asked.length > 0 ? run(process.execPath, [...VITEST, ...asked], BROWSER) : isEveryTestGood());
process.exit(isOk ? 0 : 1);

/**
 * The tests of a file are one story with the same people: when one fails because the machine was busy, trying that one again in the middle
 * of the story says nothing. What fails twice from its beginning is broken; what fails once is named.
 */
function isEveryTestGood(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-browser-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    if (run(process.execPath, [...VITEST, ...reporters], BROWSER)) return true;
    const failed = failedIn(report);
    if (failed.length === 0 || failed.length > MAX_AGAIN) return false;
    console.log(`\nFailed once, and now again from the beginning: ${failed.join(", ")}\n`);
    return run(process.execPath, [...VITEST, ...failed], BROWSER);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Report {
  readonly testResults: readonly { readonly name: string; readonly status: string }[];
}

/** Files. None when the runner itself failed. */
function failedIn(report: string): readonly string[] {
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
    return testResults.flatMap(({ name, status }) => (status === "failed" ? [name] : []));
  } catch {
    return [];
  }
}

function installChromium(): void {
  if (mayInstall()) install(["chromium"]);
  if (findChromium() !== undefined) return;
  console.error(
    `The browser tests need Chromium, and there is none. On Debian this installs it:\n\n  ${INSTALL_COMMAND}\n\nElsewhere name the program: CHROME_PATH=/path/to/chromium npm test`,
  );
  process.exit(1);
}
