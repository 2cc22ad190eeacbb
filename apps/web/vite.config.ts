import { readFileSync } from "node:fs";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { licences } from "./scripts/licences.ts";

const conditions = ["browser", "module", "import", "default"];

/**
 * What is loaded at once is one file. By itself the bundler makes another file of whatever something that comes later shares with it: each
 * new `import()` then cut the first load into more pieces, which compress worse.
 */
const codeSplitting = { groups: [{ name: "first", tags: ["$initial" as const] }] };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [ownSources(), react(), licences(true)],
  // The same code with the rare algorithms in files of their own, which are loaded when a certificate needs them.
  resolve: { conditions, alias: { openpgp: "openpgp/lightweight" } },
  worker: {
    format: "es",
    plugins: () => [ownSources(), classicPdf(), licences(false)],
    // Libraries in there write to the console; what they write may be about keys.
    rolldownOptions: { output: { codeSplitting, minify: { compress: { dropConsole: true }, mangle: true } } },
  },
  build: {
    target: "es2023",
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: { output: { codeSplitting } },
  },
});

/**
 * The library that reads PDFs asks for its own address, to find files that it is not allowed to fetch. Without that its script is not only
 * a module: without an origin, Chromium starts no worker from a module that it is handed.
 */
function classicPdf(): Plugin {
  return {
    name: "classic-pdf",
    transform: (code, id) => (id.includes("/pdfjs-dist/") ? code.replaceAll("import.meta.url", '""') : undefined),
  };
}

/**
 * Our packages are built from their sources. By a plugin and not by the condition `source`, because react-aria names one too, of files
 * that it does not ship.
 */
function ownSources(): Plugin {
  return {
    name: "own-sources",
    enforce: "pre",
    resolveId(id) {
      const [, name, path] = /^(@p2pcrypt\/[a-z-]+)(?:\/(.+))?$/.exec(id) ?? [];
      if (name === undefined) return undefined;
      const folder = join(import.meta.dirname, "../../node_modules", name);
      const manifest: { readonly exports: Readonly<Record<string, { readonly source: string }>> } = JSON.parse(
        readFileSync(join(folder, "package.json"), "utf8"),
      );
      const entry = manifest.exports[path === undefined ? "." : `./${path}`];
      return entry === undefined ? undefined : this.resolve(join(folder, entry.source));
    },
  };
}
