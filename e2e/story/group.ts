// Founding a group, in a person's words.
import { expect } from "vitest";
import { findBarriers } from "../rig/look.ts";
import type { Person } from "../rig/person.ts";

/** With these contacts in it. Resolves when the founder looks at it. */
export async function foundGroup(founder: Person, name: string, members: readonly string[]): Promise<void> {
  const { t } = founder.words;
  await founder.goToPlace("#/add");
  await founder.page.getByRole("link", { name: t("group.new") }).click();
  await founder.fill(t("group.name"), name);
  for (const member of members) await founder.page.getByRole("checkbox", { name: member }).check();
  expect(await findBarriers(founder.page)).toEqual([]);
  await founder.press(t("group.create"));
  await founder.see(founder.page.getByRole("heading", { name, level: 1, exact: true }));
}
