// The step `browser` of npm test, also npm run test:browser: finds Chromium, or installs it where that is allowed, and runs every test
// in this folder. Arguments go to the test runner: a part of a path, -t and a part of a name.
import { install, mayInstall } from "../scripts/install-peers.ts";
import { run } from "../scripts/process.ts";
import { findChromium, INSTALL_COMMAND } from "./rig/chromium.ts";

if (findChromium() === undefined) installChromium();
const isOk =
  run(process.execPath, ["--disable-warning=ExperimentalWarning", "scripts/build.ts"]) &&
  run(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)], { P2PCRYPT_BROWSER: "1" });
process.exit(isOk ? 0 : 1);

function installChromium(): void {
  if (mayInstall()) install(["chromium"]);
  if (findChromium() !== undefined) return;
  console.error(
    `The browser tests need Chromium, and there is none. On Debian this installs it:\n\n  ${INSTALL_COMMAND}\n\nElsewhere name the program: CHROME_PATH=/path/to/chromium npm test`,
  );
  process.exit(1);
}
