// Somebody in a terminal and somebody in a browser talk to each other.
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lookAt } from "./rig/look.ts";
import { endProgram, firstLine, freePort, type Running, startProgram } from "./rig/program.ts";
import { useStage } from "./rig/stage.ts";
import { answer, linkOf, openConversation, start } from "./story/begin.ts";
import { heardBy, WITH_DEVICES, watchMedia } from "./story/call.ts";
import { decodedBy, toneFile } from "./story/sound.ts";
import { expectToRead, messageOf, send } from "./story/talk.ts";

const relayPort = await freePort();
const stage = useStage(["--relay-port", String(relayPort)]);
/** Another one for each attempt. */
let home = "";
let running: Running | undefined;
beforeEach(() => {
  home = mkdtempSync(join(stage().folder, "ben-"));
});
afterEach(async () => {
  if (running !== undefined) await endProgram(running);
});

it("a request from a terminal is accepted in a browser, both read each other, and hear each other in a call", async () => {
  const ana = await stage().person("Ana", WITH_DEVICES);
  ana.allowedHosts.add(`127.0.0.1:${relayPort}`);
  await watchMedia(ana);
  await start(ana);
  await ben("identity", "create", "--name", "Ben", "--node", stage().node.url);
  await ben("contact", "add", await linkOf(ana), "--hello", "Hi from a terminal");
  await ana.goToPlace("#/requests");
  await ana.read("Hi from a terminal");
  await answer(ana, "Ben", "accept");
  await openConversation(ana, "Ben");
  await send(ana, "Hello, terminal");
  await expect.poll(async () => ben("receive")).toContain("Hello, terminal");
  await ben("send", "Ana", "Hello, browser");
  await expectToRead(ana, "Hello, browser");
  // The terminal's last message, edited and then answered in the browser.
  await ben("message", "edit", "Ana", "last", "Hello, *browser*");
  await ana.see(ana.page.locator("article em").getByText("browser", { exact: true }));
  const said = messageOf(ana, "browser").last();
  await said.hover();
  await said.getByRole("button", { name: ana.words.t("acts.menu"), exact: true }).click();
  await ana.page.getByRole("menuitem", { name: ana.words.t("acts.reply"), exact: true }).click();
  await ana.see(ana.page.locator(".writing-bar"));
  await send(ana, "Fine, thank you");
  await expect.poll(async () => ben("receive")).toContain('"what":"text"');

  const [tone, heard] = [join(home, "tone.opus"), join(home, "heard.opus")];
  await toneFile(ana, tone);
  const answering = terminal("answer", "Ana", "--audio", tone, "--record", heard);
  const told = textOf(answering);
  await firstLine(answering);
  await ana.press(ana.words.t("call.of.voice"));
  await ana.see(ana.page.getByRole("timer"));
  await expect.poll(async () => (await heardBy(ana)).energy).toBeGreaterThan(0);
  expect(await heardBy(ana)).toMatchObject({ pair: ["relay", "relay"], gathered: ["relay"] });
  // What a terminal plays is over at some time, and the page says so.
  await ana.read(ana.words.t("call.theyMuted", { name: "Ben" }));
  await ana.press(ana.words.t("call.hangUp"));
  expect(await told).toMatch(/"end":"hungUp".*"dropped":0/);
  const recorded = await decodedBy(ana, heard);
  expect(recorded.seconds).toBeGreaterThan(1);
  expect(recorded.peak).toBeGreaterThan(0.01);

  // Before the next call she tries everything out.
  await ana.goToPlace("#/settings");
  await ana.page.getByRole("link", { name: ana.words.t("calltest.title") }).click();
  const opened = async () => (await heardBy(ana)).opened.length;
  const before = await opened();
  await ana.see(ana.page.getByRole("button", { name: ana.words.t("calltest.microphoneOn") }));
  expect(await opened()).toBe(before); // K5
  await ana.press(ana.words.t("calltest.microphoneOn"));
  const level = () => ana.page.getByRole("meter").evaluate((meter) => (meter instanceof HTMLMeterElement ? meter.value : 0));
  await expect.poll(level).toBeGreaterThan(0);
  await ana.press(ana.words.t("calltest.echo.none"));
  await ana.press(ana.words.t("call.cameraOn"));
  await expect
    .poll(() => ana.page.locator("video").evaluate((video) => (video instanceof HTMLVideoElement ? video.videoWidth : 0)))
    .toBeGreaterThan(0);
  await ana.see(ana.page.getByRole("button", { name: ana.words.t("calltest.echo.playing") }));
  await ana.press(ana.words.t("calltest.look"));
  await ana.read(ana.words.t("calltest.allGood"));
  expect(await ana.page.locator(".finding.good").count()).toBe(7);
  expect(await lookAt(ana, "call-test")).toEqual([]);
});

/** Runs one command of Ben's to its end. @returns what it printed. */
async function ben(...args: string[]): Promise<string> {
  return textOf(terminal(...args));
}

function terminal(...args: string[]): Running {
  const child = startProgram(["--home", join(home, "home"), "--json", ...args], { XDG_RUNTIME_DIR: stage().folder });
  child.stdin.end();
  running = child;
  return child;
}

/** What a command printed, when it has ended. */
async function textOf(child: Running): Promise<string> {
  let text = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${child.spawnargs.slice(6).join(" ")} ended with ${code}: ${errors}`);
  return text;
}
