// What the old device hands to the new one once the person has compared the digits (spec/protocol/linking.md section 5): the identity, the
// certificate of the new device, whom one knows. Never session state, device keys or inbox keys of the old one: the new device is one of
// its own, and is taken into each conversation.
import { decodeHex, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import { DEVICE_LIFETIME_MS, newInbox, secondsOf } from "../account/create.ts";
import { startThread } from "../conversation/start.ts";
import type { Core } from "../core.ts";
import type { LinkingTerms } from "../device-snapshots.ts";
import type { HandedHistory } from "../history/plan.ts";
import { handedThread } from "../history/reserved.ts";
import type { OpenSecret } from "../identity-port.ts";
import type { ClientDeps } from "../ports.ts";
import type { Settings, Successor } from "../snapshots.ts";
import type { OwnDeviceRow } from "../store/device-rows.ts";
import type { AccountRow, CertifiedRow, ContactRow, InboxRow } from "../store/rows.ts";
import { decodeStored, encodeStored } from "../store/stored-json.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import { assertKeeper, inboxAtHome } from "./keepers.ts";
import type { LinkingMessage } from "./linking-record.ts";
import { noteShared } from "./own-state.ts";

const VERSION = 1;
/** How long own devices are left to take the new one in before contacts are asked to. */
const REJOIN_AFTER_MS = 10 * 60_000;

type GrantedContact = Omit<ContactRow, "conversationId" | "lookedUpAtMs" | "newDevices">;

export interface Grant {
  readonly version: typeof VERSION;
  /** For a keeper alone; others are given the certificate. */
  readonly secret?: Uint8Array;
  readonly certificate?: Uint8Array;
  readonly deviceCertificate: Uint8Array;
  readonly notAfterMs: number;
  readonly name: string;
  readonly homeNodeUrl: string;
  readonly homeNodeId?: IdentityId;
  readonly settings: Settings;
  readonly devices: readonly Uint8Array[];
  readonly revokedDevices: readonly Uint8Array[];
  readonly ownDevices: readonly OwnDeviceRow[];
  readonly ownClaimToken: Uint8Array;
  /** For a keeper alone. */
  readonly tokenRoot?: Uint8Array;
  readonly isRootDrawn?: true;
  /** Of inboxes: contacts hold one token for all of them. */
  readonly contactToken: Uint8Array;
  readonly attested?: Uint8Array;
  readonly successor?: Successor;
  readonly recoverySheetAtMs?: number;
  readonly revocationAtMs?: number;
  readonly backupAtMs?: number;
  readonly contacts: readonly GrantedContact[];
  readonly certified: readonly CertifiedRow[];
  /** What follows of what was said. */
  readonly history?: HandedHistory;
}

export type Accepted = LinkingMessage & { readonly kind: "accept" };

/** Certifies the new device, notes it, and makes what it is given. Stored before it leaves. */
export async function makeGrant(
  core: Core,
  accepted: Accepted,
  { name, isKeeper, history }: Omit<LinkingTerms, "form"> & { readonly name: string },
): Promise<Uint8Array> {
  const { nowMs, tables } = core;
  const { deviceId, signatureKey, inbox } = accepted;
  const notAfterMs = nowMs + DEVICE_LIFETIME_MS;
  const open = await core.secret();
  const deviceCertificate = await open.certifyDevice({ deviceId, signatureKey, notBeforeMs: nowMs, notAfterMs }, nowMs);
  const { planHistory } = await import("../history/plan.ts");
  return core.ledger.transact(async (tx) => {
    const plan = await planHistory(core, history, { deviceId, inbox });
    if (plan.given !== undefined) tx.put(tables.histories, plan.given.run, plan.given);
    const account = tx.get(tables.account, SELF) ?? core.account;
    const ownClaimToken = account.ownClaimToken ?? core.deps.random(32);
    const { tokenRoot, isRootDrawn } = account;
    const root = tokenRoot === undefined ? {} : { tokenRoot, ...(isRootDrawn === true ? { isRootDrawn } : {}) };
    const devices = [...account.devices.filter((id) => !equalBytes(id, deviceId)), deviceId];
    noteShared(core, tx);
    // Told to the others after this, who do not know it yet.
    const kind = isKeeper ? "keeper" : "limited";
    const at = isKeeper ? {} : inboxAtHome(account);
    const row: OwnDeviceRow = { deviceId, name, sinceMs: nowMs, inbox, ...at, kind, isLinkedHere: true };
    tx.put(tables.devices, encodeHex(deviceId), row);
    tx.put(tables.account, SELF, { ...account, ownClaimToken, devices, isProfileStale: true });
    const key = isKeeper ? { secret: assertKeeper(core), ...root } : { certificate: account.certificate };
    return encodeStored({
      ...grantOf(core, tx, { ...account, devices, ownClaimToken }, { ...key, deviceCertificate, notAfterMs }),
      history: plan.handed,
    });
  });
}

function grantOf(
  core: Core,
  tx: Tx,
  account: AccountRow & { readonly ownClaimToken: Uint8Array },
  certified: Pick<Grant, "secret" | "tokenRoot" | "isRootDrawn" | "certificate" | "deviceCertificate" | "notAfterMs">,
): Grant {
  const { tables } = core;
  const { name, homeNodeUrl, homeNodeId, settings, devices, revokedDevices, ownClaimToken, inbox } = account;
  const { attested, successor, recoverySheetAtMs, revocationAtMs, backupAtMs } = account;
  return {
    version: VERSION,
    ...certified,
    name,
    homeNodeUrl,
    ...(homeNodeId === undefined ? {} : { homeNodeId }),
    settings,
    devices,
    revokedDevices,
    ownDevices: [thisDevice(core, account), ...tables.devices.all().filter(({ deviceId }) => isOther(account, deviceId))],
    ownClaimToken,
    contactToken: inbox.contactToken,
    ...(attested === undefined ? {} : { attested }),
    ...(successor === undefined ? {} : { successor }),
    ...(recoverySheetAtMs === undefined ? {} : { recoverySheetAtMs }),
    ...(revocationAtMs === undefined ? {} : { revocationAtMs }),
    ...(backupAtMs === undefined ? {} : { backupAtMs }),
    contacts: tx.ids(tables.contacts).flatMap((id) => grantedContact(tx.get(tables.contacts, id))),
    certified: tables.certified.all(),
  };
}

function isOther({ device }: AccountRow, deviceId: Uint8Array): boolean {
  return !equalBytes(device.deviceId, deviceId);
}

function thisDevice({ nowMs }: Core, { device, deviceName, inbox }: AccountRow): OwnDeviceRow {
  const named = deviceName === undefined ? {} : { name: deviceName };
  return { deviceId: device.deviceId, ...named, sinceMs: nowMs, lastSeenMs: nowMs, inbox: inbox.stream, kind: "keeper" };
}

function grantedContact(row: ContactRow | undefined): readonly GrantedContact[] {
  if (row === undefined) return [];
  const { conversationId: _, lookedUpAtMs: __, newDevices: ___, ...granted } = row;
  return [granted];
}

/** Keys of a device that is being linked: made before the digits are compared, kept only when it is certified. */
export interface NewDevice {
  readonly deviceId: Uint8Array;
  readonly signatureSecretKey: Uint8Array;
  readonly signatureKey: Uint8Array;
  readonly inbox: InboxRow;
  readonly name: string;
}

export async function newDevice(deps: ClientDeps, name: string): Promise<NewDevice> {
  const signatureSecretKey = deps.random(32);
  const signatureKey = await deps.crypto.signaturePublicKey(signatureSecretKey);
  return { deviceId: deps.random(16), signatureSecretKey, signatureKey, inbox: await newInbox(deps), name };
}

/**
 * What a grant makes of a new device, once everything in it holds.
 *
 * @param from identity as the old device said before the digits were compared, and the node's address as this device reaches it
 * @returns undefined when it does not: the certificate is for another device, or the identity another one
 */
export async function readGrant(
  deps: ClientDeps,
  bytes: Uint8Array,
  device: NewDevice,
  from: { readonly identity: IdentityId; readonly homeNodeUrl: string },
): Promise<{ readonly account: AccountRow; readonly grant: Grant } | undefined> {
  const nowMs = deps.clock.nowMs();
  const grant = decoded(bytes);
  if (grant === undefined) return undefined;
  const { secret, deviceCertificate: certificate, notAfterMs, devices, revokedDevices } = grant;
  const open = await identityOfGrant(deps, grant, nowMs);
  if (open === undefined) return undefined;
  const certified = await deps.identity.verifyDevice(open.certificate, certificate, { atMs: nowMs });
  const isMine =
    certified !== undefined &&
    equalBytes(certified.deviceId, device.deviceId) &&
    equalBytes(certified.signatureKey, device.signatureKey);
  if (!isMine || open.facts.id !== from.identity) return undefined;
  const { deviceId, signatureSecretKey, signatureKey, inbox } = device;
  const { name, settings, ownClaimToken, tokenRoot, isRootDrawn, homeNodeId, attested, successor } = grant;
  const { recoverySheetAtMs, revocationAtMs, backupAtMs } = grant;
  const account: AccountRow = {
    identityId: open.facts.id,
    fingerprint: open.facts.fingerprint,
    name,
    ...(secret === undefined ? {} : { secret }),
    certificate: open.certificate,
    minimalCertificate: open.minimal,
    isFindable: open.facts.isFindable,
    primaryKey: open.facts.primaryKey,
    homeNodeUrl: from.homeNodeUrl,
    ...(homeNodeId === undefined ? {} : { homeNodeId }),
    device: { deviceId, signatureSecretKey, signatureKey, certificate, notAfterMs },
    deviceName: device.name,
    inbox: { ...inbox, contactToken: grant.contactToken },
    leastSequence: secondsOf(nowMs),
    isProfileStale: secret !== undefined,
    devices,
    revokedDevices,
    settings,
    ownClaimToken,
    ...(secret === undefined || tokenRoot === undefined ? {} : { tokenRoot, ...(isRootDrawn === true ? { isRootDrawn } : {}) }),
    ...(attested === undefined ? {} : { attested }),
    ...(successor === undefined ? {} : { successor }),
    ...(recoverySheetAtMs === undefined ? {} : { recoverySheetAtMs }),
    ...(revocationAtMs === undefined ? {} : { revocationAtMs }),
    ...(backupAtMs === undefined ? {} : { backupAtMs }),
    isCloned: false,
  };
  return { account, grant };
}

/** Of a keeper's grant what its secret says, of another what the certificate says. */
async function identityOfGrant(
  { identity }: ClientDeps,
  { secret, certificate }: Grant,
  atMs: number,
): Promise<Pick<OpenSecret, "facts" | "certificate" | "minimal"> | undefined> {
  if (secret !== undefined) return identity.openSecret(secret, { atMs });
  const facts = certificate === undefined ? undefined : await identity.readCertificate(certificate, { atMs });
  if (facts === undefined || certificate === undefined) return undefined;
  return { facts, certificate, minimal: await identity.minimalCertificate(certificate, { atMs }) };
}

/** Everything that was handed over, in one transaction: a device has the whole of it or nothing. */
export function putGrant(core: Core, tx: Tx, account: AccountRow, { contacts, certified, ownDevices, history }: Grant): void {
  const { tables, nowMs } = core;
  tx.put(tables.account, SELF, account);
  for (const row of ownDevices) {
    const { isLinkedHere: _, ...others } = row;
    tx.put(tables.devices, encodeHex(row.deviceId), { ...others, wasThere: true });
  }
  for (const row of certified) tx.put(tables.certified, row.identityId, row);
  const [from] = ownDevices;
  if (history !== undefined && from !== undefined) putHistory(core, tx, history, from);
  const handed = new Map(history?.threads.map(({ contactId, id }) => [contactId, id]));
  for (const contact of contacts) {
    const conversationId = handed.get(contact.identityId);
    tx.put(tables.contacts, contact.identityId, { ...contact, ...(conversationId === undefined ? {} : { conversationId }) });
    if (contact.state !== "accepted") continue;
    startThread(core, tx, contact.identityId);
    // Own devices take this one in. Should they not, because the old one is gone for good, the contact is asked to.
    const id = core.newId();
    const letter = { kind: "rejoin", greeting: "" } as const;
    tx.put(tables.mail, id, {
      id,
      to: contact.identityId,
      createdMs: nowMs,
      attempts: 0,
      retryAtMs: nowMs + REJOIN_AFTER_MS,
      letter,
    });
  }
  noteShared(core, tx);
}

/** Room for what follows, from the device that hands it over: the first of the list. */
function putHistory(core: Core, tx: Tx, { run, entries, threads }: HandedHistory, from: OwnDeviceRow): void {
  const { tables, nowMs } = core;
  for (const thread of threads) tx.put(tables.threads, thread.id, handedThread(tx, thread));
  if (entries === 0) return;
  const { deviceId, inbox = new Uint8Array(0) } = from;
  const taken = {
    kind: "taken",
    run,
    deviceId,
    inbox,
    startedMs: nowMs,
    entries,
    done: 0,
    missing: 0,
    waiting: [],
    seen: [],
  } as const;
  tx.put(tables.histories, run, taken);
}

/** From the own device, sealed: taken as written but for its version, and for what an account cannot do without. */
function decoded(bytes: Uint8Array): Grant | undefined {
  let grant: Partial<Grant>;
  try {
    grant = decodeStored<Partial<Grant>>(bytes);
  } catch {
    // Not JSON, or not its bytes: whatever it is, it is no grant.
    return undefined;
  }
  const areBytes = [grant.secret ?? grant.certificate, grant.deviceCertificate, grant.ownClaimToken, grant.contactToken].every(
    (field) => field instanceof Uint8Array,
  );
  const areLists = [grant.devices, grant.revokedDevices, grant.ownDevices, grant.contacts, grant.certified].every(Array.isArray);
  const isWhole =
    areBytes &&
    areLists &&
    typeof grant.name === "string" &&
    typeof grant.homeNodeUrl === "string" &&
    grant.settings !== undefined;
  return grant.version === VERSION && isWhole ? (grant as Grant) : undefined;
}

export function identityOf(bytes: Uint8Array): IdentityId {
  // Any 32 bytes are an id; whether the secret that comes later belongs to it is checked then.
  return encodeHex(bytes) as IdentityId;
}

export function identityBytes(identityId: IdentityId): Uint8Array {
  return decodeHex(identityId);
}
