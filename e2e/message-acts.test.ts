// What people do with messages: answer, react, edit, pin, star, pass on, select, delete; by mouse and by keyboard alone, and the other
// one sees it.
import type { Locator } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { lookAt } from "./rig/look.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { befriend, composerOf } from "./story/begin.ts";
import { expectToRead, messageOf, send } from "./story/talk.ts";

const stage = useStage();
let ana: Person;
let ben: Person;

beforeAll(async () => {
  [ana, ben] = [await stage().person("Ana"), await stage().person("Ben", { language: "ar" })];
  await befriend(ana, ben);
});

type Act = "reply" | "edit" | "pin" | "unpin" | "star" | "delete" | "choose" | "forward" | "versions";

/** Opens the menu of a message and takes an item. */
async function act(person: Person, text: string, what: Act): Promise<void> {
  await menuOf(person, text);
  await person.page.getByRole("menuitem", { name: person.words.t(`acts.${what}`), exact: true }).click();
}

async function menuOf(person: Person, text: string): Promise<void> {
  const message = messageOf(person, text).first();
  await message.hover();
  await message.getByRole("button", { name: person.words.t("acts.menu"), exact: true }).click();
  await person.see(person.page.getByRole("menu"));
}

function reaction(person: Person, text: string, emoji: string): Locator {
  return messageOf(person, text).getByRole("button", { name: new RegExp(`^${emoji}`) });
}

it("marks are shown as they are meant, and plain where there is one line", async () => {
  await send(ana, "This is **bold** and *slanted*, `a < b`");
  await ben.see(ben.page.locator("article strong").getByText("bold", { exact: true }));
  await ben.see(ben.page.locator("article em").getByText("slanted", { exact: true }));
  await ben.see(ben.page.locator("article code").getByText("a < b", { exact: true }));
  await ben.see(ben.page.locator(".row").getByText("This is bold and slanted, a < b"));
});

it("an answer quotes what it answers and leads there; a reaction is seen and taken back", async () => {
  await send(ana, "Dinner at seven?");
  await expectToRead(ben, "Dinner at seven?");
  await act(ben, "Dinner at seven?", "reply");
  await expect.poll(() => composerOf(ben).evaluate((field) => field === document.activeElement)).toBe(true);
  await send(ben, "Gladly");
  await ana.see(messageOf(ana, "Gladly").locator(".quote").getByText("Dinner at seven?"));
  await menuOf(ben, "Dinner at seven?");
  await ben.page.getByRole("menuitem", { name: ben.words.t("acts.reactWith", { emoji: "👍" }), exact: true }).click();
  await ana.see(reaction(ana, "Dinner at seven?", "👍"));
  await reaction(ana, "Dinner at seven?", "👍").first().click();
  await ben.see(reaction(ben, "Dinner at seven?", "👍").filter({ hasText: ben.words.number(2) }));
  expect([...(await lookAt(ana, "message-acts")), ...(await lookAt(ben, "message-acts"))]).toEqual([]);
  await reaction(ben, "Dinner at seven?", "👍").first().click();
  await expect.poll(() => reaction(ana, "Dinner at seven?", "👍").first().textContent()).not.toContain("Ben");
});

it("by keyboard alone a message is edited, and what it was stays readable", async () => {
  const message = messageOf(ana, "Dinner at seven?").first();
  await message.getByRole("button", { name: ana.words.t("acts.menu"), exact: true }).focus();
  await ana.page.keyboard.press("Enter");
  const item = ana.page.getByRole("menuitem", { name: ana.words.t("acts.edit"), exact: true });
  await ana.see(item);
  for (let step = 0; step < 20 && !(await item.evaluate((one) => one === document.activeElement)); step++)
    await ana.page.keyboard.press("ArrowDown");
  await ana.page.keyboard.press("Enter");
  await expect.poll(() => composerOf(ana).inputValue()).toBe("Dinner at seven?");
  await composerOf(ana).fill("Dinner at eight?");
  await composerOf(ana).press("Enter");
  await expectToRead(ben, "Dinner at eight?");
  // The answer shows it as it is now, without anybody loading anything.
  await ben.see(messageOf(ben, "Gladly").locator(".quote").getByText("Dinner at eight?"));
  await messageOf(ben, "Dinner at eight?")
    .first()
    .getByRole("button", { name: ben.words.t("acts.edited"), exact: true })
    .click();
  await ben.see(ben.page.getByRole("dialog").getByText("Dinner at seven?", { exact: true }));
  await ben.page.keyboard.press("Escape");
  await composerOf(ana).press("Escape");
  expect(await composerOf(ana).inputValue()).toBe("");
});

it("a pinned message stands on top for both, a starred one in a list of one's own", async () => {
  await act(ben, "Dinner at eight?", "pin");
  await ana.see(ana.page.locator(".pinned-line").getByText("Dinner at eight?"));
  await act(ana, "Dinner at eight?", "star");
  await ana.goToPlace("#/starred");
  await ana.page.getByRole("link", { name: /Dinner at eight/ }).click();
  await expectToRead(ana, "Dinner at eight?");
  await act(ana, "Dinner at eight?", "unpin");
  await expect.poll(() => ben.page.locator(".pinned-line").count()).toBe(0);
});

it("several are selected and passed on; what is deleted is gone for both", async () => {
  await act(ana, "Gladly", "choose");
  await messageOf(ana, "Dinner at eight?").first().getByRole("checkbox").check();
  await ana.page
    .getByRole("toolbar")
    .getByRole("button", { name: ana.words.t("acts.forward"), exact: true })
    .click();
  const dialog = ana.page.getByRole("dialog");
  await dialog.getByRole("checkbox").first().check();
  await dialog.getByRole("button", { name: ana.words.t("acts.forward"), exact: true }).click();
  await expect.poll(() => messageOf(ben, "Gladly").count()).toBe(2);
  await ben.see(messageOf(ben, "Dinner at eight?").last().getByText(ben.words.t("acts.forwarded"), { exact: true }));
  await act(ben, "Gladly", "delete");
  await ben.press(ben.words.t("acts.deleteForEveryone"));
  await ana.see(ana.page.getByText(ana.words.t("chat.deleted", { name: "Ben" }), { exact: true }));
  await expect.poll(() => messageOf(ana, "Gladly").count()).toBe(1);
  await act(ana, "Gladly", "delete");
  await ana.press(ana.words.t("acts.deleteForMe"));
  await expect.poll(() => messageOf(ana, "Gladly").count()).toBe(0);
  expect(await messageOf(ben, "Gladly").count()).toBe(1);
});
