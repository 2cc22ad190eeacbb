// The map of trust and its roots: three people, an organisation that hands out a link, and a keyring of a thousand.
import { afterAll, beforeAll, expect, it } from "vitest";
import { findBarriers, takePicture } from "./rig/look.ts";
import { Peer } from "./rig/peer.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { openLink, rowOf, start } from "./story/begin.ts";
import { crowd, nameOf } from "./story/crowd.ts";
import { openDetails, verify, vouch } from "./story/vouch.ts";

const PEOPLE = 1_000;
const stage = useStage();
let ana: Person;
let ben: Peer;
let club: Peer;

beforeAll(async () => {
  ana = await stage().person("Ana");
  await start(ana);
  [ben, club] = [await Peer.create("Ben", stage().node.url), await Peer.create("Chess Club", stage().node.url)];
  await ben.meet(ana);
  await club.befriend(ben);
  await club.vouchFor("Ben");
});

afterAll(() => Promise.all([ben, club].map((peer) => peer.close())));

it("who verified nobody sees oneself, and others apart; whom one vouches for stands beside one", async () => {
  const { t } = ana.words;
  await ana.page.getByRole("link", { name: t("map.title") }).click();
  await drawn(ana, 2);
  await ana.press(t("map.asList"));
  await ana.see(personIn(ana, "Ben").getByText(t("map.apart")));
  await verify(ana, "Ben");
  await vouch(ana, "Ben");
  await ana.page.keyboard.press("Escape");
  await ana.goToPlace("#/trust");
  await drawn(ana, 2);
  await ana.press(t("map.asList"));
  await ana.see(personIn(ana, "Ben").getByText(t("map.direct")));
  expect(await findBarriers(ana.page)).toEqual([]);
});

it("a link for a root asks, and changes nothing before one agrees", async () => {
  const { t } = ana.words;
  await ana.goToPlace(new URL(club.link.replace("#/add/", "#/root/")).hash);
  await ana.read(t("roots.fromLink"));
  expect(await findBarriers(ana.page)).toEqual([]);
  await ana.goToPlace("#/roots");
  await ana.read(t("roots.none"));
  await ana.goToPlace(new URL(club.link.replace("#/add/", "#/root/")).hash);
  await ana.press(t("roots.make"));
  await ana.see(ana.page.getByText(t("why.root", { name: "Chess Club", amount: "120", full: "120" })));
  await ana.goToPlace("#/trust");
  await drawn(ana, 3);
  await ana.press(t("map.asList"));
  await personIn(ana, "Chess Club").click();
  await ana.see(panelOf(ana, "Chess Club").getByText(t("why.root", { name: "Chess Club", amount: "120", full: "120" })));
  await panelOf(ana, "Chess Club")
    .getByRole("button", { name: t("roots.removeOf", { name: "Chess Club" }) })
    .click();
  await ana.see(panelOf(ana, "Chess Club").getByRole("button", { name: t("roots.make"), exact: true }));
});

it("whoever has no identity yet is asked once they have one", async () => {
  const eva = await stage().person("Eva");
  const { t } = eva.words;
  await openLink(eva, club.link.replace("#/add/", "#/root/"));
  await eva.press(t("landing.startHere"));
  await eva.fill(t("start.nameLabel"), "Eva");
  await eva.press(t("start.create"));
  await eva.read(t("roots.fromLink"));
  await eva.press(t("roots.make"));
  await eva.see(eva.page.getByText(t("why.root", { name: "Chess Club", amount: "120", full: "120" })));
});

it("the map is walked through by keyboard, tells who is chosen, and leads to their details", async () => {
  const { t } = ana.words;
  await ana.goToPlace("#/");
  await ana.page.keyboard.press("t");
  await drawn(ana, 3);
  const field = ana.page.getByRole("application", { name: t("map.title") });
  await field.focus();
  await ana.page.keyboard.press("ArrowRight");
  await ana.see(panelOf(ana, "Ana"));
  for (const key of ["+", "+", "-", "0"]) await ana.page.keyboard.press(key);
  await field.focus();
  await ana.see(ana.page.getByRole("status").getByText("Ana", { exact: true }));
  await ana.page.keyboard.press("Escape");
  await expect.poll(() => panelOf(ana, "Ana").count()).toBe(0);
  await ana.page.getByRole("searchbox", { name: t("map.search") }).fill("ben");
  await ana.press(t("map.asList"));
  await expect.poll(() => ana.page.locator(".map-row").count()).toBe(1);
  await personIn(ana, "Ben").click();
  await panelOf(ana, "Ben")
    .getByRole("link", { name: t("chat.details") })
    .click();
  await ana.see(ana.page.getByRole("heading", { name: "Ben", level: 1, exact: true }));
});

it("a contact is made a root of half weight in their details, and is none again", async () => {
  const { t } = ana.words;
  await openDetails(ana, "Ben");
  await ana.press(t("roots.make"));
  await ana.page.getByRole("dialog").getByText(t("roots.half"), { exact: true }).click();
  expect(await findBarriers(ana.page)).toEqual([]);
  await ana.page
    .getByRole("dialog")
    .getByRole("button", { name: t("roots.make"), exact: true })
    .click();
  await ana.see(ana.page.getByText(t("why.root", { name: "Ben", amount: "60", full: "120" })));
  await ana.press(t("roots.removeOf", { name: "Ben" }));
  await ana.see(ana.page.getByText(t("roots.notOne", { name: "Ben" })));
  await ana.see(rowOf(ana, "Ben"));
});

it("a keyring of a thousand people is taken in, its owner-trust is an offer, and the map shows them with the way to each", async () => {
  const { t } = ana.words;
  const { keyring, ownerTrust } = crowd(PEOPLE, Date.now());
  await ana.goToPlace("#/roots");
  await ana.see(ana.page.getByRole("button", { name: t("keyring.choose") }));
  await ana.page.locator("input[type=file]").setInputFiles([
    { name: "keyring.pgp", mimeType: "application/octet-stream", buffer: keyring },
    { name: "ownertrust.txt", mimeType: "text/plain", buffer: Buffer.from(ownerTrust) },
  ]);
  await ana.page.getByText(t("keyring.taken", { count: PEOPLE })).waitFor({ timeout: 120_000 });
  await ana.read(t("roots.none")); // nobody is a root by a file
  await ana.press(t("roots.makeOf", { name: nameOf(0) }));
  await ana.see(ana.page.getByText(t("why.root", { name: nameOf(0), amount: "120", full: "120" })));
  await ana.page.getByRole("link", { name: t("map.title") }).click();
  await drawn(ana, PEOPLE + 3);
  expect(await findBarriers(ana.page)).toEqual([]);
  await takePicture(ana.page, "trust-map-1000");
  await ana.page.getByRole("searchbox", { name: t("map.search") }).fill(nameOf(777));
  await ana.press(t("map.asList"));
  await personIn(ana, nameOf(777)).click();
  await ana.see(panelOf(ana, nameOf(777)).getByText(nameOf(0), { exact: true }));
  await ana.press(t("map.asMap"));
  await drawn(ana, PEOPLE + 3);
  await takePicture(ana.page, "trust-map-1000-path");
}, 240_000);

/** Waits until everybody is there, and for ink on the canvas. */
async function drawn({ page, words }: Person, people: number): Promise<void> {
  await page.getByText(words.t("map.drawn", { count: people }), { exact: true }).waitFor({ timeout: 60_000 });
  const inks = (): Promise<number> =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("canvas.map");
      const { data } = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      const colors = new Set<number>();
      for (let at = 0; at < data.length; at += 4)
        colors.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
      return colors.size;
    });
  await expect.poll(inks).toBeGreaterThan(5);
}

function personIn({ page }: Person, name: string) {
  return page.locator(".map-row").filter({ has: page.locator(".name").getByText(name, { exact: true }) });
}

function panelOf({ page }: Person, name: string) {
  return page.getByRole("complementary", { name, exact: true });
}
