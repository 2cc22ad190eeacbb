// Key packages at the home node: contacts take one of each device to bring this identity into a group while it is away. One-time only;
// when none is left, adding waits until this device has been there again.
import {
  ApiError,
  canonicalJson,
  deviceRequestBytes,
  type OperationName,
  type RequestOf,
  recordHash,
  tokenHash,
} from "@p2pcrypt/api";
import { compareBytes, concatBytes, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import { claimTokenFor, ownClaimTokenOf } from "../account/own-tokens.ts";
import type { Core } from "../core.ts";
import { newKeyPackage, OFFER_LIFETIME_MS } from "../mail/outgoing.ts";
import { stepAfter } from "../net/call-outcome.ts";
import type { NodeLink } from "../net/node-link.ts";
import type { Step } from "../run/pump.ts";
import type { KeyPackageRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import { toWireRequest } from "../transport/wire.ts";

const STOCK_SIZE = 8;
const FEW = 4;
/** The first stock of a device that was linked: it is taken into every conversation at once. */
const MOST_AT_FIRST = 64;
const LOOK_AGAIN_MS = 6 * 3_600_000;
const REFUSED_RETRY_MS = 60_000;
const MAX_PAUSE_MS = 600_000;
/** Packages live for 60 days; somebody who was given one has as long again to use it. */
const STOCK_AGE_MS = 30 * 86_400_000;
const MAX_CLAIMERS = 1_000;

export async function stockStep(core: Core): Promise<Step> {
  const { account, nowMs } = core;
  const link = core.links.to(account.homeNodeUrl);
  if (account.isCloned || account.profile?.isPublished !== true || !link.isConnected) return { kind: "idle" };
  const claimers = claimersOf(core);
  const { stock } = account;
  const isChanged = stock?.claimers !== hashOf(claimers);
  const isUsed = stock !== undefined && ownStock(core).length <= stock.size - FEW;
  const dueMs = stock === undefined ? 0 : stock.checkedMs + LOOK_AGAIN_MS - nowMs;
  if (!isChanged && !isUsed && dueMs > 0 && dueMs <= LOOK_AGAIN_MS) return { kind: "wait", delayMs: dueMs };
  const pauseMs = (pausedUntilMs.get(core) ?? 0) - nowMs;
  if (pauseMs > 0 && pauseMs <= MAX_PAUSE_MS) return { kind: "wait", delayMs: pauseMs };
  try {
    await refill(core, link, claimers);
    return { kind: "again" };
  } catch (error) {
    const isRefused = error instanceof ApiError && !error.isRetriable;
    const step: Step = isRefused ? { kind: "wait", delayMs: REFUSED_RETRY_MS } : stepAfter(error);
    if (step.kind === "wait") pausedUntilMs.set(core, core.nowMs + Math.min(step.delayMs, MAX_PAUSE_MS));
    return step;
  }
}

/** After a refusal. What is stored before wakes this task at once, which would ask without end. */
const pausedUntilMs = new WeakMap<Core, number>();

/** Made, stored, then published: a crash in between leaves a private half that nobody asks for. */
async function refill(core: Core, link: NodeLink, claimers: readonly Uint8Array[]): Promise<void> {
  const madeMs = core.account.stock?.madeMs ?? 0;
  const isOld = core.nowMs - madeMs > STOCK_AGE_MS || madeMs > core.nowMs;
  const left = isOld ? 0 : (await link.call("keyPackage.count", await proven(core, link, "keyPackage.count", {}))).count;
  const made: Omit<KeyPackageRow, "contactId">[] = [];
  for (let missing = sizeFor(core) - left; left <= FEW && missing > 0; missing--) made.push(await newKeyPackage(core));
  await core.ledger.transact(async (tx) => {
    const { keyPackages } = core.tables;
    for (const id of tx.ids(keyPackages)) {
      const row = tx.get(keyPackages, id);
      if (row !== undefined && row.contactId === undefined && core.nowMs - row.createdMs > OFFER_LIFETIME_MS)
        tx.delete(keyPackages, id);
    }
    for (const row of made) tx.put(keyPackages, encodeHex(row.reference), row);
  });
  const packages = made.map(({ publicPackage }) => publicPackage);
  const fields = { packages, claimTokenHashes: [...claimers], ...(isOld ? { replaces: true } : {}) };
  try {
    // More than a few are more than a socket's frame takes.
    const isLarge = packages.length > STOCK_SIZE;
    await link.call("keyPackage.publish", await proven(core, link, "keyPackage.publish", fields), { isLarge });
  } catch (error) {
    // Without an answer the node may have them; when it refuses, nobody will ever ask for these.
    if (error instanceof ApiError) await forget(core, made);
    throw error;
  }
  await core.ledger.transact(async (tx) => {
    const account = tx.get(core.tables.account, SELF);
    if (account === undefined) return;
    const size = ownStock(core).length;
    const stock = { checkedMs: core.nowMs, size, madeMs: isOld ? core.nowMs : madeMs, claimers: hashOf(claimers) };
    tx.put(core.tables.account, SELF, { ...account, stock });
  });
}

async function forget(core: Core, made: readonly Pick<KeyPackageRow, "reference">[]): Promise<void> {
  await core.ledger.transact(async (tx) => {
    for (const { reference } of made) tx.delete(core.tables.keyPackages, encodeHex(reference));
  });
}

function ownStock(core: Core): readonly KeyPackageRow[] {
  return core.tables.keyPackages.all().filter(({ contactId }) => contactId === undefined);
}

/** Whoever talks with me, and own devices, may bring me into a group. */
function claimersOf({ tables, account }: Core): readonly Uint8Array[] {
  const { tokenRoot: root } = account;
  const own = distinct(account.ownClaimToken, root && ownClaimTokenOf(root));
  const contacts = tables.contacts
    .all()
    .flatMap(({ identityId, state, myClaimToken }) =>
      state === "accepted" ? distinct(myClaimToken, root && claimTokenFor(root, identityId)) : [],
    )
    .sort(compareBytes);
  return [...own, ...contacts].slice(0, MAX_CLAIMERS).sort(compareBytes);
}

/** Hashes of the token that was given out, and of the one that a device would give which came from a backup. */
function distinct(given: Uint8Array | undefined, derived: Uint8Array | undefined): readonly Uint8Array[] {
  const tokens = [given, derived].filter((token) => token !== undefined);
  return (given && derived && equalBytes(given, derived) ? tokens.slice(1) : tokens).map(tokenHash);
}

function sizeFor({ account, tables }: Core): number {
  const isFirst = account.stock === undefined && account.ownClaimToken !== undefined;
  return isFirst ? Math.min(STOCK_SIZE + tables.threads.ids().length, MOST_AT_FIRST) : STOCK_SIZE;
}

function hashOf(claimers: readonly Uint8Array[]): string {
  return encodeHex(recordHash(concatBytes(...claimers)));
}

type Proven = "keyPackage.publish" | "keyPackage.count";
type Fields<Name extends Proven> = Omit<RequestOf<Name>, "identity" | "certificate" | "deviceCertificate" | "proof">;

/** Signed by this device, for this node, once. */
async function proven<Name extends Proven & OperationName>(
  core: Core,
  link: NodeLink,
  operation: Name,
  fields: Fields<Name>,
): Promise<RequestOf<Name>> {
  const { account, deps, nowMs } = core;
  const { identityId: identity, certificate, device } = account;
  const unsigned = { ...fields, identity, certificate, deviceCertificate: device.certificate };
  const proof = { timeMs: nowMs, nonce: deps.random(16), signature: new Uint8Array(64) };
  const { proof: _, ...wire } = toWireRequest(operation, { ...unsigned, proof } as RequestOf<Name>);
  const signed = deviceRequestBytes({
    node: link.facts?.nodeId ?? "",
    operation,
    timeMs: proof.timeMs,
    nonce: proof.nonce,
    body: canonicalJson(wire),
  });
  const signature = await deps.crypto.sign(device.signatureSecretKey, signed);
  return { ...unsigned, proof: { ...proof, signature } } as RequestOf<Name>;
}
