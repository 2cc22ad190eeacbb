import { defineConfig } from "vitest/config";

const slow = process.env["P2PCRYPT_SLOW"] === "1";
/** The step `browser`: real browsers and nodes (e2e/run.ts). They mostly wait for each other, so two files run beside one another. */
const browser = process.env["P2PCRYPT_BROWSER"] === "1";
const conditions = ["source", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["source", "node"] } },
  test: {
    include: included(),
    exclude: ["**/node_modules/**", "**/dist/**", "**/generated/**", ...(slow ? [] : ["**/*.slow.test.ts"])],
    // For machines that do other things beside: nothing here measures time.
    testTimeout: slow ? 3_600_000 : 180_000,
    hookTimeout: 120_000,
    // Browsers and killed processes share two cores with the rest: what fails twice is broken, what fails once is named as flaky.
    retry: browser || process.env["CI"] === "true" ? 1 : 0,
    // A poll waits for what a browser shows; elsewhere a second is plenty.
    expect: { poll: { timeout: browser ? 15_000 : 1_000 } },
    maxWorkers: browser ? 2 : 3,
    execArgv: ["--conditions=source"],
  },
});

function included(): string[] {
  if (browser) return ["e2e/**/*.test.ts"];
  return slow ? ["**/*.slow.test.ts", "apps/cli/test/{kill,blobs}.test.ts"] : ["{packages,apps,scripts,bench}/**/*.test.ts"];
}
