// Own devices as they are shown.
import { encodeHex } from "@p2pcrypt/bytes";
import type { Core } from "../core.ts";
import type { DeviceSnapshot } from "../device-snapshots.ts";

/** How long a new device is shown as new. */
export const NEW_DEVICE_MS = 7 * 86_400_000;

export function deviceSnapshots(core: Core): readonly DeviceSnapshot[] {
  const { account, tables, nowMs } = core;
  const own = encodeHex(account.device.deviceId);
  return account.devices.map((id): DeviceSnapshot => {
    const deviceId = encodeHex(id);
    const row = tables.devices.get(deviceId);
    const isThis = deviceId === own;
    const name = isThis ? account.deviceName : row?.name;
    const sinceMs = row?.sinceMs ?? 0;
    return {
      deviceId,
      isThis,
      isKeeper: isThis ? account.secret !== undefined : row?.kind !== "limited",
      sinceMs,
      isNew: !isThis && row !== undefined && row.wasThere !== true && nowMs - sinceMs < NEW_DEVICE_MS,
      isLinkedHere: row?.isLinkedHere === true,
      ...(name === undefined || name === "" ? {} : { name }),
      ...(row?.lastSeenMs === undefined || isThis ? {} : { lastSeenMs: row.lastSeenMs }),
    };
  });
}
