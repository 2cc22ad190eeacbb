// Arrows between packages go down only, type imports included, and each package names what it uses in its manifest. Within a package no
// file needs itself in a circle to run (types may know each other).
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { importsOf, readWorkspaces, root, type Workspace } from "../workspaces.ts";

/** One package alone may import each of these (docs/architecture.md). */
const ONLY_IMPORTER: Record<string, string> = {
  openpgp: "packages/identity",
  "ts-mls": "packages/session",
  commander: "apps/cli",
  werift: "apps/cli",
  hono: "apps/cli",
};

export function checkLayers(): string[] {
  const workspaces = readWorkspaces();
  const rankOf = new Map(workspaces.map(({ name }, rank) => [name, rank]));
  return workspaces.flatMap((workspace, rank) => [
    ...workspace.sources.flatMap((file) => wrongImports(workspace, rank, rankOf, file)),
    ...wrongManifest(workspace, rank, rankOf),
    ...cycles(workspace),
  ]);
}

function wrongImports({ path, manifest }: Workspace, rank: number, rankOf: ReadonlyMap<string, number>, file: string): string[] {
  return importsOf(readFileSync(join(root, file), "utf8")).flatMap((module) => {
    if (module.startsWith(".") || module.startsWith("#") || module.startsWith("node:")) return [];
    const name = packageOf(module);
    const other = rankOf.get(name);
    if (other !== undefined && other >= rank) return [`${file}: imports ${name}, which is above it`];
    const owner = ONLY_IMPORTER[name];
    if (owner !== undefined && owner !== path) return [`${file}: only ${owner} imports ${name}`];
    const isNamed = { ...manifest.dependencies, ...manifest.optionalDependencies }[name] !== undefined;
    return isNamed ? [] : [`${file}: ${name} is not in the manifest`];
  });
}

function wrongManifest({ path, manifest, sources }: Workspace, rank: number, rankOf: ReadonlyMap<string, number>): string[] {
  const used = new Set(sources.flatMap((file) => importsOf(readFileSync(join(root, file), "utf8"))).map(packageOf));
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).flatMap((name) => {
    const other = rankOf.get(name);
    if (other !== undefined && other >= rank) return [`${path}/package.json: ${name} is above it`];
    return used.has(name) || BUNDLED.has(`${path} ${name}`) ? [] : [`${path}/package.json: ${name} is not used`];
  });
}

/** Used by the patched copy of ts-mls, which is not among our sources. */
const BUNDLED = new Set(["packages/session @hpke/core", "packages/session @noble/hashes", "packages/session @noble/ciphers"]);

function packageOf(module: string): string {
  return module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
}

function cycles({ sources }: Workspace): string[] {
  const edges = new Map(
    sources.map((file) => [
      file,
      importsOf(readFileSync(join(root, file), "utf8").replaceAll(/^(?:import|export) type [^;]*;$/gm, ""))
        .filter((module) => module.startsWith("."))
        .map((module) => normalize(join(dirname(file), module))),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push(`cycle: ${[...path.slice(at), file].join(" → ")}`);
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  return found;
}
