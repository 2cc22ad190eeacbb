// The files of one build, kept for working offline. Each is checked against the hash that this service worker was built with, when it
// is fetched and before it is ever shown, so that a node which changes a file serves nothing (W10). It knows no keys and sees no
// messages: only GET requests for files of a build are answered.

export interface PrecacheFile {
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
}

/** The part of the browser's CacheStorage that is used. */
interface Caches {
  open(name: string): Promise<{
    match(path: string): Promise<Response | undefined>;
    put(path: string, response: Response): Promise<void>;
  }>;
  keys(): Promise<string[]>;
  delete(name: string): Promise<boolean>;
}

export interface AssetCacheDeps {
  readonly origin: string;
  readonly caches: Caches;
  readonly fetch: (url: string, init: { readonly cache: "no-cache"; readonly redirect: "error" }) => Promise<Response>;
  readonly digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>;
  /** By path, what a file comes with, whatever the node sent with it. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Asked {
  readonly method: string;
  readonly url: string;
}

const PREFIX = "p2pcrypt-build-";
/** Names everything else, and so is in nobody's list; pages read it to say which build they are. */
const MANIFEST = "/build.json";

export class AssetCache {
  readonly #deps: AssetCacheDeps;
  readonly #name: string;
  readonly #files: ReadonlyMap<string, PrecacheFile>;

  /** `build`: what distinguishes this build from others, as hex. */
  constructor(build: string, files: readonly PrecacheFile[], deps: AssetCacheDeps) {
    this.#deps = deps;
    this.#name = `${PREFIX}${build}`;
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  /** All of it or nothing: a build with a file missing or changed is not installed. @throws {TypeError} */
  async install(): Promise<void> {
    const cache = await this.#deps.caches.open(this.#name);
    try {
      const manifest = await this.#fetched(MANIFEST);
      assertNames(await manifest.clone().json(), this.#files);
      await Promise.all([...this.#files.values()].map(async (file) => cache.put(file.path, await this.#checked(file))));
      await cache.put(MANIFEST, manifest);
    } catch (error) {
      await this.#deps.caches.delete(this.#name);
      throw error;
    }
  }

  /** Forgets older builds but the last: pages of it may still be open and load the rest of theirs. */
  async purge(): Promise<void> {
    const ours = (await this.#deps.caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== this.#name);
    await Promise.all(ours.slice(0, -1).map((name) => this.#deps.caches.delete(name)));
  }

  /** Whether a request is answered from here. Everything else goes to the network as if there were no service worker. */
  isOurs({ method, url }: Asked): boolean {
    const { origin, pathname } = new URL(url);
    if (method !== "GET" || origin !== this.#deps.origin) return false;
    return pathname === "/" || pathname === MANIFEST || this.#files.has(pathname) || pathname.startsWith("/assets/");
  }

  async answer({ url }: Asked): Promise<Response> {
    const { pathname } = new URL(url);
    const path = pathname === "/" ? "/index.html" : pathname;
    const answer = await this.#answered(path);
    const headers = this.#deps.headers[path];
    return headers === undefined ? answer : new Response(answer.body, { headers });
  }

  async #answered(path: string): Promise<Response> {
    const kept = (await (await this.#deps.caches.open(this.#name)).match(path)) ?? (await this.#ofOlderBuild(path));
    if (kept !== undefined) return kept;
    const file = this.#files.get(path);
    // Thrown away by the browser, or a file of a build that is not kept any more.
    return file === undefined ? this.#fetched(path) : this.#checked(file);
  }

  /** The names of assets hold a hash of their content, so that those of two builds do not mix. */
  async #ofOlderBuild(path: string): Promise<Response | undefined> {
    if (!path.startsWith("/assets/")) return undefined;
    for (const name of await this.#deps.caches.keys()) {
      if (!name.startsWith(PREFIX)) continue;
      const kept = await (await this.#deps.caches.open(name)).match(path);
      if (kept !== undefined) return kept;
    }
    return undefined;
  }

  async #checked({ path, sha256 }: PrecacheFile): Promise<Response> {
    const response = await this.#fetched(path);
    const digest = await this.#deps.digest(new Uint8Array(await response.clone().arrayBuffer()));
    if (hexOf(digest) !== sha256) throw new TypeError("a file is not the one of this build");
    return response;
  }

  async #fetched(path: string): Promise<Response> {
    const response = await this.#deps.fetch(path, { cache: "no-cache", redirect: "error" });
    if (response.status !== 200) throw new TypeError("a file of this build is missing");
    return response;
  }
}

function assertNames(manifest: unknown, files: ReadonlyMap<string, PrecacheFile>): void {
  const named: unknown = typeof manifest === "object" && manifest !== null && "files" in manifest ? manifest.files : undefined;
  const entries = new Map<string, unknown>(typeof named === "object" && named !== null ? Object.entries(named) : []);
  for (const { path, sha256 } of files.values()) {
    const entry = entries.get(path);
    const isSame = typeof entry === "object" && entry !== null && "sha256" in entry && entry.sha256 === sha256;
    if (!isSame) throw new TypeError("the manifest is of another build");
  }
}

function hexOf(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
