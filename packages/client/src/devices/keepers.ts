// Keepers hold the identity's secret key; limited devices hold their own key alone, and ask a keeper (spec/protocol/linking.md section 8).
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { OwnDeviceRow } from "../store/device-rows.ts";
import type { AccountRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";

/** The secret key, for what only it may do. @throws {ClientError} device/limited */
export function assertKeeper(core: Core): Uint8Array {
  const { secret } = core.account;
  if (secret === undefined) throw new ClientError({ code: "device/limited", keepers: keeperNames(core) });
  return secret;
}

/** Names of the other devices that may hold the key, as far as they are known. */
export function keeperNames(core: Core): readonly string[] {
  return otherRows(core).flatMap(({ kind, name = "" }) => (kind === "limited" || name === "" ? [] : [name]));
}

/** Another own device that is in the profile, or is about to be. @throws {ClientError} device/unknown */
export function otherRow(core: Core, deviceId: string): OwnDeviceRow {
  const row = otherRows(core).find((one) => encodeHex(one.deviceId) === deviceId);
  if (row === undefined) throw new ClientError({ code: "device/unknown" });
  return row;
}

/** No device takes the place of another's inbox in the profile, nor of one that was removed. */
export function isInboxOfAnother({ account, tables }: Core, tx: Tx, deviceId: string, inbox: Uint8Array): boolean {
  const others = tx.ids(tables.devices).filter((id) => id !== deviceId);
  const inboxes = others.flatMap((id) => tx.get(tables.devices, id)?.inbox ?? []);
  return [account.inbox.stream, ...inboxes, ...(account.removedInboxes ?? [])].some((one) => equalBytes(one, inbox));
}

/** Of a device that has another one now: it leaves the profile, and is nobody's any more. */
export function leaveInbox({ tables }: Core, tx: Tx, inbox: Uint8Array): void {
  const account = tx.get(tables.account, SELF);
  if (account === undefined || (account.removedInboxes ?? []).some((one) => equalBytes(one, inbox))) return;
  tx.put(tables.account, SELF, { ...account, removedInboxes: [...(account.removedInboxes ?? []), inbox] });
}

/** Where another device makes its inbox as long as it knows of no other home: this device may have one by the time a profile says it. */
export function inboxAtHome({ homeNodeId: nodeId, homeNodeUrl: nodeUrl }: AccountRow): Pick<OwnDeviceRow, "inboxAt"> {
  return nodeId === undefined ? {} : { inboxAt: { nodeId, nodeUrl } };
}

function otherRows({ account, tables }: Core): readonly OwnDeviceRow[] {
  return account.devices
    .filter((id) => !equalBytes(id, account.device.deviceId))
    .map((deviceId) => tables.devices.get(encodeHex(deviceId)) ?? { deviceId, sinceMs: 0 });
}
