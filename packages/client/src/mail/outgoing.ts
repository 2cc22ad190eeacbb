// Letters on their way: looks the recipient up, seals one copy per inbox, hands each to its node until that node has it.
import { ApiError, limits, toStreamId } from "@p2pcrypt/api";
import { concatBytes, encodeHex, equalBytes, purposeBytes } from "@p2pcrypt/bytes";
import { encodeCredential, type Inbox } from "@p2pcrypt/identity";
import { createKeyPackage, sealToInbox } from "@p2pcrypt/session";
import { lookupOwn } from "../account/own-profile.ts";
import type { Core } from "../core.ts";
import { stepAfter } from "../net/call-outcome.ts";
import { backoffMs } from "../run/backoff.ts";
import type { Step } from "../run/pump.ts";
import type { ContactRow, CopyRow, KeyPackageRow, Letter, MailRow } from "../store/rows.ts";
import { type EnvelopeBody, type EnvelopeHead, encodeEnvelope, encodeUnsignedEnvelope, SIGNED_FOR } from "./envelope.ts";
import { type Hindrance, lookUp } from "./look-up.ts";

const DAY_MS = 86_400_000;
const LETTER_LIFETIME_MS = 30 * DAY_MS;
export const OFFER_LIFETIME_MS = 60 * DAY_MS;
const RETRY = { firstMs: 3_000, lastMs: 10 * 60_000 } as const;

/** Sends what can be sent now. */
export async function mailStep(core: Core): Promise<Step> {
  let next: Step = { kind: "idle" };
  if (core.account.isCloned) return next;
  for (const mail of core.tables.mail.all()) {
    if (!mayLeave(core, mail)) continue;
    const step = await forward(core, mail);
    if (step.kind === "wait" && (next.kind !== "wait" || step.delayMs < next.delayMs)) next = step;
  }
  return next;
}

/** What is answered is answered from a published profile. Who is not in one yet asks to be, and a renewal waits for the next one. */
function mayLeave({ account, nowMs }: Core, { letter }: MailRow): boolean {
  const kind = letter.kind === "answer" ? letter.body.kind : letter.kind;
  if (kind === "renewalRequest") return true;
  const { profile, secret, isProfileStale } = account;
  // Nobody hears who comes with an expired profile: a limited device waits for a keeper.
  const isGood = profile?.isPublished === true && (secret !== undefined || profile.validUntilMs > nowMs);
  return isGood && !(kind === "renewal" && isProfileStale);
}

async function forward(core: Core, mail: MailRow): Promise<Step> {
  if (core.nowMs - mail.createdMs > LETTER_LIFETIME_MS) {
    await drop(core, mail.id);
    return { kind: "idle" };
  }
  const delayMs = (mail.retryAtMs ?? 0) - core.nowMs;
  // A clock that was set back does not make it wait longer than a pause lasts.
  if (delayMs > 0 && delayMs <= 2 * RETRY.lastMs) return { kind: "wait", delayMs };
  try {
    const copies = isOutdated(core, mail) ? await address(core, mail) : (mail.copies ?? (await address(core, mail)));
    if (copies === undefined) return { kind: "idle" };
    if (typeof copies === "string") return putOff(core, mail, copies);
    for (const copy of copies) if (!copy.isDelivered) await deliver(core, mail, copy);
    return { kind: "idle" };
  } catch (error) {
    if (error instanceof ApiError && !error.isRetriable) return putOff(core, mail, error.code);
    return stepAfter(error);
  }
}

/** Whether it waits for an inbox that its recipient has left. */
function isOutdated({ tables }: Core, { to, copies }: MailRow): boolean {
  const profile = tables.contacts.get(to)?.profile;
  if (profile === undefined) return false;
  const streams = profile.inboxes.map(({ stream }) => toStreamId(stream));
  return copies?.some(({ isDelivered, stream }) => !isDelivered && !streams.includes(stream)) === true;
}

/** Seals the copies, once the recipient is known. @returns undefined while their node cannot be reached, or why nothing goes to them. */
async function address(core: Core, mail: MailRow): Promise<readonly CopyRow[] | Hindrance | undefined> {
  const addressee = mail.to === core.account.identityId ? await ownInboxes(core, mail) : await inboxesOf(core, mail);
  if (addressee === undefined || typeof addressee === "string") return addressee;
  const { contact, inboxes } = addressee;
  const made = await bodyOf(core, mail);
  const copies: CopyRow[] = [];
  for (const inbox of inboxes) copies.push(await sealCopy(core, contact, inbox, made.body));
  await core.ledger.transact(async (tx) => {
    if (made.keyPackage !== undefined) tx.put(core.tables.keyPackages, encodeHex(made.keyPackage.reference), made.keyPackage);
    const { refusal: _, ...rest } = mail;
    tx.put(core.tables.mail, mail.id, { ...rest, copies });
  });
  return copies;
}

interface Addressee {
  readonly contact: Pick<ContactRow, "identityId" | "myClaimToken">;
  readonly inboxes: readonly Inbox[];
}

async function inboxesOf(core: Core, { to, letter }: MailRow): Promise<Addressee | Hindrance | undefined> {
  const answer = await lookUp(core, to);
  if (answer.kind === "unreachable") return undefined;
  if (answer.kind === "hindered") return answer.by;
  const inboxes = inboxesFor(letter, answer.inboxes);
  // Whose inbox is not there any more reads another one.
  return { contact: answer.contact, inboxes: inboxes.length === 0 ? answer.inboxes : inboxes };
}

/** Of the other own devices, as the profile has them now: a new one publishes its own before it is taken in anywhere. */
async function ownInboxes(core: Core, { letter }: MailRow): Promise<Addressee | Hindrance | undefined> {
  const { account, links } = core;
  const link = links.to(account.homeNodeUrl);
  if (!link.isConnected) return undefined;
  const published = await lookupOwn(core, link);
  const others = (published?.inboxes ?? []).filter(({ stream }) => !equalBytes(stream, account.inbox.stream));
  const isForOne = letter.kind === "answer" && letter.replyInbox !== undefined;
  const inboxes = inboxesFor(letter, isRenewalRequest(letter) ? withoutLimited(core, others) : others);
  // It is on its way into the profile. Who waits for it hears of it; others look again.
  if (isForOne && inboxes.length === 0) return letter.body.kind === "ownState" ? "unpublished" : undefined;
  const contact = { identityId: account.identityId, myClaimToken: account.ownClaimToken ?? core.deps.random(32) };
  return { contact, inboxes };
}

function isRenewalRequest(letter: Letter): boolean {
  return letter.kind === "answer" && letter.body.kind === "renewalRequest";
}

function withoutLimited({ tables }: Core, inboxes: readonly Inbox[]): readonly Inbox[] {
  const limited = tables.devices.all().flatMap(({ kind, inbox }) => (kind === "limited" && inbox !== undefined ? [inbox] : []));
  return inboxes.filter(({ stream }) => !limited.some((inbox) => equalBytes(inbox, stream)));
}

function inboxesFor(letter: Letter, inboxes: readonly Inbox[]): readonly Inbox[] {
  if (letter.kind !== "answer" || letter.replyInbox === undefined) return inboxes;
  const { replyInbox } = letter;
  return inboxes.filter(({ stream }) => equalBytes(stream, replyInbox));
}

async function bodyOf(
  core: Core,
  { letter, to }: MailRow,
): Promise<{ readonly body: EnvelopeBody; readonly keyPackage?: KeyPackageRow }> {
  if (letter.kind === "answer") return { body: letter.body };
  const keyPackage = await newOffer(core, to);
  const streamAdminKey = await core.deps.crypto.signaturePublicKey(keyPackage.adminSecretKey);
  const devices = [{ keyPackage: keyPackage.publicPackage, streamAdminKey }];
  const { greeting } = letter;
  const { secret, device } = core.account;
  const asked = { greeting, devices, ...(secret === undefined ? { deviceCertificate: device.certificate } : {}) };
  if (letter.kind === "knock") return { body: { kind: "knock", secret: letter.secret, ...asked }, keyPackage };
  return { body: { kind: letter.kind, ...asked }, keyPackage };
}

/** A key package for one contact alone, with a stream administrator key for the conversation it may open. */
export async function newOffer(core: Core, contactId: MailRow["to"]): Promise<KeyPackageRow> {
  return { ...(await newKeyPackage(core)), contactId };
}

/** A key package of this device, with a stream administrator key that its leaf will carry. */
export async function newKeyPackage(core: Core): Promise<Omit<KeyPackageRow, "contactId">> {
  const { device, minimalCertificate } = core.account;
  const { crypto, random } = core.deps;
  const adminSecretKey = random(32);
  const bundle = await createKeyPackage(
    { crypto },
    {
      credential: encodeCredential(minimalCertificate, device.certificate),
      signatureSecretKey: device.signatureSecretKey,
      nowMs: core.nowMs,
      lifetimeMs: OFFER_LIFETIME_MS,
      isLastResort: false,
      streamAdminKey: await crypto.signaturePublicKey(adminSecretKey),
    },
  );
  return { ...bundle, createdMs: core.nowMs, adminSecretKey };
}

async function sealCopy(core: Core, contact: Addressee["contact"], inbox: Inbox, body: EnvelopeBody): Promise<CopyRow> {
  const { account, deps } = core;
  const head: EnvelopeHead = {
    recipient: contact.identityId,
    inbox: inbox.stream,
    timeMs: core.nowMs,
    certificate: account.certificate,
    profile: account.profile?.bytes ?? new Uint8Array(0),
    replyInbox: account.inbox.stream,
    inboxToken: account.inbox.contactToken,
    claimToken: contact.myClaimToken,
  };
  const unsigned = encodeUnsignedEnvelope(head, body);
  const record = await sealToInbox(
    deps.crypto,
    inbox.inboxKey,
    { stream: inbox.stream, keyId: inbox.keyId },
    encodeEnvelope(unsigned, await sign(core, body, unsigned)),
  );
  if (record === undefined) throw new ApiError("tooLarge");
  return {
    nodeUrl: inbox.nodeUrl,
    stream: toStreamId(inbox.stream),
    record,
    idempotencyKey: deps.random(16),
    isDelivered: false,
  };
}

/** Requests are the identity's word where its key is, everything else the device's. */
async function sign(core: Core, body: EnvelopeBody, unsigned: Uint8Array): Promise<Uint8Array> {
  const purpose = SIGNED_FOR[body.kind];
  if (body.deviceCertificate === undefined) return (await core.secret()).sign(purpose, unsigned, core.nowMs);
  return core.deps.crypto.sign(core.account.device.signatureSecretKey, concatBytes(purposeBytes(purpose), unsigned));
}

async function deliver(core: Core, { id, to }: MailRow, copy: CopyRow): Promise<void> {
  const link = core.links.to(copy.nodeUrl);
  if (!link.isConnected) return;
  const isLarge = copy.record.length > limits.MAX_STRANGER_REQUEST_BYTES;
  // Letters to oneself are not held back as those of strangers are.
  const isTrusted = isLarge || to === core.account.identityId;
  const { stream, record, idempotencyKey } = copy;
  await link.call(
    "stream.append",
    { stream, kind: "sealedRequest", record, idempotencyKey },
    { capability: isTrusted ? inboxTokenFor(core, to) : undefined, isLarge },
  );
  await core.ledger.transact(async (tx) => {
    const mail = tx.get(core.tables.mail, id);
    const copies = mail?.copies?.map((one) => (one.stream === stream ? { ...one, isDelivered: true } : one)) ?? [];
    if (mail === undefined || copies.every(({ isDelivered }) => isDelivered)) tx.delete(core.tables.mail, id);
    else tx.put(core.tables.mail, id, { ...mail, copies });
  });
}

function inboxTokenFor({ account, tables }: Core, to: MailRow["to"]): Uint8Array | undefined {
  // Inboxes of one identity share a token, as contacts hold one for all of them.
  return to === account.identityId ? account.inbox.contactToken : tables.contacts.get(to)?.theirInboxToken;
}

/** The node refuses, and the recipient may have moved, or nothing may go to them now. Everything is looked up again, later, whatever wakes this task until then. */
async function putOff(core: Core, { id }: MailRow, refusal: string): Promise<Step> {
  return core.ledger.transact(async (tx): Promise<Step> => {
    const mail = tx.get(core.tables.mail, id);
    if (mail === undefined) return { kind: "idle" };
    const { copies: _, ...rest } = mail;
    const attempts = mail.attempts + 1;
    const delayMs = backoffMs(attempts, RETRY, core.deps.random);
    tx.put(core.tables.mail, id, { ...rest, attempts, refusal, retryAtMs: core.nowMs + delayMs });
    return { kind: "wait", delayMs };
  });
}

async function drop(core: Core, id: string): Promise<void> {
  await core.ledger.transact(async (tx) => tx.delete(core.tables.mail, id));
}
