// Between keepers and limited devices (spec/protocol/linking.md section 8): a keeper renews those that are still listed and signs nothing else
// for them; a limited device takes what a keeper signed; and becomes a keeper itself when it is handed the key.
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import { DEVICE_LIFETIME_MS } from "../account/create.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { KeeperKeyBody, RenewalBody, RenewalRequestBody } from "../mail/own-letters.ts";
import type { OwnDeviceRow } from "../store/device-rows.ts";
import type { AccountRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import { assertKeeper, inboxAtHome, isInboxOfAnother, leaveInbox, otherRow } from "./keepers.ts";
import { RENEW_LIMITED_BEFORE_MS } from "./limited.ts";
import { putLetter } from "./own-letter.ts";
import { tellHome } from "./own-state.ts";

/** A device that asks without end is answered now and then. */
const ANSWER_EVERY_MS = 10 * 60_000;

/** Of another own device, whose signature holds and which was not revoked. */
export async function applyRenewalLetter(
  core: Core,
  tx: Tx,
  body: RenewalRequestBody | RenewalBody | KeeperKeyBody,
  replyInbox: Uint8Array,
): Promise<void> {
  const account = tx.get(core.tables.account, SELF);
  if (account === undefined || account.isCloned) return;
  switch (body.kind) {
    case "renewalRequest":
      return renew(core, tx, account, body, replyInbox);
    case "renewal":
      return takeRenewal(core, tx, account, body);
    case "keeperKey":
      return takeKey(core, tx, account, body);
  }
}

/** Only the device that signed the request, only while it is listed, and only under the key that it has. */
async function renew(
  core: Core,
  tx: Tx,
  account: AccountRow,
  { deviceCertificate, keyId, inboxKey }: RenewalRequestBody,
  replyInbox: Uint8Array,
): Promise<void> {
  const { deps, nowMs, tables } = core;
  if (account.secret === undefined) return;
  const device = await deps.identity.verifyDevice(account.certificate, deviceCertificate, { atMs: nowMs });
  const isOther = device !== undefined && !equalBytes(device.deviceId, account.device.deviceId);
  if (!isOther || !isListed(account, device.deviceId)) return;
  const id = encodeHex(device.deviceId);
  const row: OwnDeviceRow = tx.get(tables.devices, id) ?? { deviceId: device.deviceId, sinceMs: nowMs };
  const { inbox, isElsewhere } = await inboxOf(core, account, row, replyInbox);
  if (inbox === undefined || isInboxOfAnother(core, tx, id, inbox)) return;
  const isSameInbox = row.inbox !== undefined && equalBytes(row.inbox, inbox);
  const sinceMs = nowMs - (row.answeredMs ?? Number.NEGATIVE_INFINITY);
  if ((isSameInbox || row.inbox === undefined) && sinceMs >= 0 && sinceMs < ANSWER_EVERY_MS) return;
  const at = isSameInbox ? {} : inboxAtHome(account);
  const asked = { inbox, ...at, inboxKey: { keyId, publicKey: inboxKey }, answeredMs: nowMs, lastSeenMs: nowMs };
  tx.put(tables.devices, id, { ...row, ...asked });
  const isPublished = isSameInbox && row.inboxKey?.keyId === keyId && equalBytes(row.inboxKey.publicKey, inboxKey);
  if (!isPublished) tx.put(tables.account, SELF, { ...account, isProfileStale: true });
  if (row.inbox !== undefined && !isSameInbox) leaveInbox(core, tx, row.inbox);
  // It was in no profile when the others were told where home is now, or has not heard of it yet.
  if (isElsewhere) tellHome(core, tx, inbox);
  const isDue = device.notAfterMs - nowMs < RENEW_LIMITED_BEFORE_MS;
  const renewed = isDue
    ? await (await core.secret()).certifyDevice({ ...device, notBeforeMs: nowMs, notAfterMs: nowMs + DEVICE_LIFETIME_MS }, nowMs)
    : new Uint8Array(0);
  putLetter(core, tx, inbox, {
    kind: "renewal",
    deviceCertificate: account.device.certificate,
    device: device.deviceId,
    renewed,
  });
}

/**
 * The one that is known stays, so that a device that was stolen fills no list with inboxes of its choice. It has another one once, when the
 * known one is not at the present home of this keeper: then it followed there. Of a device that another keeper linked none may be known
 * here yet: what it names is taken, unless it stands in the profile and so may be somebody else's. Nothing goes to an inbox but what is
 * sealed for the identity, so a wrong one harms nobody but the device that names it.
 */
async function inboxOf(
  { deps, nowMs }: Core,
  { certificate, profile, homeNodeId }: AccountRow,
  { inbox, inboxAt }: OwnDeviceRow,
  replyInbox: Uint8Array,
): Promise<{ readonly inbox: Uint8Array | undefined; readonly isElsewhere: boolean }> {
  const verified = profile && (await deps.identity.verifyProfile(certificate, profile.bytes, { atMs: nowMs }));
  const listedAs = (stream: Uint8Array) => verified?.profile.inboxes.find((one) => equalBytes(one.stream, stream));
  const isListedNow = listedAs(replyInbox) !== undefined;
  if (inbox === undefined) return { inbox: isListedNow ? undefined : replyInbox, isElsewhere: false };
  const known = listedAs(inbox) ?? inboxAt;
  const isElsewhere = known !== undefined && known.nodeId !== homeNodeId;
  const hasFollowed = isElsewhere && !isListedNow && !equalBytes(inbox, replyInbox);
  return hasFollowed ? { inbox: replyInbox, isElsewhere: false } : { inbox, isElsewhere };
}

function isListed({ devices, revokedDevices }: AccountRow, deviceId: Uint8Array): boolean {
  const isIn = (list: readonly Uint8Array[]): boolean => list.some((id) => equalBytes(id, deviceId));
  return isIn(devices) && !isIn(revokedDevices);
}

/** @throws {ClientError} device/limited, device/unknown, device/alreadyKeeper */
export async function makeKeeper(core: Core, deviceId: string): Promise<void> {
  const { devices } = core.tables;
  const secret = assertKeeper(core);
  otherRow(core, deviceId);
  await core.ledger.transact(async (tx) => {
    const row = tx.get(devices, deviceId);
    if (row?.kind !== "limited" || row.inbox === undefined) throw new ClientError({ code: "device/alreadyKeeper" });
    const { inboxKey: _, ...rest } = row;
    // From here on it counts as one, whether it has heard of it or not.
    tx.put(devices, deviceId, { ...rest, kind: "keeper" });
    const { certificate: deviceCertificate } = core.account.device;
    putLetter(core, tx, row.inbox, { kind: "keeperKey", deviceCertificate, device: row.deviceId, secret });
  });
}

async function takeRenewal(core: Core, tx: Tx, account: AccountRow, { device: to, renewed }: RenewalBody): Promise<void> {
  const { device } = account;
  if (account.secret !== undefined || !equalBytes(to, device.deviceId) || renewed.length === 0) return;
  const verified = await core.deps.identity.verifyDevice(account.certificate, renewed, { atMs: core.nowMs });
  const isMine =
    verified !== undefined &&
    equalBytes(verified.deviceId, device.deviceId) &&
    equalBytes(verified.signatureKey, device.signatureKey) &&
    verified.notAfterMs > device.notAfterMs;
  if (!isMine) return;
  const next = { ...device, certificate: renewed, notAfterMs: verified.notAfterMs };
  tx.put(core.tables.account, SELF, { ...account, device: next });
}

async function takeKey(core: Core, tx: Tx, account: AccountRow, { device, secret }: KeeperKeyBody): Promise<void> {
  if (account.secret !== undefined || !equalBytes(device, account.device.deviceId)) return;
  const open = await core.deps.identity.openSecret(secret, { atMs: core.nowMs });
  if (open.facts.id !== account.identityId) return;
  const { asked: _, ...rest } = account;
  const { certificate, minimal: minimalCertificate } = open;
  tx.put(core.tables.account, SELF, { ...rest, secret, certificate, minimalCertificate, isProfileStale: true });
}
