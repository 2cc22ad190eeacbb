// The next commit that brings about what this person wants of a group, and what a member owes it: removals first.
import { encodeHex } from "@p2pcrypt/bytes";
import type { IdentityId, Member, Session, StreamAdminKey } from "@p2pcrypt/session";
import type { PlannedCommit } from "../conversation/membership.ts";
import type { AddRow, GroupRow } from "../store/group-rows.ts";
import { isLeaving, unmetWishes } from "./wishes.ts";

/** One Welcome names at most so many key packages (conversation.md section 2). */
const MAX_ADDS_AT_ONCE = 32;
const MAX_STREAM_ADMIN_KEYS = 64;

export function planGroupCommit(
  group: GroupRow,
  session: Session,
  { toRemove, mayAcceptLeaves }: { readonly toRemove: readonly number[]; readonly mayAcceptLeaves: boolean },
): PlannedCommit | undefined {
  const { self } = session;
  const mayConfigure = self.isAdministrator && isListed(session, self);
  const planned = mayConfigure ? (planRemoval(group, session, toRemove) ?? planRoles(group, session)) : undefined;
  if (planned !== undefined) return planned;
  if (session.leaving.some(({ leaf }) => leaf !== self.leaf) && (mayConfigure || mayAcceptLeaves))
    return { ...simple({ kind: "acceptLeaves" }), isRemoval: mayConfigure };
  if (isLeaving(group)) return planLeaving(session);
  // Anybody may add devices of their own.
  const adds = self.isAdministrator ? group.adds : group.adds.filter(({ identityId }) => identityId === self.identityId);
  return planAdds(adds) ?? (self.isAdministrator ? planAgreed(group, session) : undefined);
}

/** Whether a device may sign for the streams. Its removals change the tokens (conversation.md section 4). */
export function isListed({ streamAdminKeys }: Session, { identityId, deviceId }: Member): boolean {
  const device = encodeHex(deviceId);
  return streamAdminKeys.some((key) => key.identityId === identityId && encodeHex(key.deviceId) === device);
}

function planRemoval(group: GroupRow, session: Session, lost: readonly number[]): PlannedCommit | undefined {
  const { roster, self, streamAdminKeys } = session;
  const unwanted = new Set(unmetWishes(group, session).flatMap((wish) => (wish.kind === "remove" ? [wish.identityId] : [])));
  const leaves = roster
    .filter(({ leaf, identityId }) => leaf !== self.leaf && (lost.includes(leaf) || unwanted.has(identityId)))
    .map(({ leaf }) => leaf);
  if (leaves.length === 0) return undefined;
  const left = roster.filter(({ leaf }) => !leaves.includes(leaf));
  const kept = streamAdminKeys.filter(({ deviceId, identityId }) =>
    left.some((member) => member.identityId === identityId && encodeHex(member.deviceId) === encodeHex(deviceId)),
  );
  const administrators = session.administrators.filter((id) => left.some(({ identityId }) => identityId === id));
  return {
    change: { kind: "remove", leaves, streamAdminKeys: kept, administrators },
    adds: [],
    addAdmins: [],
    removeAdmins: streamAdminKeys.filter((key) => !kept.includes(key)).map(({ key }) => key),
    isRemoval: true,
  };
}

/** Everybody's new role at once, so that handing over is one act, with the keys of the streams that go with it. */
function planRoles(group: GroupRow, session: Session): PlannedCommit | undefined {
  const { roster, self } = session;
  const administrators = new Set(session.administrators);
  for (const wish of unmetWishes(group, session)) {
    if (wish.kind !== "role") continue;
    if (wish.isAdmin) administrators.add(wish.identityId);
    else administrators.delete(wish.identityId);
  }
  const others = [...administrators].filter((id) => id !== self.identityId);
  if (isLeaving(group) && others.length > 0) administrators.delete(self.identityId);
  // The last administrator does not step down; a wish that would leave none waits for somebody to hand over to.
  if (administrators.size === 0) return undefined;
  const kept = session.streamAdminKeys.filter(({ identityId }) => administrators.has(identityId));
  const added = keysToList(roster, administrators, kept);
  const isSame = [...administrators].sort().join() === [...session.administrators].sort().join();
  if (isSame && added.length === 0) return undefined;
  return {
    change: { kind: "context", administrators: [...administrators].sort(), streamAdminKeys: [...kept, ...added] },
    adds: [],
    addAdmins: added.map(({ key }) => key),
    removeAdmins: session.streamAdminKeys.filter((key) => !kept.includes(key)).map(({ key }) => key),
    isRemoval: false,
  };
}

/** Of each administrator's devices the key in its leaf. One that somebody else uses already is left out. */
function keysToList(
  roster: readonly Member[],
  administrators: ReadonlySet<IdentityId>,
  kept: readonly StreamAdminKey[],
): readonly StreamAdminKey[] {
  const keys = new Set(kept.map(({ key }) => encodeHex(key)));
  const devices = new Set(kept.map(({ identityId, deviceId }) => `${identityId} ${encodeHex(deviceId)}`));
  const added: StreamAdminKey[] = [];
  for (const { identityId, deviceId, streamAdminKey: key } of roster) {
    const device = `${identityId} ${encodeHex(deviceId)}`;
    if (key === undefined || !administrators.has(identityId) || devices.has(device) || keys.has(encodeHex(key))) continue;
    if (kept.length + added.length >= MAX_STREAM_ADMIN_KEYS) break;
    keys.add(encodeHex(key));
    added.push({ identityId, deviceId, key });
  }
  return added;
}

function planAdds(all: readonly AddRow[]): PlannedCommit | undefined {
  const adds = all.slice(0, MAX_ADDS_AT_ONCE);
  if (adds.length === 0) return undefined;
  return { ...simple({ kind: "add", keyPackages: adds.map(({ offer }) => offer.keyPackage) }), adds };
}

/** What all see as agreed. */
export function planAgreed(group: GroupRow, session: Session): PlannedCommit | undefined {
  const wishes = unmetWishes(group, session);
  const renamed = wishes.find((wish) => wish.kind === "rename");
  const disappear = wishes.find((wish) => wish.kind === "disappear");
  const pictured = wishes.find((wish) => wish.kind === "picture");
  if (renamed === undefined && disappear === undefined && pictured === undefined) return undefined;
  return simple({
    kind: "context",
    ...(renamed === undefined ? {} : { name: renamed.name }),
    ...(disappear === undefined ? {} : { disappearAfterS: disappear.afterS }),
    ...(pictured === undefined ? {} : { picture: pictured.picture }),
  });
}

/** Other devices of this identity go first; then this one asks, and somebody who stays commits it. */
function planLeaving(session: Session): PlannedCommit | undefined {
  const { self, roster, leaving } = session;
  if (self.isAdministrator) return undefined;
  const others = roster.filter(({ leaf, identityId }) => identityId === self.identityId && leaf !== self.leaf);
  if (others.length > 0) return simple({ kind: "remove", leaves: others.map(({ leaf }) => leaf) });
  const hasAsked = leaving.some(({ leaf }) => leaf === self.leaf);
  const isAlone = roster.every(({ identityId }) => identityId === self.identityId);
  return hasAsked || isAlone ? undefined : simple({ kind: "requestLeave" });
}

function simple(change: PlannedCommit["change"]): PlannedCommit {
  return { change, adds: [], addAdmins: [], removeAdmins: [], isRemoval: false };
}
