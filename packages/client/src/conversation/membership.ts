// Who has to come into a conversation or leave it, and the next commit that brings this about.

import { sha256 } from "@noble/hashes/sha2.js";
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import { encodeCredential } from "@p2pcrypt/identity";
import type { GroupChange, IdentityId, Place, Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { planAgreed, planGroupCommit } from "../group/plan.ts";
import { readyAdds } from "../group/vouching.ts";
import type { AddRow, GroupRow } from "../store/group-rows.ts";
import type { ContactRow, OfferRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { planMove } from "./move.ts";
import { refreshInMs } from "./refresh-keys.ts";

const RENEW_CREDENTIAL_BEFORE_MS = 30 * 86_400_000;

/** Whose signature it is that asks for devices to be taken in: a device's own says nothing of whether it was removed. */
type Asking = "identity" | "device";

/** Devices of a contact that ask to be in the conversation with it: new ones, and ones that lost their state. */
export async function queueAdds(
  core: Core,
  tx: Tx,
  contact: ContactRow,
  replyInbox: Uint8Array,
  offers: readonly OfferRow[],
  by: Asking,
): Promise<void> {
  const thread = contact.conversationId === undefined ? undefined : tx.get(core.tables.threads, contact.conversationId);
  const group = thread?.groupId === undefined ? undefined : tx.get(core.tables.groups, thread.groupId);
  if (thread === undefined || contact.state !== "accepted") return;
  if (group === undefined) {
    // Accepted, and the group is not founded or its Welcome is still to come: this offer is as good as the first one.
    const isOfDevice = by === "device" ? ({ isOfDevice: true } as const) : {};
    if (contact.request !== undefined)
      tx.put(core.tables.contacts, contact.identityId, { ...contact, request: { ...contact.request, offers, ...isOfDevice } });
    return;
  }
  putAdds(core, tx, group, { identityId: contact.identityId, replyInbox, by }, offers);
}

export function putAdds(
  core: Core,
  tx: Tx,
  group: GroupRow,
  from: { readonly identityId: IdentityId; readonly replyInbox: Uint8Array; readonly by: Asking },
  offers: readonly OfferRow[],
): void {
  if (offers.length === 0) return;
  // A device that asks again is added by what it offered last: one commit cannot add it twice.
  const asking = new Set(offers.map(({ deviceId }) => encodeHex(deviceId)));
  const others = group.adds.filter(({ offer }) => !asking.has(encodeHex(offer.deviceId)));
  const { identityId, replyInbox, by } = from;
  const unvouched = by === "device" ? ({ isUnvouched: true } as const) : {};
  const adds: AddRow[] = offers.map((offer) => ({ identityId, replyInbox, offer, ...unvouched }));
  tx.put(core.tables.groups, group.groupId, { ...group, adds: [...others, ...adds] });
}

/** What the group's row says of its session. */
export function rosterOf({
  roster,
  founder,
  name,
  disappearAfterS,
  picture,
}: Session): Pick<GroupRow, "roster" | "founder" | "name" | "disappearAfterS" | "picture"> {
  const rows = roster.map((member) => {
    const { identityId, deviceId, isAdministrator } = member;
    return { identityId, name: member.name, deviceId, isAdministrator };
  });
  const hash = picture === undefined ? "" : encodeHex(sha256(picture));
  return { roster: rows, founder, name, disappearAfterS, picture: hash };
}

export interface PlannedCommit {
  readonly change: GroupChange | { readonly kind: "requestLeave" };
  readonly adds: readonly AddRow[];
  /** Stream administrators that the node must be told of in the same step. */
  readonly addAdmins: readonly Uint8Array[];
  readonly removeAdmins: readonly Uint8Array[];
  /** A removal: the tokens change with it. */
  readonly isRemoval: boolean;
  /** Where the conversation goes on. */
  readonly moveTo?: Place;
}

/**
 * What this client should commit next, if anything. Removals go before everything else.
 *
 * @param mayAcceptLeaves whether a member who cannot change the tokens commits what others ask: administrators are given time to.
 */
export function planCommit(
  core: Core,
  row: GroupRow,
  session: Session,
  { mayAcceptLeaves }: { readonly mayAcceptLeaves: boolean },
): PlannedCommit | undefined {
  const { self } = session;
  const group: GroupRow = { ...row, adds: readyAdds(core, row.adds) };
  const toRemove = leavesToRemove(core, group, session);
  const planned =
    session.kind === "direct"
      ? planDirect(group, session, toRemove)
      : planGroupCommit(group, session, { toRemove, mayAcceptLeaves });
  if (planned !== undefined) return planned;
  const move = planMove(core, group, session);
  if (move !== undefined) return move;
  const isOld = self.notAfterMs - core.nowMs < RENEW_CREDENTIAL_BEFORE_MS && core.account.device.notAfterMs > self.notAfterMs;
  const { minimalCertificate, device } = core.account;
  if (isOld) return simple({ kind: "update", credential: encodeCredential(minimalCertificate, device.certificate) });
  return session.needsUpdate || refreshInMs(core, group) <= 0 ? simple({ kind: "update" }) : undefined;
}

/** Both sides of a conversation of two administer it. */
function planDirect(group: GroupRow, session: Session, leaves: readonly number[]): PlannedCommit | undefined {
  const { self, roster, streamAdminKeys } = session;
  if (!self.isAdministrator) return undefined;
  if (leaves.length === 0) return group.adds.length > 0 ? planAdds(group, session) : planAgreed(group, session);
  const devices = roster.filter(({ leaf }) => leaves.includes(leaf)).map(({ deviceId }) => encodeHex(deviceId));
  const [gone, kept] = partition(streamAdminKeys, ({ deviceId }) => devices.includes(encodeHex(deviceId)));
  const left = roster.filter(({ leaf }) => !leaves.includes(leaf));
  const administrators = session.administrators.filter((id) => left.some(({ identityId }) => identityId === id));
  return {
    change: { kind: "remove", leaves, streamAdminKeys: kept, administrators },
    adds: [],
    addAdmins: [],
    removeAdmins: gone.map(({ key }) => key),
    isRemoval: true,
  };
}

function planAdds(group: GroupRow, session: Session): PlannedCommit {
  const { adds } = group;
  const identities = new Set([...session.administrators, ...adds.map(({ identityId }) => identityId)]);
  const administrators = [...identities].sort();
  const streamAdminKeys = [
    ...session.streamAdminKeys,
    ...adds.map(({ identityId, offer }) => ({ identityId, deviceId: offer.deviceId, key: offer.streamAdminKey })),
  ];
  return {
    change: { kind: "add", keyPackages: adds.map(({ offer }) => offer.keyPackage), administrators, streamAdminKeys },
    adds,
    addAdmins: adds.map(({ offer }) => offer.streamAdminKey),
    removeAdmins: [],
    isRemoval: false,
  };
}

/** Devices that were declared lost, and ones that ask to be added anew. */
function leavesToRemove(core: Core, group: GroupRow, { roster, self }: Session): readonly number[] {
  return roster
    .filter(({ leaf, deviceId, identityId }) => {
      if (leaf === self.leaf) return false;
      const revoked =
        identityId === core.account.identityId
          ? core.account.revokedDevices
          : (core.tables.contacts.get(identityId)?.revokedDevices ?? []);
      const isRevoked = revoked.some((one) => equalBytes(one, deviceId));
      return isRevoked || group.adds.some(({ offer }) => equalBytes(offer.deviceId, deviceId));
    })
    .map(({ leaf }) => leaf);
}

function simple(change: GroupChange): PlannedCommit {
  return { change, adds: [], addAdmins: [], removeAdmins: [], isRemoval: false };
}

function partition<T>(values: readonly T[], isFirst: (value: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}
