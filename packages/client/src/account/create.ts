// A new identity, or a new device of one, in an empty vault.
import { IdentityError, parseName } from "@p2pcrypt/identity";
import { generateInboxKey } from "@p2pcrypt/session";
import { shortName } from "../devices/device-name.ts";
import { ClientError } from "../failure.ts";
import type { NewIdentity } from "../origins.ts";
import type { ClientDeps } from "../ports.ts";
import type { Settings } from "../snapshots.ts";
import type { AccountRow, DeviceRow, InboxKeyRow, InboxRow } from "../store/rows.ts";

import { parseNodeUrl } from "./node-url.ts";
import { contactTokenOf, ownClaimTokenOf, tokenRootOf } from "./own-tokens.ts";

export const DEFAULT_SETTINGS: Settings = { sendsReceipts: true, sendsTyping: true, sendsPresence: true };
export const DEVICE_LIFETIME_MS = 90 * 86_400_000;

/** @throws {ClientError} name/*, nodeUrl/*, import/badKey */
export async function createAccount(deps: ClientDeps, { name, homeNodeUrl, secretKey }: NewIdentity): Promise<AccountRow> {
  const nowMs = deps.clock.nowMs();
  const url = parseNodeUrl(homeNodeUrl);
  try {
    const secret =
      secretKey === undefined
        ? await deps.identity.createSecret({ name: parseName(name ?? ""), nowMs })
        : await deps.identity.importSecret(secretKey.bytes, secretKey.passphrase, { nowMs });
    return await accountOf(deps, {
      secret,
      homeNodeUrl: url,
      settings: DEFAULT_SETTINGS,
      ...(name === undefined ? {} : { name: parseName(name) }),
    });
  } catch (cause) {
    throw toClientError(cause);
  }
}

/** Everything of a device is made anew; only the identity's secret is given. */
export async function accountOf(
  deps: ClientDeps,
  given: {
    readonly secret: Uint8Array;
    readonly homeNodeUrl: string;
    readonly settings: Settings;
    readonly name?: string;
    readonly tokenRoot?: Uint8Array;
  },
): Promise<AccountRow> {
  const nowMs = deps.clock.nowMs();
  const open = await deps.identity.openSecret(given.secret, { atMs: nowMs });
  const signatureSecretKey = deps.random(32);
  const signatureKey = await deps.crypto.signaturePublicKey(signatureSecretKey);
  const deviceId = deps.random(16);
  const notAfterMs = nowMs + DEVICE_LIFETIME_MS;
  const certificate = await open.certifyDevice({ deviceId, signatureKey, notBeforeMs: nowMs, notAfterMs }, nowMs);
  const derived = tokenRootOf(open);
  const tokenRoot = derived ?? given.tokenRoot ?? deps.random(32);
  const device: DeviceRow = { deviceId, signatureSecretKey, signatureKey, certificate, notAfterMs };
  const deviceName = shortName(deps.deviceName ?? "");
  return {
    identityId: open.facts.id,
    fingerprint: open.facts.fingerprint,
    name: given.name ?? open.facts.name,
    secret: given.secret,
    certificate: open.certificate,
    minimalCertificate: open.minimal,
    isFindable: open.facts.isFindable,
    primaryKey: open.facts.primaryKey,
    homeNodeUrl: given.homeNodeUrl,
    device,
    ...(deviceName === "" ? {} : { deviceName }),
    inbox: { ...(await newInbox(deps)), contactToken: contactTokenOf(tokenRoot) },
    tokenRoot,
    ...(derived === undefined ? { isRootDrawn: true } : {}),
    ownClaimToken: ownClaimTokenOf(tokenRoot),
    isProfileStale: true,
    devices: [deviceId],
    revokedDevices: [],
    settings: given.settings,
    isCloned: false,
  };
}

export async function newInbox(deps: ClientDeps): Promise<InboxRow> {
  return {
    stream: deps.random(32),
    readToken: deps.random(32),
    contactToken: deps.random(32),
    adminSecretKey: deps.random(32),
    isCreated: false,
    keys: [await newInboxKey(deps, 1)],
  };
}

export async function newInboxKey(deps: ClientDeps, keyId: number): Promise<InboxKeyRow> {
  return { keyId, ...(await generateInboxKey(deps.crypto)), createdMs: deps.clock.nowMs() };
}

/** Where the profiles of a device begin that does not know the earlier ones: above whatever counted from 1, below the jump of 2^32. */
export function secondsOf(nowMs: number): bigint {
  return BigInt(Math.floor(nowMs / 1000));
}

export function toClientError(cause: unknown): unknown {
  if (!(cause instanceof IdentityError)) return cause;
  if (cause.code === "name/empty") return new ClientError({ code: "name/empty" }, { cause });
  if (cause.code === "name/tooLong" || cause.code === "name/controlCharacters") {
    return new ClientError({ code: "name/tooLong", maxBytes: 128 }, { cause });
  }
  return new ClientError({ code: "import/badKey", reason: cause.code }, { cause });
}
