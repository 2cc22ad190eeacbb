// What was said, later: found again, put in order, kept while it is being written, and gone when its time is over.
import { join } from "node:path";
import { expect, it } from "vitest";
import { findBarriers, lookAt, takePicture } from "./rig/look.ts";
import { NodeProcess } from "./rig/node-process.ts";
import { Peer } from "./rig/peer.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { composerOf, openConversation, rowOf, start } from "./story/begin.ts";
import { expectToRead, messageOf, send } from "./story/talk.ts";

const stage = useStage();

async function isInView(person: Person, text: string): Promise<boolean> {
  return messageOf(person, text).evaluateAll((elements) =>
    elements.some((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    }),
  );
}

it("messages disappear when their time is over; meanwhile an old one is found by its words, and opens at its place", async () => {
  const ana = await stage().person("Ana");
  const { t } = ana.words;
  await start(ana);
  const ben = await Peer.create("Ben", stage().node.url);
  await ben.meet(ana);
  await openConversation(ana, "Ben");
  await ben.say("The Café on Rue Zoë opens at nine");
  for (let number = 1; number <= 120; number++) await ben.say(`Line ${number}`);
  await expectToRead(ana, "Line 120");

  await ana.page.getByRole("link", { name: t("chat.details") }).click();
  await ana.page.getByLabel(t("disappear.label")).selectOption("30");
  await ben.until(() => ben.conversation?.disappearAfterS === 30);
  await ana.see(ana.page.locator(".chat-foot").getByText(t("disappear.banner", { time: "30 seconds" })));
  await ana.page.getByText(t("arrange.pin"), { exact: true }).click();
  await ana.see(rowOf(ana, "Ben").getByLabel(t("list.pinned")));
  expect(await findBarriers(ana.page)).toEqual([]);
  await ana.page.getByRole("link", { name: t("app.close") }).click();
  await send(ana, "Gone before long");
  await ben.heardTexts("Gone before long");

  await ana.fill(t("list.search"), "cafe zoe");
  await ana.field(t("list.search")).press("Enter");
  await ana.see(ana.page.getByText(t("search.found", { count: 1 })));
  const found = ana.page.getByRole("link").filter({ has: ana.page.locator("mark") });
  expect(await found.locator("mark").allTextContents()).toEqual(["Café", "Zoë"]);
  await lookAt(ana, "search");
  await found.click();
  await expect.poll(() => isInView(ana, "The Café on Rue Zoë opens at nine")).toBe(true);
  await ana.see(ana.page.locator("[data-sought-for]").getByText("The Café on Rue Zoë opens at nine"));
  expect(await isInView(ana, "Line 120")).toBe(false);

  await ana.press(t("chat.newest"));
  await expect.poll(() => isInView(ana, "Line 120")).toBe(true);
  await composerOf(ana).fill("not finished");
  await ana.see(rowOf(ana, "Ben").getByText(t("list.draft", { text: "not finished" })));
  await ana.page.reload();
  await expect.poll(() => composerOf(ana).inputValue()).toBe("not finished");

  await messageOf(ana, "Gone before long").waitFor({ state: "detached", timeout: 45_000 });
  await ben.until(() => ben.conversation?.last?.kind === "event");
  await ana.goToPlace("#/search");
  await ana.fill(t("search.words"), "gone before long");
  await ana.read(t("search.none"));

  // It goes on at another node, and so does who moved it.
  const other = await NodeProcess.start(join(stage().folder, "other"));
  ana.allowedHosts.add(other.host);
  await openConversation(ana, "Ben");
  await ana.page.getByRole("link", { name: t("chat.details") }).click();
  await ana.fill(t("move.label"), other.url);
  await ana.press(t("move.move"));
  await ben.until(() => ben.conversation?.nodeUrls[0] === other.url);
  await ana.see(ana.page.getByText(t("event.moved", { by: "Ana", node: other.host })).first());
  await ana.see(ana.page.getByRole("button", { name: t("move.copy") }));
  await takePicture(ana.page, "moved");
  expect(await findBarriers(ana.page)).toEqual([]);
  // The link for those who do not follow by themselves is a page, too; who is there already is led to the conversation.
  await ana.goToPlace(`#/open/${encodeURIComponent(ben.conversation?.moveLink ?? "")}`);
  await ana.read(t("follow.line"));
  await ana.read(t("landing.at", { node: other.host }));
  await takePicture(ana.page, "follow");
  expect(await findBarriers(ana.page)).toEqual([]);
  await ana.press(t("move.follow"));
  await ana.see(composerOf(ana));
  await ana.goToPlace("#/settings");
  await ana.fill(t("settings.nodeOther"), other.url);
  await ana.press(t("settings.nodeChange"));
  await ana.read(t("settings.nodeChanged"));
  await ben.until(() => ben.client.contacts.list()[0]?.nodeUrls[0] === other.url);
  await takePicture(ana.page, "other-home");
  await ben.say("Heard where you are");
  await openConversation(ana, "Ben");
  await expectToRead(ana, "Heard where you are");
  await ben.close();
  await other.kill();
});
