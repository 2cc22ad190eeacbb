// What follows a person from device to device: settings, contacts with their verification, whom one vouches for, what was read, how
// conversations are arranged, what is being written, stars, what devices are called. Each thing has a key and the time of its last change;
// the later change counts. Sent as letters into the inboxes of own devices.
import { decodeHex, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import { seenBy } from "../conversation/seen.ts";
import { startThread } from "../conversation/start.ts";
import { markRead } from "../conversation/thread.ts";
import type { Core } from "../core.ts";
import { applyHistoryNews } from "../history/letters.ts";
import { newContact, type VerifiedCard, verifyCard, withCard, withRevocation } from "../mail/contacts.ts";
import type { MessageRef } from "../message-snapshots.ts";
import type { Step } from "../run/pump.ts";
import type { ContactRow, ThreadRow } from "../store/rows.ts";
import { encodeStored } from "../store/stored-json.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import { isInboxOfAnother, leaveInbox } from "./keepers.ts";
import { applyCertified, certifiedKey } from "./own-certified.ts";
import { type DeviceKind, type Entry, entriesOf, knownSettings, type SharedContact, type Value } from "./own-entry.ts";
import { putLetter } from "./own-letter.ts";
import { allKeys, deviceKey, hashNow, hashOf, SEEN_EVERY_MS, shownValue } from "./own-shown.ts";
import { applyArranged, applyDraft, applyStar, starKey, threadName, threadNamed } from "./own-threads.ts";

/** Several changes in a row are one letter. */
const GATHER_MS = 2_000;
/** What is being written is told once it has been left alone for a moment. */
const DRAFT_MS = 15_000;
const MAX_LETTER_BYTES = 256 * 1024;
const MAX_AHEAD_MS = 3_600_000;

export class OwnStates {
  readonly #core: Core;
  /** Keys that may have changed; undefined: any. */
  #touched: Set<string> | undefined;
  #dueMs: number | undefined;
  /** Names of conversations in which somebody may be writing, and when the latest of them changed. */
  readonly #drafts = new Set<string>();
  #draftsDueMs = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  changed(table: string, id: string): void {
    const { account, contacts, threads, certified } = this.#core.tables;
    if (table === account.name) this.#touched?.add("settings").add(deviceKey(this.#core.account));
    else if (table === this.#core.tables.devices.name) this.#touched?.add(`kind/${id}`);
    else if (table === contacts.name) this.#touched?.add(`contact/${id}`);
    else if (table === certified.name) this.#touched?.add(certifiedKey(id));
    else if (table === threads.name) this.#threadChanged(threads.get(id));
  }

  #threadChanged(thread: ThreadRow | undefined): void {
    const name = threadName(thread);
    if (name === undefined) return;
    this.#touched?.add(`read/${name}`).add(`arranged/${name}`);
    this.#drafts.add(`draft/${name}`);
    this.#draftsDueMs = this.#core.nowMs + DRAFT_MS;
  }

  async step(isHurried: boolean): Promise<Step> {
    const core = this.#core;
    const { account, nowMs } = core;
    const hasOthers = account.devices.some((id) => !equalBytes(id, account.device.deviceId));
    if (!hasOthers || account.ownClaimToken === undefined || account.isCloned) return { kind: "idle" };
    this.#touched?.add(deviceKey(account));
    this.#dueMs ??= nowMs + GATHER_MS;
    const waitMs = Math.min(this.#dueMs - nowMs, GATHER_MS);
    if (waitMs > 0 && !isHurried) return { kind: "wait", delayMs: waitMs };
    this.#dueMs = undefined;
    const touched = this.#touched;
    this.#touched = undefined;
    const draftsInMs = Math.min(this.#draftsDueMs - nowMs, DRAFT_MS);
    if (draftsInMs <= 0 || isHurried) {
      for (const key of this.#drafts) touched?.add(key);
      this.#drafts.clear();
    }
    await core.ledger.transact(async (tx) => tell(core, tx, touched === undefined ? allKeys(core, tx) : [...touched]));
    this.#touched ??= new Set();
    return { kind: "wait", delayMs: this.#drafts.size > 0 ? draftsInMs : SEEN_EVERY_MS };
  }
}

/** Both sides of a linking agree on everything that was handed over. What a backup has is older than whatever others say. */
export function noteShared(core: Core, tx: Tx, atMs: number = core.nowMs): void {
  for (const key of allKeys(core, tx)) {
    const value = shownValue(core, tx, key);
    if (value !== undefined && tx.get(core.tables.ownStates, key) === undefined)
      tx.put(core.tables.ownStates, key, { atMs, hash: hashOf(value) });
  }
}

function tell(core: Core, tx: Tx, keys: readonly string[]): void {
  const { ownStates } = core.tables;
  const entries: Entry[] = [];
  for (const key of keys) {
    const value = shownValue(core, tx, key);
    if (value === undefined) continue;
    const hash = hashOf(value);
    if (tx.get(ownStates, key)?.hash === hash) continue;
    const atMs = changedAt(core, tx, key);
    tx.put(ownStates, key, { atMs, hash });
    entries.push({ key, atMs, value });
  }
  tellEntries(core, tx, entries);
}

/** After the change that it follows, also where that device's clock is ahead of this one. */
function changedAt({ nowMs, tables }: Core, tx: Tx, key: string): number {
  return Math.max(nowMs, (tx.get(tables.ownStates, key)?.atMs ?? 0) + 1);
}

function tellEntries(core: Core, tx: Tx, entries: readonly Entry[], replyInbox?: Uint8Array): void {
  const { certificate: deviceCertificate } = core.account.device;
  for (const some of inLetters(entries))
    putLetter(core, tx, replyInbox, { kind: "ownState", deviceCertificate, entries: encodeStored(some) });
}

/** To a device that came from a backup, everything as it is here. */
function giveAll(core: Core, tx: Tx, inbox: Uint8Array): void {
  const { ownStates } = core.tables;
  const entries: Entry[] = [];
  for (const key of allKeys(core, tx)) {
    const value = shownValue(core, tx, key);
    if (value === undefined) continue;
    const row = tx.get(ownStates, key) ?? { atMs: core.nowMs, hash: hashOf(value) };
    tx.put(ownStates, key, row);
    entries.push({ key, atMs: row.atMs, value });
  }
  tellEntries(core, tx, entries, inbox);
}

/** A star is told when it is set or taken away: which messages have one is not looked through. */
export function tellStar(core: Core, tx: Tx, thread: ThreadRow, star: MessageRef & { readonly isStarred: boolean }): void {
  const name = threadName(thread);
  if (name === undefined) return;
  tellNow(core, tx, starKey(name, star), { star });
}

/** Of what is told by the act that changes it alone: a device that knows no better does not take it back. */
export function tellNow(core: Core, tx: Tx, key: string, value: Value): void {
  const { account, tables } = core;
  const hasOthers = account.devices.some((id) => !equalBytes(id, account.device.deviceId));
  if (!hasOthers || account.ownClaimToken === undefined) return;
  const atMs = changedAt(core, tx, key);
  tx.put(tables.ownStates, key, { atMs, hash: hashNow(value) });
  tellEntries(core, tx, [{ key, atMs, value }]);
}

/** To one of them that may not have heard of it. Nothing is said by who never heard of another one: it may be the one that is behind. */
export function tellHome(core: Core, tx: Tx, inbox: Uint8Array): void {
  const { homeNodeId: home } = core.account;
  const told = tx.get(core.tables.ownStates, "home");
  if (home !== undefined && told !== undefined) tellEntries(core, tx, [{ key: "home", atMs: told.atMs, value: { home } }], inbox);
}

function inLetters(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const letters: Entry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const size = encodeStored(entry).length;
    if (bytes + size > MAX_LETTER_BYTES) {
      letters.push([]);
      bytes = 0;
    }
    letters.at(-1)?.push(entry);
    bytes += size;
  }
  return letters;
}

/** A letter of another own device, whose signature holds. */
export async function applyOwnState(
  core: Core,
  tx: Tx,
  from: { readonly deviceId: Uint8Array | undefined; readonly timeMs: number; readonly card: VerifiedCard },
  bytes: Uint8Array,
): Promise<void> {
  const { devices, ownStates } = core.tables;
  if (from.deviceId === undefined || equalBytes(from.deviceId, core.account.device.deviceId)) return;
  const deviceId = encodeHex(from.deviceId);
  const known = tx.get(devices, deviceId);
  const lastSeenMs = Math.max(known?.lastSeenMs ?? 0, Math.min(from.timeMs, core.nowMs));
  tx.put(devices, deviceId, { deviceId: from.deviceId, sinceMs: core.nowMs, ...known, lastSeenMs });
  for (const { key, atMs, value } of entriesOf(bytes)) {
    if ("kind" in value) {
      applyKind(core, tx, deviceId, key, value.kind);
      continue;
    }
    if ("history" in value) {
      applyHistoryNews(core, tx, from.deviceId, value.history);
      continue;
    }
    const row = tx.get(ownStates, key);
    if (!(atMs > (row?.atMs ?? 0)) || atMs > core.nowMs + MAX_AHEAD_MS) continue;
    const isOfIdentity = "name" in value || "home" in value;
    const isTaken = isOfIdentity
      ? await applyIdentity(core, tx, { deviceId, card: from.card }, key, value)
      : await apply(core, tx, deviceId, key, value);
    // What was said in vain is not in the way of whoever may say it.
    if (!isTaken) continue;
    const mine = shownValue(core, tx, key);
    tx.put(ownStates, key, { atMs, hash: mine === undefined ? hashNow(value) : hashOf(mine) });
  }
}

/** @returns whether the device may say that */
async function apply(core: Core, tx: Tx, deviceId: string, key: string, value: Value): Promise<boolean> {
  const { account: accounts, devices } = core.tables;
  if ("settings" in value && key === "settings") {
    const account = tx.get(accounts, SELF);
    if (account !== undefined)
      tx.put(accounts, SELF, { ...account, settings: { ...account.settings, ...knownSettings(value.settings) } });
  } else if ("device" in value && key === `device/${deviceId}`) {
    const row = tx.get(devices, deviceId);
    const { name, inbox } = value.device;
    // The first one that is known stays: it leaves the profile with the device. Of a limited one a keeper says which it is.
    const { isRestored = false } = value.device;
    const isSaidByItself = row?.kind === "keeper" || (row?.kind === undefined && isRestored);
    const isGood = isSaidByItself && row?.inbox === undefined && !isInboxOfAnother(core, tx, deviceId, inbox);
    if (row !== undefined)
      tx.put(devices, deviceId, { ...row, ...(isGood ? { inbox } : {}), ...(name === undefined ? {} : { name }) });
    if (isGood && isRestored) giveAll(core, tx, inbox);
  } else if ("contact" in value && key === `contact/${value.contact.identityId}`) await applyContact(core, tx, value.contact);
  else if ("certified" in value && key === certifiedKey(value.certified.identityId)) {
    // A limited device certifies nobody: whoever stole one must not make others believed.
    if (!isBelieved(core, tx, deviceId)) return false;
    await applyCertified(core, tx, value.certified);
  } else await applyToThread(core, tx, key, value);
  return true;
}

/**
 * What keepers decide for all: only what certificate or profile say too, which none but keepers can sign, and no older ones.
 *
 * @returns whether it was taken
 */
async function applyIdentity(
  core: Core,
  tx: Tx,
  { deviceId, card }: { readonly deviceId: string; readonly card: VerifiedCard },
  key: string,
  value: Extract<Value, { name: string } | { home: IdentityId }>,
): Promise<boolean> {
  if (tx.get(core.tables.devices, deviceId)?.kind === "limited") return false;
  // Few sessions see one of them change.
  if ("name" in value && key === "name")
    return (await import("../account/rename.ts")).takeName(core, tx, value.name, card.certificate);
  if ("home" in value && key === "home")
    return (await import("../account/move-home.ts")).followHome(core, tx, value.home, card.profile);
  return false;
}

async function applyToThread(core: Core, tx: Tx, key: string, value: Value): Promise<void> {
  const [kind, ...name] = key.split("/");
  const thread = threadNamed(core, tx, name.slice(0, 2).join("/"));
  if (thread === undefined) return;
  if ("read" in value && kind === "read") await applyRead(core, tx, thread, value.read);
  else if ("arranged" in value && kind === "arranged") applyArranged(core, tx, thread, value.arranged);
  else if ("draft" in value && kind === "draft") applyDraft(core, tx, thread, value.draft);
  else if ("star" in value && kind === "star") await applyStar(core, tx, thread, value.star, value.star.isStarred);
}

const DEVICE_ID = /^[0-9a-f]{32}$/;

/**
 * Keepers say it of others, and nobody of itself: whoever stole a keeper must not make its owner believe that removing it is enough. For the
 * same reason a keeper is never limited again.
 */
function applyKind(core: Core, tx: Tx, from: string, key: string, { kind, inbox, name: called }: DeviceKind): void {
  const { devices, ownStates } = core.tables;
  const id = key.slice("kind/".length);
  const row = tx.get(devices, id);
  const { device, revokedDevices } = core.account;
  const isOther = DEVICE_ID.test(id) && ![device.deviceId, ...revokedDevices].some((one) => encodeHex(one) === id);
  const isHeard = id !== from && isBelieved(core, tx, from) && !isInboxOfAnother(core, tx, id, inbox);
  if (!isOther || !isHeard || row?.kind === "keeper" || (kind !== "keeper" && kind !== "limited")) return;
  // What it was called when it was linked, until it says so itself: nobody adds a device without a name.
  const name = row?.name ?? called;
  const { inboxAt, ...known } = row ?? { deviceId: decodeHex(id), sinceMs: core.nowMs };
  const isSame = row?.inbox !== undefined && equalBytes(row.inbox, inbox);
  const at = isSame && inboxAt !== undefined ? { inboxAt } : {};
  tx.put(devices, id, { ...known, ...at, kind, inbox, ...(name === undefined ? {} : { name }) });
  if (row?.inbox !== undefined && !isSame) leaveInbox(core, tx, row.inbox);
  const mine = shownValue(core, tx, key);
  if (mine !== undefined) tx.put(ownStates, key, { atMs: core.nowMs, hash: hashOf(mine) });
}

/** Who came from a backup does not know which of the others are limited. */
function isBelieved({ account, tables }: Core, tx: Tx, deviceId: string): boolean {
  const kind = tx.get(tables.devices, deviceId)?.kind;
  return account.isRestored === true ? kind === "keeper" : kind !== "limited";
}

/** Who was answered there needs no answer here. Of what others sign, only what they signed counts: a device may have been stolen (I1). */
async function applyContact(core: Core, tx: Tx, shared: SharedContact): Promise<void> {
  const { contacts } = core.tables;
  const { identityId, certificate, profile, primaryKey: _, fingerprint: __, revokedDevices: ___, ...said } = shared;
  if (identityId === core.account.identityId) return;
  const { name, nodeUrls, ...decided } = said;
  const { request: ____, ...known } =
    tx.get(contacts, identityId) ?? newContact(core, identityId, { ...decided, name, nodeUrls });
  const contact = { ...known, ...decided };
  tx.put(contacts, identityId, certificate === undefined ? contact : await withSigned(core, contact, certificate, profile));
  if (said.state === "accepted") startThread(core, tx, identityId);
}

async function withSigned(
  core: Core,
  contact: ContactRow,
  certificate: Uint8Array,
  profile: SharedContact["profile"],
): Promise<ContactRow> {
  const card = profile === undefined ? undefined : await verifyCard(core, certificate, profile.bytes);
  if (card?.identityId === contact.identityId) return withCard(core, contact, card);
  return (await withRevocation(core, contact, certificate)) ?? contact;
}

async function applyRead(core: Core, tx: Tx, { id: threadId }: ThreadRow, id: string): Promise<void> {
  const { threads } = core.tables;
  const seen = (await seenBy(tx, threadId, id)).at(0);
  if (seen === undefined) return;
  markRead(tx, threads, threadId, { number: seen.number, id });
  const thread = tx.get(threads, threadId);
  if (thread === undefined) return;
  // What came after it is unread, and never more than that.
  const behind = Math.max(0, (thread.arrived?.number ?? 0) - seen.number);
  tx.put(threads, threadId, { ...thread, unread: Math.min(thread.unread, behind) });
}
