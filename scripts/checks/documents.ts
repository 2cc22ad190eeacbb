// Every TypeScript block in the documents compiles, every relative link leads somewhere, every row that the threat model names has a
// test, and the test table has a row for each id that is tested, which names files that really have such a test.
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { capture } from "../process.ts";
import { root } from "../workspaces.ts";

export function checkDocuments(): string[] {
  const documents = [...globSync("*.md", { cwd: root }), ...globSync("{docs,spec,packaging}/**/*.md", { cwd: root })].sort();
  return [...documents.flatMap(brokenLinks), ...wrongTests(), ...brokenBlocks(documents)];
}

function brokenLinks(document: string): string[] {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, target = ""]) => {
    if (/^[a-z]+:/.test(target)) return [];
    return existsSync(join(root, dirname(document), target)) ? [] : [`${document}: ${target} does not exist`];
  });
}

/** Rows of the catalogue of attacks and faults: a letter and a number. */
const ROW = "[IMATCOWDBPRKG]\\d{1,2}";
const TEST_TABLE = "docs/testing.md";

function wrongTests(): string[] {
  const tests = testsByFile();
  const all = new Set([...tests.values()].flatMap((ids) => [...ids]));
  const threats = readFileSync(join(root, "docs/threat-model.md"), "utf8");
  const named = new Set([...threats.matchAll(new RegExp(`\\b(${ROW})\\b`, "g"))].map(([, id = ""]) => id));
  return [
    ...[...named].filter((id) => !all.has(id)).map((id) => `docs/threat-model.md: there is no test ${id}`),
    ...wrongRows(readFileSync(join(root, TEST_TABLE), "utf8"), tests),
  ];
}

/** What the table says that is not so, and what it leaves out. */
export function wrongRows(table: string, tests: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const rows = rowsOf(table);
  const wrong = [...rows].flatMap(([id, files]) =>
    files.flatMap((file) => (tests.get(file)?.has(id) ? [] : [`${TEST_TABLE}: ${file} has no test ${id}`])),
  );
  const missing = [...tests].flatMap(([file, ids]) =>
    [...ids].flatMap((id) => (rows.has(id) ? [] : [`${TEST_TABLE}: there is no row ${id}, which ${file} tests`])),
  );
  return [...wrong, ...missing];
}

/** Row id to the files that the table names for it. */
export function rowsOf(table: string): Map<string, readonly string[]> {
  return new Map(
    [...table.matchAll(new RegExp(`^\\| (${ROW}) \\| (.*) \\|$`, "gm"))].map(([, id = "", files = ""]) => [
      id,
      [...files.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file),
    ]),
  );
}

/** Ids at the beginning of the names of a file's tests: `M8 M2: …`, `patch 03: M18: …`. */
export function idsOf(text: string): string[] {
  const names = new RegExp(`["'\\x60](?:patch \\d+: )?((?:${ROW})(?: ${ROW})*): `, "g");
  return [...text.matchAll(names)].flatMap(([, ids = ""]) => ids.split(" "));
}

function testsByFile(): Map<string, Set<string>> {
  const files = globSync("{packages,apps,scripts,bench,e2e}/**/{*.test,conformance,*-cases}.{ts,tsx}", {
    cwd: root,
    exclude: (name) => ["node_modules", "dist", "generated"].includes(name),
  }).sort();
  const found = files.map((file) => [file, new Set(idsOf(readFileSync(join(root, file), "utf8")))] as const);
  return new Map(found.filter(([, ids]) => ids.size > 0));
}

function brokenBlocks(documents: readonly string[]): string[] {
  const folder = join(root, "node_modules", ".cache", "documents");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let count = 0;
  for (const document of documents) {
    for (const [, code = ""] of readFileSync(join(root, document), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)) {
      writeFileSync(join(folder, `${document.replaceAll(/[/.]/g, "-")}-${++count}.ts`), `${code}\nexport {};\n`);
    }
  }
  if (count === 0) return [];
  const config = { extends: join(root, "tsconfig.tests.json"), include: [join(folder, "*.ts")], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { isOk, output } = capture("tsc", ["-p", folder]);
  return isOk ? [] : [output];
}
