// The tree names no download host and no path of a machine, and what is insecure on purpose stays out of what ships.
import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { capture } from "../process.ts";
import { DEVELOPMENT_ONLY, readWorkspaces, root } from "../workspaces.ts";

const UNWANTED = [/registry\.(?!example)[\w.-]+\.\w+/, /\/home\/\w+\//, /\/Users\/\w+\//];

export function checkOrigins(): string[] {
  const { output } = capture("git", ["ls-files", "-z"]);
  const texts = output
    .split("\0")
    .filter((file) => /\.(tsx?|json|md|sh|css|html|toml|yml|service)$|run$/.test(file) && !file.startsWith("scripts/checks/"));
  const named = texts.flatMap((file) => {
    const text = readIfThere(file);
    return UNWANTED.filter((pattern) => pattern.test(text)).map((pattern) => `${file}: ${pattern.exec(text)?.[0]}`);
  });
  return [...named, ...insecureAmong(shippedFiles())];
}

/** Which of these files hold the suite that is not secure, under whatever name a bundler left it. */
export function insecureAmong(files: readonly string[]): string[] {
  return files
    .filter((file) => /insecureCrypto|createInsecure|p2pcrypt INSECURE/.test(readIfThere(file)))
    .map((file) => `${file}: the insecure test suite must not ship`);
}

function shippedFiles(): string[] {
  return readWorkspaces()
    .filter(({ path }) => !DEVELOPMENT_ONLY.has(path))
    .flatMap(({ path, sources }) => [...sources, ...globSync(`${path}/dist/**/*.{js,mjs,html}`, { cwd: root })]);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(resolve(root, file), "utf8");
  } catch {
    return ""; // deleted in the work tree and not yet in the index
  }
}
