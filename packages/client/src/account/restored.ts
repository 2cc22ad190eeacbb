// A new device with what a backup has. Loaded by the few sessions that begin so.
import { Core } from "../core.ts";
import { noteShared } from "../devices/own-state.ts";
import { newContact } from "../mail/contacts.ts";
import type { ClientDeps } from "../ports.ts";
import { writeFormat } from "../store/format.ts";
import { noteRestored, noteRestoring } from "../store/restoring.ts";
import type { AccountRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { BackupContent } from "./backup.ts";
import { secondsOf } from "./create.ts";
import type { OpenedBackup, ToldProgress } from "./full-backup.ts";
import { restoreHistories } from "./restore.ts";

/** Whatever another own device says of the same is newer. */
const BEFORE_ALL_MS = 1;

/**
 * Whoever talks with this person is asked to take the device in. The identity comes last, with all that was said in its place: until then
 * there is nothing in the vault that would be opened.
 */
export async function storeRestored(
  deps: ClientDeps,
  account: AccountRow,
  { revokedDevices, contacts, certified = [] }: BackupContent,
  full: OpenedBackup | undefined,
  told: ToldProgress,
): Promise<Core> {
  const core = new Core(deps);
  const threads = new Set(full?.threads.map(({ id }) => id));
  await writeFormat(deps.vault);
  await noteRestoring(deps.vault);
  await core.ledger.transact(async (tx) => {
    for (const row of certified) tx.put(core.tables.certified, row.identityId, row);
    for (const contact of contacts) {
      const { identityId, nodeUrls, trust, state, conversationId = "", ...rest } = contact;
      tx.put(core.tables.contacts, identityId, {
        ...newContact(core, identityId, { name: rest.name, state, nodeUrls }, account),
        trust,
        revokedDevices: rest.revokedDevices,
        isGivenCertifications: rest.isGivenCertifications === true,
        ...(threads.has(conversationId) ? { conversationId } : {}),
      });
      if (state !== "accepted") continue;
      const id = core.newId();
      tx.put(core.tables.mail, id, {
        id,
        to: identityId,
        createdMs: core.nowMs,
        attempts: 0,
        letter: { kind: "rejoin", greeting: "" },
      });
    }
  });
  if (full !== undefined) await restoreHistories(core, full, told);
  await core.ledger.transact(async (tx) => {
    tx.put(core.tables.account, SELF, { ...account, revokedDevices, leastSequence: secondsOf(core.nowMs), isRestored: true });
    noteShared(core, tx, BEFORE_ALL_MS);
    noteRestored(tx);
  });
  return core;
}
