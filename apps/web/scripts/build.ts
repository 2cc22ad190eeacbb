// Builds the browser client into dist: the page with its workers, the page of the frame without an origin, the service worker that knows
// all these files, a manifest with the
// hash of every file, and the compressed forms that a node serves. The same sources give the same bytes, wherever and whenever (W11).
import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";
import { assertBudget } from "./budget.ts";

/** Everything else is named in it. */
const MANIFEST = "build.json";
const COMPRESSED = /\.(html|js|css|json|svg|txt|wasm|webmanifest)$/;

const web = join(import.meta.dirname, "..");
const out = process.argv[2] ?? join(web, "dist");

await build({ root: web, configFile: join(web, "vite.config.ts"), logLevel: "warn", build: { outDir: out } });
await buildServiceWorker(await buildSandbox());
writeFileSync(join(out, MANIFEST), `${JSON.stringify({ version: 1, files: Object.fromEntries(hashes()) }, null, 1)}\n`);
for (const file of filesIn(out)) compress(join(out, file));
assertBudget(out, filesIn(out));

/** One file with its one script in it. @returns the hash of the script as a policy writes it */
async function buildSandbox(): Promise<string> {
  const folder = join(web, "src", "sandbox");
  const [built] = [
    await build({
      root: web,
      configFile: false,
      publicDir: false,
      logLevel: "warn",
      build: {
        target: "es2023",
        write: false,
        lib: { entry: join(folder, "sandbox.ts"), formats: ["iife"], name: "sandbox", fileName: () => "sandbox.js" },
      },
    }),
  ].flat();
  if (built === undefined || !("output" in built)) throw new TypeError("nothing was built");
  const script = built.output[0].code.trim();
  const page = readFileSync(join(folder, "sandbox.html"), "utf8").replace("SCRIPT", () => script);
  writeFileSync(join(out, "sandbox.html"), page);
  return `sha256-${createHash("sha256").update(script).digest("base64")}`;
}

async function buildServiceWorker(sandboxScript: string): Promise<void> {
  const files = hashes().map(([path, { sha256 }]) => ({ path, sha256 }));
  const id = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
  await build({
    root: web,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    define: {
      BUILD: JSON.stringify(id),
      FILES: JSON.stringify(files),
      SANDBOX_SCRIPT: JSON.stringify(sandboxScript),
    },
    build: {
      target: "es2023",
      outDir: out,
      emptyOutDir: false,
      lib: {
        entry: join(web, "src", "service-worker", "service-worker.ts"),
        formats: ["es"],
        fileName: () => "service-worker.js",
      },
    },
  });
}

function hashes(): [path: string, { readonly sha256: string; readonly bytes: number }][] {
  return filesIn(out).map((file) => {
    const bytes = readFileSync(join(out, file));
    return [`/${file}`, { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length }];
  });
}

function filesIn(folder: string): string[] {
  return globSync("**/*", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, "/"),
    )
    .sort();
}

function compress(path: string): void {
  if (!COMPRESSED.test(path)) return;
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  for (const [suffix, compressed] of [
    [".br", brotli],
    [".gz", gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION })],
  ] as const)
    if (compressed.length < bytes.length) writeFileSync(`${path}${suffix}`, compressed);
}
