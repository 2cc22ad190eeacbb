// A conversation whose node is gone: whoever moves it puts the commit into the new stream alone and tells members by sealed letters; a
// link does the same. Everybody checks the commit as if it stood next in the old log. Where the old node answers, the commit is put there
// first, so that its order decides (spec/protocol/conversation.md section 11). A browser loads this when such a thing happens.
import { ApiError, initialChain, type ResponseOf, toStreamId, verifyPage } from "@p2pcrypt/api";
import { decodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId, Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { isListed } from "../group/plan.ts";
import type { NodeLink } from "../net/node-link.ts";
import type { Step } from "../run/pump.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { MoveOfferRow, UnsettledRow } from "../store/move-rows.ts";
import type { Tx } from "../store/tx.ts";
import type { VerificationRuns } from "./content.ts";
import { disown } from "./disowned.ts";
import { becomeStuck } from "./give-way.ts";
import { moveRowOf, planMove } from "./move.ts";
import { prepareMove } from "./move-streams.ts";
import { MoveRefused, takeMove } from "./receive.ts";
import { appendLast } from "./stream-calls.ts";
import { appendEntry } from "./thread.ts";
import { withTold, withWarning } from "./told-limit.ts";
import { viewOf } from "./view.ts";

const LATER_MS = 5_000;
/** Whoever follows tells others; in large groups not everybody tells everybody. */
const MAX_PASSED_ON = 20;

/** Ends a transaction in which something was only tried. */
class Tried extends Error {}

/** What can be done while the node of a conversation does not answer: follow somebody, or move it oneself. */
export async function withoutNode(core: Core, groupId: string, runs: VerificationRuns): Promise<Step> {
  return (await tryOffers(core, groupId, runs)) ?? moveAlone(core, groupId, runs);
}

/** @returns what to do next; undefined when nothing is to be done about any offer now */
export async function tryOffers(core: Core, groupId: string, runs: VerificationRuns): Promise<Step | undefined> {
  for (const offer of core.tables.groups.get(groupId)?.offers ?? []) {
    const { place, positions } = offer;
    const link = core.links.to(place.nodeUrl);
    const session = await core.sessions.get(groupId);
    const group = core.tables.groups.get(groupId);
    if (!link.isConnected || session?.status !== "active" || group === undefined) continue;
    if (link.facts?.nodeId !== place.nodeId) {
      await dropOffer(core, groupId, offer);
      return { kind: "again" };
    }
    const record = positions === session.positions ? await readCommit(core, link, session, offer) : undefined;
    if (record === undefined) {
      await differ(core, groupId, offer);
      return { kind: "again" };
    }
    if (!(await isMove(core, groupId, record, offer, runs))) {
      core.emit({ kind: "fault", where: "move", code: "notFollowed" });
      await dropOffer(core, groupId, offer);
      return { kind: "again" };
    }
    const old = core.links.to(group.place.nodeUrl);
    if (isThere(old, group)) return carry(core, old, group, session, record);
    const by = offer.by ?? core.tables.threads.get(group.threadId)?.contactId;
    await adopt(core, group, { record, place, by, isOwn: false }, runs);
    return { kind: "again" };
  }
  return undefined;
}

function isThere(link: NodeLink, { place }: Pick<GroupRow, "place">): boolean {
  return link.isConnected && link.facts?.nodeId === place.nodeId;
}

/** The commit as the new stream has it, for who is in the epoch before it. @returns undefined when it is not there for this device */
async function readCommit(
  core: Core,
  link: NodeLink,
  session: Session,
  { place }: MoveOfferRow,
): Promise<Uint8Array | undefined> {
  const stream = toStreamId(place.stream);
  const { readToken } = await session.streamTokens(place.stream, session.positions + 1);
  let page: ResponseOf<"stream.read">;
  try {
    page = await link.call("stream.read", { stream, after: 0, limit: 1 }, { capability: readToken, isLarge: true });
  } catch (error) {
    if (error instanceof ApiError && !error.isRetriable) return undefined;
    throw error;
  }
  const where = { node: place.nodeId, stream };
  const start = { positions: session.positions, handshakeChain: session.handshakeHead };
  const node = { checkpointKey: link.facts?.checkpointKey ?? new Uint8Array(32), verify: core.deps.identity.verifySignature };
  const outcome = await verifyPage(where, { seq: 0, chain: initialChain(where), ...start }, page, node);
  const [first] = page.records;
  return outcome.kind === "follows" && first?.kind === "handshake" ? first.record : undefined;
}

/** Whether members would go there by this commit: tried, and forgotten. */
async function isMove(
  core: Core,
  groupId: string,
  record: Uint8Array,
  { place }: MoveOfferRow,
  runs: VerificationRuns,
): Promise<boolean> {
  try {
    await core.ledger.transact(async (tx) => {
      await takeMove(core, tx, groupId, { record, place }, runs);
      throw new Tried();
    });
  } catch (error) {
    if (error instanceof MoveRefused) return false;
    if (!(error instanceof Tried)) throw error;
  }
  return true;
}

/** The old node answers: its order decides, and the commit comes back in the log. */
async function carry(core: Core, link: NodeLink, group: GroupRow, session: Session, record: Uint8Array): Promise<Step> {
  try {
    await appendLast(core, link, group, { position: session.positions + 1, record, isAdmin: isListed(session, session.self) });
  } catch (error) {
    // Somebody else was faster, or it takes no more from members now: reading on shows what became of it.
    if (!(error instanceof ApiError) || error.isRetriable) throw error;
  }
  return { kind: "wait", delayMs: LATER_MS };
}

interface Adopted {
  readonly record: Uint8Array;
  readonly place: GroupRow["place"];
  readonly by?: IdentityId | undefined;
  readonly isOwn: boolean;
}

async function adopt(core: Core, left: GroupRow, { record, place, by, isOwn }: Adopted, runs: VerificationRuns): Promise<void> {
  const { groups } = core.tables;
  await core.ledger.transact(async (tx) => {
    await takeMove(core, tx, left.groupId, { record, place }, runs);
    const group = tx.get(groups, left.groupId);
    if (group?.state !== "active") return;
    const unsettled: UnsettledRow = {
      place: left.place,
      tokens: left.tokens,
      seq: left.cursor.seq,
      position: left.cursor.positions + 1,
      record,
      by: by ?? core.account.identityId,
      atMs: core.nowMs,
    };
    // Who moved waits for company; who follows shows that they are there, by new keys.
    tx.put(groups, left.groupId, { ...group, unsettled, ...(isOwn ? { alone: [] } : { refreshedMs: 0 }) });
    tell(core, tx, left.groupId, { by, most: isOwn ? undefined : MAX_PASSED_ON });
  });
}

/** One letter for everybody whom one can write to; whoever is told tells others. */
function tell(
  core: Core,
  tx: Tx,
  groupId: string,
  { by, most }: { readonly by: IdentityId | undefined; readonly most: number | undefined },
): void {
  const { groups, contacts } = core.tables;
  const group = tx.get(groups, groupId);
  const { identityId: self, device } = core.account;
  const members = [...new Set((group?.roster ?? []).map(({ identityId }) => identityId))].filter((id) => id !== by);
  const others = members.filter((id) => id !== self && tx.get(contacts, id)?.state === "accepted");
  const hasOtherDevice = group?.roster.some((one) => one.identityId === self && !equalBytes(one.deviceId, device.deviceId));
  const own = hasOtherDevice === true ? [self] : [];
  for (const to of [...own, ...others].slice(0, most)) writeTo(core, tx, groupId, to);
}

function writeTo(core: Core, tx: Tx, groupId: string, to: IdentityId): void {
  const lastMove = tx.get(core.tables.groups, groupId)?.lastMove;
  if (lastMove === undefined) return;
  const { certificate: deviceCertificate } = core.account.device;
  const body = { kind: "move", deviceCertificate, groupId: decodeHex(groupId), ...lastMove } as const;
  const id = core.newId();
  tx.put(core.tables.mail, id, { id, to, createdMs: core.nowMs, attempts: 0, letter: { kind: "answer", body } });
}

/** The move that a person asked for, although the node does not answer. */
async function moveAlone(core: Core, groupId: string, runs: VerificationRuns): Promise<Step> {
  const group = core.tables.groups.get(groupId);
  if (group === undefined || !isForced(group)) return { kind: "idle" };
  const { claim } = group;
  if (claim?.move === undefined) return (await commitMove(core, groupId)) ? { kind: "again" } : { kind: "idle" };
  const session = await core.sessions.get(groupId);
  if (session === undefined) return { kind: "idle" };
  if (claim.move.isReady === true) await adopt(core, group, { record: claim.record, place: claim.move.place, isOwn: true }, runs);
  else await prepareMove(core, group, session, { ...claim, move: claim.move });
  return { kind: "again" };
}

function isForced({ wishes = [] }: Pick<GroupRow, "wishes">): boolean {
  return wishes.some((wish) => wish.kind === "move" && wish.isForced === true);
}

/** The commit, in the place of one that waited: nobody will have that one, or the old node tells when it is back. */
function commitMove(core: Core, groupId: string): Promise<boolean> {
  const { groups } = core.tables;
  return core.ledger.transact(async (tx) => {
    const group = tx.get(groups, groupId);
    const session = await core.sessions.get(groupId);
    if (group === undefined || session?.status !== "active") return false;
    const plan = planMove(core, group, session);
    if (plan?.moveTo === undefined || plan.change.kind === "requestLeave") return false;
    core.sessions.spend(tx, groupId);
    // The node may have taken what waits, and be back before this is done.
    const left = session.pendingRecord === undefined ? group : disown(core, tx, group, session);
    const free = (await core.sessions.get(groupId)) ?? session;
    const made = await free.commit(plan.change, { nowMs: core.nowMs, view: viewOf(group, free) });
    core.sessions.stage(tx, made.session);
    const move = await moveRowOf(free, made.session, plan.moveTo);
    tx.put(groups, groupId, { ...left, claim: { record: made.record, adds: [], move } });
    return true;
  });
}

/**
 * An offer from another state than this device's. Of two people one gives way: who moved from fewer handshakes, then the higher id. In a
 * group nobody is led anywhere without being asked: the person is told, and decides.
 */
async function differ(core: Core, groupId: string, offer: MoveOfferRow): Promise<void> {
  const { groups, threads, contacts } = core.tables;
  await core.ledger.transact(async (tx) => {
    const group = tx.get(groups, groupId);
    if (group === undefined) return;
    putWithout(core, tx, group, offer);
    const contactId = tx.get(threads, group.threadId)?.contactId;
    const by = offer.by ?? contactId;
    const name = (by === undefined ? undefined : tx.get(contacts, by)?.name) ?? "";
    if (contactId === undefined) {
      const present = tx.get(groups, groupId) ?? group;
      // The person's own link is always answered.
      const heard = offer.by === undefined ? present : withTold(present, offer.by, core.nowMs);
      if (heard === undefined) return;
      const saidBy = offer.by ?? core.account.identityId;
      const warning = { kind: "fork", nodeUrl: offer.place.nodeUrl, atMs: core.nowMs, by: saidBy } as const;
      tx.put(groups, groupId, { ...heard, rival: offer, warnings: withWarning(heard.warnings, warning) });
      if (present.rival?.by === offer.by && present.rival?.place.nodeUrl === offer.place.nodeUrl) return;
      const event = { what: "movedApart", name, nodeUrl: offer.place.nodeUrl } as const;
      return appendEntry(tx, threads, group.threadId, { kind: "event", event, atMs: core.nowMs });
    }
    const { lastMove, unsettled } = group;
    const mine = lastMove && { positions: lastMove.positions, by: unsettled?.by ?? core.account.identityId };
    const theirs = { positions: offer.positions, by: by ?? contactId };
    if (mine !== undefined && !isFurther(theirs, mine)) return writeTo(core, tx, groupId, contactId);
    const committer = { identityId: contactId, name };
    return becomeStuck(core, tx, groupId, { position: offer.positions + 1, committer, atMs: core.nowMs });
  });
}

interface Mover {
  readonly positions: number;
  readonly by: IdentityId;
}

function isFurther(one: Mover, other: Mover): boolean {
  return one.positions === other.positions ? one.by < other.by : one.positions > other.positions;
}

function putWithout(core: Core, tx: Tx, group: GroupRow, offer: MoveOfferRow): void {
  const offers = (group.offers ?? []).filter(({ place }) => !equalBytes(place.stream, offer.place.stream));
  tx.put(core.tables.groups, group.groupId, { ...group, offers });
}

async function dropOffer(core: Core, groupId: string, offer: MoveOfferRow): Promise<void> {
  await core.ledger.transact(async (tx) => {
    const group = tx.get(core.tables.groups, groupId);
    if (group !== undefined) putWithout(core, tx, group, offer);
  });
}

/** The old node may be back: it gets the commit, for those who come late; what it has in its place is told. */
export async function settle(core: Core, groupId: string): Promise<void> {
  const group = core.tables.groups.get(groupId);
  const session = await core.sessions.get(groupId);
  const unsettled = group?.unsettled;
  if (group === undefined || unsettled === undefined || session?.status !== "active") return;
  const link = core.links.to(unsettled.place.nodeUrl);
  if (!isThere(link, unsettled)) return;
  const { place, tokens, position, record } = unsettled;
  const found = await findAt(link, unsettled);
  if (found === "none") {
    const isAdmin = isListed(session, session.self);
    await appendLast(core, link, { ...group, place, tokens }, { position, record, isAdmin });
  }
  const isFork = found instanceof Uint8Array && !equalBytes(found, record);
  await core.ledger.transact(async (tx) => {
    const row = tx.get(core.tables.groups, groupId);
    if (row?.unsettled === undefined) return;
    const { unsettled: _, ...rest } = row;
    if (!isFork) return tx.put(core.tables.groups, groupId, rest);
    const warning = { kind: "fork", nodeUrl: place.nodeUrl, atMs: core.nowMs } as const;
    tx.put(core.tables.groups, groupId, { ...rest, warnings: withWarning(rest.warnings, warning) });
    const event = { what: "forked", nodeUrl: place.nodeUrl } as const;
    await appendEntry(tx, core.tables.threads, row.threadId, { kind: "event", event, atMs: core.nowMs });
  });
}

/** The record at the position; `gone`: the node does not know the stream any more, or shows it no further. */
async function findAt(link: NodeLink, { place, tokens, seq, position }: UnsettledRow): Promise<Uint8Array | "none" | "gone"> {
  const stream = toStreamId(place.stream);
  for (let after = seq; ; ) {
    let page: ResponseOf<"stream.read">;
    try {
      page = await link.call("stream.read", { stream, after }, { capability: tokens.readToken, isLarge: true });
    } catch (error) {
      if (error instanceof ApiError && !error.isRetriable) return "gone";
      throw error;
    }
    const found = page.records.find((one) => one.position === position);
    if (found !== undefined) return found.record;
    const last = page.records.at(-1)?.seq ?? page.checkpoint.seq;
    if (!page.hasMore || last <= after) return page.hasMore ? "gone" : "none";
    after = last;
  }
}
