// The built browser client, as a node serves it. Read once: what the manifest names, in every form that was built.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { MANIFEST, parseManifest } from "./build-manifest.ts";
import { SANDBOX_PATH, sandboxHeaders } from "./web-headers.ts";

/** Of the manifest, where somebody signed it. */
const SIGNATURE = "/build.json.sig";
const ENCODINGS = [
  ["br", ".br"],
  ["gzip", ".gz"],
] as const;

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

interface WebFile {
  readonly type: string;
  readonly tag: string;
  readonly isImmutable: boolean;
  /** In place of those of the page. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly plain: Uint8Array;
  readonly encoded: readonly (readonly [encoding: string, bytes: Uint8Array])[];
}

export interface WebAnswer {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

export interface WebRequest {
  readonly path: string;
  readonly acceptEncoding: string;
  readonly ifNoneMatch: string | undefined;
}

/** @returns undefined when there is no build in that folder. */
export function readWebFiles(folder: string): WebFiles | undefined {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) return undefined;
  const { files } = parseManifest(readFileSync(path));
  const beside = [MANIFEST, SIGNATURE]
    .filter((name) => existsSync(folder + name))
    .map((name) => [name, hashOf(folder, name)] as const);
  const names = [...Object.entries(files).map(([name, { sha256 }]) => [name, sha256] as const), ...beside];
  return new WebFiles(new Map(names.map(([name, tag]) => [name, readFile(folder, name, tag)])));
}

export class WebFiles {
  readonly #files: ReadonlyMap<string, WebFile>;

  constructor(files: ReadonlyMap<string, WebFile>) {
    this.#files = files;
  }

  /** @returns undefined for what is no file of the build. */
  answer({ path, acceptEncoding, ifNoneMatch }: WebRequest, fixed: Readonly<Record<string, string>>): WebAnswer | undefined {
    const file = this.#files.get(path === "/" ? "/index.html" : path);
    if (file === undefined) return undefined;
    const [encoding, body] = file.encoded.find(([name]) => accepts(acceptEncoding, name)) ?? [undefined, file.plain];
    const tag = `"${file.tag.slice(0, 32)}${encoding === undefined ? "" : `-${encoding}`}"`;
    const headers = {
      ...(file.headers ?? fixed),
      "content-type": file.type,
      "cache-control": file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
      etag: tag,
      vary: "accept-encoding",
      ...(encoding === undefined ? {} : { "content-encoding": encoding }),
    };
    if (ifNoneMatch?.split(",").some((known) => known.trim() === tag) === true) return { status: 304, headers, body: undefined };
    return { status: 200, headers, body };
  }
}

function readFile(folder: string, name: string, tag: string): WebFile {
  const path = join(folder, name);
  const plain = readFileSync(path);
  return {
    type: TYPES[extname(name)] ?? "application/octet-stream",
    tag,
    // Vite puts a hash of the content into these names.
    isImmutable: name.startsWith("/assets/"),
    headers: name === SANDBOX_PATH ? sandboxHeaders(plain) : undefined,
    plain,
    encoded: ENCODINGS.flatMap(([encoding, suffix]) =>
      existsSync(path + suffix) ? [[encoding, readFileSync(path + suffix)] as const] : [],
    ),
  };
}

function hashOf(folder: string, name: string): string {
  return createHash("sha256")
    .update(readFileSync(join(folder, name)))
    .digest("hex");
}

function accepts(header: string, encoding: string): boolean {
  return header.split(",").some((part) => {
    const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
