// Three people: Ana trusts Ben to introduce, Ben introduces Carol, and Ana sees through whom she knows her, for as long as Ben says so.
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findBarriers, takePicture } from "./rig/look.ts";
import { NodeProcess } from "./rig/node-process.ts";
import { Peer } from "./rig/peer.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { befriend, composerOf, linkOf, openConversation, rowOf } from "./story/begin.ts";
import { choose, detailsOf, openDetails, verify, vouch } from "./story/vouch.ts";

const stage = useStage();
let ana: Person;
let ben: Person;
let carol: Peer;

beforeAll(async () => {
  [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await befriend(ana, ben);
  carol = await Peer.create("Carol", stage().node.url);
  await carol.meet(ben);
});

afterAll(() => carol.close());

it("after a comparison Ana says that this is Ben, and that he may introduce people", async () => {
  const { t } = ana.words;
  await verify(ana, "Ben");
  await ana.page.getByRole("link", { name: t("vouch.go", { name: "Ben" }), exact: true }).click();
  await ana.read(t("vouch.line", { name: "Ben" }));
  // A group that is not named would be everyone: the form says so and gives nothing away.
  await choose(ana, t("vouch.introduces.within"));
  await ana.press(t("vouch.go", { name: "Ben" }));
  await ana.read(t("vouch.groupNeeded"));
  await choose(ana, t("vouch.introduces.everyone"));
  await expectNoBarriers(ana);
  await ana.press(t("vouch.go", { name: "Ben" }));
  await ana.see(detailsOf(ana).getByText(t("vouched.introduces", { name: "Ben" })));
  await ana.see(rowOf(ana, "Ben").getByText(t("trust.verified"), { exact: true }));
});

it("Ben cannot introduce whom he did not vouch for, is told so, and does it then", async () => {
  const { t } = ben.words;
  await openDetails(ben, "Carol");
  await ben.page.getByRole("link", { name: t("introduce.open", { name: "Carol" }) }).click();
  await ben.read(t("introduce.noWord", { name: "Carol" }));
  expect(await ben.page.getByRole("button", { name: t("introduce.both", { name: "Carol", other: "Ana" }) }).count()).toBe(0);
  for (const other of ["Ana", "Carol"]) {
    await verify(ben, other);
    await vouch(ben, other);
  }
  await ben.page.getByRole("link", { name: t("introduce.open", { name: "Carol" }) }).click();
  await expectNoBarriers(ben);
  await ana.goToPlace("#/me");
  await ben.press(t("introduce.both", { name: "Carol", other: "Ana" }));
  await ben.read(t("introduce.done", { name: "Carol", other: "Ana" }));
});

it("the introduction stands out in Ana's list, is a card in the conversation, and leads to Carol as introduced by Ben", async () => {
  const { t } = ana.words;
  await ana.see(rowOf(ana, "Ben").getByText(t("list.calls")));
  await openConversation(ana, "Ben");
  const card = ana.page.getByRole("article").filter({ hasText: t("card.introduced", { by: "Ben", name: "Carol" }) });
  await ana.see(card);
  await expectNoBarriers(ana);
  await takePicture(ana.page, "trust-introduction");
  await card.getByRole("link", { name: t("landing.helloTo", { name: "Carol" }) }).click();
  await ana.see(ana.page.locator("main").getByText(t("trust.introduced", { by: "Ben" }), { exact: true }));
  await ana.press(t("landing.helloTo", { name: "Carol" }));
  await carol.until(() => carol.contact("Ana")?.state === "asking");
  const asking = carol.contact("Ana");
  if (asking !== undefined) await carol.client.contacts.accept(asking.identityId);
  await ana.see(rowOf(ana, "Carol").getByText(t("trust.introduced", { by: "Ben" }), { exact: true }));
  expect(await rowOf(ana, "Carol").getByText(t("trust.verified"), { exact: true }).count()).toBe(0);
  // Looked at once, the introduction calls no longer.
  expect(await rowOf(ana, "Ben").getByText(t("list.calls")).count()).toBe(0);
});

it("the chain says why, step by step, with dates", async () => {
  const { t } = ana.words;
  await openDetails(ana, "Carol");
  const date = ana.words.date(Date.now(), Date.now());
  const details = detailsOf(ana);
  await ana.see(details.getByText(t("why.youIntroducer", { name: "Ben", date })));
  await ana.see(details.getByText(t("why.vouches", { by: "Ben", name: "Carol", date })));
  await ana.read(t("who.introduced", { name: "Carol", by: "Ben" }));
  await expectNoBarriers(ana);
  await takePicture(ana.page, "trust-why");
});

it("I5: Ben takes his word back, and Ana sees it fall", async () => {
  const { t } = ana.words;
  await openDetails(ben, "Carol");
  await ben.press(ben.words.t("vouched.takeBack"));
  await ben.read(ben.words.t("vouched.tookBack", { name: "Carol" }));
  await ana.see(rowOf(ana, "Carol").getByText(t("trust.unverified"), { exact: true }));
  await ana.see(ana.page.locator("header").getByText(t("trust.unverified"), { exact: true }));
  await expect.poll(() => detailsOf(ana).getByText(t("why.title"), { exact: true }).count()).toBe(0);
});

it("whom Ben vouches for reaches Ana by itself, once he shares it always", async () => {
  const { t } = ben.words;
  await openDetails(ben, "Ana");
  await detailsOf(ben).getByText(t("share.always"), { exact: true }).click();
  await ben.read(t("share.done", { name: "Ana" }));
  await openDetails(ben, "Carol");
  await vouch(ben, "Carol");
  await ana.see(rowOf(ana, "Carol").getByText(ana.words.t("trust.introduced", { by: "Ben" }), { exact: true }));
});

it("what Ben says of Ana in public waits for her to agree, and then the node hands it out", async () => {
  await openDetails(ben, "Ana");
  await detailsOf(ben)
    .getByRole("link", { name: ben.words.t("vouched.change") })
    .click();
  await ben.page.getByText(ben.words.t("vouch.advanced"), { exact: true }).click();
  await ben.page.getByText(ben.words.t("vouch.public"), { exact: true }).click();
  await expectNoBarriers(ben);
  await ben.press(ben.words.t("vouch.save"));
  await openConversation(ana, "Ben");
  const card = ana.page.getByRole("article").filter({ hasText: ana.words.t("card.attest", { name: "Ben" }) });
  await ana.see(card);
  await expectNoBarriers(ana);
  const dora = await Peer.create("Dora", stage().node.url);
  expect(await servedWordsAbout("Ana", dora)).toBe(0);
  await card.getByRole("button", { name: ana.words.t("card.agree") }).click();
  await ana.see(card.getByText(ana.words.t("card.agreed")));
  await expect.poll(() => servedWordsAbout("Ana", dora)).toBe(1);
  // Agreed is agreed, also tomorrow.
  await ana.page.reload();
  await openConversation(ana, "Ben");
  await ana.see(card.getByText(ana.words.t("card.agreed")));
  await dora.close();
});

it("I15: somebody else writes with Carol's key: Ana is told, and nothing goes out until she decides", async () => {
  const { t } = ana.words;
  const link = await linkOf(ana);
  await openConversation(ana, "Carol");
  const elsewhere = await NodeProcess.start(join(stage().folder, "elsewhere"));
  ana.allowedHosts.add(elsewhere.host);
  const passphrase = "stolen with the key";
  const key = await carol.client.account.exportForGpg(passphrase);
  const thief = await Peer.create("Carol", elsewhere.url, { bytes: new TextEncoder().encode(key), passphrase });
  await thief.client.contacts.add(link, "I have a new phone");
  const before = carol.texts.length;
  await ana.see(ana.page.getByText(t("chat.closed.undecided", { name: "Carol" })));
  await ana.see(rowOf(ana, "Carol").getByText(t("trust.equivocation"), { exact: true }));
  expect(await composerOf(ana).count()).toBe(0);
  await expectNoBarriers(ana);
  await takePicture(ana.page, "trust-key-changed");
  await ana.press(t("alert.accept"));
  await composerOf(ana).fill("Is it you?");
  await composerOf(ana).press("Enter");
  await carol.until(() => carol.texts.length > before);
  await thief.close();
  await elsewhere.kill();
});

/** Certifications by others that the node hands out with somebody's certificate, to a stranger who knows only fingerprints. */
async function servedWordsAbout(name: string, { client }: Peer): Promise<number> {
  for (const who of ["Ana", "Ben"]) {
    const search = `op=get&options=mr&search=0x${carol.contact(who)?.fingerprint ?? ""}`;
    const response = await fetch(new URL(`/pks/lookup?${search}`, stage().node.url));
    await client.trust.importKeyring(new Uint8Array(await response.arrayBuffer()));
  }
  const about = carol.contact(name)?.identityId;
  return (await client.trust.graph()).edges.filter(({ target }) => target === about).length;
}

async function expectNoBarriers({ page }: Person): Promise<void> {
  expect(await findBarriers(page)).toEqual([]);
}
