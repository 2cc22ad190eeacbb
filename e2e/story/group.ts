// Founding a group, in a person's words.
import { expect } from "vitest";
import { findBarriers } from "../rig/look.ts";
import type { Person } from "../rig/person.ts";
import type { GivenFile } from "./files.ts";

/** With these contacts in it. Resolves when the founder looks at it. */
export async function foundGroup(founder: Person, name: string, members: readonly string[], picture?: GivenFile): Promise<void> {
  const { t } = founder.words;
  await founder.goToPlace("#/add");
  await founder.page.getByRole("link", { name: t("group.new") }).click();
  await founder.fill(t("group.name"), name);
  for (const member of members) await founder.page.getByRole("checkbox", { name: member }).check();
  if (picture !== undefined) {
    await choosePicture(founder, picture);
    await founder.see(founder.page.locator("form img.avatar"));
  }
  expect(await findBarriers(founder.page)).toEqual([]);
  await founder.press(t("group.create"));
  await founder.see(founder.page.getByRole("heading", { name, level: 1, exact: true }));
}

/** Of the group that is founded or whose details are looked at. */
export async function choosePicture({ page, words }: Person, picture: GivenFile): Promise<void> {
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: words.t("group.pictureChoose") }).click();
  await (await choosing).setFiles([picture]);
}
