// Sending and finding files in a conversation.
import type { Locator } from "playwright-core";
import type { Person } from "../rig/person.ts";

export interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export async function attach(person: Person, ...files: readonly GivenFile[]): Promise<void> {
  const choosing = person.page.waitForEvent("filechooser");
  await person.press(person.words.t("file.attach"));
  await (await choosing).setFiles([...files]);
}

export async function attachPaths(person: Person, ...paths: readonly string[]): Promise<void> {
  const choosing = person.page.waitForEvent("filechooser");
  await person.press(person.words.t("file.attach"));
  await (await choosing).setFiles([...paths]);
}

export function cardOf(person: Person, name: string): Locator {
  return person.page.locator("article").filter({ has: person.page.getByText(name, { exact: true }) });
}
