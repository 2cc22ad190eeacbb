// This device at another home node, because its person said so or another own device did.
import type { Inbox } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { isAllowed } from "../net/egress.ts";
import type { FormerHomeRow } from "../store/move-rows.ts";
import type { InboxRow, OwnProfileRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import { newInbox } from "./create.ts";

/** As long as a letter waits for its reader. */
const FORMER_MS = 30 * 86_400_000;

/**
 * Another own device took another node as home. A keeper signs the next profile with its new inbox; a limited device asks for that, and
 * keeps the keys that others may have sealed for meanwhile.
 *
 * @param profile that came with it, where the address stands. An older one than the own says where home was
 * @returns whether it is home now
 */
export async function followHome(
  core: Core,
  tx: Tx,
  nodeId: IdentityId,
  profile: { readonly sequence: bigint; readonly inboxes: readonly Inbox[] },
): Promise<boolean> {
  const account = tx.get(core.tables.account, SELF);
  const place = profile.inboxes.find((inbox) => inbox.nodeId === nodeId);
  if (account === undefined || place === undefined || profile.sequence < (account.profile?.sequence ?? 0n)) return false;
  if (account.homeNodeId === nodeId) return true;
  if (!isAllowed(place.nodeUrl, account.homeNodeUrl)) return false;
  const made = await newInbox(core.deps);
  moveHome(core, tx, place, account.secret === undefined ? { ...made, keys: account.inbox.keys } : made);
  tx.afterwards(() => arrive(core, place.nodeUrl));
  return true;
}

/** Nothing leaves with the profile that names the old inbox, which is read for a while. */
export function moveHome(
  core: Core,
  tx: Tx,
  to: { readonly nodeUrl: string; readonly nodeId: IdentityId },
  made: InboxRow,
): void {
  const { tables, nowMs } = core;
  const account = tx.get(tables.account, SELF) ?? core.account;
  const { stock: _, publishRefusal: __, asked: ___, homeNodeId: left, homeNodeUrl, inbox, profile, ...rest } = account;
  const former: FormerHomeRow | undefined = left && { nodeUrl: homeNodeUrl, nodeId: left, inbox, untilMs: nowMs + FORMER_MS };
  tx.put(tables.account, SELF, {
    ...rest,
    homeNodeUrl: to.nodeUrl,
    homeNodeId: to.nodeId,
    // Contacts hold one token for all inboxes of an identity.
    inbox: { ...made, contactToken: inbox.contactToken },
    removedInboxes: [...(account.removedInboxes ?? []), inbox.stream],
    isProfileStale: account.secret !== undefined,
    ...(profile === undefined ? {} : { profile: unlisted(profile) }),
    ...(former === undefined ? {} : { formerHome: former }),
  });
}

function unlisted({ inboxKeyId: _, ...profile }: OwnProfileRow): OwnProfileRow {
  return { ...profile, isPublished: false };
}

/** To be called once it is stored. */
export function arrive(core: Core, url: string): void {
  core.links.to(url);
  // Which of them is home is told with each.
  for (const node of core.links.snapshots(url)) core.emit({ kind: "node", node });
}
