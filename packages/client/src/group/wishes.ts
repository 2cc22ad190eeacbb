// What a person wants of a group, until a commit has brought it about.
import { limits } from "@p2pcrypt/api";
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId, Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { DevicesWishRow, GroupRow, WishRow } from "../store/group-rows.ts";
import type { Tx } from "../store/tx.ts";

/** The wishes with one more; a later one about the same thing takes the place of an earlier one. */
function withWish(wishes: readonly WishRow[], wish: WishRow): readonly WishRow[] {
  return [...wishes.filter((one) => subjectOf(one) !== subjectOf(wish)), wish];
}

export function putWish(core: Core, tx: Tx, groupId: string, wish: WishRow): void {
  const group = tx.get(core.tables.groups, groupId);
  if (group === undefined) return;
  tx.put(core.tables.groups, groupId, { ...group, wishes: withWish(group.wishes ?? [], wish) });
}

/** Those that are still to be carried out. Only leaving is everybody's to wish. */
export function unmetWishes(group: GroupRow, session: Session): readonly WishRow[] {
  const wishes = group.wishes ?? [];
  const unmet = wishes.filter((wish) => (wish.kind === "leave" || session.self.isAdministrator) && !isMet(wish, session));
  return unmet.length === wishes.length ? wishes : unmet;
}

export function isLeaving({ wishes }: Pick<GroupRow, "wishes">): boolean {
  return wishes?.some(({ kind }) => kind === "leave") === true;
}

export function isMemberOf({ roster }: Pick<Session, "roster">, identityId: IdentityId): boolean {
  return roster.some((member) => member.identityId === identityId);
}

function isMet(wish: WishRow, session: Session): boolean {
  switch (wish.kind) {
    case "add":
      return isMemberOf(session, wish.identityId);
    case "remove":
      return !isMemberOf(session, wish.identityId);
    case "devices":
      return missingOf(wish, session).length === 0;
    case "role": {
      const is = session.administrators.includes(wish.identityId);
      return is === wish.isAdmin || !isMemberOf(session, wish.identityId);
    }
    case "rename":
      return session.name === wish.name;
    case "disappear":
      return session.disappearAfterS === wish.afterS;
    case "picture":
      return equalBytes(session.picture ?? new Uint8Array(0), wish.picture);
    case "move":
      return session.location.some(({ nodeId }) => nodeId === wish.nodeId);
    case "leave":
      return false;
  }
}

/** Of the devices that are wished in: those that are not, as long as their person is a member. */
export function missingOf(
  { identityId, devices }: DevicesWishRow,
  { roster }: Pick<GroupRow, "roster"> | Pick<Session, "roster">,
): readonly string[] {
  const present = roster.filter((member) => member.identityId === identityId).map(({ deviceId }) => encodeHex(deviceId));
  return present.length === 0 ? [] : devices.filter((device) => !present.includes(device));
}

/** A device that was restored publishes itself and its key packages first: the tries, each twice as far from the next, take ten minutes. */
const MAX_TRIES = 8;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = FIRST_WAIT_MS * 2 ** (MAX_TRIES - 2);

/**
 * New devices of a contact asked to be taken in: into every group that this person administers and they are members of.
 *
 * @param isUnvouched whether it was a device itself that signed this
 */
export function wishDevicesIn(
  core: Core,
  tx: Tx,
  { identityId, devices, isUnvouched }: Pick<DevicesWishRow, "identityId" | "devices"> & { readonly isUnvouched: boolean },
): void {
  const { groups, threads } = core.tables;
  for (const groupId of tx.ids(groups)) {
    const group = tx.get(groups, groupId);
    if (group?.state !== "active" || tx.get(threads, group.threadId)?.kind !== "group") continue;
    const isAdmin = group.roster.some((one) => one.isAdministrator && one.identityId === core.account.identityId);
    const isUnwanted = group.wishes?.some((wish) => wish.kind === "remove" && wish.identityId === identityId) === true;
    if (!isAdmin || isUnwanted) continue;
    const asked = { kind: "devices", identityId, tries: MAX_TRIES, ...(isUnvouched ? { isUnvouched } : {}) } as const;
    const missing = missingOf({ ...asked, devices }, group);
    const { wishes: before = [] } = group;
    const wishes = missing.reduce((list, device) => withDeviceWish(list, { ...asked, devices: [device] }), before);
    if (wishes !== before) tx.put(groups, groupId, { ...group, wishes });
  }
}

/** Who asks again gets no more tries by it, and not those of other devices either. */
function withDeviceWish(wishes: readonly WishRow[], wish: DevicesWishRow): readonly WishRow[] {
  const ofPerson = wishes.filter((one) => one.kind === "devices" && one.identityId === wish.identityId);
  const known = ofPerson.find((one) => one.kind === "devices" && wish.devices.every((id) => one.devices.includes(id)));
  if (known === undefined) return ofPerson.length < limits.MAX_DEVICES ? [...wishes, wish] : wishes;
  if (wish.isUnvouched === undefined) return wishes;
  return wishes.map((one) => (one === known ? { ...known, isUnvouched: true } : one));
}

/** How long it is until these are asked for again: 0 or less when it is time. A clock that was set back makes nobody wait longer. */
export function waitOf({ dueMs = 0 }: DevicesWishRow, nowMs: number): number {
  return dueMs - nowMs > LONGEST_WAIT_MS ? 0 : dueMs - nowMs;
}

/** Nothing was to be had for one of the devices: what is still wished, and when. */
export function withOneTryLess(wishes: readonly WishRow[], wish: DevicesWishRow, nowMs: number): readonly WishRow[] {
  const dueMs = nowMs + FIRST_WAIT_MS * 2 ** (MAX_TRIES - wish.tries);
  return wishes.flatMap((one) => {
    if (one.kind !== "devices" || one.identityId !== wish.identityId || one.devices.join() !== wish.devices.join()) return [one];
    return wish.tries > 1 ? [{ ...one, tries: wish.tries - 1, dueMs }] : [];
  });
}

/** The wishes without those for devices that are gone. */
export function withoutDevices(
  wishes: readonly WishRow[],
  identityId: IdentityId,
  isGone: (device: string) => boolean,
): readonly WishRow[] {
  return wishes.flatMap((wish) => {
    if (wish.kind !== "devices" || wish.identityId !== identityId) return [wish];
    const devices = wish.devices.filter((device) => !isGone(device));
    return devices.length === 0 ? [] : [{ ...wish, devices }];
  });
}

function subjectOf(wish: WishRow): string {
  switch (wish.kind) {
    case "add":
    case "remove":
      return `member ${wish.identityId}`;
    case "role":
      return `role ${wish.identityId}`;
    default:
      return wish.kind;
  }
}
