import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AssetCache, type PrecacheFile } from "../src/service-worker/asset-cache.ts";

const ORIGIN = "https://node.example";

/** A node that serves a build, and a browser's cache storage. */
class Place {
  readonly served = new Map<string, string>();
  readonly asked: string[] = [];
  readonly stored = new Map<string, Map<string, Response>>();
  isReachable = true;

  readonly caches = {
    open: async (name: string) => {
      const entries = this.stored.get(name) ?? new Map<string, Response>();
      this.stored.set(name, entries);
      return {
        match: async (path: string) => entries.get(path)?.clone(),
        put: async (path: string, response: Response) => void entries.set(path, response),
      };
    },
    keys: async () => [...this.stored.keys()],
    delete: async (name: string) => this.stored.delete(name),
  };

  build(id: string, files: Record<string, string>): AssetCache {
    this.served.clear();
    const list: PrecacheFile[] = Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text) }));
    for (const [path, text] of Object.entries(files)) this.served.set(path, text);
    const named = Object.fromEntries(list.map(({ path, sha256 }) => [path, { sha256, bytes: 1 }]));
    this.served.set("/build.json", JSON.stringify({ version: 1, id, files: named }));
    return new AssetCache(id, list, {
      origin: ORIGIN,
      caches: this.caches,
      fetch: async (path) => {
        this.asked.push(path);
        if (!this.isReachable) throw new TypeError("offline");
        const text = this.served.get(path);
        return text === undefined ? new Response("", { status: 404 }) : new Response(text);
      },
      digest: (bytes) => crypto.subtle.digest("SHA-256", bytes),
      headers: { "/sandbox.html": { "content-security-policy": "sandbox" } },
    });
  }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const get = (path: string) => ({ method: "GET", url: `${ORIGIN}${path}` });
const FILES = { "/index.html": "page one", "/assets/main-1.js": "script one" };

describe("the files of a build", () => {
  it("are served without the node once they are installed, the page at every place of it", async () => {
    const place = new Place();
    const assets = place.build("one", FILES);
    await assets.install();
    place.isReachable = false;
    place.asked.length = 0;
    expect(await (await assets.answer(get("/#/c/1"))).text()).toBe("page one");
    expect(await (await assets.answer(get("/?x"))).text()).toBe("page one");
    expect(await (await assets.answer(get("/assets/main-1.js"))).text()).toBe("script one");
    expect(await (await assets.answer(get("/build.json"))).json()).toMatchObject({ id: "one" });
    expect(place.asked).toEqual([]);
  });

  it("W10: a build with a changed, missing or unnamed file is not installed, and the last one goes on", async () => {
    const place = new Place();
    const assets = place.build("one", FILES);
    await assets.install();
    const changes: ((served: Map<string, string>) => void)[] = [
      (served) => served.set("/assets/main-2.js", "script two, and something else"),
      (served) => served.delete("/assets/main-2.js"),
      (served) => served.set("/build.json", JSON.stringify({ files: { "/index.html": { sha256: sha256("page two") } } })),
      (served) => served.set("/build.json", "null"),
    ];
    for (const change of changes) {
      const next = place.build("two", { "/index.html": "page two", "/assets/main-2.js": "script two" });
      change(place.served);
      await expect(next.install()).rejects.toThrow(TypeError);
      expect([...place.stored.keys()]).toEqual(["p2pcrypt-build-one"]);
    }
    expect(await (await assets.answer(get("/"))).text()).toBe("page one");
  });

  it("W10: a file that the browser threw away is fetched again, and shown only when it is the same", async () => {
    const place = new Place();
    const assets = place.build("one", FILES);
    await assets.install();
    place.stored.clear();
    expect(await (await assets.answer(get("/"))).text()).toBe("page one");
    place.served.set("/index.html", "another page");
    await expect(assets.answer(get("/"))).rejects.toThrow(TypeError);
  });

  it("W9: a page of the last build loads the rest of its files after the next one took over; older ones and no other caches go", async () => {
    const place = new Place();
    await (await place.caches.open("somebody else's")).put("/x", new Response("x"));
    await place.build("zero", { "/index.html": "zero", "/assets/main-0.js": "script zero" }).install();
    await place.build("one", FILES).install();
    const two = place.build("two", { "/index.html": "page two", "/assets/main-2.js": "script two" });
    await two.install();
    await two.purge();
    expect([...place.stored.keys()]).toEqual(["somebody else's", "p2pcrypt-build-one", "p2pcrypt-build-two"]);
    expect(await (await two.answer(get("/assets/main-1.js"))).text()).toBe("script one");
    expect(await (await two.answer(get("/"))).text()).toBe("page two");
  });

  it("W2: the page of the frame without an origin comes under the headers of its build, whatever the node sent with it", async () => {
    const place = new Place();
    const assets = place.build("one", { ...FILES, "/sandbox.html": "a page" });
    await assets.install();
    for (const _ of ["kept", "fetched again"]) {
      const answer = await assets.answer(get("/sandbox.html"));
      expect([answer.headers.get("content-security-policy"), await answer.text()]).toEqual(["sandbox", "a page"]);
      place.stored.clear();
    }
  });

  it("answers nothing but GET requests for files of a build on its own origin", () => {
    const assets = new Place().build("one", FILES);
    expect([get("/"), get("/index.html"), get("/assets/x.js")].map((asked) => assets.isOurs(asked))).toEqual([true, true, true]);
    const others = [
      { method: "POST", url: `${ORIGIN}/` },
      { method: "GET", url: "https://other.example/" },
      get("/v1/node"),
      get("/healthz"),
      get("/service-worker.js"),
    ];
    expect(others.some((asked) => assets.isOurs(asked))).toBe(false);
  });
});
