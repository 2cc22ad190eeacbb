// Fetches the key packages of people who are to be added: from their own node, by the token that contacts hold.
import { ApiError } from "@p2pcrypt/api";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { newOffersOf } from "../mail/incoming.ts";
import { stepAfter } from "../net/call-outcome.ts";
import { ConnectionError } from "../ports.ts";
import type { Step } from "../run/pump.ts";
import type { GroupRow } from "../store/group-rows.ts";
import { isLeaving } from "./wishes.ts";

const RETRY_MS = 5_000;

interface Claimed {
  readonly identityId: IdentityId;
  readonly packages: readonly Uint8Array[];
}

/** Whoever can be reached is fetched before anybody is added, so that one commit adds them all. */
export async function claimStep(core: Core): Promise<Step> {
  let next: Step = { kind: "idle" };
  if (core.account.isCloned) return next;
  for (const group of core.tables.groups.all()) {
    if (group.state !== "active" && group.state !== "opening") continue;
    const claimed: Claimed[] = [];
    for (const identityId of wantedOf(group)) {
      const packages = await claim(core, identityId);
      if (!("kind" in packages)) claimed.push({ identityId, packages });
      else if (packages.kind === "wait" && (next.kind !== "wait" || packages.delayMs < next.delayMs)) next = packages;
    }
    if (claimed.length > 0 && !(await keep(core, group.groupId, claimed))) next = { kind: "wait", delayMs: RETRY_MS };
  }
  return next;
}

function wantedOf(group: GroupRow): readonly IdentityId[] {
  if (isLeaving(group)) return [];
  const isUnderWay = (id: IdentityId): boolean =>
    group.adds.some(({ identityId }) => identityId === id) || group.roster.some(({ identityId }) => identityId === id);
  return (group.wishes ?? []).flatMap((wish) => (wish.kind === "add" && !isUnderWay(wish.identityId) ? [wish.identityId] : []));
}

async function claim(core: Core, identityId: IdentityId): Promise<readonly Uint8Array[] | Step> {
  const contact = core.tables.contacts.get(identityId);
  if (contact?.state !== "accepted" || contact.theirClaimToken === undefined) return { kind: "idle" };
  for (const url of contact.nodeUrls) {
    const link = core.links.to(url);
    if (!link.isConnected) continue;
    try {
      const answer = await link.call("keyPackage.claim", { identity: identityId }, { capability: contact.theirClaimToken });
      return answer.packages.map(({ keyPackage }) => keyPackage);
    } catch (error) {
      if (error instanceof ConnectionError) continue;
      // They have not told their node yet that we talk, or their stock is used up until they are there again.
      if (error instanceof ApiError && (error.code === "forbidden" || error.code === "noKeyPackage"))
        return { kind: "wait", delayMs: RETRY_MS };
      return stepAfter(error);
    }
  }
  return { kind: "idle" };
}

/** @returns whether everybody who was fetched can be added: a node may hand out what was used before (M15). */
async function keep(core: Core, groupId: string, claimed: readonly Claimed[]): Promise<boolean> {
  const { groups, contacts } = core.tables;
  return core.ledger.transact(async (tx) => {
    let areAllGood = true;
    for (const { identityId, packages } of claimed) {
      const contact = tx.get(contacts, identityId);
      const offers =
        contact === undefined
          ? []
          : await newOffersOf(
              core,
              tx,
              contact,
              packages.map((keyPackage) => ({ keyPackage })),
            );
      if (offers.length === 0) areAllGood = false;
      const group = tx.get(groups, groupId);
      if (group === undefined) return true;
      const adds = offers.map((offer) => ({ identityId, offer }));
      tx.put(groups, groupId, { ...group, adds: [...group.adds, ...adds] });
    }
    return areAllGood;
  });
}
