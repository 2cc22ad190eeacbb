// Talking, in a person's words. Whoever does something here looks at the conversation already.
import type { Locator } from "playwright-core";
import { expect } from "vitest";
import type { Person } from "../rig/person.ts";
import { composerOf } from "./begin.ts";

/** Types and presses Enter. */
export async function send(person: Person, text: string): Promise<void> {
  await composerOf(person).fill(text);
  await composerOf(person).press("Enter");
}

/** What is on this page's screen is stored: it may be loaded again, or killed. */
export async function untilStored({ page }: Person): Promise<void> {
  const mayLeave = (): boolean => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  await expect.poll(() => page.evaluate(mayLeave), { interval: 5 }).toBe(true);
}

/** `withinMs`: when it takes longer than a step does. */
export async function expectToRead(person: Person, text: string, withinMs?: number): Promise<void> {
  await messageOf(person, text)
    .first()
    .waitFor(withinMs === undefined ? {} : { timeout: withinMs });
}

/** The bubble with exactly this text. */
export function messageOf(person: Person, text: string): Locator {
  return person.page.locator("article").filter({ has: person.page.getByText(text, { exact: true }) });
}

/** Waits until the message shows this state, in words. */
export async function expectState(
  person: Person,
  text: string,
  state: "queued" | "atNode" | "delivered" | "read",
): Promise<void> {
  await person.see(messageOf(person, text).getByText(person.words.t(`chat.state.${state}`), { exact: true }));
}

/** Both write, both read. */
export async function expectToTalk(one: Person, other: Person, about: string): Promise<void> {
  await send(one, `${about}, ${one.name}`);
  await expectToRead(other, `${about}, ${one.name}`);
  await send(other, `${about}, ${other.name}`);
  await expectToRead(one, `${about}, ${other.name}`);
}
