// One person on several devices: a browser links another browser by its link, and a terminal by a code that is typed.
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lookAt, takePicture } from "./rig/look.ts";
import type { Person } from "./rig/person.ts";
import { type Running, startProgram } from "./rig/program.ts";
import { useStage } from "./rig/stage.ts";
import { befriend, openConversation } from "./story/begin.ts";
import { shortCode } from "./story/link.ts";
import { expectToRead, send } from "./story/talk.ts";

const stage = useStage();
/** Of the terminal, empty at first. */
let home = "";

it("a browser is linked by a link and six digits, a terminal by a typed code; each reads what comes, until it is removed", async () => {
  const [ana, ben, tablet] = [await stage().person("Ana"), await stage().person("Ben"), await stage().person("Tablet")];
  await befriend(ana, ben);
  await openConversation(ben, "Ana");
  await send(ben, "said before");
  await ana.goToPlace("#/add");
  await ana.press(ana.words.t("self.name"));
  await send(ana, "only for me");
  const { t } = ana.words;
  await ana.goToPlace("#/settings");
  await ana.press(t("linking.start"));
  await ana.press(t("linking.showQr"));
  await ana.see(ana.page.getByRole("img", { name: t("linking.showQr") }));
  await takePicture(ana.page, "linking-code");
  await tablet.page.goto(await codeOf(ana));
  await tablet.fill(t("linking.deviceName"), "Tablet");
  await tablet.press(t("linking.join"));
  await ana.see(ana.page.getByText(t("linking.compare", { name: "Tablet" })));
  await tablet.see(tablet.page.getByText(t("linking.compareJoining", { name: "Ana" })));
  expect(await shortCode(tablet)).toMatch(/^\d{3}\s?\d{3}$/);
  expect(await shortCode(tablet)).toBe(await shortCode(ana));
  expect(await lookAt(tablet, "linking-digits")).toEqual([]);
  await tablet.press(t("linking.same"));
  await ana.press(t("linking.same"));
  await ana.see(ana.page.getByText(t("linking.done", { name: "Tablet" })));
  expect(await lookAt(ana, "linking-done")).toEqual([]);

  await expect.poll(() => ana.page.getByText(/^Tablet has the messages of before: \d+$/).count(), { timeout: 60_000 }).toBe(1);
  expect(await lookAt(ana, "linking-history")).toEqual([]);
  await openConversation(tablet, "Ben");
  await expectToRead(tablet, "said before");
  await openConversation(tablet, t("self.name"));
  await expectToRead(tablet, "only for me");
  expect(await lookAt(tablet, "self")).toEqual([]);
  await openConversation(tablet, "Ben");
  // It reads what is said from the moment on in which it was taken in, which may be a little later.
  const reading = async (): Promise<number> => {
    await send(ben, "to the tablet, too");
    return tablet.page.getByText("to the tablet, too", { exact: true }).count();
  };
  await expect.poll(reading, { timeout: 60_000, interval: 1_000 }).toBeGreaterThan(0);
  await send(tablet, "from the tablet");
  await expectToRead(ben, "from the tablet");
  await openConversation(ana, "Ben");
  await expectToRead(ana, "from the tablet");

  // A browser calls itself by its kind until its person says otherwise.
  const onAnas = t("fail.device/limited", { device: "Chrome, Linux" });
  // The tablet is limited: what needs the key is done on the other device, until that hands it over.
  await tablet.goToPlace("#/settings");
  await tablet.see(tablet.page.getByText(onAnas).first());
  for (const act of ["settings.rename", "settings.exportFull", "settings.revocationSave", "settings.delete"] as const)
    expect(await tablet.page.getByRole("button", { name: t(act) }).isDisabled(), act).toBe(true);
  expect(await lookAt(tablet, "limited-settings")).toEqual([]);

  await ana.goToPlace("#/settings");
  const line = ana.page.getByRole("listitem").filter({ hasText: "Tablet" });
  await ana.see(line.getByText(t("settings.deviceLimited")));
  await line.getByRole("button", { name: t("settings.deviceGiveKey") }).click();
  await ana.page
    .getByRole("dialog")
    .getByRole("button", { name: t("settings.deviceGiveKey") })
    .click();
  await tablet.page.getByText(onAnas).first().waitFor({ state: "detached" });
  await ana.press(t("linking.start"));
  await ana.press(t("linking.showTyped"));
  home = mkdtempSync(join(stage().folder, "terminal-"));
  const codeFile = join(stage().folder, "code");
  writeFileSync(codeFile, await shortCode(ana));
  const joining = terminal("device", "join", "--node", stage().node.url, "--name", "Terminal", "--code-file", codeFile);
  const joined = once(joining, "close");
  await ana.see(ana.page.getByText(t("linking.compare", { name: "Terminal" })));
  await ana.press(t("linking.same"));
  joining.stdin.write("yes\n");
  await ana.see(ana.page.getByText(t("linking.done", { name: "Terminal" })));
  expect(await joined).toEqual([0, null]);

  // Whoever did not link it is told of it, until they say that it was them.
  const told = tablet.page.getByText(t("devices.wasMe"), { exact: true });
  await told.waitFor({ timeout: 60_000 });
  await tablet.see(tablet.page.getByRole("status").filter({ hasText: "Terminal" }));
  expect(await lookAt(tablet, "new-device")).toEqual([]);
  await tablet.press(t("devices.wasMe"));
  await told.waitFor({ state: "detached" });
  await tablet.page.reload();
  await tablet.see(tablet.page.getByRole("heading", { name: t("settings.title") }));
  await tablet.see(tablet.page.getByRole("listitem").filter({ hasText: "Terminal" }));
  expect(await told.count()).toBe(0);

  await ana.goToPlace("#/settings");
  await line.getByRole("button", { name: t("settings.deviceRemove") }).click();
  const dialog = ana.page.getByRole("dialog");
  await ana.see(dialog.getByText(t("settings.deviceRemoveKeeperLine")));
  expect(await lookAt(ana, "remove-keeper")).toEqual([]);
  await dialog.getByRole("button", { name: t("settings.deviceRemove") }).click();
  await tablet.page.getByText(t("boot.removed"), { exact: true }).waitFor({ timeout: 60_000 });

  const receiving = async (): Promise<string> => {
    await send(ben, "to the terminal, too");
    return said(terminal("receive"));
  };
  await expect.poll(receiving, { timeout: 60_000, interval: 1_000 }).toContain("to the terminal, too");
});

function terminal(...args: string[]): Running {
  return startProgram(["--home", home, "--json", ...args], { XDG_RUNTIME_DIR: stage().folder });
}

async function said(child: Running): Promise<string> {
  child.stdin.end();
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, "close");
  return text;
}

/** What the code that is shown says, as the copy button copies it. */
async function codeOf(person: Person): Promise<string> {
  await person.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await person.press(person.words.t("linking.copy"));
  const copied = (): Promise<string> => person.page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toContain("#/link/");
  return copied();
}
