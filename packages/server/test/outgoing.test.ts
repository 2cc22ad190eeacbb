import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("A15: a node opens no connection to anybody: nothing in it can be told an address to connect to", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const files = globSync("{packages/server/src,packages/storage/src,packages/storage-sqlite/src,apps/cli/src/node}/**/*.ts", {
    cwd: root,
  });
  expect(files.length).toBeGreaterThan(30);
  for (const file of files) {
    const text = readFileSync(`${root}/${file}`, "utf8");
    expect(text, file).not.toMatch(
      /\bfetch\(|new WebSocket\(|\b(?:http|https|net|tls|dgram|dns)\.(?:request|get|connect|createConnection|lookup)\(|from "(?:node:)?(?:undici|dns|dgram)"/,
    );
  }
});
