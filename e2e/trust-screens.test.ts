// Every screen of the web of trust in light and dark, at three widths, in both directions: pictures to be looked at, and nothing that
// keeps people out.
import { expect, it } from "vitest";
import { lookAt } from "./rig/look.ts";
import { Peer } from "./rig/peer.ts";
import { useStage } from "./rig/stage.ts";
import { openConversation, rowOf, start } from "./story/begin.ts";
import { choose, detailsOf, openDetails, verify } from "./story/vouch.ts";

const stage = useStage();

it.each(["en", "ar"] as const)("the web of trust, in %s", async (language) => {
  const barriers: string[] = [];
  const ana = await stage().person("Ana", { language });
  const { t } = ana.words;
  const look = async (screen: string): Promise<void> => {
    barriers.push(...(await lookAt(ana, `trust-${screen}`)));
  };
  await start(ana);
  const [ben, carol, dan] = await Promise.all(["Ben", "Carol", "Dan"].map((name) => Peer.create(name, stage().node.url)));
  if (ben === undefined || carol === undefined || dan === undefined) throw new RangeError("three peers");
  await ben.meet(ana);
  await dan.meet(ana);
  await ben.befriend(carol);
  await verify(ana, "Ben");
  await look("after-comparing");
  await ana.page.getByRole("link", { name: t("vouch.go", { name: "Ben" }), exact: true }).click();
  await choose(ana, t("vouch.introduces.within"));
  await ana.fill(t("vouch.group"), "lake.example");
  await look("vouch");
  await ana.page.getByText(t("vouch.advanced"), { exact: true }).click();
  await ana.read(t("vouch.ends"));
  await look("vouch-advanced");
  await choose(ana, t("vouch.introduces.everyone"));
  await ana.press(t("vouch.go", { name: "Ben" }));
  await ana.see(detailsOf(ana).getByText(t("vouched.title"), { exact: true }));
  await look("vouched");
  await detailsOf(ana)
    .getByRole("link", { name: t("introduce.open", { name: "Ben" }) })
    .click();
  await ana.read(t("introduce.noWord", { name: "Dan" }));
  await look("introduce");
  const [asAna, asCarol] = [await ben.vouchFor("Ana", { isPublic: true }), await ben.vouchFor("Carol")];
  await ben.client.trust.introduce(asAna.identityId, asCarol.identityId);
  await openConversation(ana, "Ben");
  await ana.read(t("card.introduced", { by: "Ben", name: "Carol" }));
  await look("cards");
  await ana.page.getByRole("link", { name: t("landing.helloTo", { name: "Carol" }) }).click();
  await ana.see(ana.page.locator("main").getByText(t("trust.introduced", { by: "Ben" }), { exact: true }));
  await look("landing-introduced");
  await ana.press(t("landing.helloTo", { name: "Carol" }));
  await carol.until(() => carol.contact("Ana")?.state === "asking");
  await carol.client.contacts.accept(asAna.identityId);
  await ana.see(rowOf(ana, "Carol"));
  await openDetails(ana, "Carol");
  await ana.read(t("why.title"));
  await look("why");
  await carol.vouchFor("Ben", { amount: 60 });
  await ana.goToPlace("#/trust");
  await ana.read(t("map.drawn", { count: 4 }));
  await look("map");
  await ana.goToPlace(`#/trust/${asCarol.identityId}`);
  await ana.see(ana.page.getByRole("complementary", { name: "Carol" }).getByText(t("why.you")));
  await ana.read(t("map.amount", { amount: ana.words.number(120), full: ana.words.number(120) }));
  await look("map-path");
  await ana.press(t("map.asList"));
  await look("map-list");
  await ana.press(t("roots.make"));
  await ana.read(t("roots.means", { name: "Carol" }));
  await look("root-dialog");
  await ana.page
    .getByRole("dialog")
    .getByRole("button", { name: t("roots.make"), exact: true })
    .click();
  await ana.see(ana.page.getByRole("button", { name: t("roots.removeOf", { name: "Carol" }) }));
  await ana.goToPlace("#/roots");
  await ana.see(ana.page.getByRole("button", { name: t("roots.removeOf", { name: "Carol" }) }));
  await look("roots");
  await ana.goToPlace(new URL(dan.link.replace("#/add/", "#/root/")).hash);
  await ana.read(t("roots.fromLink"));
  await look("root-landing");
  await Promise.all([ben, carol, dan].map((peer) => peer.close()));
  expect(barriers).toEqual([]);
}, 240_000);
