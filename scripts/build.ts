// Builds every package into its dist: JavaScript and declarations, lowest layer first. Does nothing when nothing changed.
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { run } from "./process.ts";
import { BUNDLED_ONLY, DEVELOPMENT_ONLY, readWorkspaces, root, type Workspace } from "./workspaces.ts";

const cache = join(root, "node_modules", ".cache");
const COMMON = ["tsconfig.base.json", "package-lock.json", "scripts/build.ts"];
const MODULES = ["{packages/*,apps/cli}/{src,patches,scripts}/**/*", "{packages/*,apps/cli}/{package,tsconfig*}.json"];
/** The browser client holds the packages, so their sources are its own too. */
const WEB = ["apps/web/{src,public,scripts}/**/*", "apps/web/*.*", "packages/*/{src,patches,scripts}/**/*"];
const WEB_OUT = join(root, "apps", "web", "dist");
/** Where the command looks for it, and where it is packed with the command. */
const WEB_IN_COMMAND = join(root, "apps", "cli", "dist", "web");

const workspaces = readWorkspaces().filter(({ path }) => !DEVELOPMENT_ONLY.has(path) && !BUNDLED_ONLY.has(path));
const dists = workspaces.map(({ path }) => join(root, path, "dist"));
const isFresh = whenChanged("p2pcrypt-build", MODULES, dists, () => {
  console.error("building …");
  if (!run(process.execPath, ["packages/session/scripts/prepare.ts"])) process.exit(1);
  for (const workspace of workspaces) build(workspace);
});
const isWebFresh = whenChanged("p2pcrypt-web", WEB, [WEB_OUT], () => {
  console.error("building the browser client …");
  if (!run(process.execPath, ["--conditions=source", "apps/web/scripts/build.ts"])) process.exit(1);
});
if (isFresh || isWebFresh || !existsSync(WEB_IN_COMMAND)) {
  rmSync(WEB_IN_COMMAND, { recursive: true, force: true });
  cpSync(WEB_OUT, WEB_IN_COMMAND, { recursive: true });
}

/** @returns whether it was built: when an input changed since the last time, or an output is missing. */
function whenChanged(name: string, globs: readonly string[], outputs: readonly string[], make: () => void): boolean {
  const stampFile = join(cache, name);
  const fingerprint = fingerprintOf(globs);
  const isBuilt =
    existsSync(stampFile) && readFileSync(stampFile, "utf8") === fingerprint && outputs.every((path) => existsSync(path));
  if (isBuilt) return false;
  rmSync(stampFile, { force: true });
  make();
  mkdirSync(cache, { recursive: true });
  writeFileSync(stampFile, fingerprint);
  return true;
}

function fingerprintOf(globs: readonly string[]): string {
  const hash = createHash("sha256");
  const files = globs.flatMap((glob) => globSync(glob, { cwd: root }));
  for (const file of [...files, ...COMMON].sort()) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex");
}

function build({ path, manifest }: Workspace): void {
  rmSync(join(root, path, "dist"), { recursive: true, force: true });
  const out = join(path, "dist");
  const configs = readdirSync(join(root, path)).filter((name) => /^tsconfig(\.node|\.web)?\.json$/.test(name));
  const isOk = configs.every((config) => compile(path, join(path, config), out));
  if (!isOk) process.exit(1);
  for (const file of globSync(`${path}/src/**/*.d.ts`, { cwd: root })) {
    cpSync(join(root, file), join(root, file.replace("/src/", "/dist/")));
  }
  cpSync(join(root, "LICENSE"), join(root, path, "LICENSE"));
  for (const [name, target] of Object.entries(manifest.bin ?? {})) link(name, join(path, target));
}

function compile(path: string, config: string, out: string): boolean {
  return run("tsc", [
    "-p",
    config,
    "--noEmit",
    "false",
    "--rootDir",
    join(path, "src"),
    "--outDir",
    out,
    "--declaration",
    "--rewriteRelativeImportExtensions",
    // Other packages are seen as their users see them: by their declarations.
    "--customConditions",
    "built",
  ]);
}

/** What npm does at installation for a bin that exists then: ours is built later. */
function link(name: string, target: string): void {
  chmodSync(join(root, target), 0o755);
  const bin = join(root, "node_modules", ".bin", name);
  rmSync(bin, { force: true });
  symlinkSync(join("..", "..", target), bin);
}
