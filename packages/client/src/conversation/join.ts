// Joining by a Welcome: only from somebody this client asked or accepted; a conversation of two only with the key package made for them.
import { decodeHex, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import { Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { newContact } from "../mail/contacts.ts";
import type { WelcomeBody } from "../mail/envelope.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { ContactRow, KeyPackageRow, ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { newThread } from "./found.ts";
import { rosterOf } from "./membership.ts";
import { resend } from "./outbox.ts";
import { joinedSelf } from "./self.ts";
import { startThread } from "./start.ts";
import { tellStart } from "./tell-start.ts";
import { appendEntry } from "./thread.ts";

/** Whose letter a Welcome came in. */
type Sender = Pick<ContactRow, "identityId" | "name" | "state">;

/** Another device of this identity, which takes this one in. */
export function ownDevice({ account }: Core): Sender {
  return { identityId: account.identityId, name: account.name, state: "accepted" };
}

/** @param isAsked whether the person wants to be in a group again that they left: nobody is brought back silently (M13). */
export async function joinByWelcome(
  core: Core,
  tx: Tx,
  contact: Sender,
  body: WelcomeBody,
  { isAsked = false }: { readonly isAsked?: boolean } = {},
): Promise<void> {
  if (contact.state !== "requested" && contact.state !== "accepted") return;
  const { tables } = core;
  const isMine = ({ reference }: KeyPackageRow): boolean => body.references.some((one) => equalBytes(one, reference));
  const all = tables.keyPackages.all();
  const offers = all.filter(({ contactId }) => contactId === undefined || contactId === contact.identityId);
  const groupId = encodeHex(body.groupId);
  const held = tx.get(tables.groups, groupId);
  if (held?.state === "active" || (held?.state === "left" && !isAsked)) {
    // Taken in again before the removal was read: it is joined when the log says so. After leaving, when the person says so.
    if (!offers.some(isMine)) return;
    return tx.put(tables.groups, groupId, { ...held, nextWelcome: body, nextWelcomeFrom: contact.identityId });
  }
  const outcome = await Session.join(core.sessions.deps, {
    welcome: body.welcome,
    ratchetTree: body.ratchetTree,
    keyPackages: offers,
    signatureSecretKey: core.account.device.signatureSecretKey,
    heldGroups: tables.groups.all().map((group) => decodeHex(group.groupId)),
    ...(await rejoinOf(core, held, isAsked)),
    addedBy: { identityId: contact.identityId },
    positions: body.positions,
    handshakeHead: body.handshakeHead,
    atMs: core.nowMs,
  });
  if (outcome.kind === "refused") return core.emit({ kind: "fault", where: "welcome", code: outcome.reason });
  const { session, usedKeyPackage } = outcome;
  const used = offers.find(({ reference }) => equalBytes(reference, usedKeyPackage));
  const isAtPlace = session.location.some(
    ({ nodeId, stream }) => nodeId === body.place.nodeId && equalBytes(stream, body.place.stream),
  );
  if (!isAtPlace || used === undefined) return core.emit({ kind: "fault", where: "welcome", code: "badPlace" });
  const joined: JoinedGroup = { body, session, used, contact, held };
  if (session.kind === "group") return joinGroup(core, tx, joined);
  if (session.kind === "self") {
    const thread = joinedSelf(core, tx, session, contact.identityId);
    if (thread === undefined) return;
    take(core, tx, joined, thread.id);
    return resend(core, tx, thread);
  }
  const partner = partnerIn(core, tx, joined);
  if (partner === undefined) return core.emit({ kind: "fault", where: "welcome", code: "badPlace" });
  if (!isPreferred(core, tx, partner, session)) return;
  startThread(core, tx, partner.identityId);
  const threadId = tx.get(tables.contacts, partner.identityId)?.conversationId ?? "";
  take(core, tx, joined, threadId);
  dropRejoins(core, tx, partner.identityId);
  await switchThread(core, tx, partner.identityId, groupId);
}

/**
 * The other side of a conversation of two: who sent the Welcome, with the key package that was made for them; or whom another own device
 * talks with. Somebody whom that device accepted is a contact here as well.
 */
function partnerIn(core: Core, tx: Tx, { session, used, contact, body }: JoinedGroup): ContactRow | undefined {
  const { contacts } = core.tables;
  const self = core.account.identityId;
  const others = [...new Set(session.roster.map(({ identityId }) => identityId))].filter((id) => id !== self);
  const [other] = others;
  if (session.kind !== "direct" || other === undefined || others.length !== 1) return undefined;
  if (contact.identityId !== self) return other === used.contactId ? tx.get(contacts, other) : undefined;
  const known = tx.get(contacts, other);
  if (known?.state === "blocked") return undefined;
  const name = session.roster.find(({ identityId }) => identityId === other)?.name ?? "";
  const made = known ?? newContact(core, other, { name, state: "accepted", nodeUrls: [body.place.nodeUrl] });
  tx.put(contacts, other, { ...made, state: "accepted" });
  return tx.get(contacts, other);
}

/** Whoever is in does not ask to be taken in. */
function dropRejoins({ tables }: Core, tx: Tx, to: ContactRow["identityId"]): void {
  for (const id of tx.ids(tables.mail)) {
    const mail = tx.get(tables.mail, id);
    if (mail?.to === to && mail.letter.kind === "rejoin") tx.delete(tables.mail, id);
  }
}

interface JoinedGroup {
  readonly body: WelcomeBody;
  readonly session: Session;
  readonly used: KeyPackageRow;
  readonly contact: Sender;
  readonly held: GroupRow | undefined;
}

/**
 * Somebody I talk with took me into a group of theirs: with a key package of the stock, or with the one I gave to be taken in again. One
 * that was made for a request answers that request and nothing else.
 */
async function joinGroup(core: Core, tx: Tx, joined: JoinedGroup): Promise<void> {
  const { body, used, contact, held } = joined;
  const isWelcome = contact.state === "accepted" && (used.contactId === undefined || held !== undefined);
  if (!isWelcome) return core.emit({ kind: "fault", where: "welcome", code: "notAsked" });
  const { threads } = core.tables;
  const groupId = encodeHex(body.groupId);
  // A restored history goes on when its group is joined again.
  const former = threads
    .all()
    .find(({ formerGroup, groupId: present }) => present === undefined && formerGroup?.groupId === groupId);
  const threadId = held?.threadId ?? former?.id ?? core.newId();
  const thread = tx.get(threads, threadId);
  if (thread === undefined) tx.put(threads, threadId, { ...newThread(core, threadId, { kind: "group" }), groupId });
  else if (former !== undefined) tx.put(threads, threadId, { ...thread, groupId });
  take(core, tx, joined, threadId);
  if (thread === undefined) await tellStart(core, tx, threadId, core.nowMs);
  else resend(core, tx, thread);
  const { identityId, name } = core.account;
  if (contact.identityId === identityId) return;
  const event = { what: "memberAdded", name, identityId, by: contact.name, byId: contact.identityId } as const;
  await appendEntry(tx, threads, threadId, { kind: "event", event, atMs: core.nowMs });
}

function take(core: Core, tx: Tx, { body, session, used }: JoinedGroup, threadId: string): void {
  const { keyPackages, groups } = core.tables;
  tx.delete(keyPackages, encodeHex(used.reference));
  core.sessions.stage(tx, session);
  tx.put(
    groups,
    encodeHex(body.groupId),
    groupOf(threadId, { body, session, adminSecretKey: used.adminSecretKey, nowMs: core.nowMs }),
  );
}

function groupOf(
  threadId: string,
  joined: {
    readonly body: WelcomeBody;
    readonly session: Session;
    readonly adminSecretKey: Uint8Array;
    readonly nowMs: number;
  },
): GroupRow {
  const { body, session, adminSecretKey, nowMs } = joined;
  const { configVersion, readToken, writeToken } = body;
  return {
    groupId: encodeHex(body.groupId),
    threadId,
    place: body.place,
    state: "active",
    tokens: { configVersion, readToken, writeToken },
    firstAdmins: [],
    adminSecretKey,
    cursor: { seq: body.seq, chain: body.chain, positions: body.positions, handshakeChain: body.handshakeHead },
    warnings: [],
    code: session.conversationCode(),
    ...rosterOf(session),
    refreshedMs: nowMs,
    adds: [],
  };
}

/** Of two groups that crossing requests made, the one founded by the lower identity id stays. */
function isPreferred(core: Core, tx: Tx, contact: ContactRow, session: Session): boolean {
  const thread = contact.conversationId === undefined ? undefined : tx.get(core.tables.threads, contact.conversationId);
  const present = thread?.groupId === undefined ? undefined : tx.get(core.tables.groups, thread.groupId);
  if (present === undefined || present.groupId === encodeHex(session.groupId)) return true;
  if (present.state === "removed" || present.state === "stuck" || present.state === "left") return true;
  const [lower] = [core.account.identityId, contact.identityId].sort();
  return session.founder === lower && present.founder !== lower;
}

/** The thread goes on in this group. What nobody confirmed in the group before is sent again: its ids make it appear once. */
async function switchThread(core: Core, tx: Tx, contactId: ContactRow["identityId"], groupId: string): Promise<void> {
  const { threads, groups } = core.tables;
  const threadId = tx.get(core.tables.contacts, contactId)?.conversationId;
  const thread = threadId === undefined ? undefined : tx.get(threads, threadId);
  if (thread === undefined) return;
  const before = thread.groupId === undefined || thread.groupId === groupId ? undefined : tx.get(groups, thread.groupId);
  if (before !== undefined) tx.put(groups, before.groupId, { ...before, state: "succeeded" });
  resend(core, tx, thread);
  const switched: ThreadRow = { ...thread, groupId };
  tx.put(threads, thread.id, switched);
  // How it began is in the history that comes.
  if (before === undefined && thread.gap !== undefined) return;
  if (before === undefined) return tellStart(core, tx, thread.id, core.nowMs);
  await appendEntry(tx, threads, thread.id, { kind: "event", event: { what: "succeeded" }, atMs: core.nowMs });
}

/** After it was stuck or removed, this device may be taken in again by an administrator, in a later epoch (M13). */
async function rejoinOf(core: Core, held: GroupRow | undefined, isAsked: boolean) {
  const isOver = held?.state === "stuck" || held?.state === "removed" || (held?.state === "left" && isAsked);
  if (held === undefined || !isOver) return {};
  const session = await core.sessions.get(held.groupId);
  if (session === undefined) return {};
  return { rejoin: { groupId: decodeHex(held.groupId), epoch: session.epoch, administrators: session.administrators } };
}
