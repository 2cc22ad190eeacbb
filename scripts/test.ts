// npm test: verify, every test, and the built packages in an empty project. `--slow`: the long proofs instead.
import { run } from "./process.ts";

const isSlow = process.argv.includes("--slow");
const steps: readonly (readonly [name: string, args: readonly string[]])[] = isSlow
  ? [
      ["prepare", ["scripts/prepare-sources.ts"]],
      ["build", ["scripts/build.ts"]],
      ["slow tests", ["node_modules/vitest/vitest.mjs", "run"]],
    ]
  : [
      ["verify", ["--conditions=source", "scripts/verify.ts"]],
      ["peers", ["scripts/install-peers.ts"]],
      ["build", ["scripts/build.ts"]],
      ["tests", ["node_modules/vitest/vitest.mjs", "run"]],
      ["packages", ["scripts/pack-test.ts"]],
      ["browser", ["e2e/run.ts"]],
    ];
const durations: string[] = [];
for (const [name, args] of steps) {
  const startedMs = performance.now();
  const isOk = run(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], isSlow ? { P2PCRYPT_SLOW: "1" } : {});
  durations.push(`${name} ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  if (!isOk) {
    console.error(`FAILED: ${name} (${durations.join(", ")})`);
    process.exit(1);
  }
}
console.log(`passed: ${durations.join(", ")}`);
