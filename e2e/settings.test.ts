// What a person can change about themselves and this device, take along, bring back, and end.
import { join } from "node:path";
import { expect, it } from "vitest";
import { Peer } from "./rig/peer.ts";
import { useStage } from "./rig/stage.ts";
import { openConversation, rowOf, start } from "./story/begin.ts";
import { expectState, expectToRead, send } from "./story/talk.ts";

declare global {
  interface Window {
    /** Title and text of each notification that the page made. */
    told: string[];
    /** As when another window is in front. */
    lookAway: (isAway: boolean) => void;
  }
}

const stage = useStage();

it("theme, language and name change at once and stay", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  const { t } = ana.words;
  await ana.goToPlace("#/settings");
  await ana.page
    .locator("label")
    .filter({ hasText: t("settings.themeDark") })
    .click();
  await ana.fill(t("settings.name"), "Ana Maria");
  await ana.press(t("settings.rename"));
  await ana.page.locator("label").filter({ hasText: "العربية" }).click();
  await expect.poll(() => ana.page.evaluate(() => document.documentElement.dir)).toBe("rtl");
  await ana.page.reload();
  await expect.poll(() => ana.page.evaluate(() => document.documentElement.dir)).toBe("rtl");
  await expect.poll(() => ana.page.locator("input").first().inputValue()).toBe("Ana Maria");
  expect(await ana.page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
});

it("receipts that are switched off are not sent", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  const { t } = ana.words;
  const ben = await Peer.create("Ben", stage().node.url);
  await ben.meet(ana);
  await ana.goToPlace("#/settings");
  await ana.page
    .locator("label")
    .filter({ hasText: t("settings.receipts") })
    .click();
  await expect.poll(() => ana.page.getByRole("switch", { name: t("settings.receipts") }).isChecked()).toBe(false);
  await openConversation(ana, "Ben");
  await ben.say("Do you tell me?");
  await expectToRead(ana, "Do you tell me?");
  await send(ana, "No");
  await expectState(ana, "No", "delivered");
  const last = await ben.client.conversations.history(ben.conversation?.id ?? "");
  expect(last.find((entry) => entry.kind === "text" && entry.text === "Do you tell me?")).toMatchObject({ state: "atNode" });
  await ben.close();
});

it("a notification says who wrote and what only where that was chosen, and none comes to a page that is looked at", async () => {
  const ana = await stage().person("Ana");
  await ana.context.grantPermissions(["notifications"], { origin: stage().node.url });
  await ana.page.addInitScript(recordNotifications);
  await start(ana);
  const { t } = ana.words;
  const ben = await Peer.create("Ben", stage().node.url);
  await ben.meet(ana);
  const told = (): Promise<readonly string[]> => ana.page.evaluate(() => window.told.splice(0));
  const choose = async (how: "settings.notificationsHidden" | "settings.notificationsShown"): Promise<void> => {
    await ana.goToPlace("#/settings");
    const choice = ana.page.getByRole("radiogroup", { name: t("settings.notifications") });
    await choice
      .locator("label")
      .filter({ hasText: t(how) })
      .click();
    await expect.poll(() => choice.getByRole("radio", { name: t(how) }).isChecked()).toBe(true);
  };
  const hear = async (text: string): Promise<void> => {
    await ben.say(text);
    await ana.see(rowOf(ana, "Ben").getByText(text));
  };
  await hear("Before any was wanted");
  expect(await told()).toEqual([]);
  await choose("settings.notificationsHidden");
  await hear("While she looks at it");
  expect(await told()).toEqual([]);
  await ana.page.evaluate(() => window.lookAway(true));
  await hear("Meet me at the station");
  expect(await told()).toEqual([`${t("notify.title")}: ${t("notify.hidden")}`]);
  await choose("settings.notificationsShown");
  await hear("Meet me at the harbour");
  expect(await told()).toEqual(["Ben: Meet me at the harbour"]);
  await ben.close();
});

it("a backup brings the identity to another browser, where old contacts are, and a wrong passphrase brings nothing", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  const { t } = ana.words;
  const ben = await Peer.create("Ben", stage().node.url);
  await ben.meet(ana);
  await ana.goToPlace("#/settings");
  await ana.press(t("settings.exportBackup"));
  await ana.fill(t("settings.exportPassphrase"), "for this file only");
  const downloading = ana.page.waitForEvent("download");
  await ana.press(t("settings.exportSave"));
  const file = join(stage().folder, "backup");
  await (await downloading).saveAs(file);

  const there = await stage().person("Ana");
  await there.goTo("/");
  await there.press(t("start.haveIdentity"));
  await there.page
    .locator("label")
    .filter({ hasText: t("import.backup") })
    .click();
  const choosing = there.page.waitForEvent("filechooser");
  await there.press(t("import.file"));
  await (await choosing).setFiles(file);
  await there.fill(t("import.passphrase"), "something else");
  await there.press(t("import.go"));
  await there.read(t("fail.export/wrongPassphrase"));
  await there.fill(t("import.passphrase"), "for this file only");
  await there.press(t("import.go"));
  await there.see(
    there.page
      .getByRole("navigation", { name: t("list.title") })
      .getByRole("link")
      .filter({ hasText: "Ben" }),
  );
  await ben.close();
});

it("deleting asks for the name, says goodbye, and leaves a browser that can start anew", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  const { t } = ana.words;
  const ben = await Peer.create("Ben", stage().node.url);
  await ben.meet(ana);
  await ana.goToPlace("#/settings");
  await ana.press(t("settings.delete"));
  expect(await ana.page.getByRole("button", { name: t("settings.deleteGo") }).isDisabled()).toBe(true);
  await ana.fill(t("settings.deleteType", { name: "Ana" }), "Ana");
  await ana.press(t("settings.deleteGo"));
  await ana.read(t("boot.deleted"));
  await ben.until(() => ben.contact("Ana")?.state === "gone");
  await ana.page.reload();
  await ana.see(ana.page.getByRole("button", { name: t("start.start") }));
  await ben.close();
});

/** A browser without a screen shows no notifications: what the page hands to it is what counts. */
function recordNotifications(): void {
  window.told = [];
  const Shown = window.Notification;
  window.Notification = class extends Shown {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      window.told.push(`${title}: ${options?.body}`);
    }
  };
  const hasFocus = document.hasFocus.bind(document);
  window.lookAway = (isAway) => {
    document.hasFocus = () => !isAway && hasFocus();
  };
}
