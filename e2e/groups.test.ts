// A group, in a browser: founded, talked in, changed, handed over and left. The others are there without one.
import { expect, it } from "vitest";
import { findBarriers, takePicture } from "./rig/look.ts";
import { Peer } from "./rig/peer.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { composerOf, openConversation, rowOf, start } from "./story/begin.ts";
import { photograph } from "./story/files.ts";
import { choosePicture, foundGroup } from "./story/group.ts";
import { expectToRead, send } from "./story/talk.ts";

const stage = useStage();

async function three(): Promise<{ ana: Person; ben: Peer; carol: Peer }> {
  const ana = await stage().person("Ana");
  await start(ana);
  const [ben, carol] = [await Peer.create("Ben", stage().node.url), await Peer.create("Carol", stage().node.url)];
  await ben.meet(ana);
  await carol.meet(ana);
  return { ana, ben, carol };
}

const groupOf = (peer: Peer) => peer.client.conversations.list().find(({ kind }) => kind === "group");

it("somebody founds a group; all talk, with names; a name and roles change before everybody's eyes", async () => {
  const { ana, ben, carol } = await three();
  const { t } = ana.words;
  const picture = { name: "harbour.jpg", mimeType: "image/jpeg", buffer: await photograph(ana) };
  await foundGroup(ana, "Harbour", ["Ben", "Carol"], picture);
  for (const peer of [ben, carol]) await peer.until(() => groupOf(peer)?.picture !== undefined);
  const chosen = await ben.client.groups.picture(groupOf(ben)?.id ?? "");
  expect([...(chosen ?? []).slice(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  expect(chosen?.length).toBeLessThanOrEqual(8_192);
  expect(Buffer.from(chosen ?? []).includes("Exif")).toBe(false);
  await ana.see(rowOf(ana, "Harbour").locator("img.avatar"));
  await ana.see(ana.page.locator(".chat-who img.avatar"));
  await ana.read(`${t("who.group", { count: 3 })} ${t("who.groupUnsure", { count: 2 })}`);
  await send(ana, "Welcome, both");
  await Promise.all([ben, carol].map((peer) => peer.heardTexts("Welcome, both")));
  await ben.client.conversations.send(groupOf(ben)?.id ?? "", "Ben is here");
  await expectToRead(ana, "Ben is here");
  await ana.see(ana.page.locator(".said-who").filter({ hasText: "Ben" }));
  await carol.heardTexts("Ben is here");

  // An @ offers members; what is sent says by id whom it means, and who is meant sees it.
  const field = composerOf(ana);
  await field.pressSequentially("Ask @be");
  const offer = ana.page.getByRole("option", { name: "Ben" });
  await ana.see(offer);
  await field.press("ArrowDown");
  expect(await field.getAttribute("aria-activedescendant")).toBe(await offer.getAttribute("id"));
  expect(await findBarriers(ana.page)).toEqual([]);
  await takePicture(ana.page, "mention-offer");
  await field.press("Enter");
  expect(await field.inputValue()).toBe("Ask @Ben ");
  await field.pressSequentially("about the keys");
  await field.press("Enter");
  await ben.heardTexts("Ask @Ben about the keys");
  expect(groupOf(ben)?.mentions).toHaveLength(1);
  expect(groupOf(carol)?.mentions).toBeUndefined();
  await ana.goToPlace("#/");
  const self = groupOf(ben)?.members.find(({ name }) => name === "Ana");
  if (self === undefined) throw new RangeError("Ana is in the group");
  const named = { at: 0, length: 4, identityId: self.identityId };
  await ben.client.conversations.send(groupOf(ben)?.id ?? "", "@Ana the keys are in **@the shed**", [named]);
  await ana.see(rowOf(ana, "Harbour").getByRole("img", { name: t("list.mentioned") }));
  await openConversation(ana, "Harbour");
  await ana.see(ana.page.locator("mark").filter({ hasText: "@Ana" }));
  await takePicture(ana.page, "mention-own");
  await ana.press(t("chat.toMention", { count: 1 }));

  await ana.page.getByRole("link", { name: t("chat.details") }).click();
  await ana.see(ana.page.getByRole("heading", { name: t("details.members", { count: 3 }) }));
  await ana.see(ana.page.locator(".who-head img.avatar"));
  await takePicture(ana.page, `group-picture-${ana.words.language}`);
  await ana.press(t("group.pictureRemove"));
  await ben.until(() => groupOf(ben)?.picture === undefined);
  await ana.read(t("event.pictureRemoved", { by: "Ana" }));
  await ana.see(ana.page.locator(".who-head svg.avatar"));
  await ana.see(rowOf(ana, "Harbour").locator("svg.avatar"));
  await choosePicture(ana, { name: "sound.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await ana.read(t("fail.group/badPicture"));
  await ana.fill(t("group.name"), "Harbour crew");
  await ana.press(t("group.rename"));
  await ben.until(() => groupOf(ben)?.name === "Harbour crew");
  await ana.see(rowOf(ana, "Harbour crew"));
  await ana.page.getByText(t("group.manage", { name: "Ben" })).click();
  await ana.press(t("group.promote"));
  await carol.until(() => groupOf(carol)?.members.find(({ name }) => name === "Ben")?.isAdmin === true);
  await ana.read(t("event.promoted", { name: "Ben", by: "Ana" }));
  // B5: what says of itself that it is 16,000 pixels wide and high is agreed on, and not drawn.
  const head = [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0x3e, 0x80, 0x3e, 0x80, 3];
  await ben.until(() => groupOf(ben)?.ownRole === "admin");
  await ben.client.groups.setPicture(groupOf(ben)?.id ?? "", new Uint8Array(head));
  await ana.read(t("event.pictureChanged", { by: "Ben" }));
  await ana.see(ana.page.getByRole("button", { name: t("group.pictureRemove") }));
  expect(await ana.page.locator("img.avatar").count()).toBe(0);
  expect(await findBarriers(ana.page)).toEqual([]);
  await Promise.all([ben.close(), carol.close()]);
});

it("whoever is removed reads nothing more and is told; the last administrator names who goes on", async () => {
  const { ana, ben, carol } = await three();
  const { t } = ana.words;
  await foundGroup(ana, "Crew", ["Ben"]);
  await ben.until(() => groupOf(ben)?.state === "active");
  await ana.page.getByRole("link", { name: t("chat.details") }).click();
  await ana.page.getByRole("link", { name: t("group.add") }).click();
  await ana.page.getByRole("checkbox", { name: "Carol" }).check();
  await ana.press(t("group.add"));
  await carol.until(() => groupOf(carol)?.state === "active");
  await ana.page.getByText(t("group.manage", { name: "Carol" })).click();
  await ana.press(t("group.remove"));
  await carol.until(() => groupOf(carol)?.state === "removed");
  await ana.see(ana.page.getByRole("heading", { name: t("details.members", { count: 2 }) }));
  await send(ana, "Only the two of us");
  await ben.heardTexts("Only the two of us");
  expect(carol.texts).not.toContain("Only the two of us");

  await ana.read(t("group.successor"));
  await ana.press(t("group.leave"));
  await ben.until(() => groupOf(ben)?.ownRole === "admin");
  await ben.until(() => groupOf(ben)?.members.length === 1);
  await ana.read(t("chat.closed.left"));
  await openConversation(ana, "Ben");
  await Promise.all([ben.close(), carol.close()]);
});

it("a link lets somebody ask, and only the administrator lets them in", async () => {
  const { ana, ben, carol } = await three();
  const { t } = ana.words;
  await foundGroup(ana, "Allotments", ["Ben"]);
  await ana.page.getByRole("link", { name: t("chat.details") }).click();
  await ana.press(t("join.make"));
  await ana.see(ana.page.getByRole("img", { name: t("join.qr") }));
  expect(await findBarriers(ana.page)).toEqual([]);
  const link = await ana.page.getByRole("textbox", { name: t("join.link") }).inputValue();
  await carol.client.groups.knock(link, "I have the plot by the gate");
  await ana.read("I have the plot by the gate");
  await ana.press(t("join.admit", { name: "Carol" }));
  await carol.until(() => groupOf(carol)?.state === "active");
  await carol.client.conversations.send(groupOf(carol)?.id ?? "", "Carol is in");
  await ben.heardTexts("Carol is in");

  const dora = await stage().person("Dora");
  await start(dora);
  await dora.goToPlace(link.replace(/^[^#]*/, ""));
  await dora.fill(t("landing.first"), "Dora from the shed");
  expect(await findBarriers(dora.page)).toEqual([]);
  await dora.press(t("join.ask"));
  await dora.read(t("join.asked", { name: "Ana" }));
  await ana.read("Dora from the shed");
  await ana.press(t("join.admit", { name: "Dora" }));
  await dora.see(rowOf(dora, "Allotments"));
  await ana.press(t("join.revoke"));
  await ana.page.getByRole("img", { name: t("join.qr") }).waitFor({ state: "detached" });
  await Promise.all([ben.close(), carol.close()]);
});
