// A contact whom one had verified turns out to say two things, or to be revoked.
import { openPgpIdentity, readRevocation, revokeIdentity } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { queueProfile } from "../src/conversation/outbox.ts";
import { signOddProfile } from "./support/profiles.ts";
import { contactOf, conversationOf, heard, idOf, linkOf, type Person, say, World } from "./support/world.ts";

async function verifiedPair(): Promise<{ world: World; ana: Person; ben: Person }> {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const { digits } = await ben.client.verification.digits(idOf(ana));
  expect(await ana.client.verification.verifyDigits(idOf(ben), digits)).toBe(true);
  await say(ben, "as the one you know");
  await world.until("heard", () => heard(ana).length === 1);
  await world.pass(2_000);
  return { world, ana, ben };
}

async function marks({ client }: Person): Promise<readonly boolean[]> {
  const entries = await client.conversations.history(conversationOf({ client } as Person)?.id ?? "");
  return entries.flatMap((entry) => (entry.kind === "text" ? [entry.wasVerified] : []));
}

it("I15: a profile that contradicts another blocks sending until the person decides; earlier messages keep their mark", async () => {
  const { world, ana, ben } = await verifiedPair();
  await ben.client.close();
  const { core, tasks } = await world.inside("Ben", ben.disk);
  const profile = await signOddProfile(core, { ahead: 0n, name: "Ben, or not" });
  const { certificate } = core.account;
  await core.ledger.transact(async (tx) => {
    for (const id of tx.ids(core.tables.threads)) queueProfile(core, tx, id, { certificate, profile });
  });
  await world.until("told", () => contactOf(ana, ben)?.alert?.kind === "equivocation");
  await expect(say(ana, "are you there?")).rejects.toMatchObject({ code: "contact/undecided" });
  expect(contactOf(ana, ben)).toMatchObject({ name: "Ben", trust: { kind: "verified" } });
  expect(await marks(ana)).toEqual([true]);
  await tasks.close();

  await ana.client.contacts.acceptAlert(idOf(ben));
  expect(contactOf(ana, ben)?.trust.kind).toBe("unverified");
  await say(ana, "whoever you are");
  const again = await world.again("Ben", ben.disk);
  await world.until("heard", () => heard(again).length === 1);
  await say(again, "still me");
  await world.until("answered", () => heard(ana).length === 2);
  expect(await marks(ana)).toEqual([false, true, true]);
  await world.close(ana, again);
});

it("I15: whoever is revoked is written to no more, until the person says so", async () => {
  const { world, ana, ben } = await verifiedPair();
  const { core, tasks } = await revokedInside(world, ben);
  await world.until("told", () => contactOf(ana, ben)?.alert?.kind === "revoked");
  await expect(say(ana, "are you there?")).rejects.toMatchObject({ code: "contact/undecided" });
  expect(core.account.identityId).toBe(idOf(ben));
  await tasks.close();
  await world.close(ana);
});

it("I5 D4: a revocation that was published with a certificate kept for that day is heard of within a day", async () => {
  const { world, ana, ben } = await verifiedPair();
  const kept = await ben.client.account.revocationCertificate();
  expect(ben.client.account.snapshot().safety.revocationAtMs).toBeDefined();
  await ben.client.close();
  const found = readRevocation(kept.text);
  if (found === undefined) throw new TypeError("the file holds what it says");
  const deps = {
    transport: world.network.transport("an internet cafe"),
    identity: openPgpIdentity,
    clock: world.time,
    timers: world.time,
  };
  const wrong = { link: linkOf(ana), armored: found.armored };
  await expect(revokeIdentity(deps, wrong)).rejects.toMatchObject({ code: "revocation/malformed" });
  await revokeIdentity(deps, found);
  expect(contactOf(ana, ben)?.alert).toBeUndefined();
  await world.pass(25 * 3_600_000);
  expect(contactOf(ana, ben)?.alert?.kind).toBe("revoked");
  await expect(say(ana, "are you there?")).rejects.toMatchObject({ code: "contact/undecided" });
  await world.close(ana);
});

/** Ben's key was stolen: his certificate carries a revocation now, and reaches his contacts as every change of it does. */
async function revokedInside(world: World, ben: Person) {
  await ben.client.close();
  const inside = await world.inside("Ben", ben.disk);
  const { core } = inside;
  const secret = await (await core.secret()).revoke("compromised", core.nowMs);
  const { certificate } = await core.deps.identity.openSecret(secret, { atMs: core.nowMs });
  const profile = core.account.profile?.bytes ?? new Uint8Array(0);
  await core.ledger.transact(async (tx) => {
    for (const id of tx.ids(core.tables.threads)) queueProfile(core, tx, id, { certificate, profile });
  });
  return inside;
}
