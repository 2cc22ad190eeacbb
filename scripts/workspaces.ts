// The parts of the project in the order in which arrows may point: a part uses only parts behind it (docs/architecture.md).
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Lowest first. */
export const LAYERS = [
  "packages/bytes",
  "packages/api",
  "packages/files",
  "packages/sframe",
  "packages/content",
  "packages/identity",
  "packages/trust",
  "packages/session",
  "packages/storage",
  "packages/storage-sqlite",
  "packages/vault",
  "packages/turn",
  "packages/server",
  "packages/client",
  "packages/testkit",
  "apps/web",
  "apps/cli",
] as const;

/** What never ships: a package below may name these for its tests only. */
export const DEVELOPMENT_ONLY: ReadonlySet<string> = new Set(["packages/testkit"]);

/** What is bundled into a whole instead of being published as a package of modules. */
export const BUNDLED_ONLY: ReadonlySet<string> = new Set(["apps/web"]);

export interface Workspace {
  readonly path: string;
  readonly name: string;
  readonly manifest: Manifest;
  /** Source files that ship, relative to the root. */
  readonly sources: readonly string[];
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Record<string, { readonly source: string; readonly default: string }>;
  readonly bin?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

export function readWorkspaces(): Workspace[] {
  return LAYERS.filter((path) => existsSync(join(root, path, "package.json"))).map((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")) as Manifest;
    const sources = globSync(`${path}/src/**/*.{ts,tsx}`, { cwd: root })
      .filter((file) => !/\.(test\.tsx?|d\.ts)$/.test(file))
      .sort();
    return { path, name: manifest.name, manifest, sources };
  });
}

/** Module names that a file imports, type imports included. */
export function importsOf(text: string): string[] {
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;]*?from\s*"([^"]+)"|import\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
