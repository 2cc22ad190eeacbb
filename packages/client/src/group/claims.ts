// Fetches the key packages of people who are to be added: from their own node, by the token that contacts hold.
import { ApiError } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { newOffersOf } from "../mail/incoming.ts";
import { stepAfter } from "../net/call-outcome.ts";
import { ConnectionError } from "../ports.ts";
import type { Step } from "../run/pump.ts";
import type { AddRow, GroupRow, WishRow } from "../store/group-rows.ts";
import { vouchStep } from "./vouching.ts";
import { isLeaving, missingOf } from "./wishes.ts";

const RETRY_MS = 5_000;

interface Wanted {
  readonly identityId: IdentityId;
  /** Of a member: these, and no others. */
  readonly devices?: readonly string[];
}

interface Claimed extends Wanted {
  readonly packages: readonly Uint8Array[];
}

/** Whoever can be reached is fetched before anybody is added, so that one commit adds them all. */
export async function claimStep(core: Core): Promise<Step> {
  if (core.account.isCloned) return { kind: "idle" };
  let next = await vouchStep(core);
  for (const group of core.tables.groups.all()) {
    if (group.state !== "active" && group.state !== "opening") continue;
    const claimed: Claimed[] = [];
    for (const wanted of wantedOf(group)) {
      const packages = await claim(core, wanted.identityId);
      if (!("kind" in packages)) claimed.push({ ...wanted, packages });
      else if (packages.kind === "wait" && (next.kind !== "wait" || packages.delayMs < next.delayMs)) next = packages;
    }
    if (claimed.length > 0 && !(await keep(core, group.groupId, claimed))) next = { kind: "wait", delayMs: RETRY_MS };
  }
  return next;
}

function wantedOf(group: GroupRow): readonly Wanted[] {
  if (isLeaving(group)) return [];
  const isAdded = (id: IdentityId): boolean => group.adds.some(({ identityId }) => identityId === id);
  const isIn = (id: IdentityId): boolean => group.roster.some(({ identityId }) => identityId === id);
  return (group.wishes ?? []).flatMap((wish): Wanted[] => {
    if (wish.kind === "add") return isAdded(wish.identityId) || isIn(wish.identityId) ? [] : [{ identityId: wish.identityId }];
    if (wish.kind !== "devices" || isAdded(wish.identityId)) return [];
    const devices = missingOf(wish, group);
    return devices.length === 0 ? [] : [{ identityId: wish.identityId, devices }];
  });
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
    for (const { identityId, devices, packages } of claimed) {
      const contact = tx.get(contacts, identityId);
      const found =
        contact === undefined
          ? []
          : await newOffersOf(
              core,
              tx,
              contact,
              packages.map((keyPackage) => ({ keyPackage })),
            );
      const offers = devices === undefined ? found : found.filter(({ deviceId }) => devices.includes(encodeHex(deviceId)));
      if (offers.length === 0) areAllGood = false;
      const group = tx.get(groups, groupId);
      if (group === undefined) return true;
      const adds = offers.map((offer): AddRow => ({ identityId, offer, ...(devices === undefined ? {} : { isMissing: true }) }));
      const wishes = devices === undefined || offers.length > 0 ? group.wishes : withOneTryLess(group.wishes, identityId);
      tx.put(groups, groupId, { ...group, adds: [...group.adds, ...adds], ...(wishes === undefined ? {} : { wishes }) });
    }
    return areAllGood;
  });
}

/** Each claim takes key packages of the person's other devices too: a device that has none at its node is not asked for without end. */
function withOneTryLess(wishes: readonly WishRow[] = [], identityId: IdentityId): readonly WishRow[] {
  return wishes.flatMap((wish) => {
    if (wish.kind !== "devices" || wish.identityId !== identityId) return [wish];
    return wish.tries > 1 ? [{ ...wish, tries: wish.tries - 1 }] : [];
  });
}
