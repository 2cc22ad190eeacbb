// Fetches the key packages of people who are to be added: from their own node, by the token that contacts hold.
import { ApiError } from "@p2pcrypt/api";
import { decodeHex, encodeHex } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { newOffersOf } from "../mail/incoming.ts";
import { stepAfter } from "../net/call-outcome.ts";
import { ConnectionError } from "../ports.ts";
import type { Step } from "../run/pump.ts";
import type { AddRow, DevicesWishRow, GroupRow } from "../store/group-rows.ts";
import { vouchStep } from "./vouching.ts";
import { isLeaving, missingOf, waitOf, withOneTryLess } from "./wishes.ts";

const RETRY_MS = 5_000;

interface Wanted {
  readonly identityId: IdentityId;
  /** Of a member: this one, and no other. */
  readonly missing?: { readonly device: string; readonly wish: DevicesWishRow };
}

interface Claimed extends Wanted {
  /** None: there was none to be had. */
  readonly packages: readonly Uint8Array[];
}

/** Whoever can be reached is fetched before anybody is added, so that one commit adds them all. */
export async function claimStep(core: Core): Promise<Step> {
  if (core.account.isCloned) return { kind: "idle" };
  let next = await vouchStep(core);
  for (const { groupId } of core.tables.groups.all()) {
    const group = core.tables.groups.get(groupId);
    if (group?.state !== "active" && group?.state !== "opening") continue;
    const claimed: Claimed[] = [];
    for (const wanted of wantedOf(group)) {
      const waitMs = wanted.missing === undefined ? 0 : waitOf(wanted.missing.wish, core.nowMs);
      const packages = waitMs > 0 ? ({ kind: "wait", delayMs: waitMs } as const) : await claim(core, wanted);
      if (!("kind" in packages)) claimed.push({ ...wanted, packages });
      else next = sooner(next, packages);
    }
    if (claimed.length > 0 && !(await keep(core, groupId, claimed))) next = sooner(next, { kind: "wait", delayMs: RETRY_MS });
  }
  return next;
}

function sooner(one: Step, other: Step): Step {
  if (other.kind !== "wait") return one;
  return one.kind === "wait" && one.delayMs <= other.delayMs ? one : other;
}

function wantedOf(group: GroupRow): readonly Wanted[] {
  if (isLeaving(group)) return [];
  const isIn = (id: IdentityId): boolean => [...group.roster, ...group.adds].some(({ identityId }) => identityId === id);
  const isAdded = (device: string): boolean => group.adds.some(({ offer }) => encodeHex(offer.deviceId) === device);
  return (group.wishes ?? []).flatMap((wish): readonly Wanted[] => {
    const { kind } = wish;
    if (kind === "add") return isIn(wish.identityId) ? [] : [{ identityId: wish.identityId }];
    if (kind !== "devices") return [];
    const missing = missingOf(wish, group).filter((device) => !isAdded(device));
    return missing.map((device) => ({ identityId: wish.identityId, missing: { device, wish } }));
  });
}

async function claim(core: Core, { identityId, missing }: Wanted): Promise<readonly Uint8Array[] | Step> {
  const contact = core.tables.contacts.get(identityId);
  if (contact?.state !== "accepted" || contact.theirClaimToken === undefined) return { kind: "idle" };
  const request = { identity: identityId, ...(missing && { device: decodeHex(missing.device) }) };
  for (const url of contact.nodeUrls) {
    const link = core.links.to(url);
    if (!link.isConnected) continue;
    try {
      const { packages } = await link.call("keyPackage.claim", request, { capability: contact.theirClaimToken });
      return packages.map(({ keyPackage }) => keyPackage);
    } catch (error) {
      if (error instanceof ConnectionError) continue;
      // They have not told their node yet that we talk, or their stock is used up until they are there again.
      if (error instanceof ApiError && (error.code === "forbidden" || error.code === "noKeyPackage")) return [];
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
    for (const { identityId, missing, packages } of claimed) {
      const contact = tx.get(contacts, identityId);
      const offered = packages.map((keyPackage) => ({ keyPackage }));
      const found = contact === undefined ? [] : await newOffersOf(core, tx, contact, offered);
      const offers = found.filter(({ deviceId }) => missing === undefined || missing.device === encodeHex(deviceId));
      const group = tx.get(groups, groupId);
      if (group === undefined) return true;
      if (offers.length > 0) {
        const adds = offers.map((offer): AddRow => ({ identityId, offer, ...(missing && marksOf(missing.wish)) }));
        tx.put(groups, groupId, { ...group, adds: [...group.adds, ...adds] });
      } else if (missing !== undefined) {
        tx.put(groups, groupId, { ...group, wishes: withOneTryLess(group.wishes ?? [], missing.wish, core.nowMs) });
      } else areAllGood = false;
    }
    return areAllGood;
  });
}

function marksOf({ isUnvouched }: DevicesWishRow): Pick<AddRow, "isMissing" | "isUnvouched"> {
  return { isMissing: true, ...(isUnvouched && { isUnvouched }) };
}
