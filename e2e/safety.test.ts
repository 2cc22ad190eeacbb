// The identity on this device: locked, behind a passphrase, on a full disk, deleted behind the app's back, or at an address where a
// browser withholds cryptography.
import { parseContactLink } from "@p2pcrypt/identity";
import { expect, it } from "vitest";
import { takePicture } from "./rig/look.ts";
import { Peer } from "./rig/peer.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { linkOf, openConversation, start } from "./story/begin.ts";
import { expectToRead } from "./story/talk.ts";

const stage = useStage();
const PASSPHRASE = "correct horse battery staple";

it("W5: a locked identity opens with its passphrase and with no other, and nothing of it is shown before", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  const link = await linkOf(ana);
  await setPassphrase(ana, PASSPHRASE);
  await ana.press(ana.words.t("settings.lockNow"));
  await ana.read(ana.words.t("locked.title"));
  expect(await ana.page.content()).not.toContain(link);
  for (const wrong of ["wrong", `${PASSPHRASE} `, PASSPHRASE.toUpperCase()]) {
    await unlock(ana, wrong);
    await ana.read(ana.words.t("locked.wrong"));
  }
  await ana.page.reload();
  await ana.read(ana.words.t("locked.title"));
  await unlock(ana, PASSPHRASE);
  expect(await linkOf(ana)).toBe(link);
});

it("W5: a stored header whose price was lowered opens nothing and offers no way around", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  await setPassphrase(ana, PASSPHRASE);
  await ana.closeBrowser();
  await ana.restartBrowser();
  ana.complaints.expect(/404/);
  await ana.goTo("/icon.svg");
  const changed = await ana.page.evaluate(bendHeader);
  expect(changed).toBe(true);
  await ana.goTo("/");
  await unlock(ana, PASSPHRASE);
  await ana.see(ana.page.getByText(ana.words.t("boot.vaultDamaged")).or(ana.page.getByText(ana.words.t("locked.wrong"))));
  expect(await ana.field(ana.words.t("home.link")).count()).toBe(0);
});

it("the passphrase can be changed and taken away; the old one then opens nothing", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  await setPassphrase(ana, PASSPHRASE);
  await changePassphrase(ana, PASSPHRASE, "another long one");
  await ana.page.reload();
  await unlock(ana, PASSPHRASE);
  await ana.read(ana.words.t("locked.wrong"));
  await unlock(ana, "another long one");
  await changePassphrase(ana, "another long one", "");
  await ana.page.reload();
  await ana.see(
    ana.page
      .getByRole("button", { name: ana.words.t("home.copyLink") })
      .or(ana.page.getByRole("heading", { name: ana.words.t("settings.title") })),
  );
});

it("W5: the app locks after the time that was chosen without a hand on it, and not before", async () => {
  const ana = await stage().person("Ana");
  await ana.page.clock.install();
  await start(ana);
  const { t } = ana.words;
  await setPassphrase(ana, PASSPHRASE);
  await ana.page
    .getByRole("radiogroup", { name: t("settings.lockAfter") })
    .locator("label")
    .filter({ has: ana.page.getByRole("radio", { name: t("settings.minutes", { count: 5 }), exact: true }) })
    .click();
  await ana.page.clock.fastForward("04:50");
  await ana.page.keyboard.press("Shift");
  await ana.page.clock.fastForward("04:50");
  await ana.see(ana.page.getByRole("heading", { name: t("settings.title") }));
  await ana.page.clock.fastForward("00:20");
  await ana.read(t("locked.title"));
  await unlock(ana, PASSPHRASE);
  await ana.see(ana.page.getByRole("heading", { name: t("settings.title") }));
});

it("the words of a recovery sheet bring the identity back where nothing of it is; a mistaken word is named", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  const link = await linkOf(ana);
  const { t } = ana.words;
  const ben = await Peer.create("Ben", stage().node.url);
  await ben.meet(ana);
  await ben.say("the boat is at the pier");
  await expectToRead(ana, "the boat is at the pier");
  await ana.goToPlace("#/settings");
  await ana.page
    .locator("label")
    .filter({ hasText: t("backup.automatic") })
    .click();
  await ana.see(ana.page.getByRole("link", { name: t("backup.needsSheet") }));
  await ana.page.getByRole("heading", { name: t("backup.title") }).scrollIntoViewIfNeeded();
  await takePicture(ana.page, "backup-at-node");
  await ana.goToPlace("#/sheet");
  await ana.press(t("sheet.show"));
  await ana.see(ana.page.locator(".sheet-words li").nth(27));
  const words = await ana.page.locator(".sheet-words li").allTextContents();
  await ana.closeBrowser();

  const there = await stage().person("Ana");
  await there.goTo("/");
  await there.press(t("start.haveIdentity"));
  await there.page
    .locator("label")
    .filter({ hasText: t("import.sheet") })
    .click();
  await there.fill(t("import.words"), ["sheeet", ...words.slice(1)].join(" "));
  await there.press(t("import.go"));
  await there.read(t("fail.recovery/malformedWord", { word: "1" }));
  await there.fill(t("import.words"), words.join(" "));
  await takePicture(there.page, "restore-from-sheet");
  await there.press(t("import.go"));
  // The backup at the node came with it, and the conversation goes on with a new device.
  await openConversation(there, "Ben");
  await expectToRead(there, "the boat is at the pier");
  await ben.until(() => ben.conversation?.members.find(({ isSelf }) => !isSelf)?.deviceIds.length === 2);
  await ben.say("and you are back");
  await expectToRead(there, "and you are back");
  expect(identityIn(await linkOf(there))).toBe(identityIn(link));
  await ben.close();
});

it("W8: data that was deleted behind the app's back is said to be gone, with a way to start anew", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  await evict(ana);
  await ana.read(ana.words.t("boot.evicted"));
  await ana.page.reload();
  await ana.see(ana.page.getByText(ana.words.t("boot.evicted")));
  await ana.press(ana.words.t("boot.startOver"));
  await ana.see(ana.page.getByRole("button", { name: ana.words.t("start.start") }).or(ana.field(ana.words.t("start.nameLabel"))));
});

it("an address without encryption is named as the reason, not a failure", async () => {
  const ana = await stage().person("Ana");
  ana.proxy.names.set("talk.example", stage().node.host);
  ana.allowedHosts.add("talk.example");
  ana.complaints.expect(/Cross-Origin-Opener-Policy header has been ignored/);
  await ana.page.goto("http://talk.example/");
  await ana.read(ana.words.t("boot.insecure"));
  await ana.read(ana.words.t("boot.insecureLine"));
});

function identityIn(link: string): string {
  return parseContactLink(link).identityId;
}

async function setPassphrase(person: Person, passphrase: string): Promise<void> {
  const { t } = person.words;
  await person.goToPlace("#/settings");
  await person.press(t("settings.passphraseAdd"));
  await person.fill(t("settings.passphraseNew"), passphrase);
  await person.fill(t("settings.passphraseAgain"), passphrase);
  await person.press(t("settings.passphraseAdd"));
  await person.read(t("settings.passphraseSet"));
}

async function changePassphrase(person: Person, present: string, next: string): Promise<void> {
  const { t } = person.words;
  await person.goToPlace("#/settings");
  await person.press(t("settings.passphraseChange"));
  await person.fill(t("settings.passphrasePresent"), present);
  await person.fill(t("settings.passphraseNew"), next);
  await person.fill(t("settings.passphraseAgain"), next);
  await person.press(t("settings.passphraseChange"));
  await expect.poll(() => person.field(t("settings.passphrasePresent")).count()).toBe(0);
}

async function unlock(person: Person, passphrase: string): Promise<void> {
  await person.fill(person.words.t("locked.passphrase"), passphrase);
  await person.press(person.words.t("locked.unlock"));
}

/** As a browser does that needs room. */
async function evict(person: Person): Promise<void> {
  const devtools = await person.context.newCDPSession(person.page);
  await devtools.send("Storage.clearDataForOrigin", { origin: person.nodeUrl, storageTypes: "indexeddb" });
}

/** Lowers the number of passes in the header, as whoever wants to guess cheaply would (spec/protocol/vault.md section 2). */
async function bendHeader(): Promise<boolean> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open("p2pcrypt");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const transaction = database.transaction("pairs", "readwrite");
  const pairs = transaction.objectStore("pairs");
  const key = Uint8Array.of(0);
  // Purpose with its length, version, vault, protection, memory.
  const passesAt = 1 + "p2pcrypt vault".length + 1 + 16 + 1 + 4;
  let isChanged = false;
  const reading = pairs.get(key);
  reading.onsuccess = () => {
    const header: unknown = reading.result;
    if (!(header instanceof Uint8Array) || header[passesAt] !== 3) return;
    const bent = header.slice();
    bent[passesAt] = 1;
    pairs.put(bent, key);
    isChanged = true;
  };
  await new Promise<void>((resolve) => {
    transaction.oncomplete = () => resolve();
  });
  database.close();
  return isChanged;
}
