// The lock file says what, never from where; every version in a manifest is exact.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readWorkspaces, root } from "../workspaces.ts";

export function checkLockFile(): string[] {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(lock) as { packages: Record<string, { readonly link?: boolean; readonly integrity?: string }> };
  const withoutIntegrity = Object.entries(packages)
    .filter(([path, { link, integrity }]) => path.includes("node_modules/") && link !== true && integrity === undefined)
    .map(([path]) => `package-lock.json: ${path} has no integrity`);
  const loose = readWorkspaces().flatMap(({ path, manifest }) =>
    Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${path}/package.json: ${name} ${version} is not pinned`),
  );
  return [
    ...(/"resolved": "(?!packages|apps)/.test(lock) ? ["package-lock.json records download addresses"] : []),
    ...withoutIntegrity,
    ...loose,
  ];
}
