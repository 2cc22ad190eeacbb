// Links with which people may knock at a group, and who did. Known to the device that made them alone.
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import { formatGroupLink, type GroupLink, IdentityError, parseGroupLink } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import { parseNodeUrl } from "../account/node-url.ts";
import { appendEntry } from "../conversation/thread.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { GroupInvitation } from "../snapshots.ts";
import type { GroupRow, InvitationRow } from "../store/group-rows.ts";
import type { ContactRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { isLeaving } from "./wishes.ts";

const MAX_KNOCKS = 64;

/** @throws {ClientError} link/malformed, nodeUrl/insecure */
export function readGroupLink(link: string): GroupLink {
  try {
    const parsed = parseGroupLink(link);
    return { ...parsed, nodeUrl: parseNodeUrl(parsed.nodeUrl) };
  } catch (cause) {
    if (cause instanceof IdentityError) throw new ClientError({ code: "link/malformed" }, { cause });
    throw cause;
  }
}

/** Links that are still good, as they are given to others. */
export function invitationsOf(core: Core, group: GroupRow): readonly GroupInvitation[] {
  return (group.invitations ?? [])
    .filter(({ expiresMs }) => expiresMs > core.nowMs)
    .map((invitation) => invitationOf(core, group, invitation));
}

export function invitationOf(core: Core, group: GroupRow, { secret, createdMs, expiresMs }: InvitationRow): GroupInvitation {
  const { account } = core;
  const nodeUrl = core.links.to(account.homeNodeUrl).facts?.publicUrl ?? account.homeNodeUrl;
  const hints = { groupHint: group.name ?? "", nameHint: account.name };
  const link = formatGroupLink({ nodeUrl, identityId: account.identityId, secret, expiresMs, ...hints });
  return { id: invitationId(secret), link, createdAtMs: createdMs, expiresAtMs: expiresMs };
}

/** Names a link without giving it away. */
export function invitationId(secret: Uint8Array): string {
  return encodeHex(secret.subarray(0, 4));
}

/** The group whose link this is, when it lets somebody knock now. */
export function groupKnockedAt(core: Core, tx: Tx, by: IdentityId, secret: Uint8Array): GroupRow | undefined {
  const { groups } = core.tables;
  const { identityId: self } = core.account;
  for (const id of tx.ids(groups)) {
    const group = tx.get(groups, id);
    const found = group?.invitations?.find((one) => equalBytes(one.secret, secret));
    if (group === undefined || found === undefined) continue;
    const isOpen = group.state === "active" && !isLeaving(group) && found.expiresMs > core.nowMs;
    const isAdmin = group.roster.some(({ identityId, isAdministrator }) => identityId === self && isAdministrator);
    const isMember = group.roster.some(({ identityId }) => identityId === by);
    return isOpen && isAdmin && !isMember ? group : undefined;
  }
  return undefined;
}

/** Whoever is declined or blocked does not wait at any group either. */
export function dropKnocks(core: Core, tx: Tx, identityId: IdentityId): void {
  const { groups } = core.tables;
  for (const id of tx.ids(groups)) {
    const group = tx.get(groups, id);
    const others = group?.knocks?.filter((knock) => knock.identityId !== identityId);
    if (group !== undefined && others !== undefined && others.length !== group.knocks?.length)
      tx.put(groups, id, { ...group, knocks: others });
  }
}

export async function noteKnock(
  core: Core,
  tx: Tx,
  { groupId }: GroupRow,
  { contact, greeting }: { readonly contact: ContactRow; readonly greeting: string },
): Promise<void> {
  const { groups, threads } = core.tables;
  const group = tx.get(groups, groupId);
  if (group === undefined) return;
  const { identityId, name } = contact;
  const others = (group.knocks ?? []).filter((knock) => knock.identityId !== identityId);
  if (others.length >= MAX_KNOCKS) return;
  const isFirst = others.length === (group.knocks ?? []).length;
  tx.put(groups, groupId, { ...group, knocks: [...others, { identityId, greeting, atMs: core.nowMs }] });
  if (!isFirst) return;
  const event = { what: "knocked", name, identityId, greeting } as const;
  await appendEntry(tx, threads, group.threadId, { kind: "event", event, atMs: core.nowMs });
}
