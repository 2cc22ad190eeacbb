// The newest certificate and profile of a contact, from every node that they name. A node cannot forge a profile, but it can keep back a
// newer one or show different people different ones: what one node keeps back another tells (D4), and two profiles of one number are
// equivocation, whoever serves them (D5).
import { ApiError } from "@p2pcrypt/api";
import { equalBytes } from "@p2pcrypt/bytes";
import type { Inbox } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { ConnectionError } from "../ports.ts";
import { within } from "../run/within.ts";
import type { ContactRow } from "../store/rows.ts";
import { nodesOf, type VerifiedCard, verifyCard, withCard, withRevocation } from "./contacts.ts";

/** A node that takes longer keeps nobody from saying hello. */
const NODE_MS = 10_000;

/**
 * Why no session starts: the identity or its profile does not count any more, or the person has to decide about an alert first.
 * `unpublished`: an own device that is not in the profile.
 */
export type Hindrance = "revoked" | "expired" | "undecided" | "unpublished";

export type LookUp =
  | { readonly kind: "unreachable" }
  | { readonly kind: "hindered"; readonly by: Hindrance }
  | { readonly kind: "found"; readonly contact: ContactRow; readonly inboxes: readonly Inbox[] };

/**
 * Stores what the contact's nodes say.
 * @throws {ApiError} the first node's refusal; notFound when it answers with what does not hold
 */
export async function lookUp(core: Core, identityId: IdentityId): Promise<LookUp> {
  const first = await firstCard(core, identityId);
  if (first === undefined) return { kind: "unreachable" };
  if (first === "revoked") return { kind: "hindered", by: "revoked" };
  const urls = nodesOf(first.card.profile.inboxes, core.tables.contacts.get(identityId)?.nodeUrls ?? []);
  const further = await Promise.all(urls.filter((url) => url !== first.url).map((url) => askedCard(core, url, identityId)));
  const cards = [first.card, ...further.filter((card) => typeof card === "object")];
  return core.ledger.transact(async (tx): Promise<LookUp> => {
    let contact = tx.get(core.tables.contacts, identityId);
    if (contact === undefined) return { kind: "unreachable" };
    for (const card of cards) contact = await withCard(core, contact, card);
    tx.put(core.tables.contacts, identityId, contact);
    if (further.includes("revoked")) return { kind: "hindered", by: "revoked" };
    const by = hindranceOf(contact, cards);
    if (by !== undefined) return { kind: "hindered", by };
    return { kind: "found", contact, inboxes: contact.profile?.inboxes ?? [] };
  });
}

/**
 * What the contact's nodes say by now of somebody one talks with, or is about to: a revocation, above all, that they cannot tell any more.
 * @returns whether any node answered
 */
export async function refresh(core: Core, { identityId, nodeUrls }: ContactRow): Promise<boolean> {
  const asked = await Promise.all(nodeUrls.map((url) => askedCard(core, url, identityId)));
  const cards = asked.filter((card) => typeof card === "object");
  // A row that is written wakes those who wait for it: who asks again because of that would never stop.
  if (cards.length === 0) return asked.includes("revoked");
  await core.ledger.transact(async (tx) => {
    let contact = tx.get(core.tables.contacts, identityId);
    if (contact === undefined || contact.state === "blocked" || contact.state === "gone") return;
    for (const card of cards) contact = await withCard(core, contact, card);
    tx.put(core.tables.contacts, identityId, contact);
  });
  return true;
}

/** From a node that is connected. */
async function firstCard(core: Core, identityId: IdentityId) {
  for (const url of core.tables.contacts.get(identityId)?.nodeUrls ?? []) {
    const link = core.links.to(url);
    if (!link.isConnected) continue;
    const answer = await link.call("profile.lookup", { identity: identityId });
    const card = await cardOf(core, identityId, answer);
    if (card === undefined) throw new ApiError("notFound");
    return card === "revoked" ? card : { url, card };
  }
  return undefined;
}

/** @returns undefined for whatever is no answer that holds: it takes nothing from what the first node said. */
async function askedCard(core: Core, url: string, identityId: IdentityId): Promise<VerifiedCard | "revoked" | undefined> {
  const { transport, timers } = core.deps;
  try {
    const answer = transport.call(url, "profile.lookup", { identity: identityId }, undefined);
    const late = (): ConnectionError => new ConnectionError("connection/timeout");
    return await cardOf(core, identityId, await within(answer, NODE_MS, timers, late));
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return undefined;
    throw error;
  }
}

/** A certificate that was revoked is kept whatever comes with it. @returns undefined for what does not hold, or is somebody else's. */
async function cardOf(
  core: Core,
  identityId: IdentityId,
  { certificate, profile }: { readonly certificate: Uint8Array; readonly profile: Uint8Array },
): Promise<VerifiedCard | "revoked" | undefined> {
  const card = await verifyCard(core, certificate, profile);
  if (card !== undefined) return card.identityId === identityId ? card : undefined;
  return core.ledger.transact(async (tx) => {
    const contact = tx.get(core.tables.contacts, identityId);
    const revoked = contact === undefined ? undefined : await withRevocation(core, contact, certificate);
    if (revoked === undefined) return undefined;
    tx.put(core.tables.contacts, identityId, revoked);
    return "revoked";
  });
}

function hindranceOf({ profile, alert }: ContactRow, cards: readonly VerifiedCard[]): Hindrance | undefined {
  if (cards.some(({ isUsable }) => !isUsable)) return "revoked";
  if (alert?.isDecided === false) return "undecided";
  const newest = cards.find(({ profile: { bytes } }) => profile !== undefined && equalBytes(bytes, profile.bytes));
  return newest?.isExpired === true ? "expired" : undefined;
}
