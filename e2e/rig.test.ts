// The rig itself: what it is there to notice, it notices.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findBarriers } from "./rig/look.ts";
import { Person } from "./rig/person.ts";
import { freePort } from "./rig/program.ts";
import { useStage } from "./rig/stage.ts";

const PAGE = `<!doctype html><html lang="en"><title>Faulty</title><h1>Faulty</h1>
<button onclick="steal()">Go</button><img src="/a.png"><script src="/faulty.js"></script>`;
const script = (
  elsewhere: string,
): string => `console.error("said on the console"); setTimeout(() => { throw new Error("nobody catches this") });
fetch("${elsewhere}/page").catch(() => undefined);
navigator.serviceWorker.register("/worker.js");
document.querySelector("h1").setAttribute("onclick", "steal()");`;
const worker = (elsewhere: string): string =>
  `self.addEventListener("install", (event) => event.waitUntil(fetch("${elsewhere}/worker").catch(() => 0)));`;

const stage = useStage();
let faulty: Server;
let elsewhere: string;

beforeAll(async () => {
  elsewhere = `http://127.0.0.1:${await freePort()}`;
  faulty = createServer(({ url }, response) => {
    const isScript = url?.endsWith(".js") === true;
    response.writeHead(200, {
      "content-type": isScript ? "text/javascript" : "text/html",
      "content-security-policy": "script-src 'self'",
    });
    response.end(url === "/worker.js" ? worker(elsewhere) : isScript ? script(elsewhere) : PAGE);
  });
  faulty.listen(0, "127.0.0.1");
  await once(faulty, "listening");
});

afterAll(() => {
  faulty.closeAllConnections();
  faulty.close();
});

it("hears errors, policy reports and traffic of a faulty page, of its service worker too", async () => {
  const address = faulty.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const ana = await Person.open("Ana", { folder: `${stage().folder}/faulty`, nodeUrl: url });
  try {
    await ana.goTo("/");
    await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await expect
      .poll(() => new Set(ana.complaints.unexpected().map(({ kind }) => kind)))
      .toEqual(new Set(["error", "console", "policy"]));
    expect(
      ana.complaints
        .unexpected()
        .map(({ text }) => text)
        .join("\n"),
    ).toMatch(/nobody catches this/);
    const called = ana.proxy.recorded.map(({ host, path }) => `http://${host}${path}`);
    expect(called).toEqual(expect.arrayContaining([`${elsewhere}/page`, `${elsewhere}/worker`]));
    expect((await findBarriers(ana.page)).map(({ rule }) => rule)).toContain("image-alt");
  } finally {
    await ana.close();
  }
});

it("cuts a browser off, and two people share nothing", async () => {
  const [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  ana.complaints.expect(/ERR_/);
  await ana.goTo("/");
  await ben.goTo("/");
  await ana.page.evaluate(() => localStorage.setItem("mine", "Ana's"));
  expect(await ben.page.evaluate(() => localStorage.getItem("mine"))).toBeNull();
  await ana.loseNetwork();
  await expect(ana.goTo("/v1/node")).rejects.toThrow(/ERR_/);
  await ana.regainNetwork();
  await ana.restartBrowser();
  await ana.goTo("/");
  expect(await ana.page.evaluate(() => localStorage.getItem("mine"))).toBe("Ana's");
});
