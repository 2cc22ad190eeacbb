// Records of a conversation, in the order of the log, each by the session it belongs to. All of it in one transaction with the cursor.
import { followRecord, recordHash } from "@p2pcrypt/api";
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { HandshakeOutcome, Member, Place, Session, View, WelcomePackage } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { ConversationEvent } from "../entry-snapshots.ts";
import { isListed } from "../group/plan.ts";
import { isLeaving, isMemberOf, unmetWishes } from "../group/wishes.ts";
import type { WelcomeBody } from "../mail/envelope.ts";
import type { FollowedPart, FollowedRecord } from "../net/stream-follower.ts";
import type { ConversationWarning } from "../snapshots.ts";
import type { AddRow, GroupRow } from "../store/group-rows.ts";
import type { CursorRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import { applyContent, applyOwnEcho, type VerificationRuns } from "./content.ts";
import { disown, reclaimed, withoutDisowned } from "./disowned.ts";
import { becomeStuck } from "./give-way.ts";
import { joinByWelcome } from "./join.ts";
import { rosterOf } from "./membership.ts";
import { follow, noteCompany, sayAgain, withAbandoned } from "./move.ts";
import { tellStart } from "./tell-start.ts";
import { appendEntry, markNewcomer } from "./thread.ts";
import { eventsOf } from "./told-events.ts";
import { withWarning } from "./told-limit.ts";

const TRAIL_LENGTH = 32;

/** @returns whether the conversation goes on for this device. */
export async function takePart(core: Core, groupId: string, part: FollowedPart, runs: VerificationRuns): Promise<boolean> {
  return core.ledger.transact(async (tx) => {
    const receiver = new Receiver(core, tx, groupId, runs);
    return receiver.take(part);
  });
}

/** A commit that did not bring the conversation to the place that it was said to. */
export class MoveRefused extends Error {
  override readonly name = "MoveRefused";
}

/**
 * Takes a commit that moves the conversation from the new place, as if it stood next in the old log. A commit of one's own that waits is
 * given up for it.
 *
 * @throws {MoveRefused} nothing is stored: it is no commit that leads there
 */
export async function takeMove(
  core: Core,
  tx: Tx,
  groupId: string,
  { record, place }: { readonly record: Uint8Array; readonly place: Place },
  runs: VerificationRuns,
): Promise<void> {
  const receiver = new Receiver(core, tx, groupId, runs);
  await receiver.takeMove(record, place);
}

class Receiver {
  readonly #core: Core;
  readonly #tx: Tx;
  readonly #groupId: string;
  readonly #runs: VerificationRuns;
  #isElsewhere = false;
  /** Where a commit leads that this device cannot follow. */
  #unfollowed: readonly Place[] = [];

  constructor(core: Core, tx: Tx, groupId: string, runs: VerificationRuns) {
    this.#core = core;
    this.#tx = tx;
    this.#groupId = groupId;
    this.#runs = runs;
  }

  async take({ records, from, cursor, checkpoint, missing }: FollowedPart): Promise<boolean> {
    if (missing > 0) await this.#missing({ reason: "expired", count: missing, atMs: this.#core.nowMs });
    let at: CursorRow = from;
    for (const record of records) {
      const next = followRecord(at, record);
      if (next !== undefined) this.#put({ trail: [...(this.#group.trail ?? []), pick(next)].slice(-TRAIL_LENGTH) });
      at = next ?? { ...at, seq: record.seq };
      if (record.kind === "handshake") await this.#handshake(record, at);
      else if (record.kind === "application") await this.#application(record);
      if (this.#isElsewhere) return false; // in the log, or at another node
      if (this.#group.state !== "active" && this.#group.state !== "opening") break;
    }
    this.#put({ cursor, checkpoint });
    return this.#group.state === "active" || this.#group.state === "opening";
  }

  async takeMove(record: Uint8Array, place: Place): Promise<void> {
    const session = await this.#session();
    this.#core.sessions.spend(this.#tx, this.#groupId);
    const isOwn = session.pendingRecord !== undefined && equalBytes(session.pendingRecord, record);
    if (session.pendingRecord !== undefined && !isOwn) {
      this.#core.sessions.stage(this.#tx, session.withoutPending());
      const { claim: _, ...rest } = this.#group;
      this.#tx.put(this.#core.tables.groups, this.#groupId, rest);
    }
    const { cursor } = this.#group;
    const position = session.positions + 1;
    const at = { ...cursor, positions: position };
    await this.#handshake({ seq: cursor.seq, kind: "handshake", position, timeMs: this.#core.nowMs, record }, at);
    // Whoever cannot follow is taken in again where the others are: but only a commit that leads there is a reason to ask for that.
    const [to] = this.#isElsewhere ? [this.#group.place] : this.#unfollowed;
    if (to?.nodeId !== place.nodeId || !equalBytes(to.stream, place.stream)) throw new MoveRefused();
  }

  get #group(): GroupRow {
    const group = this.#tx.get(this.#core.tables.groups, this.#groupId);
    if (group === undefined) throw new RangeError("the group is gone");
    return group;
  }

  #put(change: Partial<GroupRow>): void {
    this.#tx.put(this.#core.tables.groups, this.#groupId, { ...this.#group, ...change });
  }

  async #session(): Promise<Session> {
    const session = await this.#core.sessions.get(this.#groupId);
    if (session === undefined) throw new RangeError("the session is gone");
    return session;
  }

  async #application({ record, timeMs: atMs }: FollowedRecord): Promise<void> {
    const before = await this.#session();
    const hash = encodeHex(recordHash(record));
    const outcome = await before.open(record, { positions: before.positions });
    if ("session" in outcome) this.#core.sessions.stage(this.#tx, outcome.session);
    switch (outcome.kind) {
      case "opened": {
        if (outcome.missing > 0)
          await this.#missing({ reason: "skipped", count: outcome.missing, author: outcome.author.identityId, atMs });
        if (outcome.author.identityId !== this.#core.account.identityId) noteCompany(this.#core, this.#tx, this.#groupId);
        this.#compareView(outcome.view, outcome.session);
        return applyContent(
          this.#core,
          this.#tx,
          this.#group,
          { author: outcome.author, bytes: outcome.content, atMs },
          this.#runs,
        );
      }
      case "ownEcho":
        if (this.#group.sealed !== undefined && equalBytes(this.#group.sealed.record, record)) {
          const { sealed: _, ...rest } = this.#group;
          this.#tx.put(this.#core.tables.groups, this.#groupId, rest);
        }
        return applyOwnEcho(this.#core, this.#tx, this.#group, hash, atMs);
      case "cloned":
        return this.#cloned();
      case "malformed":
        return this.#missing({ reason: "badContent", author: outcome.author.identityId, atMs });
      case "gap":
        return this.#missing({ reason: "skipped", count: outcome.missing, author: outcome.author.identityId, atMs });
      case "unreadable":
        if (outcome.isForkAlarm) this.#warn("fork");
        return this.#missing({ reason: "unreadable", atMs });
      case "duplicate":
      case "wrongEpoch":
        return;
    }
  }

  async #handshake({ record, position = 0, timeMs: atMs }: FollowedRecord, at: CursorRow): Promise<void> {
    const present = await this.#session();
    if (position <= present.positions) return; // known from the Welcome
    const before = reclaimed(this.#core, this.#tx, this.#group, present, record);
    const outcome = await before.receiveHandshake(record, { position });
    this.#core.sessions.stage(this.#tx, outcome.session);
    switch (outcome.kind) {
      case "applied":
        this.#tx.put(this.#core.tables.groups, this.#groupId, withoutDisowned(this.#group));
        await this.#applied(before, outcome, at, atMs);
        break;
      case "skipped":
        if (outcome.isForkAlarm) this.#warn("fork");
        break;
      case "stuck":
        if (outcome.isClone) return this.#cloned();
        this.#unfollowed = outcome.location;
        return this.#stuck(position, outcome.committer, atMs);
      case "removed":
        return this.#removed(outcome.by, atMs);
    }
    const { claim, ...rest } = this.#group;
    if (claim === undefined) return;
    if (outcome.session.pendingRecord !== undefined) {
      // A move is made for one position: whoever took it, and be it with nothing, ends the attempt.
      if (claim.move === undefined) return;
      const left = disown(this.#core, this.#tx, rest, outcome.session);
      return this.#tx.put(this.#core.tables.groups, this.#groupId, withAbandoned(left, claim.move, this.#core.nowMs));
    }
    const isOwn = outcome.kind === "applied" && outcome.isOwn;
    const group = claim.move === undefined || isOwn ? rest : withAbandoned(rest, claim.move, this.#core.nowMs);
    this.#tx.put(this.#core.tables.groups, this.#groupId, group);
  }

  async #removed(by: Member, atMs: number): Promise<void> {
    const { name, identityId } = this.#core.account;
    const hasWished = isLeaving(this.#group);
    const { claim: _, sealed: __, ...rest } = this.#group;
    const state = hasWished || by.identityId === identityId ? "left" : "removed";
    this.#tx.put(this.#core.tables.groups, this.#groupId, { ...rest, state, wishes: [], adds: [] });
    const event: ConversationEvent = hasWished
      ? { what: "left", name, identityId }
      : { what: "memberRemoved", name, identityId, by: by.name, byId: by.identityId };
    await this.#event(event, atMs);
    return this.#joinAgain();
  }

  async #joinAgain(): Promise<void> {
    const { threads, contacts } = this.#core.tables;
    const { nextWelcome, nextWelcomeFrom, threadId } = this.#group;
    const contactId = nextWelcomeFrom ?? this.#tx.get(threads, threadId)?.contactId;
    const contact = contactId === undefined ? undefined : this.#tx.get(contacts, contactId);
    if (nextWelcome === undefined || contact === undefined) return;
    await joinByWelcome(this.#core, this.#tx, contact, nextWelcome);
    this.#isElsewhere = this.#group.state === "active";
  }

  async #applied(before: Session, outcome: HandshakeOutcome & { kind: "applied" }, at: CursorRow, atMs: number): Promise<void> {
    const { session, events, committer, isOwn, welcome } = outcome;
    const { stream } = this.#group.place;
    if (committer.identityId !== this.#core.account.identityId) noteCompany(this.#core, this.#tx, this.#groupId);
    // A removal by who administers the stream changes the tokens: all derive them from the new epoch and the removal's position.
    const hasRemoval = events.some(({ kind }) => kind === "memberRemoved");
    if (hasRemoval && isListed(before, committer)) {
      const tokens = { configVersion: at.positions, ...(await session.streamTokens(stream, at.positions)) };
      this.#put({ tokens });
    }
    // A group begins with its stream, a conversation of two when the other one is in it.
    const isStart = this.#group.state === "opening";
    if (events.some(({ kind }) => kind === "locationChanged")) {
      await follow(this.#core, this.#tx, this.#group, { before, after: session, isOwn });
      this.#isElsewhere = true;
    }
    this.#put({ code: session.conversationCode(), ...rosterOf(session), ...(isStart ? { state: "active" } : {}) });
    // An own commit gives the leaf new keys, unless it adds.
    const [isCommit, isAdd] = (["epochStarted", "memberAdded"] as const).map((what) => events.some(({ kind }) => kind === what));
    if (isOwn && isCommit === true && isAdd === false) this.#put({ refreshedMs: this.#core.nowMs });
    if (isOwn && isAdd === true) sayAgain(this.#core, this.#tx, this.#groupId);
    if (this.#group.wishes !== undefined) this.#put({ wishes: unmetWishes(this.#group, session) });
    if (isOwn && welcome !== undefined) this.#sendWelcomes(session, welcome, at);
    this.#put({ adds: stillMissing(this.#group.adds, session) });
    if (isStart) return tellStart(this.#core, this.#tx, this.#group.threadId, atMs);
    for (const event of events) {
      if (event.kind === "memberAdded" && !isMemberOf(before, event.member.identityId))
        markNewcomer(this.#tx, this.#core.tables.threads, this.#group.threadId, event.member);
      else if (event.kind === "memberAdded") this.#noteNewDevice(event.member, atMs);
      for (const told of eventsOf(event, before, session)) await this.#event(told, atMs);
    }
  }

  /** Told for a week wherever the contact is shown, as long as this person may not have seen it. */
  #noteNewDevice({ identityId, deviceId }: Member, atMs: number): void {
    const { contacts } = this.#core.tables;
    const contact = this.#tx.get(contacts, identityId);
    if (contact === undefined) return;
    const device = encodeHex(deviceId);
    const others = (contact.newDevices ?? []).filter((known) => known.deviceId !== device);
    if (others.length === (contact.newDevices ?? []).length)
      this.#tx.put(contacts, identityId, { ...contact, newDevices: [...others, { deviceId: device, atMs }].slice(-10) });
  }

  /** One letter for each device that this commit added. */
  #sendWelcomes(session: Session, welcome: WelcomePackage, at: CursorRow): void {
    const { claim, tokens, place } = this.#group;
    const adds = claim?.adds ?? [];
    const taken = new Set(adds.map(({ offer }) => encodeHex(offer.keyPackage)));
    this.#put({ adds: this.#group.adds.filter(({ offer }) => !taken.has(encodeHex(offer.keyPackage))) });
    const written = new Set<string>();
    for (const add of adds) {
      // One for each inbox, or one for all inboxes of a person: the same Welcome is for each device that it names.
      const address = `${add.identityId} ${add.replyInbox === undefined ? "" : encodeHex(add.replyInbox)}`;
      if (written.has(address)) continue;
      written.add(address);
      const body: WelcomeBody = {
        kind: "welcome",
        deviceCertificate: this.#core.account.device.certificate,
        welcome: welcome.welcome,
        ratchetTree: welcome.ratchetTree,
        references: welcome.keyPackageReferences,
        groupId: session.groupId,
        place,
        configVersion: tokens.configVersion,
        readToken: tokens.readToken,
        writeToken: tokens.writeToken,
        positions: session.positions,
        handshakeHead: session.handshakeHead,
        seq: at.seq,
        chain: at.chain,
      };
      const id = this.#core.newId();
      const { replyInbox } = add;
      const letter = { kind: "answer", body, ...(replyInbox === undefined ? {} : { replyInbox }) } as const;
      this.#tx.put(this.#core.tables.mail, id, { id, to: add.identityId, createdMs: this.#core.nowMs, attempts: 0, letter });
    }
  }

  /** Others went on where this device cannot follow: it says so, signed, and asks to be added again (M7). */
  async #stuck(position: number, committer: Member, atMs: number): Promise<void> {
    await becomeStuck(this.#core, this.#tx, this.#groupId, { position, committer, atMs });
  }

  /** A record that only this device could have made, and did not: somebody uses a copy of the vault (M20). */
  #cloned(): void {
    const account = this.#tx.get(this.#core.tables.account, SELF);
    if (account !== undefined) this.#tx.put(this.#core.tables.account, SELF, { ...account, isCloned: true });
    this.#tx.afterwards(() => this.#core.stop("client/cloned"));
  }

  /** A member who stands at the same position with another past has another history. */
  #compareView({ positions, handshakeHead, nodes }: View, session: Session): void {
    const { trail = [], place } = this.#group;
    const isOtherPast = positions === session.positions && !equalBytes(handshakeHead, session.handshakeHead);
    const isOtherLog = nodes.some(
      ({ node, seq, chain }) =>
        encodeHex(node) === place.nodeId && trail.some((mine) => mine.seq === seq && !equalBytes(mine.chain, chain)),
    );
    if (isOtherPast || isOtherLog) this.#warn("fork");
  }

  #warn(kind: ConversationWarning["kind"]): void {
    const { warnings, place } = this.#group;
    const warning: ConversationWarning = { kind, nodeUrl: place.nodeUrl, atMs: this.#core.nowMs };
    this.#put({ warnings: withWarning(warnings, warning) });
  }

  #event(event: ConversationEvent, atMs: number): Promise<void> {
    return appendEntry(this.#tx, this.#core.tables.threads, this.#group.threadId, { kind: "event", event, atMs });
  }

  #missing(entry: {
    readonly reason: "expired" | "skipped" | "unreadable" | "badContent";
    readonly count?: number;
    readonly author?: Member["identityId"];
    readonly atMs: number;
  }): Promise<void> {
    return appendEntry(this.#tx, this.#core.tables.threads, this.#group.threadId, { kind: "missing", ...entry });
  }
}

/** Another own device, or another administrator, may have been faster; and whose other devices left or were removed stays out. */
function stillMissing(adds: readonly AddRow[], { roster }: Session): readonly AddRow[] {
  const isDone = ({ identityId, offer, isOwn, isMissing }: AddRow): boolean =>
    ((isOwn ?? isMissing) === true && roster.some(({ deviceId }) => equalBytes(deviceId, offer.deviceId))) ||
    (isMissing === true && !roster.some((member) => member.identityId === identityId));
  return adds.some(isDone) ? adds.filter((add) => !isDone(add)) : adds;
}

function pick({ seq, chain }: CursorRow): { readonly seq: number; readonly chain: Uint8Array } {
  return { seq, chain };
}
