// What a member said, put into the thread it belongs to.

import { decodeBase64Url } from "@p2pcrypt/bytes";
import { type CallContent, type Content, ContentError, decodeContent, type KnownContent } from "@p2pcrypt/content";
import type { IdentityId, Member } from "@p2pcrypt/session";
import { applyTransition } from "../account/succession.ts";
import type { Core } from "../core.ts";
import { applyEarlyStar } from "../devices/own-threads.ts";
import { appendFile } from "../files/arrived.ts";
import { isLeaving, putWish } from "../group/wishes.ts";
import { verifyCard, withCard, withRevocation } from "../mail/contacts.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { Tx } from "../store/tx.ts";
import { applyAttestationRequest, applyCertifications, applyIntroduction } from "../trust/incoming.ts";
import { isAct } from "./acts.ts";
import { applyAct } from "./apply-act.ts";
import { disappears } from "./disappearing.ts";
import { isOver } from "./history.ts";
import { shownMentions } from "./mentions.ts";
import { textOf } from "./said.ts";
import type { Scans } from "./scan.ts";
import type { ShortCodes } from "./short-code.ts";
import { appendEntry, applyReceipt, type NewEntry, othersIn } from "./thread.ts";

export interface Heard {
  readonly author: Member;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** Dialogues between two people that go on in memory. */
export interface VerificationRuns {
  readonly shortCodes: ShortCodes;
  readonly scans: Scans;
}

export async function applyContent(core: Core, tx: Tx, group: GroupRow, heard: Heard, runs: VerificationRuns): Promise<void> {
  const { threads, contacts } = core.tables;
  const { author, atMs } = heard;
  const content = decoded(heard.bytes);
  const { threadId } = group;
  const isOwn = author.identityId === core.account.identityId;
  const contact = isOwn ? undefined : tx.get(contacts, author.identityId);
  if (contact?.state === "blocked" || isLeaving(group)) return;
  if (content === undefined) {
    await appendEntry(tx, threads, threadId, { kind: "missing", reason: "badContent", author: author.identityId, atMs });
    return;
  }
  const isDirect = tx.get(threads, threadId)?.kind === "direct";
  if (!isDirect && FOR_TWO.has(content.kind)) return;
  const authorName = contact?.name ?? author.name;
  const said = { id: content.id, author: author.identityId, authorName, isOwn, atMs, ...disappears(group, atMs) };
  if (MESSAGES.has(content.kind) && isOver(said, core.nowMs)) return; // its time was over before it came
  switch (content.kind) {
    case "text":
      await appendEntry(tx, threads, threadId, {
        kind: "text",
        ...said,
        ...textOf(content, shownMentions(core, content, group)),
        sentAtMs: content.sentAtMs,
        wasVerified: contact?.trust.kind === "verified",
      });
      return applyEarlyStar(core, tx, threadId, said);
    case "file": {
      const isPossible = await appendFile(
        core,
        tx,
        threadId,
        { ...said, wasVerified: contact?.trust.kind === "verified" },
        content,
      );
      const missing = { kind: "missing", reason: "badContent", author: author.identityId, atMs } as const;
      if (!isPossible) await appendEntry(tx, threads, threadId, missing);
      return applyEarlyStar(core, tx, threadId, said);
    }
    case "call":
      await appendEntry(tx, threads, threadId, callEntry(said, content));
      return;
    case "unknown":
      await appendEntry(tx, threads, threadId, { kind: "unknown", ...said, name: content.name });
      return;
    case "reaction":
    case "edit":
    case "delete":
    case "pin":
    case "unpin":
      return applyAct(core, tx, threadId, {
        author: author.identityId,
        authorName: said.authorName,
        isOwn,
        atMs,
        content,
        ...(content.kind === "edit" ? shownMentions(core, content, group) : {}),
      });
    case "receipt":
      if (isOwn) return;
      return applyReceipt(tx, threads, threadId, { from: author.identityId, content, others: othersOf(core, tx, group) });
    case "sasCommit":
    case "sasReply":
    case "sasOpen":
    case "sasConfirm":
    case "sasCancel":
      if (!isOwn) await runs.shortCodes.received(tx, group, author, content);
      return;
    case "scanProof":
    case "scanConfirm":
    case "scanCancel":
      if (!isOwn) await runs.scans.received(tx, group, author, content);
      return;
    case "profileUpdate":
    case "contactCard": {
      if (contact === undefined) return;
      const certificate = decodeBase64Url(content.certificate);
      const card = await verifyCard(core, certificate, decodeBase64Url(content.profile));
      const changed =
        card?.identityId === author.identityId
          ? await withCard(core, contact, card)
          : await withRevocation(core, contact, certificate);
      if (changed === undefined) return;
      if (content.kind === "profileUpdate") return tx.put(contacts, author.identityId, changed);
      const theirInboxToken = decodeBase64Url(content.inboxToken);
      const theirClaimToken = decodeBase64Url(content.claimToken);
      return tx.put(contacts, author.identityId, { ...changed, theirInboxToken, theirClaimToken });
    }
    case "certifications":
      return contact?.state === "accepted" ? applyCertifications(core, tx, { contact, group, atMs }, content) : undefined;
    case "introduction":
      return contact?.state === "accepted" ? applyIntroduction(core, tx, { contact, group, atMs }, content) : undefined;
    case "attestationRequest":
      return contact?.state === "accepted" ? applyAttestationRequest(core, tx, { contact, group, atMs }, content) : undefined;
    case "transition":
      return contact?.state === "accepted" ? applyTransition(core, tx, { contact, group, atMs }, content) : undefined;
    case "goodbye":
      if (isOwn) return isDirect ? applyOwnGoodbye(core, tx, group, atMs) : undefined;
      if (!isDirect) return applyGoodbyeToGroup(core, tx, group, author, atMs);
      if (contact === undefined) return;
      tx.put(contacts, author.identityId, { ...contact, state: "gone" });
      over(core, tx, group.groupId, "removed");
      return appendEntry(tx, threads, threadId, {
        kind: "event",
        atMs,
        event: { what: "gone", name: contact.name, identityId: author.identityId },
      });
  }
}

const MESSAGES: ReadonlySet<Content["kind"]> = new Set(["text", "file", "unknown"]);

/** Dialogues of two people, and what one gives another: in a group they would have other meanings to different members. */
const FOR_TWO: ReadonlySet<Content["kind"]> = new Set([
  "sasCommit",
  "sasReply",
  "sasOpen",
  "sasConfirm",
  "sasCancel",
  "scanProof",
  "scanConfirm",
  "scanCancel",
  "contactCard",
  "certifications",
  "introduction",
  "attestationRequest",
]);

/** Somebody's identity ends: who administers takes them out. */
async function applyGoodbyeToGroup(core: Core, tx: Tx, group: GroupRow, author: Member, atMs: number): Promise<void> {
  const { identityId, name } = author;
  const isAdmin = group.roster.some((one) => one.identityId === core.account.identityId && one.isAdministrator);
  if (isAdmin) putWish(core, tx, group.groupId, { kind: "remove", identityId });
  const event = { what: "gone", name, identityId } as const;
  await appendEntry(tx, core.tables.threads, group.threadId, { kind: "event", atMs, event });
}

/** The own message came back in the log: it has its place in the history now. */
export async function applyOwnEcho(core: Core, tx: Tx, group: GroupRow, recordHash: string, atMs: number): Promise<void> {
  const { threads, outbox } = core.tables;
  const thread = tx.get(threads, group.threadId);
  const id = thread?.outbox.find((one) => tx.get(outbox, one)?.recordHash === recordHash);
  const row = id === undefined ? undefined : tx.get(outbox, id);
  if (thread === undefined || id === undefined || row === undefined) return;
  const { alone } = group;
  if (alone === undefined) tx.delete(outbox, id);
  else tx.put(core.tables.groups, group.groupId, { ...group, alone: [...alone, id] });
  tx.put(threads, thread.id, { ...thread, outbox: thread.outbox.filter((one) => one !== id) });
  if (row.content.kind === "goodbye") return applyOwnGoodbye(core, tx, group, atMs);
  await appendOwn(core, tx, group, row.content, atMs);
}

/** Either side may ask again; that makes a new group in the same thread. */
async function applyOwnGoodbye(core: Core, tx: Tx, group: GroupRow, atMs: number): Promise<void> {
  const { threads, contacts } = core.tables;
  const contactId = tx.get(threads, group.threadId)?.contactId;
  const contact = contactId === undefined ? undefined : tx.get(contacts, contactId);
  if (contact?.state === "accepted") tx.put(contacts, contact.identityId, { ...contact, state: "gone" });
  over(core, tx, group.groupId, "left");
  const { identityId, name } = core.account;
  await appendEntry(tx, threads, group.threadId, { kind: "event", atMs, event: { what: "left", name, identityId } });
}

function over(core: Core, tx: Tx, groupId: string, state: "left" | "removed"): void {
  const { groups } = core.tables;
  const group = tx.get(groups, groupId);
  if (group !== undefined) tx.put(groups, groupId, { ...group, state });
}

async function appendOwn(core: Core, tx: Tx, group: GroupRow, content: KnownContent, atMs: number): Promise<void> {
  const { identityId, name } = core.account;
  const { threadId } = group;
  const said = { id: content.id, author: identityId, authorName: name, isOwn: true, atMs, ...disappears(group, atMs) };
  if (isOver(said, core.nowMs)) return;
  if (content.kind === "file") await appendFile(core, tx, threadId, { ...said, wasVerified: true }, content);
  if (content.kind === "call") await appendEntry(tx, core.tables.threads, threadId, callEntry(said, content));
  const named = content.kind === "text" || content.kind === "edit" ? shownMentions(core, content, group) : {};
  if (isAct(content))
    await applyAct(core, tx, threadId, { author: identityId, authorName: name, isOwn: true, atMs, content, ...named });
  if (content.kind === "file") return applyEarlyStar(core, tx, threadId, said);
  if (content.kind !== "text") return;
  const entry = { kind: "text", ...said, ...textOf(content, named), sentAtMs: content.sentAtMs, wasVerified: true } as const;
  await appendEntry(tx, core.tables.threads, threadId, entry);
  return applyEarlyStar(core, tx, threadId, said);
}

function callEntry(
  said: Pick<Extract<NewEntry, { kind: "call" }>, "id" | "author" | "authorName" | "isOwn" | "atMs">,
  { media, outcome, durationS }: CallContent,
): NewEntry {
  return { kind: "call", ...said, media, outcome, durationS };
}

/** Other identities of a conversation: whose receipts count. */
function othersOf(core: Core, tx: Tx, group: GroupRow): readonly IdentityId[] {
  const thread = tx.get(core.tables.threads, group.threadId);
  return thread === undefined ? [] : othersIn(thread, group, core.account.identityId);
}

function decoded(bytes: Uint8Array): Content | undefined {
  try {
    return decodeContent(bytes);
  } catch (error) {
    if (error instanceof ContentError) return undefined;
    throw error;
  }
}
