// Own devices stay together: each conversation that this device is in takes in those that are missing (any member may add devices of its
// own identity), and the published profile is watched, which says which there are and which were removed.
import { ApiError } from "@p2pcrypt/api";
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import { unionOfRevoked } from "@p2pcrypt/identity";
import { lookupOwn } from "../account/own-profile.ts";
import { ownClaimTokenOf } from "../account/own-tokens.ts";
import type { Core } from "../core.ts";
import { isLeaving } from "../group/wishes.ts";
import { newOffersOf } from "../mail/incoming.ts";
import { stepAfter } from "../net/call-outcome.ts";
import type { NodeLink } from "../net/node-link.ts";
import { ConnectionError } from "../ports.ts";
import type { Step } from "../run/pump.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { AccountRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";

/** Who linked a device takes it in; others only where that one does not, so that they do not get into each other's way. */
const LEFT_TO_LINKER_MS = 2 * 60_000;
const LOOK_AGAIN_MS = 3_600_000;
const RETRY_MS = 5_000;
/** Whoever removes a device takes it out of a conversation, and publishes that it is gone, in either order. */
const LOOK_SOON_MS = 3_000;
const LOOKS_SOON_FOR_MS = 120_000;

export class OwnDevices {
  readonly #core: Core;
  /** The connection over which the profile was last looked at, and when. */
  #soonUntilMs = Number.NEGATIVE_INFINITY;
  #looked: { readonly generation: number; readonly atMs: number } | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** A removal of this device was seen, or may have been: the profile says whether it was. */
  lookAgain(): void {
    this.#looked = undefined;
    this.#soonUntilMs = this.#core.nowMs + LOOKS_SOON_FOR_MS;
  }

  /** A device that came from a backup says that it is there before anybody else does. */
  heardOf(deviceId: string): void {
    const { account, tables } = this.#core;
    const isKnown = [account.device.deviceId, ...account.devices].some((id) => encodeHex(id) === deviceId);
    if (!isKnown && tables.devices.get(deviceId) !== undefined) this.lookAgain();
  }

  get #againMs(): number {
    return this.#core.nowMs < this.#soonUntilMs ? LOOK_SOON_MS : LOOK_AGAIN_MS;
  }

  async step(): Promise<Step> {
    const core = this.#core;
    const { account, links } = core;
    const link = links.to(account.homeNodeUrl);
    // A limited device may be removed before it ever stood in a profile.
    const isReady = account.profile?.isPublished === true || account.secret === undefined;
    // Also who never had another device: one may come from its backup.
    if (account.isCloned || !link.isConnected || !isReady) return { kind: "idle" };
    try {
      await this.#look(link);
      if (core.account.isCloned) return { kind: "idle" };
      return (await this.#takeIn(link)) ?? { kind: "wait", delayMs: this.#againMs };
    } catch (error) {
      if (error instanceof ApiError && !error.isRetriable) return { kind: "wait", delayMs: this.#againMs };
      return stepAfter(error);
    }
  }

  async #look(link: NodeLink): Promise<void> {
    const core = this.#core;
    const { nowMs } = core;
    const isFresh = this.#looked?.generation === link.generation && Math.abs(nowMs - this.#looked.atMs) < this.#againMs;
    if (isFresh) return;
    const { generation } = link;
    const published = await lookupOwn(core, link);
    this.#looked = { generation, atMs: nowMs };
    if (published === undefined) return;
    const { deviceId } = core.account.device;
    const isRemoved = published.revokedDevices.some((id) => equalBytes(id, deviceId));
    await core.ledger.transact(async (tx) => {
      const account = tx.get(core.tables.account, SELF);
      if (account === undefined) return;
      if (isRemoved) return tx.put(core.tables.account, SELF, { ...account, isCloned: true, isRemoved: true });
      const revokedDevices = unionOfRevoked(account.revokedDevices, published.revokedDevices);
      const devices = remaining([...account.devices, ...published.devices], revokedDevices);
      for (const id of devices) {
        const name = encodeHex(id);
        if (tx.get(core.tables.devices, name) === undefined && !equalBytes(id, deviceId))
          tx.put(core.tables.devices, name, { deviceId: id, sinceMs: nowMs });
      }
      const isSame = sameList(devices, account.devices) && sameList(revokedDevices, account.revokedDevices);
      if (!isSame)
        tx.put(core.tables.account, SELF, {
          ...account,
          devices,
          revokedDevices,
          ...forgotten(core, tx, account, revokedDevices),
        });
    });
    if (isRemoved) core.stop("client/removed");
  }

  /** One key package for each own device that is missing somewhere. @returns when to go on */
  async #takeIn(link: NodeLink): Promise<Step | undefined> {
    const core = this.#core;
    if (core.account.ownClaimToken === undefined) return undefined;
    let next: Step | undefined;
    for (const { groupId } of core.tables.groups.all()) {
      for (const device of missingIn(core, groupId)) {
        const dueMs = dueOf(core, device);
        if (dueMs > 0) {
          next = sooner(next, dueMs);
          continue;
        }
        const step = await this.#claim(link, groupId, device);
        if (step?.kind === "idle") return step;
        // One that was never there again does not hold up the others.
        if (step?.kind === "wait") next = sooner(next, step.delayMs);
      }
    }
    return next;
  }

  async #claim(link: NodeLink, groupId: string, device: Uint8Array): Promise<Step | undefined> {
    const core = this.#core;
    const { identityId: identity } = core.account;
    const packages = await claimOwn(core, link, device);
    if ("kind" in packages) return packages;
    const isGood = await core.ledger.transact(async (tx) => {
      const { revokedDevices } = core.account;
      const offers = await newOffersOf(core, tx, { identityId: identity, revokedDevices }, packages);
      const group = tx.get(core.tables.groups, groupId);
      const [offer] = offers.filter(({ deviceId }) => equalBytes(deviceId, device));
      if (offer === undefined || group === undefined || isIn(group, device)) return group !== undefined && offer !== undefined;
      const add = { identityId: identity, offer, isOwn: true } as const;
      tx.put(core.tables.groups, groupId, { ...group, adds: [...group.adds, add] });
      return true;
    });
    return isGood ? undefined : { kind: "wait", delayMs: RETRY_MS };
  }
}

/** One key package of another own device. A device that came from a backup knows the token that follows from the identity's key alone. */
async function claimOwn(
  core: Core,
  link: NodeLink,
  device: Uint8Array,
): Promise<readonly { readonly keyPackage: Uint8Array }[] | Step> {
  const { identityId: identity, ownClaimToken, tokenRoot } = core.account;
  for (const capability of [ownClaimToken, tokenRoot && ownClaimTokenOf(tokenRoot)]) {
    if (capability === undefined) continue;
    try {
      return (await link.call("keyPackage.claim", { identity, device }, { capability })).packages;
    } catch (error) {
      if (error instanceof ConnectionError) return { kind: "idle" };
      // It has not been there yet since it was linked, or its stock is used up until it is.
      if (error instanceof ApiError && (error.code === "forbidden" || error.code === "noKeyPackage")) continue;
      throw error;
    }
  }
  return { kind: "wait", delayMs: RETRY_MS };
}

/** The inbox of whoever another device removed leaves the profile from here as well. */
function forgotten({ tables }: Core, tx: Tx, { removedInboxes = [] }: AccountRow, revokedDevices: readonly Uint8Array[]) {
  const inboxes = revokedDevices.flatMap((id) => tx.get(tables.devices, encodeHex(id))?.inbox ?? []);
  for (const id of revokedDevices) tx.delete(tables.devices, encodeHex(id));
  return { removedInboxes: [...removedInboxes, ...inboxes] };
}

function missingIn(core: Core, groupId: string): readonly Uint8Array[] {
  const { groups, threads } = core.tables;
  const group = groups.get(groupId);
  if (group === undefined || group.state !== "active" || isLeaving(group)) return [];
  const isPresent = threads.get(group.threadId)?.groupId === groupId;
  return isPresent ? othersOf(core.account).filter((id) => !isIn(group, id)) : [];
}

function othersOf({ device, devices, revokedDevices }: AccountRow): readonly Uint8Array[] {
  return remaining(devices, revokedDevices).filter((id) => !equalBytes(id, device.deviceId));
}

function isIn({ roster, adds }: GroupRow, deviceId: Uint8Array): boolean {
  return (
    roster.some((member) => equalBytes(member.deviceId, deviceId)) ||
    adds.some(({ offer }) => equalBytes(offer.deviceId, deviceId))
  );
}

function dueOf({ tables, nowMs }: Core, deviceId: Uint8Array): number {
  const row = tables.devices.get(encodeHex(deviceId));
  if (row === undefined || row.isLinkedHere === true) return 0;
  return Math.min(row.sinceMs + LEFT_TO_LINKER_MS - nowMs, LEFT_TO_LINKER_MS);
}

function sooner(step: Step | undefined, delayMs: number): Step {
  return step?.kind === "wait" && step.delayMs <= delayMs ? step : { kind: "wait", delayMs };
}

/** Each once, without those that were removed. */
function remaining(devices: readonly Uint8Array[], revoked: readonly Uint8Array[]): readonly Uint8Array[] {
  const gone = new Set(revoked.map(encodeHex));
  const kept = new Map<string, Uint8Array>();
  for (const id of devices) if (!gone.has(encodeHex(id)) && !kept.has(encodeHex(id))) kept.set(encodeHex(id), id);
  return [...kept.values()];
}

function sameList(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((bytes, at) => equalBytes(bytes, b[at] ?? new Uint8Array(0)));
}
