// Files from one browser to another: seen before they are saved, whole or not at all.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { PDF_STEP_MS } from "../apps/web/src/model/pdf-look.ts";
import { findBarriers, lookAt, takePicture } from "./rig/look.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { befriend, openConversation } from "./story/begin.ts";
import { attach, cardOf, photograph } from "./story/files.ts";
import { aboutSandbox, colourOf, endless, hostilePdfs, readPdf, report } from "./story/pdf.ts";
import { expectToRead, send } from "./story/talk.ts";

const stage = useStage();
let ana: Person;
let ben: Person;

beforeAll(async () => {
  ({ ana, ben } = await friends());
}, 120_000);

async function friends(): Promise<{ ana: Person; ben: Person }> {
  const [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await befriend(ana, ben);
  return { ana, ben };
}

async function fetchAndSave(person: Person, name: string): Promise<Buffer> {
  const card = cardOf(person, name);
  await card.getByRole("button", { name: person.words.t("file.fetch") }).click({ timeout: 60_000 });
  const save = card.getByRole("button", { name: person.words.t("file.save") });
  await save.waitFor({ timeout: 120_000 });
  const downloading = person.page.waitForEvent("download");
  await save.click();
  const download = await downloading;
  const path = join(stage().folder, `saved ${name}`);
  await download.saveAs(path);
  return readFileSync(path);
}

const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

it("a picture is seen small before it is fetched, then whole; where it was taken does not leave the page; others are saved as they were", async () => {
  const picture = await photograph(ana);
  const notes = randomBytes(300_000);
  await attach(
    ana,
    { name: "harbour.jpg", mimeType: "image/jpeg", buffer: picture },
    { name: "notes.bin", mimeType: "", buffer: notes },
  );
  const card = cardOf(ben, "harbour.jpg");
  await card.getByRole("img", { name: "harbour.jpg" }).waitFor({ timeout: 60_000 });
  expect(await findBarriers(ben.page)).toEqual([]);
  const saved = await fetchAndSave(ben, "harbour.jpg");
  expect(saved.includes("52.5N")).toBe(false);
  expect(picture.length - saved.length).toBeGreaterThan(20);
  await expect.poll(() => card.getByRole("img").evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBe(640);
  expect(hash(await fetchAndSave(ben, "notes.bin"))).toBe(hash(notes));
  await cardOf(ana, "notes.bin").waitFor();
});

it("B4: a name cannot hide what a file is, nor where it goes; nothing of a page is opened in the app", async () => {
  const name = "photo\u202egpj.html";
  const markup = Buffer.from("<script>document.title='pwned'</script>");
  await attach(ana, { name, mimeType: "text/html", buffer: markup });
  const card = ben.page.locator("article").filter({ hasText: ".html" });
  await card.getByRole("button", { name: ben.words.t("file.fetch") }).click({ timeout: 60_000 });
  const save = card.getByRole("button", { name: ben.words.t("file.save") });
  await save.waitFor({ timeout: 60_000 });
  expect(await card.locator("img, iframe, object, embed, audio, video").count()).toBe(0);
  expect(await card.innerText()).not.toContain("\u202e");
  const downloading = ben.page.waitForEvent("download");
  await save.click();
  expect((await downloading).suggestedFilename()).toBe("photogpj.html");
  expect(await ben.page.title()).not.toBe("pwned");
});

it("B5 B6: a PDF is read page by page, drawn in a frame that has no origin, no storage and no network; nothing in it runs", async () => {
  const { t, number } = ben.words;
  const pages = (at: number) => ben.page.getByText(t("pdf.page", { at: number(at), all: number(3) }), { exact: true });
  await ben.page.keyboard.press("Escape");
  await attach(ana, report);
  const dialog = await readPdf(ben, report);
  await pages(1).waitFor({ timeout: 60_000 });
  await expect.poll(() => colourOf(ben)).toEqual([0, 153, 51]);
  await dialog.getByText("First page", { exact: true }).waitFor({ state: "attached" });
  expect(await findBarriers(ben.page)).toEqual([]);
  expect(await lookAt(ben, "pdf")).toEqual([]);
  await ben.page.keyboard.press("ArrowRight");
  await pages(2).waitFor();
  await expect.poll(() => colourOf(ben)).toEqual([255, 0, 0]);
  await dialog.getByRole("button", { name: t("pdf.next") }).click();
  // What is scanned lies over a blue that is seen where its decoder is missing.
  await expect.poll(() => colourOf(ben)).toEqual([0, 0, 0]);
  expect(await dialog.getByRole("button", { name: t("pdf.next") }).isDisabled()).toBe(true);
  const narrow = await dialog.locator("canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).width);
  await dialog.getByRole("button", { name: t("file.zoom", { size: `${number(1)}×` }) }).click();
  await expect.poll(() => dialog.locator("canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).width)).toBe(2 * narrow);

  ben.complaints.expect(/Content Security Policy|connect-src|default-src|TrustedScript|trusted-types|ERR_/);
  const stores = { localStorage: "refused", database: "refused", folder: "refused" };
  const rest = { parent: "refused", ownNode: "refused", network: "refused", code: "refused" };
  const about = { origin: "null", ...stores, ...rest };
  expect(await aboutSandbox(ben)).toEqual({ frame: about, worker: about });
  await dialog.getByRole("button", { name: t("app.close") }).click();
  await expect.poll(() => ben.page.frames().length).toBe(1);
});

it("B5: PDFs that are locked, broken, endless or made to burst end in words, and the app goes on", async () => {
  const { t, number } = ben.words;
  await ben.page.keyboard.press("Escape");
  await attach(ana, ...hostilePdfs, endless);
  for (const hostile of hostilePdfs) {
    const dialog = await readPdf(ben, hostile);
    // A slow machine has no time left before there is no room left for what bursts.
    const ends = [t(hostile.ends), ...(hostile.name === "bomb.pdf" ? [t("pdf.tooSlow")] : [])];
    const words = ends.map((text) => dialog.getByText(text, { exact: true }));
    await words.reduce((one, other) => one.or(other)).waitFor({ timeout: 60_000 });
    await dialog.getByRole("button", { name: t("app.close") }).click();
  }
  await ben.page.clock.install();
  const dialog = await readPdf(ben, endless);
  await dialog.getByText(t("pdf.page", { at: number(1), all: number(1) }), { exact: true }).waitFor({ timeout: 60_000 });
  await ben.page.clock.fastForward(PDF_STEP_MS);
  await dialog.getByText(t("pdf.tooSlow"), { exact: true }).waitFor();
  await expect
    .poll(() => [ben.page.frames().length, ben.page.workers().some((worker) => worker.url().startsWith("blob:"))])
    .toEqual([1, false]);
  await dialog.getByRole("button", { name: t("app.close") }).click();
  await send(ben, "Still here");
  await expectToRead(ana, "Still here");
});

it("what is kept is shown with its size and its end, and is freed here and at the node; small files come by themselves", async () => {
  const { ana, ben } = await friends();
  const { t, bytes } = ben.words;
  await ben.goToPlace("#/settings");
  await ben.page
    .locator("label")
    .filter({ hasText: t("storage.fetchUpTo", { size: bytes(1_000_000) }) })
    .click();
  await attach(ana, { name: "notes.bin", mimeType: "", buffer: randomBytes(300_000) });
  const free = (person: Person, key: "storage.freeHere" | "storage.freeAtNode"): Locator =>
    person.page.getByRole("button", { name: person.words.t(key, { name: "notes.bin" }) });
  await free(ben, "storage.freeHere").waitFor({ timeout: 60_000 });
  await free(ben, "storage.freeHere").scrollIntoViewIfNeeded();
  await takePicture(ben.page, "files-settings");
  expect(await findBarriers(ben.page)).toEqual([]);
  await free(ben, "storage.freeHere").click();
  await ben.see(ben.page.getByText(t("storage.hereNothing")));
  await ana.goToPlace("#/settings");
  await free(ana, "storage.freeAtNode").click();
  await ana.read(t("storage.atNodesNothing"));
  await openConversation(ben, "Ana");
  await cardOf(ben, "notes.bin")
    .getByRole("button", { name: t("file.fetch") })
    .click();
  await cardOf(ben, "notes.bin").getByText(t("file.expired")).waitFor();
});
