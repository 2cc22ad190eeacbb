// What of others' work is in the client, with the terms under which it may be passed on: they ask to be handed on with it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const FILE = "licences.txt";
const TERMS = /^(licen[cs]e|copying|notice)/i;

/** Folders of packages whose code is in the page or in one of its workers, which are built before it. */
const folders = new Set<string>();

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/** `isLast`: of the build that ends last, and hands the file out. */
export function licences(isLast: boolean): Plugin {
  return {
    name: "licences",
    generateBundle() {
      for (const id of this.getModuleIds()) {
        const folder = packageOf(id);
        if (folder !== undefined) folders.add(folder);
      }
      if (isLast) this.emitFile({ type: "asset", fileName: FILE, source: [...folders].map(termsOf).sort().join("\n\n") });
    },
  };
}

/** @returns undefined for what is ours, or nobody's */
function packageOf(id: string): string | undefined {
  const [path = ""] = id.split("?");
  // Changed by us in a few places, and kept beside our own.
  const [, changed] = /\/generated\/([^/]+)\//.exec(path) ?? [];
  if (changed !== undefined) return join(import.meta.dirname, "../../../node_modules", changed);
  if (!path.includes("/node_modules/") || path.includes("\0")) return undefined;
  for (let folder = dirname(path); !folder.endsWith("node_modules"); folder = dirname(folder))
    if (existsSync(join(folder, "package.json")) && isPackage(manifestOf(folder))) return folder;
  return undefined;
}

function termsOf(folder: string): string {
  const { name, version, license } = manifestOf(folder);
  const texts = readdirSync(folder)
    .filter((file) => TERMS.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`=== ${name} ${version}: ${license}`, ...texts].join("\n\n");
}

/** Some have further ones inside, which say how to read a folder. */
function isPackage({ name, version }: Manifest): boolean {
  return name !== undefined && version !== undefined;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
