// Every screen in light and dark, at three widths, in both directions: pictures to be looked at, and nothing that keeps people out.
import { expect, it } from "vitest";
import { lookAt } from "./rig/look.ts";
import { Peer } from "./rig/peer.ts";
import { useStage } from "./rig/stage.ts";
import { openConversation, start } from "./story/begin.ts";
import { expectToRead, send } from "./story/talk.ts";

const stage = useStage();

it.each(["en", "ar"] as const)("every screen, in %s", async (language) => {
  const barriers: string[] = [];
  const ana = await stage().person("Ana", { language });
  const look = async (screen: string): Promise<void> => {
    barriers.push(...(await lookAt(ana, screen)));
  };
  const { t } = ana.words;
  await ana.goTo("/");
  await ana.see(ana.page.getByRole("button", { name: t("start.start") }));
  expect(await ana.page.evaluate(() => document.documentElement.dir)).toBe(ana.words.direction);
  await look("start");
  await ana.press(t("start.start"));
  await ana.see(ana.field(t("start.nameLabel")));
  await look("name");
  await ana.goTo("/");
  await ana.press(t("start.haveIdentity"));
  await ana.read(t("import.line"));
  await look("import");
  const ben = await Peer.create("Ben", stage().node.url);
  const carol = await Peer.create("Carol", stage().node.url);
  await ana.page.goto("about:blank");
  await ana.page.goto(carol.link);
  await ana.see(ana.page.getByRole("button", { name: t("landing.startHere") }));
  await look("landing-stranger");
  await start(ana);
  await look("home");
  await ben.meet(ana);
  await openConversation(ana, "Ben");
  await look("conversation-empty");
  for (const text of [
    "Did you see the lake this morning?",
    "It was completely still. https://example.org/lake",
    "مرحبا, and a word in another direction",
  ])
    await ben.say(text);
  for (const text of [
    "Not yet!",
    "Going now. I'll bring the camera and the blue jacket, and if there is still fog over the water when I get there I will wait.",
  ])
    await send(ana, text);
  await ben.heardTexts("Not yet!");
  await expectToRead(ana, "It was completely still. https://example.org/lake");
  await look("conversation");
  for (const place of ["details"]) {
    await ana.page.getByRole("link", { name: t("chat.details") }).click();
    await ana.see(ana.page.getByRole("complementary", { name: t("details.title") }));
    await look(place);
  }
  await ana.page.getByRole("link", { name: t("details.compare") }).click();
  for (const way of ["scan", "short", "digits"] as const) {
    await ana.page.getByRole("radio", { name: t(`compare.${way}`), exact: true }).check({ force: true });
    await ana.read(t(`compare.${way}Hint`));
    await look(`compare-${way}`);
  }
  await ana.page.goto(carol.link);
  await ana.see(ana.page.getByRole("button", { name: t("landing.helloTo", { name: "Carol" }) }));
  await look("landing");
  const dan = await Peer.create("Дан", stage().node.url);
  await ana.goToPlace("#/me");
  await dan.client.contacts.add(await ana.field(t("home.link")).inputValue(), "Hello, we met at the lake.");
  await ana.see(ana.page.getByRole("link", { name: t("list.requests", { count: 1 }) }));
  await ana.goToPlace("#/requests");
  await ana.read("Hello, we met at the lake.");
  await look("requests");
  for (const place of ["settings", "add", "sheet"]) {
    await ana.goToPlace(`#/${place}`);
    await ana.see(ana.page.getByRole("heading", { level: 1 }));
    await look(place);
  }
  await ana.press(t("sheet.show"));
  await ana.read(t("sheet.words"));
  await look("sheet-shown");
  await ana.page.keyboard.press("Control+k");
  await ana.see(ana.page.getByRole("dialog"));
  await look("palette");
  await ana.page.keyboard.press("Escape");
  await ana.openTab();
  await ana.goTo("/");
  await ana.read(t("boot.inUse"));
  await look("in-use");
  await Promise.all([ben, carol, dan].map((peer) => peer.close()));
  expect(barriers).toEqual([]);
}, 240_000);
