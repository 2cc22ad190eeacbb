// Vouching between three people: Ben knows Ana and Carol, who do not know each other.
import { describe, expect, it } from "vitest";
import { contactOf, faults, idOf, linkOf, type Person, World } from "./support/world.ts";

const LONG = 300_000;

/** Compares the sixty digits on one side. */
async function verify(person: Person, other: Person): Promise<void> {
  const { digits } = await other.client.verification.digits(idOf(person));
  expect(await person.client.verification.verifyDigits(idOf(other), digits)).toBe(true);
}

async function threePeople(): Promise<{ world: World; ana: Person; ben: Person; carol: Person }> {
  const world = await World.create();
  const [ana, ben, carol] = [await world.person("Ana"), await world.person("Ben"), await world.person("Carol")];
  await world.published(ana, ben, carol);
  for (const other of [ana, carol]) {
    await ben.client.contacts.add(linkOf(other), "it is Ben");
    await world.until("asked", () => contactOf(other, ben)?.state === "asking");
    await other.client.contacts.accept(idOf(ben));
    await world.until("accepted", () => contactOf(ben, other)?.state === "accepted");
  }
  await world.until("cards", () => [ana, carol].every((one) => one.client.conversations.list()[0]?.state === "active"));
  return { world, ana, ben, carol };
}

/** Ben certified Carol and introduces her to Ana, who trusts Ben to introduce. */
async function introduced() {
  const all = await threePeople();
  const { world, ana, ben, carol } = all;
  await verify(ana, ben);
  await ana.client.trust.certify(idOf(ben), { depth: 1 });
  await verify(ben, ana);
  await verify(ben, carol);
  await ben.client.trust.certify(idOf(carol));
  await ben.client.trust.certify(idOf(ana));
  await ben.client.trust.introduce(idOf(ana), idOf(carol));
  await world.until("introduced", () => introductionsTo(ana).length === 1 && introductionsTo(carol).length === 1, LONG);
  return all;
}

function introductionsTo({ events }: Person) {
  return events.flatMap((one) =>
    one.kind === "entry" && one.entry.kind === "event" && one.entry.event.what === "introduced" ? [one.entry.event] : [],
  );
}

function amountOf(person: Person, other: Person): number | undefined {
  return contactOf(person, other)?.authentication?.amount;
}

describe("an introduction", () => {
  it("says who, by whom and where to ask, and makes the other authenticated through the introducer", async () => {
    const { world, ana, ben, carol } = await introduced();
    const [introduction] = introductionsTo(ana);
    expect(introduction).toMatchObject({ name: "Carol", identityId: idOf(carol), by: idOf(ben) });
    await ana.client.contacts.add(introduction?.link ?? "", "Ben told me about you");
    await world.until("asked", () => contactOf(carol, ana)?.state === "asking", LONG);
    await world.until("authenticated", () => amountOf(ana, carol) === 120, LONG);
    expect(contactOf(ana, carol)?.authentication?.introducers).toMatchObject([{ name: "Ben", identityId: idOf(ben) }]);
    // Carol trusts nobody to introduce: for her Ana stays unknown.
    await world.until("computed", () => amountOf(carol, ana) !== undefined, LONG);
    expect(amountOf(carol, ana)).toBe(0);
    const why = await ana.client.trust.why(idOf(carol));
    expect(why.paths).toHaveLength(1);
    expect(why.paths[0]?.steps.map(({ issuer, target }) => [issuer.name, target.name])).toEqual([
      ["Ana", "Ben"],
      ["Ben", "Carol"],
    ]);
    expect([ana, ben, carol].flatMap(faults)).toEqual([]);
    await world.close(ana, ben, carol);
  });

  it("gives nothing to whom the introducer is not trusted to introduce", async () => {
    const { world, ana, ben, carol } = await introduced();
    await ana.client.trust.certify(idOf(ben), { depth: 0 });
    await ana.client.contacts.add(introductionsTo(ana)[0]?.link ?? "");
    await world.until("known", () => amountOf(ana, carol) === 0, LONG);
    expect(contactOf(ana, carol)?.trust.kind).toBe("unverified");
    await world.close(ana, ben, carol);
  });

  it("counts half for who is trusted with half weight, and only within a scope", async () => {
    const { world, ana, ben, carol } = await introduced();
    await ana.client.contacts.add(introductionsTo(ana)[0]?.link ?? "");
    await ana.client.trust.certify(idOf(ben), { depth: 1, amount: 60 });
    await world.until("half", () => amountOf(ana, carol) === 60, LONG);
    await ana.client.trust.certify(idOf(ben), { depth: 1, scopes: ["^Somebody else$"] });
    await world.until("out of scope", () => amountOf(ana, carol) === 0, LONG);
    await ana.client.trust.certify(idOf(ben), { depth: 1, scopes: ["^Car"] });
    await world.until("in scope", () => amountOf(ana, carol) === 120, LONG);
    await world.close(ana, ben, carol);
  });

  it("I5: falls when the introducer takes the certification back: whoever was given it hears so", async () => {
    const { world, ana, ben, carol } = await introduced();
    await ana.client.contacts.add(introductionsTo(ana)[0]?.link ?? "");
    await world.until("authenticated", () => amountOf(ana, carol) === 120, LONG);
    await ben.client.trust.revoke(idOf(carol));
    await world.until("fallen", () => amountOf(ana, carol) === 0, LONG);
    expect(contactOf(ben, carol)?.certification).toBeUndefined();
    await expect(ben.client.trust.introduce(idOf(ana), idOf(carol))).rejects.toMatchObject({ code: "trust/notCertified" });
    await world.close(ana, ben, carol);
  });

  it("I5: runs out with the certification, without anything arriving", async () => {
    const { world, ana, ben, carol } = await introduced();
    await ana.client.contacts.add(introductionsTo(ana)[0]?.link ?? "");
    const expiresAtMs = world.time.nowMs() + 120_000;
    await ana.client.trust.certify(idOf(ben), { depth: 1, expiresAtMs });
    await world.until("authenticated", () => amountOf(ana, carol) === 120, LONG);
    expect(contactOf(ana, ben)?.certification?.expiresAtMs).toBe(expiresAtMs);
    expect(amountOf(ana, carol), "no time between the old and the new").toBe(120);
    await world.until("run out", () => amountOf(ana, carol) === 0, LONG);
    expect(world.time.nowMs()).toBeGreaterThanOrEqual(Math.floor(expiresAtMs / 1000) * 1000);
    await world.close(ana, ben, carol);
  });

  it("survives a restart", async () => {
    const { world, ana, ben, carol } = await introduced();
    await ana.client.contacts.add(introductionsTo(ana)[0]?.link ?? "");
    await world.until("authenticated", () => amountOf(ana, carol) === 120, LONG);
    await ana.client.close();
    const again = await world.again("Ana", ana.disk);
    await again.client.settled();
    expect(amountOf(again, carol)).toBe(120);
    expect((await again.client.trust.graph()).edges).toHaveLength(2);
    await world.close(again, ben, carol);
  });
});

it("whom one certified, made a root and gives certifications to moves with a backup", async () => {
  const { world, ana, ben, carol } = await introduced();
  await ana.client.contacts.add(introductionsTo(ana)[0]?.link ?? "");
  await ana.client.trust.setRoot(idOf(carol), 40);
  await ana.client.trust.setSharing(idOf(ben), true);
  const tablet = await world.imported("Ana", await ana.client.account.exportBackup("pass"), "pass");
  await tablet.client.settled();
  expect((await tablet.client.trust.why(idOf(carol))).amount).toBe(120);
  expect(contactOf(tablet, ben)).toMatchObject({ certification: { depth: 1 }, isGivenCertifications: true });
  expect(await tablet.client.trust.roots()).toMatchObject([{ person: { name: "Carol" }, amount: 40 }]);
  await world.close(ana, ben, carol, tablet);
});

describe("certifying", () => {
  it("is refused for who was not verified, and with terms that mean nothing", async () => {
    const { world, ana, ben, carol } = await threePeople();
    const { trust } = ana.client;
    await expect(trust.certify(idOf(ben))).rejects.toMatchObject({ code: "trust/notVerified" });
    await expect(trust.certify(idOf(carol))).rejects.toMatchObject({ code: "contact/unknown" });
    await verify(ana, ben);
    for (const [terms, reason] of [
      [{ amount: 256 }, "amount"],
      [{ depth: -1 }, "depth"],
      [{ scopes: [""] }, "scope"],
      [{ expiresAtMs: 1 }, "expiry"],
    ] as const)
      await expect(trust.certify(idOf(ben), terms)).rejects.toMatchObject({ failure: { code: "trust/badTerms", reason } });
    expect(contactOf(ana, ben)?.certification).toBeUndefined();
    await expect(trust.revoke(idOf(ben))).rejects.toMatchObject({ code: "trust/notCertified" });
    await world.close(ana, ben, carol);
  });

  it("stays private: neither the node nor the one it is about gets it", async () => {
    const { world, ana, ben, carol } = await threePeople();
    await verify(ana, ben);
    await ana.client.trust.certify(idOf(ben));
    await ana.client.settled();
    await ben.client.settled();
    expect((await ben.client.trust.graph()).edges).toEqual([]);
    const transport = world.network.transport("anybody");
    const request = { identity: idOf(ben) };
    const { certificate } = await transport.call("http://127.0.0.1:8787", "identity.lookup", request, undefined);
    const anaOnly = await ben.client.trust.importKeyring(certificate);
    expect(anaOnly).toBe(1);
    expect((await ben.client.trust.graph()).edges).toEqual([]);
    await world.close(ana, ben, carol);
  });

  it("is given to who is to have all, as it is made, and what was made before at once", async () => {
    const { world, ana, ben, carol } = await threePeople();
    await verify(ana, ben);
    await ana.client.trust.certify(idOf(ben), { depth: 1 });
    await verify(ben, ana);
    await ben.client.trust.certify(idOf(ana));
    await verify(ben, carol);
    await ben.client.trust.certify(idOf(carol));
    await ben.client.trust.setSharing(idOf(ana), true);
    const edgesOf = async (): Promise<number> => (await ana.client.trust.graph()).edges.length;
    await ana.client.settled();
    let edges = 0;
    await world.until(
      "known",
      () => {
        edgesOf().then((count) => {
          edges = count;
        });
        return edges === 2;
      },
      LONG,
    );
    expect((await ana.client.trust.why(idOf(carol))).amount).toBe(120);
    await world.close(ana, ben, carol);
  });

  it("is published only with the agreement of the one it is about", async () => {
    const { world, ana, ben, carol } = await threePeople();
    await verify(ana, ben);
    await ana.client.trust.certify(idOf(ben), { isPublic: true });
    const asked = (): boolean =>
      ben.events.some((one) => one.kind === "entry" && one.entry.kind === "event" && one.entry.event.what === "attestationAsked");
    await world.until("asked", asked, LONG);
    const seenByCarol = async (): Promise<number> => {
      const transport = world.network.transport("anybody");
      const { certificate } = await transport.call(
        "http://127.0.0.1:8787",
        "identity.lookup",
        { identity: idOf(ben) },
        undefined,
      );
      await carol.client.trust.importKeyring(certificate);
      const known = await transport.call("http://127.0.0.1:8787", "identity.lookup", { identity: idOf(ana) }, undefined);
      await carol.client.trust.importKeyring(known.certificate);
      return (await carol.client.trust.graph()).edges.length;
    };
    expect(await seenByCarol()).toBe(0);
    expect(contactOf(ben, ana)?.isAttested).toBe(false);
    await ben.client.trust.attest(idOf(ana), true);
    expect(contactOf(ben, ana)?.isAttested).toBe(true);
    expect(ben.events.some((one) => one.kind === "contact" && one.contact.isAttested)).toBe(true);
    await world.published(ben);
    await ben.client.settled();
    expect(await seenByCarol()).toBe(1);
    await world.close(ana, ben, carol);
  });
});

describe("the graph", () => {
  it("names everybody once, also who was introduced and is asked by their link", async () => {
    const { world, ana, ben, carol } = await introduced();
    const seen = async () => (await ana.client.trust.graph()).people.map(({ name, kind, amount }) => [name, kind, amount]).sort();
    const self = ["Ana", "self", 120];
    expect(await seen()).toEqual([self, ["Ben", "contact", 120], ["Carol", "known", 120]]);
    await ana.client.contacts.add(introductionsTo(ana)[0]?.link ?? "");
    expect(await seen()).toEqual([self, ["Ben", "contact", 120], ["Carol", "contact", 120]]);
    await world.until("asked", () => contactOf(carol, ana)?.state === "asking", LONG);
    expect(await seen()).toEqual([self, ["Ben", "contact", 120], ["Carol", "contact", 120]]);
    await world.close(ana, ben, carol);
  });
});

describe("a root", () => {
  it("counts as oneself up to its amount, and need not be a contact", async () => {
    const { world, ana, ben, carol } = await introduced();
    await ana.client.contacts.add(introductionsTo(ana)[0]?.link ?? "");
    await ana.client.trust.revoke(idOf(ben));
    await world.until("fallen", () => amountOf(ana, carol) === 0, LONG);
    await ana.client.trust.setRoot(idOf(ben), 90);
    await world.until("by the root", () => amountOf(ana, carol) === 90, LONG);
    expect(await ana.client.trust.roots()).toMatchObject([{ person: { name: "Ben" }, amount: 90 }]);
    await ana.client.trust.setRoot(idOf(ben), undefined);
    await world.until("no longer", () => amountOf(ana, carol) === 0, LONG);
    const person = await carol.client.trust.addRoot(linkOf(ana), 120);
    expect(person).toMatchObject({ name: "Ana", identityId: idOf(ana) });
    expect(await carol.client.trust.addRoot(linkOf(ana).replace("#/add/", "#/root/"), 60)).toEqual(person);
    expect(await carol.client.trust.roots()).toEqual([{ person, amount: 60 }]);
    await expect(carol.client.trust.addRoot(linkOf(carol), 120)).rejects.toMatchObject({ code: "link/own" });
    await world.close(ana, ben, carol);
  });
});
