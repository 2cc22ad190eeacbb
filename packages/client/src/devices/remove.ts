// The end of another own device: revoked for ever, out of the profile with its inbox, and out of every conversation by the next commits.
import { decodeHex, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { Core } from "../core.ts";
import { SELF } from "../store/tables.ts";
import { assertKeeper } from "./keepers.ts";

export async function removeDevice(core: Core, deviceId: string): Promise<void> {
  const id = decodeHex(deviceId);
  const { tables } = core;
  assertKeeper(core);
  if (equalBytes(id, core.account.device.deviceId))
    throw new RangeError("the present device revokes itself by deleting the identity");
  await core.ledger.transact(async (tx) => {
    const account = tx.get(tables.account, SELF);
    if (account === undefined) return;
    const inbox = tx.get(tables.devices, encodeHex(id))?.inbox;
    const removedInboxes = [...(account.removedInboxes ?? []), ...(inbox === undefined ? [] : [inbox])];
    tx.delete(tables.devices, encodeHex(id));
    tx.put(tables.account, SELF, {
      ...account,
      revokedDevices: [...account.revokedDevices.filter((one) => !equalBytes(one, id)), id],
      devices: account.devices.filter((device) => !equalBytes(device, id)),
      removedInboxes,
      isProfileStale: true,
    });
  });
}
