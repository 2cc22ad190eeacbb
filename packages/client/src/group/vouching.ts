// A device that asks by its own signature to be taken in may have been removed, and its person's older profile does not say so. Their nodes
// are asked before it is taken in anywhere (spec/protocol/conversation.md section 6).
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { refresh } from "../mail/look-up.ts";
import type { Step } from "../run/pump.ts";
import type { AddRow } from "../store/group-rows.ts";
import { withoutDevices } from "./wishes.ts";

const AGAIN_MS = 30_000;

export async function vouchStep(core: Core): Promise<Step> {
  const { groups, contacts } = core.tables;
  let next: Step = { kind: "idle" };
  const open = groups.all().filter(({ state }) => state === "active" || state === "opening");
  for (const identityId of new Set(open.flatMap(({ adds }) => adds.flatMap(unvouched)))) {
    const contact = contacts.get(identityId);
    // What their nodes say would not be kept.
    if (contact === undefined || contact.state === "blocked" || contact.state === "gone") continue;
    if (await refresh(core, contact)) await vouch(core, identityId);
    else next = { kind: "wait", delayMs: AGAIN_MS };
  }
  return next;
}

function unvouched({ identityId, isUnvouched }: AddRow): readonly IdentityId[] {
  return isUnvouched === true ? [identityId] : [];
}

/** Those that their person did not remove may be added; the others are forgotten. */
async function vouch(core: Core, identityId: IdentityId): Promise<void> {
  const { groups } = core.tables;
  await core.ledger.transact(async (tx) => {
    for (const groupId of tx.ids(groups)) {
      const group = tx.get(groups, groupId);
      if (group === undefined || !group.adds.some((add) => unvouched(add).includes(identityId))) continue;
      const adds = group.adds.map((add) => (add.identityId === identityId ? vouched(add) : add));
      const removed = adds.filter((add) => isRemoved(core, add)).map(({ offer }) => encodeHex(offer.deviceId));
      tx.put(groups, groupId, {
        ...group,
        adds: adds.filter((add) => !isRemoved(core, add)),
        ...(group.wishes && { wishes: withoutDevices(group.wishes, identityId, (device) => removed.includes(device)) }),
      });
    }
  });
}

function vouched({ isUnvouched: _, ...add }: AddRow): AddRow {
  return add;
}

/** What may be added now. */
export function readyAdds(core: Core, adds: readonly AddRow[]): readonly AddRow[] {
  const isReady = (add: AddRow): boolean => add.isUnvouched !== true && !isRemoved(core, add);
  return adds.every(isReady) ? adds : adds.filter(isReady);
}

function isRemoved({ account, tables }: Core, { identityId, offer }: AddRow): boolean {
  const known = identityId === account.identityId ? account : tables.contacts.get(identityId);
  return known?.revokedDevices.some((id) => equalBytes(id, offer.deviceId)) === true;
}
