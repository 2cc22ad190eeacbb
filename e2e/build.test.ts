// W11: the same sources give the same bytes, in whatever folder, time zone and language they are built.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

it("W11: a build into another folder, in another time zone and language, is equal byte for byte", () => {
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-build-"));
  try {
    const env = { ...process.env, TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", NODE_ENV: "" };
    const args = [
      "--conditions=source",
      "--disable-warning=ExperimentalWarning",
      "apps/web/scripts/build.ts",
      join(folder, "out"),
    ];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    const built = hashes(join(folder, "out"));
    expect(built.size).toBeGreaterThan(10);
    expect(Object.fromEntries(built)).toEqual(Object.fromEntries(hashes(join(ROOT, "apps/cli/dist/web"))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);

function hashes(folder: string): Map<string, string> {
  const files = globSync("**/*", { cwd: folder }).filter((file) => statSync(join(folder, file)).isFile());
  return new Map(
    files.sort().map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(folder, file)))
        .digest("hex"),
    ]),
  );
}
