// The page as an attacker finds it: its headers, what it calls, what it leaves on the disk and in the address, and what it takes from
// the clipboard and the pointer.
import { beforeAll, beforeEach, expect, it } from "vitest";
import { createCanary, findTraces } from "./attack/at-rest.ts";
import { lookAt } from "./rig/look.ts";
import { Peer } from "./rig/peer.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { composerOf, linkOf, openConversation, openLink, start } from "./story/begin.ts";
import { expectState, expectToRead, send } from "./story/talk.ts";

const stage = useStage();
let ana: Person;
let ben: Peer;

beforeAll(async () => {
  ana = await stage().person("Ana");
  await start(ana);
  ben = await Peer.create("Ben", stage().node.url);
  await ben.meet(ana);
  return () => ben.close();
}, 60_000);

beforeEach(async () => {
  await ana.goToPlace("#/");
  await openConversation(ana, "Ben");
});

it("W2: every file of the page comes with exactly these headers", async () => {
  const page = await fetch(`${stage().node.url}/`);
  const scripts = [...(await page.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = ""]) => path);
  expect(scripts.length).toBeGreaterThan(1);
  for (const path of ["/", ...scripts, "/build.json"]) {
    const { headers } = await fetch(`${stage().node.url}${path}`);
    const safety = Object.fromEntries(Object.keys(HEADERS).map((name) => [name, headers.get(name)]));
    expect(safety, path).toEqual(HEADERS);
    expect(headers.get("set-cookie")).toBeNull();
  }
});

it("W2: nothing on the page can be turned into a script, and nobody can frame it", async () => {
  const attempts = await ana.page.evaluate(() => {
    const refused = (attempt: () => unknown): boolean => {
      try {
        attempt();
        return false;
      } catch {
        return true;
      }
    };
    const holder = document.createElement("div");
    return {
      html: refused(() => {
        holder.innerHTML = "<b>x</b>";
      }),
      policy: refused(() => window.trustedTypes?.createPolicy("another", {})),
      worker: refused(() => new Worker("/assets/other.js")),
      timer: refused(() => document.createElement("script").setAttribute("src", "/x.js")),
    };
  });
  expect(attempts).toEqual({ html: true, policy: true, worker: true, timer: true });
  ana.complaints.expect(/Trusted|trusted-types/);
});

it("W3: a page that is made to call somebody else is noticed here, and everything done so far called the node only", async () => {
  expect(ana.proxy.hosts()).toEqual([stage().node.host]);
  const carol = await stage().person("Carol");
  carol.complaints.expect(/./);
  await carol.goTo("/");
  await carol.page.evaluate(() => fetch("https://elsewhere.example/").catch(() => undefined));
  expect(carol.proxy.hosts()).toContain("elsewhere.example:443");
  carol.allowedHosts.add("elsewhere.example:443");
});

it("B7: a link that somebody sent or that one sends oneself is letters and a link: nobody asks for what is behind it", async () => {
  const before = ana.proxy.recorded.length;
  const link = "https://preview.example/picture.png";
  await ben.say(`look ${link}`);
  const shown = ana.page.locator(`article a[href="${link}"]`).first();
  await ana.see(shown);
  await shown.hover();
  await send(ana, `seen ${link}`);
  await expectState(ana, `seen ${link}`, "delivered");
  expect(await ana.page.locator("article img, article iframe, article video").count()).toBe(0);
  const asked = ana.proxy.recorded.slice(before).map(({ host }) => host);
  expect(asked.filter((host) => host.includes("preview.example"))).toEqual([]);
});

it("W14: what is pasted or dropped is words and nothing else", async () => {
  const html = `<img src=x onerror="document.title='pwned'"><b>bold</b>`;
  await composerOf(ana).fill("");
  await composerOf(ana).evaluate((element, markup) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", markup);
    clipboardData.setData("text/plain", "plain words");
    element.focus();
    const wasTaken = !element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    if (!wasTaken) document.execCommand("insertText", false, clipboardData.getData("text/plain"));
  }, html);
  expect(await composerOf(ana).inputValue()).toBe("plain words");
  await composerOf(ana).fill("");
  const drop = await ana.page.evaluateHandle((markup) => {
    const data = new DataTransfer();
    data.setData("text/html", markup);
    data.setData("text/uri-list", "https://evil.invalid/");
    data.setData("text/plain", "dropped words");
    return data;
  }, html);
  const log = ana.page.getByRole("region", { name: ana.words.t("chat.log") });
  await log.dispatchEvent("drop", { dataTransfer: drop });
  await expect.poll(() => composerOf(ana).inputValue()).toBe("dropped words");
  expect(await ana.page.locator("article b, article img").count()).toBe(0);
  await composerOf(ana).fill("");

  // Where files may be let go, and what becomes of them, is said before.
  const sign = ana.page.getByText(ana.words.t("file.drop", { name: "Ben" }), { exact: true });
  await log.dispatchEvent("dragover", { dataTransfer: drop });
  expect(await sign.count()).toBe(0);
  const dragged = await ana.page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["dragged"], "dragged.txt", { type: "text/plain" }));
    return data;
  });
  await log.dispatchEvent("dragover", { dataTransfer: dragged });
  await sign.waitFor();
  expect(await lookAt(ana, "drop-sign")).toEqual([]);
  await log.dispatchEvent("dragleave", { dataTransfer: dragged });
  await sign.waitFor({ state: "detached" });
  await log.dispatchEvent("drop", { dataTransfer: dragged });
  await ana.see(ana.page.getByRole("dialog").getByText("dragged.txt", { exact: true }));
  await ana.press(ana.words.t("app.cancel"));

  // Beside every field what is pasted is a file of this conversation, or nothing.
  const pasteBeside = (name: string) =>
    ana.page.evaluate((called) => {
      const clipboardData = new DataTransfer();
      if (called === "") clipboardData.setData("text/html", "<img src=x>");
      else clipboardData.items.add(new File(["pasted"], called, { type: "text/plain" }));
      return !document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, name);
  expect(await pasteBeside("")).toBe(false);
  // Nothing of it goes out before a person says so: a clipboard holds what one forgot.
  expect(await pasteBeside("secret.txt")).toBe(true);
  const question = ana.page.getByRole("dialog", { name: ana.words.t("file.sendTo", { name: "Ben" }) });
  await ana.see(question.getByText("secret.txt", { exact: true }));
  expect(await lookAt(ana, "send-question")).toEqual([]);
  await question.getByRole("button", { name: ana.words.t("app.cancel") }).click();
  await question.waitFor({ state: "detached" });
  expect(await pasteBeside("notes.txt")).toBe(true);
  await question.getByRole("button", { name: ana.words.t("chat.send") }).click();
  await ana.see(log.getByText("notes.txt", { exact: true }));
  expect(await ana.page.getByText("secret.txt", { exact: true }).count()).toBe(0);
});

it("W15: what a link says stays behind the #: the node never sees it, nobody is told where one came from, and nothing is accepted by opening it", async () => {
  const carol = await Peer.create("Carol", stage().node.url);
  const secret = new URL(carol.link).hash.slice("#/add/".length);
  await openLink(ana, carol.link);
  await ana.see(ana.page.getByRole("button", { name: ana.words.t("landing.helloTo", { name: "Carol" }) }));
  for (const { path, referrer } of ana.proxy.recorded) {
    expect(path).not.toContain(secret);
    expect(referrer ?? "").not.toContain(secret);
  }
  expect(stage().node.log).not.toContain(secret);
  expect(carol.client.contacts.list()).toEqual([]);
  await carol.close();
  await ana.goToPlace("#/");
  await openConversation(ana, "Ben");
});

it("K5: the camera is not asked for before a person presses, and is let go when the scanner closes", async () => {
  const carol = await stage().person("Carol", {
    permissions: ["camera"],
    args: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  });
  await carol.page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    window.asked = [];
    mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      window.asked?.push({ wanted: JSON.stringify(wanted), tracks: stream.getTracks() });
      return stream;
    };
  });
  await start(carol);
  for (const place of ["#/add", "#/settings", "#/me", "#/add"]) await carol.goToPlace(place);
  await carol.see(carol.page.getByRole("button", { name: carol.words.t("add.scan") }));
  expect(await carol.page.evaluate(() => window.asked?.length)).toBe(0);
  await carol.press(carol.words.t("add.scan"));
  await expect.poll(() => carol.page.evaluate(() => window.asked?.map(({ wanted }) => wanted).join())).toMatch(/video/);
  expect(await carol.page.evaluate(() => window.asked?.map(({ wanted }) => wanted).join())).not.toMatch(/"audio":(?!false)/);
  await carol.press(carol.words.t("add.scanStop"));
  await expect
    .poll(() => carol.page.evaluate(() => window.asked?.flatMap(({ tracks }) => tracks).map(({ readyState }) => readyState)))
    .toEqual(["ended"]);
});

it("I13: a name that imitates another is shown with a warning and its fingerprint, and turns nothing around it", async () => {
  const names = ["B\u0435n", "Ben\u202e\u2066txt", "Ben\u200b", "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357\u0358algo"];
  const link = await linkOf(ana);
  await ana.goToPlace("#/requests");
  for (const [at, name] of names.entries()) {
    const mallory = await Peer.create(name, stage().node.url);
    await mallory.client.contacts.add(link, "It's me");
    await expect.poll(() => ana.page.getByRole("article").count()).toBe(at + 1);
    const { fingerprint } = mallory.client.account.snapshot();
    await ana.read(fingerprint.match(/.{4}/g)?.join(" ") ?? "");
    await mallory.close();
  }
  const { t } = ana.words;
  await ana.see(ana.page.getByText(t("trust.lookMixed")));
  await ana.see(ana.page.getByText(t("trust.lookHidden")));
  const shown = await ana.page.getByRole("article").locator("bdi").allTextContents();
  expect(shown.join("")).not.toMatch(/[\u202a-\u202e\u200b]|\p{M}{5}/u);
});

it("W4: after use, nothing that was said, named, drafted or protected with is found on the disk", async () => {
  const said = {
    own: createCanary("own"),
    theirs: createCanary("their"),
    draft: createCanary("draft"),
    passphrase: createCanary("pass"),
    name: createCanary("name"),
  };
  await send(ana, said.own);
  await ben.say(said.theirs);
  await expectToRead(ana, said.theirs);
  await expectState(ana, said.own, "delivered");
  await ana.goToPlace("#/settings");
  const { t } = ana.words;
  await ana.fill(t("settings.name"), said.name);
  await ana.press(t("settings.rename"));
  await ana.press(t("settings.passphraseAdd"));
  await ana.fill(t("settings.passphraseNew"), said.passphrase);
  await ana.fill(t("settings.passphraseAgain"), said.passphrase);
  await ana.press(t("settings.passphraseAdd"));
  await ana.read(t("settings.passphraseSet"));
  await openConversation(ana, "Ben");
  await composerOf(ana).fill(said.draft);
  await ana.closeBrowser();
  expect(findTraces(ana.profileFolder, Object.values(said))).toEqual([]);
  await ana.restartBrowser();
});

declare global {
  interface Window {
    asked?: { readonly wanted: string; readonly tracks: MediaStreamTrack[] }[];
    trustedTypes?: { createPolicy(name: string, rules: object): unknown };
  }
}

const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "connect-src 'self' https: wss: http://localhost:* http://127.0.0.1:* ws://localhost:* ws://127.0.0.1:*",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types p2pcrypt-worker",
  ].join("; "),
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy":
    "camera=(self), microphone=(self), display-capture=(self), accelerometer=(), geolocation=(), gyroscope=(), magnetometer=(), midi=(), payment=(), serial=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
