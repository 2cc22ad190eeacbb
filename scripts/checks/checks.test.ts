// The checks of `npm run verify` that guard a promise: each has to fail when the promise is broken.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, expect, it } from "vitest";
import { root } from "../workspaces.ts";
import { idsOf, rowsOf, wrongRows } from "./documents.ts";
import { checkLibraryDefaults, wrongUses } from "./library-defaults.ts";
import { insecureAmong } from "./origins.ts";

const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-checks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("M3: a default of the library that is used, or a second door to it, fails the build", () => {
  expect(checkLibraryDefaults()).toEqual([]);
  const door = "packages/session/src/mls/library.ts";
  const other = "packages/session/src/commit.ts";
  expect(wrongUses(door, 'export { createCommit } from "#ts-mls/createCommit.js";')).toEqual([]);
  expect(wrongUses(door, 'export { acceptAll } from "#ts-mls/incomingMessageAction.js";')).toHaveLength(1);
  expect(wrongUses(door, "const service = defaultAuthenticationService;")).toHaveLength(1);
  expect(wrongUses(door, 'export * from "#ts-mls/index.js";')).toHaveLength(1);
  expect(wrongUses(other, 'import { createCommit } from "#ts-mls/createCommit.js";')).toHaveLength(1);
  expect(wrongUses(other, "// defaultAuthenticationService is told of in a comment")).toEqual([]);
});

it("the insecure suite is found in whatever is bundled, minified or not", () => {
  const entry = join(folder, "entry.ts");
  for (const [name, text] of [
    ["suite", 'import { createInsecureCrypto } from "@p2pcrypt/testkit"; globalThis.x = createInsecureCrypto;'],
    ["identity", 'import { createStructuralIdentity } from "@p2pcrypt/testkit"; globalThis.x = createStructuralIdentity;'],
  ] as const) {
    writeFileSync(entry, text);
    const outfile = join(folder, `${name}.js`);
    const nodePaths = [join(root, "node_modules")];
    const options = {
      bundle: true,
      minify: true,
      format: "esm" as const,
      platform: "node" as const,
      conditions: ["source"],
      nodePaths,
    };
    buildSync({ ...options, entryPoints: [entry], outfile, logLevel: "silent" as const, external: ["node:*"] });
    expect(insecureAmong([outfile]), name).toHaveLength(1);
  }
});

it("a row of the test table that names no file with such a test, and a test without a row, are found", () => {
  const named = (ids: string): string => `it("${ids}: skipped by all", …`;
  expect(idsOf(named("M8 M2"))).toEqual(["M8", "M2"]);
  expect(idsOf(named("patch 03: M18"))).toEqual(["M18"]);
  expect(idsOf('expect(text, "T4 of what").toBe(1); // T9: in a comment')).toEqual([]);
  expect(rowsOf("| T4 | `a.ts`, `b.ts` |\n| W1 | `c.ts` |")).toEqual(
    new Map([
      ["T4", ["a.ts", "b.ts"]],
      ["W1", ["c.ts"]],
    ]),
  );
  const tests = new Map([["a.ts", new Set(["T4"])]]);
  expect(wrongRows("| T4 | `a.ts` |", tests)).toEqual([]);
  expect(wrongRows("| T4 | `b.ts` |", tests)).toHaveLength(1);
  expect(wrongRows("", tests)).toHaveLength(1);
  expect(wrongRows("| T4 | `a.ts` |\n| G1 | `a.ts` |", tests)).toHaveLength(1);
});
