// Going on under another identity: said by both, believed by nobody until they look.
import { expect, it } from "vitest";
import { announceSuccession } from "../src/account/succession.ts";
import { queueProfile } from "../src/conversation/outbox.ts";
import { contactOf, conversationOf, heard, idOf, linkOf, type Person, say, World } from "./support/world.ts";

async function stage(): Promise<{ world: World; ana: Person; old: Person; fresh: Person }> {
  const world = await World.create();
  const [ana, old, fresh] = [await world.person("Ana"), await world.person("Ben"), await world.person("Ben again")];
  await world.acquainted(old, ana);
  await world.published(fresh);
  const { digits } = await old.client.verification.digits(idOf(ana));
  expect(await ana.client.verification.verifyDigits(idOf(old), digits)).toBe(true);
  return { world, ana, old, fresh };
}

it("contacts are told inside the conversation, write nothing more to the old one before they decide, and the new one is a stranger", async () => {
  const { world, ana, old, fresh } = await stage();
  const offer = await fresh.client.account.offerSuccession(linkOf(old));
  expect(await old.client.account.announceSuccession(offer)).toMatchObject({ identityId: idOf(fresh), name: "Ben again" });
  expect(old.client.account.snapshot().successor?.identityId).toBe(idOf(fresh));
  await world.until("told", () => contactOf(ana, old)?.alert?.kind === "successor");
  const { successor } = contactOf(ana, old)?.alert ?? {};
  expect(successor?.identityId).toBe(idOf(fresh));
  await expect(say(ana, "are you there?")).rejects.toMatchObject({ code: "contact/undecided" });
  const history = await ana.client.conversations.history(conversationOf(ana)?.id ?? "");
  expect(history.find((entry) => entry.kind === "event" && entry.event.what === "successorNamed")).toBeDefined();

  await ana.client.contacts.add(successor?.link ?? "", "is it you?");
  expect(contactOf(ana, fresh)?.trust.kind).toBe("unverified");
  await world.until("asked", () => contactOf(fresh, ana)?.state === "asking");
  await fresh.client.contacts.accept(idOf(ana));
  await world.until("joined", () => conversationOf(fresh)?.state === "active");
  await say(fresh, "it is");
  await world.until("heard", () => heard(ana).length === 1);
  expect(contactOf(ana, fresh)?.trust.kind).toBe("unverified");
  await world.close(ana, old, fresh);
});

it("an offer counts at the identity that it names, whole, and from the one that made it", async () => {
  const { world, ana, old, fresh } = await stage();
  const offer = await fresh.client.account.offerSuccession(linkOf(old));
  await expect(fresh.client.account.offerSuccession(linkOf(fresh))).rejects.toMatchObject({ code: "link/own" });
  await expect(ana.client.account.announceSuccession(offer)).rejects.toMatchObject({ code: "succession/malformed" });
  for (const bent of ["", offer.slice(0, -4), offer.replace("successor#", "other#"), `${offer}AAAA`])
    await expect(old.client.account.announceSuccession(bent)).rejects.toMatchObject({ code: "succession/malformed" });
  expect(old.client.account.snapshot().successor).toBeUndefined();
  await world.close(ana, old, fresh);
});

it("I15: whoever is revoked as stolen names no successor", async () => {
  const { world, ana, old, fresh } = await stage();
  const offer = await fresh.client.account.offerSuccession(linkOf(old));
  await old.client.close();
  const thief = await world.inside("Ben", old.disk);
  const { core } = thief;
  const secret = await (await core.secret()).revoke("compromised", core.nowMs);
  const { certificate } = await core.deps.identity.openSecret(secret, { atMs: core.nowMs });
  const profile = core.account.profile?.bytes ?? new Uint8Array(0);
  await core.ledger.transact(async (tx) => {
    for (const id of tx.ids(core.tables.threads)) queueProfile(core, tx, id, { certificate, profile });
  });
  await world.until("told", () => contactOf(ana, old)?.alert?.kind === "revoked");
  await announceSuccession(core, offer);
  await world.pass(5_000);
  expect(contactOf(ana, old)?.alert?.kind).toBe("revoked");
  const history = await ana.client.conversations.history(conversationOf(ana)?.id ?? "");
  expect(history.filter((entry) => entry.kind === "event" && entry.event.what === "successorNamed")).toEqual([]);
  await thief.tasks.close();
  await world.close(ana, fresh);
});
