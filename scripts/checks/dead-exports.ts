// A value that no other file names is not exported, and a type that nothing names does not exist. (A type may be exported for being part
// of the signature of something that is used.)
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readWorkspaces, root } from "../workspaces.ts";

export function checkDeadExports(): string[] {
  const files = globSync("{packages,apps,scripts,bench,e2e}/**/*.{ts,tsx}", {
    cwd: root,
    exclude: (name) => ["node_modules", "dist", "generated"].includes(name),
  });
  const words = new Map<string, Set<string>>();
  for (const file of files) {
    for (const word of readFileSync(join(root, file), "utf8").match(/[A-Za-z_$][\w$]*/g) ?? []) {
      const where = words.get(word) ?? new Set();
      words.set(word, where.add(file));
    }
  }
  const entryPoints = new Set(
    readWorkspaces().flatMap(({ path, manifest }) =>
      Object.values(manifest.exports ?? {}).map(({ source }) => join(path, source)),
    ),
  );
  return readWorkspaces().flatMap(({ sources }) =>
    sources.flatMap((file) => {
      if (entryPoints.has(file)) return [];
      const text = readFileSync(join(root, file), "utf8");
      const exported = text.matchAll(/^export (?:abstract |async )?(function\*?|const|let|class|interface|type) ([\w$]+)/gm);
      return [...exported].flatMap(([, keyword = "", name = ""]) => {
        const isType = keyword === "interface" || keyword === "type";
        const isUsedHere = isType && (text.match(new RegExp(`\\b${name}\\b`, "g"))?.length ?? 0) > 1;
        return isUsedHere || (words.get(name)?.size ?? 0) > 1 ? [] : [`${file}: ${name} is used nowhere else`];
      });
    }),
  );
}
