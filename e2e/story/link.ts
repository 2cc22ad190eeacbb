// A second device, in a person's words.
import { expect } from "vitest";
import type { Person } from "../rig/person.ts";

/** `device` becomes another of `owner`'s, by a code that is typed and six digits that are compared. It is called by its name. */
export async function linkByTypedCode(owner: Person, device: Person): Promise<void> {
  const { t } = owner.words;
  await owner.goToPlace("#/settings");
  await owner.press(t("linking.start"));
  await owner.press(t("linking.showTyped"));
  const code = await shortCode(owner);
  await device.goTo("/");
  await device.press(t("start.haveIdentity"));
  await device.fill(t("linking.code"), code);
  await device.fill(t("linking.deviceName"), device.name);
  await device.press(t("linking.join"));
  await owner.see(owner.page.getByText(t("linking.compare", { name: device.name })));
  await device.see(device.page.getByText(t("linking.compareJoining", { name: owner.name })));
  expect(await shortCode(device)).toBe(await shortCode(owner));
  await device.press(t("linking.same"));
  await owner.press(t("linking.same"));
  await owner.see(owner.page.getByText(t("linking.done", { name: device.name })));
}

/** The code that is typed, or the digits that are compared. */
export async function shortCode(person: Person): Promise<string> {
  const shown = person.page.locator(".short-code");
  await shown.waitFor();
  return (await shown.innerText()).trim();
}
