// What a person wants of a group, until a commit has brought it about.
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId, Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { GroupRow, WishRow } from "../store/group-rows.ts";
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
  { identityId, devices }: Extract<WishRow, { kind: "devices" }>,
  { roster }: Pick<GroupRow, "roster"> | Pick<Session, "roster">,
): readonly string[] {
  const present = roster.filter((member) => member.identityId === identityId).map(({ deviceId }) => encodeHex(deviceId));
  return present.length === 0 ? [] : devices.filter((device) => !present.includes(device));
}

const MAX_TRIES = 3;

/** New devices of a contact asked to be taken in: into every group that this person administers and they are members of. */
export function wishDevicesIn(core: Core, tx: Tx, identityId: IdentityId, devices: readonly string[]): void {
  const { groups, threads } = core.tables;
  for (const groupId of tx.ids(groups)) {
    const group = tx.get(groups, groupId);
    if (group?.state !== "active" || tx.get(threads, group.threadId)?.kind !== "group") continue;
    const isAdmin = group.roster.some((one) => one.isAdministrator && one.identityId === core.account.identityId);
    const isUnwanted = group.wishes?.some((wish) => wish.kind === "remove" && wish.identityId === identityId) === true;
    const wish = { kind: "devices", identityId, devices, tries: MAX_TRIES } as const;
    if (isAdmin && !isUnwanted && missingOf(wish, group).length > 0) putWish(core, tx, groupId, wish);
  }
}

function subjectOf(wish: WishRow): string {
  switch (wish.kind) {
    case "add":
    case "remove":
      return `member ${wish.identityId}`;
    case "role":
      return `role ${wish.identityId}`;
    case "devices":
      return `devices ${wish.identityId}`;
    default:
      return wish.kind;
  }
}
