// Speaking, and hearing it: with the microphone that Chromium plays itself, which beeps once a second.
import { expect, it } from "vitest";
import { findBarriers, takePicture } from "./rig/look.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { befriend } from "./story/begin.ts";
import { attach, cardOf } from "./story/files.ts";

const MICROPHONE = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  // With a camera, a browser asks for models of its own.
  "--optimization-guide-service-get-models-url=https://127.0.0.1:1/",
];

const stage = useStage();

interface Sound {
  readonly paused: boolean;
  readonly rate: number;
  readonly at: number;
}

function soundOf({ page }: Person): Promise<Sound> {
  return page.locator("audio").evaluate((element) => {
    const { paused, playbackRate: rate, currentTime: at } = element as HTMLAudioElement;
    return { paused, rate, at };
  });
}

it("K5: a voice message is spoken, sent, heard at another speed and from another place, and is marked as heard; a picture is taken", async () => {
  const ana = await stage().person("Ana", { args: MICROPHONE, permissions: ["microphone", "camera"] });
  const ben = await stage().person("Ben", { args: ["--autoplay-policy=no-user-gesture-required"] });
  await befriend(ana, ben);
  const { t } = ana.words;
  await ana.press(t("voice.record"));
  const recorder = ana.page.getByRole("group", { name: t("voice.recording") });
  await recorder.getByText("0:02").waitFor();
  await takePicture(ana.page, "voice-recording");
  await recorder.getByRole("button", { name: t("voice.send") }).click();
  const card = ben.page.getByRole("group", { name: t("voice.message") });
  await card.waitFor({ timeout: 60_000 });
  await card.getByText(t("voice.unheard")).waitFor();
  expect(await findBarriers(ben.page)).toEqual([]);
  await card.getByRole("button", { name: t("voice.speed", { speed: "1" }) }).click();
  await card.getByRole("button", { name: t("voice.play") }).click();
  await card.getByRole("button", { name: t("voice.pause") }).waitFor();
  await card.getByText(t("voice.unheard")).waitFor({ state: "detached" });
  expect(await soundOf(ben)).toMatchObject({ paused: false, rate: 1.5 });
  await card.getByRole("button", { name: t("voice.play") }).waitFor();
  await card.getByRole("slider").fill("1000");
  await expect.poll(async () => Math.round((await soundOf(ben)).at)).toBe(1);
  await takePicture(ben.page, "voice-card");
  // A picture of this moment: the camera is on while one looks through it.
  await ana.press(t("camera.open"));
  const camera = ana.page.getByRole("dialog", { name: t("camera.title") });
  await expect.poll(() => camera.locator("video").evaluate((video) => (video as HTMLVideoElement).videoWidth)).toBeGreaterThan(0);
  const track = await camera
    .locator("video")
    .evaluateHandle((video) => ((video as HTMLVideoElement).srcObject as MediaStream).getTracks()[0]);
  await camera.getByRole("button", { name: t("camera.take") }).click();
  await camera.getByRole("img", { name: t("camera.taken") }).waitFor();
  expect(await track.evaluate((one) => one?.readyState)).toBe("ended");
  expect(await findBarriers(ana.page)).toEqual([]);
  await takePicture(ana.page, "camera");
  await camera.getByRole("button", { name: t("camera.send") }).click();
  await cardOf(ben, "picture.jpg").getByRole("img", { name: "picture.jpg" }).waitFor({ timeout: 60_000 });
  // What was heard, is; also when the page is loaded again.
  await ben.page.reload();
  await card.waitFor();
  await card.getByRole("button", { name: t("voice.play") }).click();
  await card.getByRole("button", { name: t("voice.pause") }).waitFor();
  expect(await card.getByText(t("voice.unheard")).count()).toBe(0);
});

it("pictures of a conversation are seen large, one after the other; a text is read as text", async () => {
  const [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await befriend(ana, ben);
  const { t } = ben.words;
  const picture = (name: string): { name: string; mimeType: string; buffer: Buffer } => ({
    name,
    mimeType: "image/png",
    buffer: Buffer.from(ONE_PIXEL, "base64"),
  });
  const markup = "<script>document.title='pwned'</script>\u202e\nsecond line";
  await attach(ana, picture("first.png"), picture("second.png"), {
    name: "notes.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(markup),
  });
  for (const name of ["first.png", "notes.txt"])
    await cardOf(ben, name)
      .getByRole("button", { name: t("file.fetch") })
      .click({ timeout: 60_000 });
  await cardOf(ben, "first.png")
    .getByRole("button", { name: t("file.enlarge") })
    .click();
  const gallery = ben.page.getByRole("dialog", { name: t("file.gallery") });
  await gallery.getByText("first.png").waitFor();
  await gallery.getByText("1 / 2").waitFor();
  await gallery.getByRole("button", { name: t("file.zoom", { size: "1×" }) }).click();
  await takePicture(ben.page, "gallery");
  await ben.page.keyboard.press("ArrowRight");
  await gallery.getByText("second.png").waitFor();
  await gallery.getByRole("button", { name: t("file.fetch") }).click();
  await gallery.getByRole("button", { name: t("file.zoom", { size: "1×" }) }).waitFor();
  expect(await findBarriers(ben.page)).toEqual([]);
  await ben.page.keyboard.press("Escape");
  await cardOf(ben, "notes.txt")
    .getByRole("button", { name: t("file.read") })
    .click();
  const text = ben.page.getByRole("dialog", { name: "notes.txt" });
  await text.getByText("second line").waitFor();
  expect(await text.locator("pre").innerText()).toBe("<script>document.title='pwned'</script>\nsecond line");
  expect(await findBarriers(ben.page)).toEqual([]);
});

const ONE_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
