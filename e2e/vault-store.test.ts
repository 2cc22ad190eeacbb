// The vault's store in the real IndexedDB, by the same cases that its other stores pass.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";

const stage = useStage();
let server: Server;
let ana: Person;

beforeAll(async () => {
  const entry = fileURLToPath(new URL("store/store-page.ts", import.meta.url));
  const bundle = await build({ entryPoints: [entry], bundle: true, format: "iife", conditions: ["source"], write: false });
  server = createServer(({ url }, response) => {
    if (url === "/page.js") response.setHeader("content-type", "text/javascript").end(bundle.outputFiles[0]?.contents);
    else response.setHeader("content-type", "text/html").end("<!doctype html><title>store</title><script src=/page.js></script>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const nodeUrl = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  ana = await Person.open("Ana", { folder: `${stage().folder}/store`, nodeUrl });
  ana.complaints.expect(/favicon/);
  await ana.goTo("/");
});

afterAll(async () => {
  await ana.close();
  server.closeAllConnections();
  server.close();
});

it("does in Chromium what every store of a vault must do", async () => {
  const said = await ana.page.evaluate(() => window.runCases());
  expect(Object.keys(said).length).toBeGreaterThan(4);
  expect(Object.entries(said).filter(([, outcome]) => outcome !== "ok")).toEqual([]);
});

it("M20: of two tabs the later one stores, and the earlier one nothing more", async () => {
  expect(await ana.page.evaluate(() => window.storeByte(1, 1))).toBe("ok");
  const first = await ana.openTab();
  await ana.goTo("/");
  expect(await ana.page.evaluate(() => window.storeByte(1, 2))).toBe("ok");
  expect(await first.evaluate(() => window.storeByte(1, 3))).toBe("vault/takenOver");
  expect(await ana.page.evaluate(() => window.readByte(1))).toBe(2);
});

it("W4: the browser's own key opens the vault after a restart and cannot be taken out", async () => {
  expect(await ana.page.evaluate(() => window.makeVault())).toBe("InvalidAccessError");
  await ana.restartBrowser();
  ana.complaints.expect(/favicon/);
  await ana.goTo("/");
  expect(await ana.page.evaluate(() => window.reopenVault())).toBe(true);
});
