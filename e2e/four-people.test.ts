// Four people with a browser each, and a second device of one of them, over one node: who is in reads, who is taken out does not.
import { expect, it } from "vitest";
import { takePicture } from "./rig/look.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { linkOf, openConversation, sayHello, start } from "./story/begin.ts";
import { foundGroup } from "./story/group.ts";
import { linkByTypedCode } from "./story/link.ts";
import { expectToRead, messageOf, send } from "./story/talk.ts";

const stage = useStage();

it("four people and two devices of one of them read each other, until one person and one device are taken out and told so", async () => {
  const [ana, ben, carol, dora, phone] = await fivePlaces();
  const { t } = ana.words;
  const others = [ben, carol, dora];
  await Promise.all([ana, ...others].map((person) => start(person)));
  const link = await linkOf(ana);
  await Promise.all(others.map((person) => sayHello(person, link, "Ana", `Hi, it's ${person.name}`)));
  await ana.see(ana.page.getByRole("link", { name: t("list.requests", { count: 3 }) }));
  await ana.goToPlace("#/requests");
  for (const { name } of others) await accept(ana, name);
  await foundGroup(ana, "Harbour", ["Ben", "Carol", "Dora"]);
  await linkByTypedCode(ana, phone);
  const all = [ana, phone, ...others];
  await Promise.all(all.map((person) => openConversation(person, "Harbour")));

  for (const person of all) await send(person, `Hello from ${person.name}`);
  for (const person of all) for (const { name } of all) await expectToRead(person, `Hello from ${name}`);
  expect(await authorOf(ben, "Hello from Phone")).toBe("Ana");
  expect(await authorOf(ana, "Hello from Phone")).toBe(t("details.you"));
  await takePicture(phone.page, "four-people-phone");
  await openConversation(ben, "Ana");
  await ben.see(ben.page.getByText(/^Ana linked a new device on /));
  await takePicture(ben.page, "four-people-new-device");
  await openConversation(ben, "Harbour");

  await ana.page.getByRole("link", { name: t("chat.details") }).click();
  await ana.page.getByText(t("group.manage", { name: "Dora" })).click();
  await ana.press(t("group.remove"));
  await dora.read(t("chat.closed.removed"));
  await send(ben, "Dora does not read this");
  for (const person of [ana, phone, carol]) {
    await expectToRead(person, "Dora does not read this");
    await person.read(t("event.memberRemoved", { by: "Ana", name: "Dora" }));
  }

  await ana.goToPlace("#/settings");
  const line = ana.page.getByRole("listitem").filter({ hasText: "Phone" });
  await line.getByRole("button", { name: t("settings.deviceRemove") }).click();
  await phone.page.getByText(t("boot.removed"), { exact: true }).waitFor({ timeout: 60_000 });
  await openConversation(ana, "Harbour");
  await send(ana, "Nor does the phone");
  for (const person of [ben, carol]) await expectToRead(person, "Nor does the phone");
  await expect(messageOf(dora, "Dora does not read this").count()).resolves.toBe(0);
  await takePicture(dora.page, "four-people-removed");
  await takePicture(phone.page, "four-people-phone-removed");
});

async function fivePlaces(): Promise<[Person, Person, Person, Person, Person]> {
  const open = (name: string): Promise<Person> => stage().person(name);
  return Promise.all([open("Ana"), open("Ben"), open("Carol"), open("Dora"), open("Phone")]);
}

async function authorOf(reader: Person, text: string): Promise<string> {
  return messageOf(reader, text).locator(".unseen").first().innerText();
}

async function accept(person: Person, name: string): Promise<void> {
  const request = person.page.getByRole("article").filter({ has: person.page.getByRole("heading", { name, exact: true }) });
  await request.getByRole("button", { name: person.words.t("requests.accept"), exact: true }).click();
}
