// Text both ways: where a message is, who types, who is here, what is unread, where a day begins, and the way back to the newest.
import { beforeAll, expect, it } from "vitest";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { befriend, composerOf, openConversation, rowOf } from "./story/begin.ts";
import { expectState, expectToRead, messageOf, send } from "./story/talk.ts";

const stage = useStage();
let ana: Person;
let ben: Person;

beforeAll(async () => {
  [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await befriend(ana, ben);
});

it("an own message says where it is, until it was read", async () => {
  await ben.goToPlace("#/me");
  await send(ana, "Where is this");
  await expectState(ana, "Where is this", "delivered");
  await openConversation(ben, "Ana");
  await expectState(ana, "Where is this", "read");
});

it("each sees that the other types and is here", async () => {
  await composerOf(ben).pressSequentially("Thinking");
  await ana.see(
    ana.page
      .getByRole("heading", { name: "Ben", level: 1 })
      .locator("xpath=ancestor::header")
      .getByText(ana.words.t("list.typing")),
  );
  await composerOf(ben).fill("");
  await ana.see(ana.page.getByText(ana.words.t("chat.here"), { exact: true }));
});

it("what came while one looked elsewhere is counted, and a line shows where it begins", async () => {
  await ben.goToPlace("#/settings");
  for (const text of ["One", "Two", "Three"]) await send(ana, text);
  await ben.see(rowOf(ben, "Ana").getByText(ben.words.t("list.unread", { count: 3 })));
  await expect.poll(() => ben.page.title()).toBe(ben.words.t("app.titleUnread", { unread: "3" }));
  await openConversation(ben, "Ana");
  await expectToRead(ben, "Three");
  await ben.see(ben.page.getByText(ben.words.t("chat.unreadFrom"), { exact: true }));
  await expect
    .poll(() =>
      rowOf(ben, "Ana")
        .getByText(ben.words.t("list.unread", { count: 3 }))
        .count(),
    )
    .toBe(0);
});

it("a day has its mark", () => ana.read(ana.words.t("chat.today")));

it("whoever reads older messages stays there, hears of new ones, and goes to the newest by a button", async () => {
  for (let number = 1; number <= 60; number++) await send(ana, `Line ${number}`);
  await expectToRead(ben, "Line 60");
  const log = ben.page.getByRole("region", { name: ben.words.t("chat.log") });
  await log.evaluate((element) => {
    element.scrollTop = 0;
  });
  await expect.poll(() => isInView(ben, "Line 60")).toBe(false);
  const before = await log.evaluate((element) => element.scrollTop);
  await send(ana, "Something new");
  await ben.see(ben.page.getByRole("button", { name: ben.words.t("chat.newMessages", { count: 1 }) }));
  expect(Math.abs((await log.evaluate((element) => element.scrollTop)) - before)).toBeLessThan(400);
  await ben.press(ben.words.t("chat.newMessages", { count: 1 }));
  await expect.poll(() => isInView(ben, "Something new")).toBe(true);
});

it("a text that is too long says by how much before it can be sent", async () => {
  await composerOf(ana).fill("é".repeat(40_000));
  await ana.see(ana.page.getByText(/too long/));
  expect(await ana.page.getByRole("button", { name: ana.words.t("chat.send") }).isDisabled()).toBe(true);
  await composerOf(ana).fill("a".repeat(65_536));
  await ana.press(ana.words.t("chat.send"));
  await expect.poll(() => composerOf(ana).inputValue()).toBe("");
  await send(ana, "After the long one");
  await expectToRead(ben, "After the long one");
});

it("an address is a link that tells nobody where from, and nothing of it is fetched", async () => {
  await send(ana, "See https://example.org/page?x=1.");
  const link = ben.page.getByRole("link", { name: "https://example.org/page?x=1", exact: true });
  await ben.see(link);
  expect(await link.getAttribute("rel")).toContain("noreferrer");
  expect(await link.getAttribute("target")).toBe("_blank");
  expect(ben.proxy.hosts()).toEqual([stage().node.host]);
});

it("lines stay lines, and Shift Enter makes one", async () => {
  await composerOf(ben).pressSequentially("First");
  await composerOf(ben).press("Shift+Enter");
  await composerOf(ben).pressSequentially("Second");
  await composerOf(ben).press("Enter");
  await ana.see(messageOf(ana, "First\nSecond"));
});

async function isInView(person: Person, text: string): Promise<boolean> {
  return messageOf(person, text).evaluateAll((elements) =>
    elements.some((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    }),
  );
}
