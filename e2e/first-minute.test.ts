// The first minute: from one button to a conversation of two, with a mouse, with a keyboard alone, and by a picture of a code.
import { join } from "node:path";
import { expect, it } from "vitest";
import { findBarriers } from "./rig/look.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { answer, composerOf, linkOf, openConversation, openLink, sayHello, start } from "./story/begin.ts";
import { expectToRead, expectToTalk, send } from "./story/talk.ts";

const stage = useStage();

it("Start, a name, and there is a link with its code; whoever opens the link says hello, is accepted, and both talk", async () => {
  const [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await start(ana);
  const link = await linkOf(ana);
  expect(link.startsWith(`${stage().node.url}/#/add/`)).toBe(true);
  await ana.see(ana.page.getByRole("img", { name: ana.words.t("home.qrLabel") }));

  await openLink(ben, link);
  await ben.read(ben.words.t("landing.unsure", { name: "Ana" }));
  await ben.see(ben.page.getByRole("link", { name: ben.words.t("landing.openInApp") }));
  await ben.press(ben.words.t("landing.startHere"));
  await ben.fill(ben.words.t("start.nameLabel"), "Ben");
  await ben.press(ben.words.t("start.create"));
  await ben.fill(ben.words.t("landing.first"), "Hi, it's Ben");
  await ben.press(ben.words.t("landing.helloTo", { name: "Ana" }));

  await answer(ana, "Ben", "accept");
  await openConversation(ana, "Ben");
  await openConversation(ben, "Ana");
  await ana.read(ana.words.t("event.greeting", { name: "Ben", text: "Hi, it's Ben" }));
  await ben.read(ben.words.t("event.ownGreeting", { text: "Hi, it's Ben" }));
  await expectToTalk(ana, ben, "First words");
  await ana.read(ana.words.t("who.unverified", { name: "Ben" }));
});

it("a link that is opened in the middle of another step shows whom it names", async () => {
  const [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await start(ana);
  await openLink(ben, stage().node.url);
  await ben.press(ben.words.t("start.haveIdentity"));
  await openLink(ben, await linkOf(ana));
  await ben.read(ben.words.t("landing.unsure", { name: "Ana" }));
});

it("a request shows the first line, and whoever is declined learns nothing", async () => {
  const [ana, ben] = [await stage().person("Ana"), await stage().person("Carol")];
  await start(ana);
  await start(ben);
  await sayHello(ben, await linkOf(ana), "Ana", "Do you remember me?");
  await ana.goToPlace("#/requests");
  await ana.read("Do you remember me?");
  await answer(ana, "Carol", "decline");
  await ana.read(ana.words.t("requests.none"));
  await ben.see(ben.page.getByText(ben.words.t("list.waiting")));
  expect(await ben.page.getByText("Declined").count()).toBe(0);
});

it("a code is read from a picture of the other's screen", async () => {
  const [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await start(ana);
  await start(ben);
  const picture = join(stage().folder, "code.png");
  await ana.page.getByRole("img", { name: ana.words.t("home.qrLabel") }).screenshot({ path: picture });
  await ben.goToPlace("#/add");
  const choosing = ben.page.waitForEvent("filechooser");
  await ben.press(ben.words.t("add.picture"));
  await (await choosing).setFiles(picture);
  await ben.see(ben.page.getByRole("button", { name: ben.words.t("landing.helloTo", { name: "Ana" }) }));
});

it("the first minute by keyboard alone", async () => {
  const [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await start(ben);
  const { keyboard } = ana.page;
  await ana.goTo("/");
  await ana.see(ana.page.getByRole("button", { name: ana.words.t("start.start") }));
  await tabTo(ana, ana.words.t("start.start"));
  await keyboard.press("Enter");
  await expect.poll(() => isInField(ana, ana.words.t("start.nameLabel"))).toBe(true);
  await keyboard.type("Ana");
  await keyboard.press("Enter");
  await ana.see(ana.page.getByRole("button", { name: ana.words.t("home.copyLink") }));
  expect(await findBarriers(ana.page)).toEqual([]);

  await sayHello(ben, await linkOf(ana), "Ana", "Hi");
  await ana.see(ana.page.getByRole("link", { name: ana.words.t("list.requests", { count: 1 }) }));
  await tabTo(ana, ana.words.t("list.requests", { count: 1 }));
  await keyboard.press("Enter");
  await ana.see(ana.page.getByRole("button", { name: ana.words.t("requests.accept") }));
  await tabTo(ana, ana.words.t("requests.accept"));
  await keyboard.press("Enter");
  await ana.see(composerOf(ana));
  await expect.poll(() => focusedName(ana)).toBe(ana.words.t("chat.message"));
  await keyboard.type("Written without a mouse");
  await keyboard.press("Enter");
  await openConversation(ben, "Ana");
  await expectToRead(ben, "Written without a mouse");
  await send(ben, "Read");
  await expectToRead(ana, "Read");
});

/** Presses Tab until something with this name has the focus; a trap or a missing stop fails it. */
async function tabTo(person: Person, name: string): Promise<void> {
  const seen: string[] = [];
  if ((await focusedName(person)) === name) return;
  for (let presses = 0; presses < 60; presses++) {
    await person.page.keyboard.press("Tab");
    const focused = await focusedName(person);
    if (focused === name) return;
    seen.push(focused);
  }
  throw new Error(`Tab never came to "${name}": ${seen.join(" | ")}`);
}

function isInField(person: Person, label: string): Promise<boolean> {
  return person.field(label).evaluateAll((elements) => elements.some((element) => element === document.activeElement));
}

function focusedName(person: Person): Promise<string> {
  return person.page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
  });
}
