// Becoming sure who somebody is, in each of the three ways, and what that changes in list, conversation and details.
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { befriend, openConversation, rowOf } from "./story/begin.ts";

const stage = useStage();
let ana: Person;
let ben: Person;

beforeAll(async () => {
  [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await befriend(ana, ben);
});

it("by 60 digits: equal on both screens; wrong ones verify nobody", async () => {
  await compare(ana, "Ben", "digits");
  await compare(ben, "Ana", "digits");
  const digits = await digitsOf(ana);
  expect(digits).toMatch(/^\d{60}$/);
  expect(await digitsOf(ben)).toBe(digits);
  await ana.fill(
    ana.words.t("compare.typed", { name: "Ben" }),
    digits.replace(/^./, (digit) => String((Number(digit) + 1) % 10)),
  );
  await ana.press(ana.words.t("compare.check"));
  await ana.read(ana.words.t("compare.wrongDigits"));
  expect(await isVerified(ana, "Ben")).toBe(false);
  await ana.fill(ana.words.t("compare.typed", { name: "Ben" }), digits);
  await ana.press(ana.words.t("compare.check"));
  await expectVerified(ana, "Ben");
  // Whoever did not compare is not sure.
  expect(await isVerified(ben, "Ana")).toBe(false);
  await withdraw(ana, "Ben");
});

it("by the short code: both see the same six digits and say so", async () => {
  await compare(ana, "Ben", "short");
  await ana.press(ana.words.t("compare.start"));
  await compare(ben, "Ana", "short");
  await ben.press(ben.words.t("compare.join"));
  await ana.see(ana.page.getByRole("button", { name: ana.words.t("compare.same") }));
  await ben.see(ben.page.getByRole("button", { name: ben.words.t("compare.same") }));
  const code = await shortCodeOf(ana);
  expect(code).toMatch(/^\d{6}$/);
  expect(await shortCodeOf(ben)).toBe(code);
  await ana.press(ana.words.t("compare.same"));
  await ana.read(ana.words.t("compare.confirmed", { name: "Ben" }));
  expect(await isVerified(ana, "Ben")).toBe(false);
  await ben.press(ben.words.t("compare.same"));
  await expectVerified(ana, "Ben");
  await expectVerified(ben, "Ana");
  await withdraw(ana, "Ben");
  await withdraw(ben, "Ana");
});

it("by the short code: whoever sees other digits says so, and nobody is verified", async () => {
  await compare(ana, "Ben", "short");
  await ana.press(ana.words.t("compare.start"));
  await compare(ben, "Ana", "short");
  await ben.press(ben.words.t("compare.join"));
  await ben.press(ben.words.t("compare.differ"));
  await ana.see(ana.page.getByText(ana.words.t("compare.failed.mismatch")));
  expect(await isVerified(ana, "Ben")).toBe(false);
  expect(await isVerified(ben, "Ana")).toBe(false);
});

it("by one scan: one shows, the other scans, the first says who stands there; then both are sure", async () => {
  const picture = join(stage().folder, "scan.png");
  await compare(ana, "Ben", "scan");
  await ana.press(ana.words.t("compare.show"));
  await ana.page.getByRole("img", { name: ana.words.t("compare.show") }).screenshot({ path: picture });
  await compare(ben, "Ana", "scan");
  await ben.press(ben.words.t("compare.scanTheirs"));
  const choosing = ben.page.waitForEvent("filechooser");
  await ben.press(ben.words.t("add.picture"));
  await (await choosing).setFiles(picture);
  await ben.read(ben.words.t("compare.scanWaiting", { name: "Ana" }));
  expect(await isVerified(ben, "Ana")).toBe(false);
  await ana.press(ana.words.t("compare.yesInFront", { name: "Ben" }));
  await expectVerified(ana, "Ben");
  await expectVerified(ben, "Ana");
});

it("the mark and its words stand in list, conversation and details, with the date, and who can read this follows", async () => {
  await openConversation(ana, "Ben");
  await ana.read(ana.words.t("who.verified", { name: "Ben" }));
  const words = ana.words.t("trust.verified");
  await ana.see(rowOf(ana, "Ben").getByText(words, { exact: true }));
  await ana.see(ana.page.locator("header").getByText(words, { exact: true }));
  await ana.page.getByRole("link", { name: ana.words.t("chat.details") }).click();
  const details = ana.page.getByRole("complementary", { name: ana.words.t("details.title") });
  await ana.see(details.getByText(words, { exact: true }));
  await ana.see(
    details.getByText(ana.words.t("trust.by.scan", { date: ana.words.date(Date.now(), Date.now()) }), { exact: true }),
  );
});

async function compare(person: Person, other: string, way: "scan" | "short" | "digits"): Promise<void> {
  await openConversation(person, other);
  await person.page.getByRole("link", { name: person.words.t("chat.details") }).click();
  await person.page.getByRole("link", { name: person.words.t("details.compare") }).click();
  await person.page.getByRole("radio", { name: person.words.t(`compare.${way}`), exact: true }).check({ force: true });
}

async function withdraw(person: Person, other: string): Promise<void> {
  await openConversation(person, other);
  await person.page.getByRole("link", { name: person.words.t("chat.details") }).click();
  await person.press(person.words.t("details.withdraw"));
  await expect.poll(() => isVerified(person, other)).toBe(false);
}

async function digitsOf(person: Person): Promise<string> {
  const digits = person.page.locator(".digits");
  await person.see(digits);
  return ((await digits.textContent()) ?? "").replaceAll(/\D/g, "");
}

async function shortCodeOf(person: Person): Promise<string> {
  const text = (await person.page.locator(".short-code").textContent()) ?? "";
  return text.replaceAll(/\D/g, "");
}

function isVerified(person: Person, other: string): Promise<boolean> {
  return rowOf(person, other).getByText(person.words.t("trust.verified"), { exact: true }).isVisible();
}

async function expectVerified(person: Person, other: string): Promise<void> {
  await person.see(person.page.getByText(person.words.t("compare.verified", { name: other })));
  await expect.poll(() => isVerified(person, other)).toBe(true);
}
