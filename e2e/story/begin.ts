// The first minute in a person's words: start, share a link, open one, say hello, answer.
import type { Locator } from "playwright-core";
import type { Person } from "../rig/person.ts";

/** Presses Start and gives a name. Resolves when there is a link to share. */
export async function start(person: Person, name = person.name): Promise<void> {
  const { t } = person.words;
  await person.goTo("/");
  await person.press(t("start.start"));
  await person.fill(t("start.nameLabel"), name);
  await person.press(t("start.create"));
  await person.field(t("home.link")).waitFor();
}

/** @returns the link of this person, from where it is shown. */
export async function linkOf(person: Person): Promise<string> {
  const { t } = person.words;
  if (!(await person.field(t("home.link")).isVisible())) await person.goToPlace("#/me");
  await person.see(person.page.getByRole("button", { name: t("home.copyLink") }));
  return person.field(t("home.link")).inputValue();
}

/** As when somebody presses a link in another program. */
export async function openLink(person: Person, link: string): Promise<void> {
  await person.page.goto(link);
}

/** Opens a link and says a first line to whoever gave it. */
export async function sayHello(person: Person, link: string, to: string, line: string): Promise<void> {
  const { t } = person.words;
  await openLink(person, link);
  await person.fill(t("landing.first"), line);
  await person.press(t("landing.helloTo", { name: to }));
}

/** Waits for somebody's request and answers it. */
export async function answer(person: Person, from: string, answered: "accept" | "decline" | "block"): Promise<void> {
  const { t } = person.words;
  await person.see(person.page.getByRole("link", { name: t("list.requests", { count: 1 }) }));
  await person.goToPlace("#/requests");
  const request = person.page.getByRole("article").filter({ has: person.page.getByRole("heading", { name: from, exact: true }) });
  await request.getByRole("button", { name: t(`requests.${answered}`), exact: true }).click();
}

/** Both have an identity, know each other, and look at their conversation. Ben speaks first. */
export async function befriend(ana: Person, ben: Person, line = "Hi, it's Ben"): Promise<void> {
  await start(ana);
  await start(ben);
  await sayHello(ben, await linkOf(ana), ana.name, line);
  await answer(ana, ben.name, "accept");
  await openConversation(ana, ben.name);
  await openConversation(ben, ana.name);
}

/** Looks at the conversation with somebody, from the list. */
export async function openConversation(person: Person, other: string): Promise<void> {
  await rowOf(person, other).click();
  await person.see(person.page.getByRole("heading", { name: other, level: 1, exact: true }));
  await person.see(composerOf(person));
}

/** The line of somebody in the list of conversations. */
export function rowOf(person: Person, other: string): Locator {
  const list = person.page.getByRole("navigation", { name: person.words.t("list.title") });
  // By the name alone: a row may speak of others, as of who introduced somebody.
  return list.getByRole("link").filter({ has: person.page.locator(".row-name").getByText(other, { exact: true }) });
}

export function composerOf(person: Person): Locator {
  return person.page.getByRole("textbox", { name: person.words.t("chat.message"), exact: true });
}
