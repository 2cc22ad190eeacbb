// What arrives in the inbox: opened, checked, and put to the contact that it is about. Nothing here answers by itself: strangers can
// neither join this client to anything nor make it speak (M12, M14).
import { recordHash } from "@p2pcrypt/api";
import { concatBytes, DecodeError, encodeHex, equalBytes, purposeBytes } from "@p2pcrypt/bytes";
import { openFromInbox, sealedKeyId, verifyKeyPackage } from "@p2pcrypt/session";
import { joinByWelcome, ownDevice } from "../conversation/join.ts";
import { putAdds, queueAdds } from "../conversation/membership.ts";
import { noteOffer } from "../conversation/move.ts";
import { startThread } from "../conversation/start.ts";
import { appendEntry } from "../conversation/thread.ts";
import { withTold } from "../conversation/told-limit.ts";
import type { Core } from "../core.ts";
import { applyOwnState } from "../devices/own-state.ts";
import { groupKnockedAt, noteKnock } from "../group/knocks.ts";
import { wishDevicesIn } from "../group/wishes.ts";
import type { ContactRow, InboxRow, OfferRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { newContact, type VerifiedCard, verifyCard, withCard } from "./contacts.ts";
import {
  decodeEnvelope,
  type Envelope,
  type EnvelopeBody,
  type RequestBody,
  SIGNED_FOR,
  type StuckNoticeBody,
} from "./envelope.ts";

/** Older letters were meant for another time, and newer ones were not written yet. */
const MAX_AGE_MS = 31 * 86_400_000;
const MAX_AHEAD_MS = 3_600_000;
const OFFERS_SEEN = "offersSeen";

export interface OpenedLetter {
  readonly card: VerifiedCard;
  readonly envelope: Envelope;
  /** Id of the device that signed an answer. */
  readonly deviceId?: Uint8Array;
}

/** @returns undefined for what is not a genuine letter to this inbox: dropped without a trace. */
export async function openLetter(core: Core, inbox: InboxRow, record: Uint8Array): Promise<OpenedLetter | undefined> {
  const { identityId } = core.account;
  const keyId = sealedKeyId(record);
  const key = inbox.keys.find((one) => one.keyId === keyId);
  if (key === undefined) return undefined;
  const plaintext = await openFromInbox(core.deps.crypto, key.secretKey, { stream: inbox.stream, keyId: key.keyId }, record);
  const envelope = plaintext === undefined ? undefined : decoded(plaintext);
  if (envelope === undefined) return undefined;
  const { head, body } = envelope;
  const isMine = head.recipient === identityId && equalBytes(head.inbox, inbox.stream);
  const ageMs = core.nowMs - head.timeMs;
  if (!isMine || ageMs > MAX_AGE_MS || ageMs < -MAX_AHEAD_MS) return undefined;
  const card = await verifyCard(core, head.certificate, head.profile);
  // Who asks for renewal may have waited for a keeper for longer than a profile lasts.
  if (card === undefined || !card.isUsable || (card.isExpired && body.kind !== "renewalRequest")) return undefined;
  // Own devices take each other in, tell each other what changed, and renew each other; nobody else does that.
  const isOwn = card.identityId === identityId;
  const isOfDevices = body.kind === "welcome" || body.kind === "move" || isAmongOwn(body);
  if (isOwn ? !isOfDevices : isAmongOwn(body)) return undefined;
  const signer = await signerOf(core, card, envelope);
  if (signer === undefined) return undefined;
  return { card, envelope, ...(body.deviceCertificate === undefined ? {} : { deviceId: signer }) };
}

const AMONG_OWN = ["ownState", "renewalRequest", "renewal", "keeperKey"] as const;

function isAmongOwn(body: EnvelopeBody): body is Extract<EnvelopeBody, { kind: (typeof AMONG_OWN)[number] }> {
  return AMONG_OWN.some((kind) => kind === body.kind);
}

export async function applyLetter(core: Core, tx: Tx, letter: OpenedLetter): Promise<void> {
  const { card, envelope } = letter;
  const { head, body } = envelope;
  if (isAmongOwn(body) && core.account.secret === undefined) await (await import("../devices/limited.ts")).adopt(core, tx, head);
  if (body.kind === "ownState")
    return applyOwnState(core, tx, { deviceId: letter.deviceId, timeMs: head.timeMs, card }, body.entries);
  // Few devices need it.
  if (isAmongOwn(body)) return (await import("../devices/renewal.ts")).applyRenewalLetter(core, tx, body, head.replyInbox);
  if (body.kind === "move" && card.identityId === core.account.identityId) return noteOffer(core, tx, body, card.identityId);
  if (card.identityId === core.account.identityId)
    return body.kind === "welcome" ? joinByWelcome(core, tx, ownDevice(core), body) : undefined;
  const known = tx.get(core.tables.contacts, card.identityId);
  if (known?.state === "blocked") return;
  // Only a request may come from somebody new, or a knock with a link that is good.
  if (known === undefined && body.kind !== "request" && body.kind !== "knock") return;
  const group = body.kind === "knock" ? groupKnockedAt(core, tx, card.identityId, body.secret) : undefined;
  if (body.kind === "knock" && group === undefined) return;
  const base = known ?? newContact(core, card.identityId, { name: card.name, state: "asking", nodeUrls: [] });
  const contact: ContactRow = {
    ...(await withCard(core, base, card)),
    theirInboxToken: head.inboxToken,
    theirClaimToken: head.claimToken,
  };
  switch (body.kind) {
    case "request":
    case "rejoin":
      return applyRequest(core, tx, contact, { head, body, isNew: known === undefined });
    case "knock":
      if (group !== undefined) await noteKnock(core, tx, group, { contact, greeting: body.greeting });
      // With somebody I talk with, there is nothing to accept: the conversation stays as it is.
      if (contact.state === "accepted") return tx.put(core.tables.contacts, contact.identityId, contact);
      return applyRequest(core, tx, contact, { head, body: { ...body, kind: "request" }, isNew: known === undefined });
    case "welcome":
      tx.put(core.tables.contacts, contact.identityId, contact);
      return joinByWelcome(core, tx, contact, body);
    case "address":
      return tx.put(core.tables.contacts, contact.identityId, contact);
    case "move":
      tx.put(core.tables.contacts, contact.identityId, contact);
      return noteOffer(core, tx, body, contact.identityId);
    case "stuckNotice":
      tx.put(core.tables.contacts, contact.identityId, contact);
      return takeStuckNotice(core, tx, contact, { head, body });
  }
}

/** Of a group, the notice is for its administrators: any of them takes the device in again, and all see whose commit it was (M7). */
async function takeStuckNotice(
  core: Core,
  tx: Tx,
  contact: ContactRow,
  { head, body }: { readonly head: Envelope["head"]; readonly body: StuckNoticeBody },
): Promise<void> {
  const offers = await newOffersOf(core, tx, contact, [body.offer]);
  const group = tx.get(core.tables.groups, encodeHex(body.groupId));
  const thread = group === undefined ? undefined : tx.get(core.tables.threads, group.threadId);
  if (group === undefined || thread?.kind !== "group") return queueAdds(core, tx, contact, head.replyInbox, offers, "device");
  const isMember = group.roster.some(({ identityId }) => identityId === contact.identityId);
  if (!isMember || group.state !== "active" || offers.length === 0) return;
  const isAsking = group.adds.some((add) => offers.some(({ deviceId }) => equalBytes(deviceId, add.offer.deviceId)));
  putAdds(core, tx, group, { identityId: contact.identityId, replyInbox: head.replyInbox, by: "device" }, offers);
  const heard = isAsking
    ? undefined
    : withTold(tx.get(core.tables.groups, group.groupId) ?? group, contact.identityId, core.nowMs);
  if (heard === undefined) return;
  tx.put(core.tables.groups, group.groupId, heard);
  const committer = group.roster.find(({ identityId }) => identityId === body.committer)?.name ?? "";
  const event = { what: "memberStuck", name: contact.name, identityId: contact.identityId, committer } as const;
  await appendEntry(tx, core.tables.threads, thread.id, { kind: "event", event, atMs: core.nowMs });
}

async function applyRequest(
  core: Core,
  tx: Tx,
  contact: ContactRow,
  { head, body, isNew }: { readonly head: Envelope["head"]; readonly body: RequestBody; readonly isNew: boolean },
): Promise<void> {
  const { contacts } = core.tables;
  const offers = await newOffersOf(core, tx, contact, body.devices);
  if (offers.length === 0) return;
  const isOfDevice = body.deviceCertificate === undefined ? {} : ({ isOfDevice: true } as const);
  const request = { heardMs: core.nowMs, replyInbox: head.replyInbox, offers, ...isOfDevice };
  const { identityId } = contact;
  switch (contact.state) {
    case "accepted":
      tx.put(contacts, identityId, contact);
      if (body.kind === "rejoin") {
        const devices = offers.map(({ deviceId }) => encodeHex(deviceId));
        wishDevicesIn(core, tx, { identityId, devices, isUnvouched: body.deviceCertificate !== undefined });
      }
      return queueAdds(core, tx, contact, head.replyInbox, offers, body.deviceCertificate === undefined ? "identity" : "device");
    case "requested": {
      // Both asked: both agree. The lower id founds, so that there is one conversation; the other one only if nothing comes of it.
      tx.put(contacts, identityId, { ...contact, request });
      return core.account.identityId < identityId ? startThread(core, tx, identityId) : undefined;
    }
    default: {
      if (body.kind === "rejoin") return;
      tx.put(contacts, identityId, {
        ...contact,
        state: "asking",
        greeting: body.greeting,
        isGreetingOwn: false,
        request,
        addedAtMs: isNew ? core.nowMs : contact.addedAtMs,
      });
    }
  }
}

/** What a contact offers, or their node hands out for them. The stream key of the latter is in the leaf. */
interface Offered {
  readonly keyPackage: Uint8Array;
  readonly streamAdminKey?: Uint8Array;
}

/** A contact, or this identity of its other devices. */
type Offerer = Pick<ContactRow, "identityId" | "revokedDevices">;

/** A key package counts once: a letter that a node delivers again says nothing (M12). */
export async function newOffersOf(core: Core, tx: Tx, contact: Offerer, offers: readonly Offered[]): Promise<OfferRow[]> {
  const fresh: OfferRow[] = [];
  for (const offer of await offersOf(core, contact, offers)) {
    const name = encodeHex(recordHash(offer.keyPackage));
    if ((await tx.value(OFFERS_SEEN, name)) !== undefined) continue;
    tx.putValue(OFFERS_SEEN, name, new Uint8Array(0));
    fresh.push(offer);
  }
  return fresh;
}

/** Key packages that really are of this contact's devices, with every check that an add will make again (I1). */
async function offersOf(core: Core, contact: Offerer, offers: readonly Offered[]): Promise<OfferRow[]> {
  const { crypto, identity } = core.deps;
  /** By device: of two offers for one, the later counts. */
  const found = new Map<string, OfferRow>();
  for (const { keyPackage, streamAdminKey } of offers) {
    const verified = await verifyKeyPackage({ crypto, verifyCredential: identity.verifyCredential }, keyPackage, {
      atMs: core.nowMs,
    });
    if (verified.kind === "refused" || verified.keyPackage.identityId !== contact.identityId) continue;
    const { deviceId, streamAdminKey: leafKey } = verified.keyPackage;
    const key = streamAdminKey ?? leafKey;
    if (key === undefined || contact.revokedDevices.some((revoked) => equalBytes(revoked, deviceId))) continue;
    found.set(encodeHex(deviceId), { deviceId, keyPackage, streamAdminKey: key });
  }
  return [...found.values()];
}

/** Id of the device that signed, empty for the identity itself. @returns undefined when the signature does not hold. */
async function signerOf(core: Core, card: VerifiedCard, { body, signed, signature }: Envelope): Promise<Uint8Array | undefined> {
  const { identity, crypto } = core.deps;
  const purpose = SIGNED_FOR[body.kind];
  const at = { atMs: core.nowMs };
  if (body.deviceCertificate === undefined) {
    const holds = await identity.verifyObject(card.certificate, purpose, signed, signature, at);
    return holds ? new Uint8Array(0) : undefined;
  }
  const device = await identity.verifyDevice(card.certificate, body.deviceCertificate, at);
  const isOwn = card.identityId === core.account.identityId;
  // A profile that was signed before a removal does not bring anybody back.
  const known = isOwn ? core.account : core.tables.contacts.get(card.identityId);
  const revokedDevices = [...card.revokedDevices, ...(known?.revokedDevices ?? [])];
  if (device === undefined || revokedDevices.some((revoked) => equalBytes(revoked, device.deviceId))) return undefined;
  const holds = await crypto.verify(device.signatureKey, concatBytes(purposeBytes(purpose), signed), signature);
  return holds ? device.deviceId : undefined;
}

function decoded(plaintext: Uint8Array): Envelope | undefined {
  try {
    return decodeEnvelope(plaintext);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
