// The step `browser` of npm test, also npm run test:browser: finds Chromium, or installs it where that is allowed, and runs every test
// in this folder. Arguments go to the test runner: a part of a path, -t and a part of a name.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { run } from "../scripts/process.ts";
import { findChromium, INSTALL_COMMAND } from "./rig/chromium.ts";

if (findChromium() === undefined) install();
const isOk =
  run(process.execPath, ["--disable-warning=ExperimentalWarning", "scripts/build.ts"]) &&
  run(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)], { P2PCRYPT_BROWSER: "1" });
process.exit(isOk ? 0 : 1);

/** As root on Debian and its kin. A person who does not want that says so with P2PCRYPT_INSTALL=0. */
function install(): void {
  const isAllowed = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get") && process.env["P2PCRYPT_INSTALL"] !== "0";
  if (isAllowed) {
    console.error(`There is no Chromium: ${INSTALL_COMMAND}`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    for (const args of [["update", "-q"], INSTALL_COMMAND.split(" ").slice(1)]) {
      spawnSync("/usr/bin/apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env });
    }
  }
  if (findChromium() !== undefined) return;
  console.error(
    `The browser tests need Chromium, and there is none. On Debian this installs it:\n\n  ${INSTALL_COMMAND}\n\nElsewhere name the program: CHROME_PATH=/path/to/chromium npm test`,
  );
  process.exit(1);
}
