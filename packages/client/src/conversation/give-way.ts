// A device that cannot follow what others did says so, signed, and asks to be taken in again (M7).
import { decodeHex, encodeHex } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { newOffer } from "../mail/outgoing.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { Tx } from "../store/tx.ts";
import { sayAgain } from "./move.ts";
import { appendEntry } from "./thread.ts";

interface Unfollowed {
  readonly position: number;
  readonly committer: { readonly identityId: IdentityId; readonly name: string };
  readonly atMs: number;
}

export async function becomeStuck(core: Core, tx: Tx, groupId: string, { position, committer, atMs }: Unfollowed): Promise<void> {
  const { groups, threads } = core.tables;
  const group = tx.get(groups, groupId);
  if (group === undefined) return;
  sayAgain(core, tx, groupId);
  const { alone: _, ...rest } = group;
  tx.put(groups, groupId, { ...rest, state: "stuck" });
  const event = { what: "stuck", committer: committer.name } as const;
  await appendEntry(tx, threads, group.threadId, { kind: "event", event, atMs });
  for (const to of helpersOf(core, tx, group)) await askToBeAdded(core, tx, groupId, { to, position, by: committer.identityId });
}

/** Who can take this device in again and hears letters of it: the other side, or administrators whom one talks with. */
function helpersOf({ tables, account }: Core, tx: Tx, { threadId, roster }: GroupRow): readonly IdentityId[] {
  const contactId = tx.get(tables.threads, threadId)?.contactId;
  if (contactId !== undefined) return [contactId];
  const administrators = roster.filter(({ isAdministrator }) => isAdministrator).map(({ identityId }) => identityId);
  return [...new Set(administrators)].filter(
    (id) => id !== account.identityId && tx.get(tables.contacts, id)?.state === "accepted",
  );
}

async function askToBeAdded(
  core: Core,
  tx: Tx,
  groupId: string,
  { to, position, by }: { readonly to: IdentityId; readonly position: number; readonly by: IdentityId },
): Promise<void> {
  const offer = await newOffer(core, to);
  tx.put(core.tables.keyPackages, encodeHex(offer.reference), offer);
  const streamAdminKey = await core.deps.crypto.signaturePublicKey(offer.adminSecretKey);
  const body = {
    kind: "stuckNotice",
    deviceCertificate: core.account.device.certificate,
    groupId: decodeHex(groupId),
    position,
    committer: by,
    offer: { keyPackage: offer.publicPackage, streamAdminKey },
  } as const;
  const id = core.newId();
  tx.put(core.tables.mail, id, { id, to, createdMs: core.nowMs, attempts: 0, letter: { kind: "answer", body } });
}
