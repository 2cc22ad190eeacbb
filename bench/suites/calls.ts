// Setting a call up in two real Chromiums, through the node's relay: from the press on Answer to the first decoded picture on both sides.
// Beside it a bare pair of RTCPeerConnections in one page, without set-up, relay or sealing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "../../e2e/rig/chromium.ts";
import { NodeProcess } from "../../e2e/rig/node-process.ts";
import { Person } from "../../e2e/rig/person.ts";
import { befriend } from "../../e2e/story/begin.ts";
import { WITH_DEVICES, watchMedia } from "../../e2e/story/call.ts";
import { percentile, type Result, rounded } from "../result.ts";

/** A seventh call in a minute would not ring. */
const CALLS = 5;

declare global {
  interface Window {
    pressedAtMs?: number;
    seenAtMs?: number;
  }
}

export async function run(): Promise<Result[]> {
  if (findChromium() === undefined) throw new Error("the suite calls needs Chromium, see docs/testing.md");
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const node = await NodeProcess.start(join(folder, "node"), ["--relay-port", "0"]);
  const [ana, ben] = await Promise.all(
    ["Ana", "Ben"].map((name) => Person.open(name, { ...WITH_DEVICES, folder: join(folder, name), nodeUrl: node.url })),
  );
  if (ana === undefined || ben === undefined) throw new Error("nobody came");
  try {
    for (const person of [ana, ben]) {
      await watchMedia(person);
      await person.context.addInitScript(watchPictures);
    }
    await befriend(ana, ben);
    const callsMs: number[] = [];
    for (let n = 0; n < CALLS; n++) callsMs.push(await callOnce(ana, ben));
    const bareMs: number[] = [];
    for (let n = 0; n < CALLS; n++) bareMs.push(await ana.page.evaluate(bareOnce));
    const [call, bare] = [percentile(callsMs, 50), percentile(bareMs, 50)];
    return [
      { name: "Answer pressed to pictures on both sides, median", value: rounded(call), unit: "ms", goal: { atMost: 1_000 } },
      { name: "the slowest of five", value: rounded(Math.max(...callsMs)), unit: "ms" },
      { name: "a bare pair of connections in one page, devices included, median", value: rounded(bare), unit: "ms" },
      { name: "call to bare pair", value: rounded(call / bare, 2), unit: "times" },
    ];
  } finally {
    await Promise.all([ana.close(), ben.close()]);
    await node.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function callOnce(ana: Person, ben: Person): Promise<number> {
  for (const { page } of [ana, ben]) {
    await page.evaluate(() => {
      delete window.seenAtMs;
    });
  }
  await ana.press(ana.words.t("call.of.video"));
  await ben.press(ben.words.t("call.answerVideo"));
  const seen = await Promise.all(
    [ana, ben].map(async ({ page }) => {
      await page.waitForFunction(() => window.seenAtMs !== undefined);
      return page.evaluate(() => window.seenAtMs ?? 0);
    }),
  );
  const pressed = await ben.page.evaluate(() => window.pressedAtMs ?? 0);
  await ana.press(ana.words.t("call.hangUp"));
  await Promise.all([ana, ben].map(({ page }) => page.getByRole("timer").waitFor({ state: "detached" })));
  return Math.max(...seen) - pressed;
}

/** Runs in each page: when somebody last pressed, and when the newest connection had decoded a picture. */
function watchPictures(): void {
  document.addEventListener(
    "pointerup",
    () => {
      window.pressedAtMs = Date.now();
    },
    true,
  );
  setInterval(async () => {
    const connection = window.connections.at(-1);
    if (window.seenAtMs !== undefined || connection === undefined || connection.connectionState === "closed") return;
    for (const one of (await connection.getStats()).values())
      if (one.type === "inbound-rtp" && (one.framesDecoded ?? 0) > 0) window.seenAtMs ??= Date.now();
  }, 10);
}

/** Runs in a page: two connections, each with microphone and camera. */
async function bareOnce(): Promise<number> {
  const startedMs = performance.now();
  const ends = [new RTCPeerConnection(), new RTCPeerConnection()] as const;
  const [one, other] = ends;
  one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined);
  other.onicecandidate = ({ candidate }) => void one.addIceCandidate(candidate ?? undefined);
  const streams = await Promise.all(ends.map(() => navigator.mediaDevices.getUserMedia({ audio: true, video: true })));
  for (const [at, end] of ends.entries()) for (const track of streams[at]?.getTracks() ?? []) end.addTrack(track);
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription ?? { type: "offer" });
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription ?? { type: "answer" });
  const sees = async (end: RTCPeerConnection): Promise<boolean> =>
    [...(await end.getStats()).values()].some(({ type, framesDecoded = 0 }) => type === "inbound-rtp" && framesDecoded > 0);
  while (!(await sees(one)) || !(await sees(other))) await new Promise((resolve) => setTimeout(resolve, 10));
  const tookMs = performance.now() - startedMs;
  for (const end of ends) end.close();
  for (const track of streams.flatMap((stream) => stream.getTracks())) track.stop();
  return tookMs;
}
