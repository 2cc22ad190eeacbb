import { readFileSync } from "node:fs";

/** Of this package: the same path from source and from the build. */
const manifest: { readonly version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

export const VERSION: string = manifest.version;
