// Makes generated/ts-mls: the installed ts-mls with the patches of patches/ applied in order. Run by the root's
// prepare-sources step; running it again with nothing changed does nothing.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { applyPatch, parsePatch } from "diff";

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const patchesDir = join(packageRoot, "patches");
const target = join(packageRoot, "generated", "ts-mls");
const EXPECTED_VERSION = "1.6.4";

const source = dirname(createRequire(import.meta.url).resolve("ts-mls"));
const manifest = JSON.parse(readFileSync(join(source, "..", "..", "package.json"), "utf8")) as { version: string };
if (manifest.version !== EXPECTED_VERSION) {
  throw new Error(`ts-mls ${manifest.version} is installed; the patches are for ${EXPECTED_VERSION}`);
}

const patches = readdirSync(patchesDir)
  .filter((name) => name.endsWith(".patch"))
  .sort()
  .map((name) => ({ name, text: readFileSync(join(patchesDir, name), "utf8") }));
const fingerprint = createHash("sha256")
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .update(patches.map(({ name, text }) => `${name}\n${text}`).join("\n"))
  .digest("hex");

const stamp = join(target, "fingerprint");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== fingerprint) {
  // Built beside and moved into place, so that nobody sees a half-patched copy.
  const building = `${target}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  cpSync(source, building, { recursive: true, filter: (path) => !path.endsWith(".map") });
  for (const patch of patches) applyTo(building, patch);
  dropSourceMapComments(building);
  writeFileSync(
    join(building, "patched.js"),
    `export const patchedVersion = ${JSON.stringify(EXPECTED_VERSION)};\n` +
      `export const appliedPatches = ${JSON.stringify(patches.map(({ name }) => name))};\n`,
  );
  writeFileSync(
    join(building, "patched.d.ts"),
    "export declare const patchedVersion: string;\nexport declare const appliedPatches: readonly string[];\n",
  );
  cpSync(join(patchesDir, "LICENSE.ts-mls"), join(building, "LICENSE"));
  writeFileSync(join(building, "fingerprint"), fingerprint);
  rmSync(target, { recursive: true, force: true });
  renameSync(building, target);
}

/** The maps are not copied: they describe the unpatched files. */
function dropSourceMapComments(root: string): void {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith(".js")) continue;
    const path = join(entry.parentPath, entry.name);
    writeFileSync(path, readFileSync(path, "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, ""));
  }
}

function applyTo(root: string, { name, text }: { name: string; text: string }): void {
  for (const change of parsePatch(text)) {
    const file = change.newFileName?.replace(/^b\//, "");
    if (file === undefined) continue;
    const path = join(root, file);
    const patched = applyPatch(readFileSync(path, "utf8"), change, { fuzzFactor: 0 });
    if (patched === false) throw new Error(`${name} does not apply to ${file}`);
    writeFileSync(path, patched);
  }
}
