// Keeps what others need to reach this identity at its home node: the inbox, the certificate, a fresh profile.
import { ApiError, initialChain, limits, tokenHash, toStreamId } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import { type Inbox, MAX_PROFILE_MS, type Profile, unionOfRevoked } from "@p2pcrypt/identity";
import { queueProfile } from "../conversation/outbox.ts";
import type { Core } from "../core.ts";
import { inboxAtHome } from "../devices/keepers.ts";
import { stepAfter } from "../net/call-outcome.ts";
import type { NodeLink } from "../net/node-link.ts";
import type { Step } from "../run/pump.ts";
import { EMPTY_CURSOR_CHAIN } from "../store/cursor.ts";
import type { AccountRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import { DEVICE_LIFETIME_MS, newInboxKey } from "./create.ts";
import { newestOwn, publishedCertificate } from "./own-profile.ts";
import { ownClaimTokenOf, tokenRootOf } from "./own-tokens.ts";

const DAY_MS = 86_400_000;
const RENEW_DEVICE_BEFORE_MS = 45 * DAY_MS;
const RENEW_PROFILE_BEFORE_MS = 15 * DAY_MS;
const INBOX_KEY_AGE_MS = 7 * DAY_MS;
const INBOX_KEY_KEPT_MS = 30 * DAY_MS;
const LOOK_AGAIN_MS = 6 * 3_600_000;
const REFUSED_RETRY_MS = 60_000;

export async function publishStep(core: Core): Promise<Step> {
  const { account } = core;
  const link = core.links.to(account.homeNodeUrl);
  const { facts } = link;
  if (account.isCloned || !link.isConnected || facts === undefined) return { kind: "idle" };
  if (account.homeNodeId !== undefined && account.homeNodeId !== facts.nodeId) return refused(core, "node/otherIdentity");
  try {
    if (account.homeNodeId === undefined) await change(core, { homeNodeId: facts.nodeId });
    if (!core.account.inbox.isCreated) await createInbox(core, link);
    await renewInboxKey(core);
    // Few devices need it, and a browser loads it then.
    if (core.account.secret === undefined) return await (await import("../devices/limited.ts")).limitedStep(core, link);
    await ensureTokenRoot(core);
    await renew(core);
    if (core.account.isProfileStale || core.account.profile === undefined) await signNextProfile(core, link);
    if (core.account.profile?.isPublished === false) await publishProfile(core, link);
    return { kind: "wait", delayMs: LOOK_AGAIN_MS };
  } catch (error) {
    if (error instanceof ApiError && error.code === "olderProfile") {
      await change(core, { isProfileStale: true });
      return { kind: "again" };
    }
    if (error instanceof ApiError && !error.isRetriable) return refused(core, error.code);
    return stepAfter(error);
  }
}

async function createInbox(core: Core, link: NodeLink): Promise<void> {
  const { inbox } = core.account;
  const stream = toStreamId(inbox.stream);
  await link.call("stream.create", {
    stream,
    kind: "inbox",
    readTokenHash: tokenHash(inbox.readToken),
    contactTokenHash: tokenHash(inbox.contactToken),
    admins: [await core.deps.crypto.signaturePublicKey(inbox.adminSecretKey)],
  });
  const chain = initialChain({ node: link.facts?.nodeId ?? "", stream });
  await change(core, { inbox: { ...core.account.inbox, isCreated: true, cursor: { seq: 0, chain, ...EMPTY_CURSOR_CHAIN } } });
}

/** Before contacts seal for it for too long. A limited device keeps the one that stands in the profile until it is another. */
async function renewInboxKey(core: Core): Promise<void> {
  const { account, nowMs, deps } = core;
  const { inbox, profile } = account;
  const newest = inbox.keys.at(-1);
  if (newest !== undefined && nowMs - newest.createdMs <= INBOX_KEY_AGE_MS) return;
  const kept = inbox.keys.filter(
    ({ createdMs, keyId }) => nowMs - createdMs < INBOX_KEY_KEPT_MS || keyId === profile?.inboxKeyId,
  );
  const keys = [...kept, await newInboxKey(deps, (newest?.keyId ?? 0) + 1)];
  await change(core, { inbox: { ...core.account.inbox, keys }, isProfileStale: account.secret !== undefined });
}

/** Of a device that was a limited one, or is from before there was such a thing. */
async function ensureTokenRoot(core: Core): Promise<void> {
  if (core.account.tokenRoot !== undefined) return;
  const derived = tokenRootOf(await core.secret());
  const tokenRoot = derived ?? core.deps.random(32);
  await change(core, {
    tokenRoot,
    ...(derived === undefined ? { isRootDrawn: true } : {}),
    ownClaimToken: core.account.ownClaimToken ?? ownClaimTokenOf(tokenRoot),
  });
}

/** Certificates that come of age. */
async function renew(core: Core): Promise<void> {
  const { device, profile } = core.account;
  const { nowMs } = core;
  if (device.notAfterMs - nowMs < RENEW_DEVICE_BEFORE_MS) {
    const notAfterMs = nowMs + DEVICE_LIFETIME_MS;
    const open = await core.secret();
    const certificate = await open.certifyDevice({ ...device, notBeforeMs: nowMs, notAfterMs }, nowMs);
    await change(core, { device: { ...device, certificate, notAfterMs } });
  }
  if (profile !== undefined && profile.validUntilMs - nowMs < RENEW_PROFILE_BEFORE_MS)
    await change(core, { isProfileStale: true });
}

/** What other devices of this identity published stays in. */
async function signNextProfile(core: Core, link: NodeLink): Promise<void> {
  const { account, nowMs } = core;
  const asked = askedKeys(core);
  const published = await newestOwn(core, link);
  const revoked = unionOfRevoked(account.revokedDevices, published?.revokedDevices ?? []);
  const isRevoked = (id: Uint8Array): boolean => revoked.some((one) => encodeHex(one) === encodeHex(id));
  // A device that was just linked is here before it has published anything itself.
  const known = new Map([...(published?.devices ?? []), ...account.devices].map((id) => [encodeHex(id), id]));
  const others = [...known.values()].filter((id) => encodeHex(id) !== encodeHex(account.device.deviceId) && !isRevoked(id));
  const removed = (account.removedInboxes ?? []).map(encodeHex);
  const otherInboxes = withLimited(
    core,
    (published?.inboxes ?? []).filter(
      ({ stream }) => encodeHex(stream) !== encodeHex(account.inbox.stream) && !removed.includes(encodeHex(stream)),
    ),
    others,
  );
  const sequence = nextSequence(account, published);
  const devices = [account.device.deviceId, ...others].slice(0, limits.MAX_DEVICES);
  const validUntilMs = nowMs + MAX_PROFILE_MS;
  const open = await core.secret();
  const bytes = await open.signProfile(
    {
      sequence,
      issuedMs: nowMs,
      validUntilMs,
      isDeleted: false,
      displayName: account.name,
      inboxes: [ownInbox(account), ...otherInboxes].slice(0, limits.MAX_DEVICES),
      devices,
      revokedDevices: revoked,
    },
    nowMs,
  );
  await core.ledger.transact(async (tx) => {
    const present = tx.get(core.tables.account, SELF);
    if (present === undefined) return;
    // A device that was linked or asked meanwhile, a new name: they stand in the next one.
    const isSame = MADE_FROM.every((field) => present[field] === account[field]) && askedKeys(core) === asked;
    const revokedDevices = unionOfRevoked(revoked, present.revokedDevices);
    const gone = new Set(revokedDevices.map(encodeHex));
    const all = new Map([...devices, ...present.devices].map((id) => [encodeHex(id), id]));
    // To a device that comes from a backup or a sheet, the others are no news.
    if (account.profile === undefined) for (const id of others) putThere(core, tx, id);
    tx.put(core.tables.account, SELF, {
      ...present,
      profile: { bytes, sequence, validUntilMs, isPublished: false },
      isProfileStale: !isSame || present.inbox.keys !== account.inbox.keys,
      devices: [...all].flatMap(([id, device]) => (gone.has(id) ? [] : [device])),
      revokedDevices,
    });
  });
}

function putThere({ tables, nowMs }: Core, tx: Tx, deviceId: Uint8Array): void {
  const id = encodeHex(deviceId);
  if (tx.get(tables.devices, id) === undefined) tx.put(tables.devices, id, { deviceId, sinceMs: nowMs, wasThere: true });
}

const MADE_FROM = [
  "name",
  "devices",
  "revokedDevices",
  "removedInboxes",
  "homeNodeUrl",
] as const satisfies readonly (keyof AccountRow)[];

/** What limited devices want in the profile, to be compared. */
function askedKeys({ tables }: Core): string {
  return tables.devices
    .all()
    .flatMap(({ deviceId, inboxKey }) => (inboxKey === undefined ? [] : [`${encodeHex(deviceId)}/${inboxKey.keyId}`]))
    .join(" ");
}

function nextSequence({ profile, leastSequence = 1n }: AccountRow, published: Profile | undefined): bigint {
  if (published !== undefined && published.sequence > (profile?.sequence ?? 0n)) return published.sequence + 1n;
  return profile === undefined ? leastSequence : profile.sequence + 1n;
}

/** Inboxes with those that limited devices asked for, each where it was made. */
function withLimited(core: Core, inboxes: readonly Inbox[], listed: readonly Uint8Array[]): readonly Inbox[] {
  const atHome = inboxAtHome(core.account);
  const found = new Map(inboxes.map((inbox) => [encodeHex(inbox.stream), inbox]));
  for (const row of listed.flatMap((id) => core.tables.devices.get(encodeHex(id)) ?? [])) {
    const { inbox: stream, inboxKey, kind, inboxAt } = { ...atHome, ...row };
    if (kind === "keeper" || stream === undefined || inboxKey === undefined || inboxAt === undefined) continue;
    const { keyId, publicKey } = inboxKey;
    const known = found.get(encodeHex(stream));
    if (known === undefined || known.keyId < keyId)
      found.set(encodeHex(stream), { ...inboxAt, ...known, stream, inboxKey: publicKey, keyId });
  }
  return [...found.values()];
}

function ownInbox({ inbox, homeNodeId, homeNodeUrl }: AccountRow): Inbox {
  const newest = inbox.keys.at(-1);
  if (newest === undefined || homeNodeId === undefined) throw new RangeError("the inbox has a key and a node");
  return { nodeId: homeNodeId, nodeUrl: homeNodeUrl, stream: inbox.stream, inboxKey: newest.publicKey, keyId: newest.keyId };
}

async function publishProfile(core: Core, link: NodeLink): Promise<void> {
  const { certificate, profile } = core.account;
  if (profile === undefined) return;
  await link.call("profile.publish", { certificate: await publishedCertificate(core), profile: profile.bytes });
  await core.ledger.transact(async (tx) => {
    const account = tx.get(core.tables.account, SELF);
    if (account?.profile?.sequence !== profile.sequence) return; // another one was signed meanwhile
    const { publishRefusal: _, ...rest } = account;
    tx.put(core.tables.account, SELF, { ...rest, profile: { ...profile, isPublished: true } });
    // Contacts learn names, inboxes and lost devices in the conversation: nobody has to ask the node for them.
    for (const id of tx.ids(core.tables.threads)) queueProfile(core, tx, id, { certificate, profile: profile.bytes });
  });
}

async function refused(core: Core, publishRefusal: string): Promise<Step> {
  if (core.account.publishRefusal !== publishRefusal) await change(core, { publishRefusal });
  return { kind: "wait", delayMs: REFUSED_RETRY_MS };
}

export async function change(core: Core, fields: Partial<AccountRow>): Promise<void> {
  await core.ledger.transact(async (tx) => {
    const account = tx.get(core.tables.account, SELF);
    if (account !== undefined) tx.put(core.tables.account, SELF, { ...account, ...fields });
  });
}
