import { defineConfig } from "vitest/config";

const slow = process.env["P2PCRYPT_SLOW"] === "1";
const conditions = ["source", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["source", "node"] } },
  test: {
    include: slow ? ["**/*.slow.test.ts"] : ["{packages,apps,scripts,bench}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/generated/**", ...(slow ? [] : ["**/*.slow.test.ts"])],
    testTimeout: slow ? 3_600_000 : 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    execArgv: ["--conditions=source"],
  },
});
