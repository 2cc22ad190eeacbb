// Verifying somebody and what follows from it, in a person's words.
import type { Locator } from "playwright-core";
import type { Person } from "../rig/person.ts";
import { composerOf, rowOf } from "./begin.ts";

/** By sixty digits on one side. */
export async function verify(person: Person, other: string): Promise<void> {
  const { t } = person.words;
  await openDetails(person, other);
  await person.page.getByRole("link", { name: t("details.compare") }).click();
  await person.page.getByRole("radio", { name: t("compare.digits"), exact: true }).check({ force: true });
  await person.press(t("compare.allSame"));
  await person.see(person.page.getByText(t("compare.verified", { name: other })));
}

/** Right after a comparison: the offer, taken as it is. */
export async function vouch(person: Person, other: string): Promise<void> {
  const { t } = person.words;
  await person.page.getByRole("link", { name: t("vouch.go", { name: other }), exact: true }).click();
  await person.press(t("vouch.go", { name: other }));
  await person.see(detailsOf(person).getByText(t("vouched.title"), { exact: true }));
}

export async function openDetails(person: Person, other: string): Promise<void> {
  await rowOf(person, other).click();
  await person.see(person.page.getByRole("heading", { name: other, level: 1, exact: true }));
  await person.see(composerOf(person));
  await person.page.getByRole("link", { name: person.words.t("chat.details") }).click();
}

export function detailsOf(person: Person): Locator {
  return person.page.getByRole("complementary", { name: person.words.t("details.title") });
}

/** One of several that are explained. */
export async function choose(person: Person, words: string): Promise<void> {
  await person.page.locator(".choice").filter({ hasText: words }).getByRole("radio").check({ force: true });
}
