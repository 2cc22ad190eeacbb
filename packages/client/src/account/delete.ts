// The end of an identity: its contacts are told, profile and certificate are revoked at the home node, the vault is erased.

import { queueContent } from "../conversation/outbox.ts";
import type { Core } from "../core.ts";

const LIFETIME_MS = 30 * 86_400_000;

/** Says goodbye in every conversation; it goes out with everything else that waits. */
export async function sayGoodbye(core: Core): Promise<void> {
  await core.ledger.transact(async (tx) => {
    for (const id of tx.ids(core.tables.threads)) queueContent(core, tx, id, { kind: "goodbye" });
  });
}

/** @returns whether the home node knows now. */
export async function revokeAtHome(core: Core): Promise<boolean> {
  const { account, nowMs, links, deps } = core;
  const link = links.to(account.homeNodeUrl);
  if (!link.isConnected) return false;
  const secret = await core.secret();
  const profile = await secret.signProfile(
    {
      sequence: (account.profile?.sequence ?? 0n) + 1n,
      issuedMs: nowMs,
      validUntilMs: nowMs + LIFETIME_MS,
      isDeleted: true,
      displayName: account.name,
      inboxes: [],
      devices: [],
      revokedDevices: account.devices,
    },
    nowMs,
  );
  try {
    await link.call("profile.publish", { certificate: account.certificate, profile });
    const revoked = await deps.identity.openSecret(await secret.revoke("retired", nowMs), { atMs: nowMs });
    await link.call("identity.publish", { certificate: revoked.certificate });
    return true;
  } catch {
    return false; // told to the caller: the person decides whether that matters
  }
}
