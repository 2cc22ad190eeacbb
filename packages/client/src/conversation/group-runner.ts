// One conversation's task: reads everything its node has, then sends what waits, one record at a time. Nothing is sealed before every
// handshake the node has was processed, and every step is stored before its record leaves.
import { ApiError, recordHash, toStreamId } from "@p2pcrypt/api";
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import { encodeContent } from "@p2pcrypt/content";
import { type Place, type Session, SessionError } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { isListed } from "../group/plan.ts";
import { isLeaving, unmetWishes } from "../group/wishes.ts";
import { stepAfter } from "../net/call-outcome.ts";
import type { NodeLink } from "../net/node-link.ts";
import { type FollowerSource, StreamFollower } from "../net/stream-follower.ts";
import { backoffMs } from "../run/backoff.ts";
import type { Pump, Step } from "../run/pump.ts";
import type { ClaimRow, GroupRow, SealedRow } from "../store/group-rows.ts";
import { encodeStored } from "../store/stored-json.ts";
import type { VerificationRuns } from "./content.ts";
import { giveUp } from "./give-up.ts";
import { planCommit } from "./membership.ts";
import { moveRowOf } from "./move.ts";
import { nextContent, type ReceiptClock } from "./next-content.ts";
import { takePart } from "./receive.ts";
import { refreshInMs } from "./refresh-keys.ts";
import { appendHandshake, createStream } from "./stream-calls.ts";
import { tellStart } from "./tell-start.ts";
import { withWarning } from "./told-limit.ts";
import { viewOf } from "./view.ts";

const DISTRUSTED_RETRY_MS = 60_000;
const FORBIDDEN_RETRY_MS = 10_000;
/** Administrators commit a leave with new tokens; where none is there, anybody does after a while, not all at once. */
const LEAVE_PATIENCE_MS = 60_000;
const TAKEN_RETRY_MS = 200;
/** How long a record that the node took may be on its way back. */
const PUSH_PATIENCE_MS = 5_000;
const MAX_WAIT_MS = 86_400_000;

interface RunnerDeps {
  readonly runs: VerificationRuns;
  readonly receipts: ReceiptClock;
  readonly ephemeral: (groupId: string, record: Uint8Array) => void;
}

export class GroupRunner {
  readonly groupId: string;
  readonly pump: Pump;
  readonly #core: Core;
  readonly #deps: RunnerDeps;
  #followed: { readonly place: Place; readonly follower: StreamFollower } | undefined;
  /** When somebody's wish to leave was first seen in an epoch, with the time that is left to administrators. */
  #leaves: { readonly epoch: bigint; readonly dueMs: number } | undefined;
  /** How often the position was somebody else's, since a commit of ours was last applied. */
  #misses = 0;
  /** The commit that the node took, until it is read. */
  #taken: Uint8Array | undefined;

  constructor(core: Core, groupId: string, deps: RunnerDeps) {
    this.groupId = groupId;
    this.#core = core;
    this.#deps = deps;
    this.pump = core.pump("conversation", () => this.#step());
  }

  /** Whether everything the node has was read over the present connection. */
  get isCaughtUp(): boolean {
    const link = this.#core.links.known(this.#group.place.nodeUrl);
    return link?.isConnected === true && this.#follower.isCaughtUp(link);
  }

  async close(): Promise<void> {
    this.#followed?.follower.close();
    await this.pump.stop();
  }

  /** Of the place where the conversation lives now. */
  get #follower(): StreamFollower {
    const { place } = this.#group;
    if (this.#followed !== undefined && equalBytes(this.#followed.place.stream, place.stream)) return this.#followed.follower;
    this.#followed?.follower.close();
    const { groupId } = this;
    const { runs, ephemeral } = this.#deps;
    const follower = new StreamFollower(
      {
        stream: toStreamId(place.stream),
        nodeId: place.nodeId,
        cursor: () => this.#group.cursor,
        readToken: () => this.#group.tokens.readToken,
        checkpoint: () => this.#group.checkpoint,
        take: (part) => takePart(this.#core, groupId, part, runs),
        warn: (warning) => this.#warn(place.nodeUrl, warning),
        ephemeral: (record) => ephemeral(groupId, record),
        woken: () => this.pump.wake(),
      },
      this.#core.deps.identity,
    );
    this.#followed = { place, follower };
    return follower;
  }

  get #group(): GroupRow {
    const group = this.#core.tables.groups.get(this.groupId);
    if (group === undefined) throw new RangeError("the group is gone");
    return group;
  }

  async #step(): Promise<Step> {
    const group = this.#core.tables.groups.get(this.groupId);
    if (group === undefined || (group.state !== "opening" && group.state !== "active")) return { kind: "idle" };
    const link = this.#core.links.to(group.place.nodeUrl);
    if (this.#core.account.isCloned) return { kind: "idle" };
    try {
      if (!link.isConnected) return await this.#withoutNode({ kind: "idle" });
      if (link.facts?.nodeId !== group.place.nodeId)
        return await this.#withoutNode({ kind: "wait", delayMs: DISTRUSTED_RETRY_MS });
      if (group.state === "opening" && group.cursor.seq === 0) await createStream(link, this.#group);
      await this.#beginGroup();
      const outcome = await this.#follower.follow(link);
      if (outcome === "ended") return { kind: "again" };
      if (outcome === "distrusted") return { kind: "wait", delayMs: DISTRUSTED_RETRY_MS };
      if (outcome === "forbidden") return await this.#withoutNode({ kind: "wait", delayMs: FORBIDDEN_RETRY_MS });
      return (await this.#moves()) ?? (await this.#send(link));
    } catch (error) {
      return stepAfter(error);
    }
  }

  /** The node does not answer, or does not know the conversation any more: it goes on elsewhere when somebody wants it to. */
  async #withoutNode(otherwise: Step): Promise<Step> {
    const { state, offers = [], wishes = [] } = this.#group;
    const isWanted = offers.length > 0 || wishes.some((wish) => wish.kind === "move" && wish.isForced === true);
    if (state !== "active" || !isWanted) return otherwise;
    const step = await (await import("./move-elsewhere.ts")).withoutNode(this.#core, this.groupId, this.#deps.runs);
    return step.kind === "idle" ? otherwise : step;
  }

  /** Where others say that it goes on, and what the node that it left should know. */
  async #moves(): Promise<Step | undefined> {
    const { offers = [], unsettled } = this.#group;
    if (unsettled !== undefined && this.#core.links.to(unsettled.place.nodeUrl).isConnected)
      await (await import("./move-elsewhere.ts")).settle(this.#core, this.groupId);
    if (offers.length === 0) return undefined;
    return (await import("./move-elsewhere.ts")).tryOffers(this.#core, this.groupId, this.#deps.runs);
  }

  /** A group is there with its stream, whoever else is in it; a conversation of two begins with the first commit. */
  async #beginGroup(): Promise<void> {
    const core = this.#core;
    const kind = core.tables.threads.get(this.#group.threadId)?.kind;
    if (kind === undefined || kind === "direct" || this.#group.state !== "opening") return;
    await core.ledger.transact(async (tx) => {
      const group = tx.get(core.tables.groups, this.groupId);
      const session = await core.sessions.get(this.groupId);
      if (group === undefined || session === undefined) return;
      tx.put(core.tables.groups, this.groupId, { ...group, state: "active", code: session.conversationCode() });
      if (kind === "group") await tellStart(core, tx, group.threadId, core.nowMs);
    });
  }

  /** Sends one record, if there is one to send. */
  async #send(link: NodeLink): Promise<Step> {
    const session = await this.#core.sessions.get(this.groupId);
    if (session === undefined || session.status !== "active") return { kind: "idle" };
    const { claim, sealed } = this.#group;
    // A record on its way is decided first: its content may be sealed again only after the node has answered for it.
    if (sealed?.isMoved === true) return this.#decideMoved(session, sealed);
    if (sealed !== undefined) return this.#sendSealed(link, sealed);
    if (claim !== undefined) return this.#sendClaim(link, session, claim);
    const patienceMs = this.#patienceMs(session);
    if (await this.#commitPlanned(patienceMs <= 0)) return { kind: "again" };
    const isSilent = this.#group.state !== "active" || this.#isBlocked() || isLeaving(this.#group);
    const step: Step = isSilent ? { kind: "idle" } : await this.#sealNext();
    if (step.kind === "again") return step;
    const formerMs = await this.#dropFormer();
    const waits = [patienceMs, Math.min(refreshInMs(this.#core, this.#group), MAX_WAIT_MS), formerMs].filter((ms) => ms > 0);
    return { kind: "wait", delayMs: Math.min(...waits, step.kind === "wait" ? step.delayMs : MAX_WAIT_MS) };
  }

  /** When a stream that is not needed any more is to be deleted. */
  async #dropFormer(): Promise<number> {
    const times = (this.#group.former ?? []).map(({ untilMs }) => untilMs - this.#core.nowMs);
    if (!times.some((ms) => ms <= 0)) return Math.min(...times, MAX_WAIT_MS);
    return (await import("./move-streams.ts")).dropFormer(this.#core, this.groupId);
  }

  /** How long others are left to commit a leave; 0 when there is none, or the time is over. */
  #patienceMs(session: Session): number {
    const isAsked = session.leaving.some(({ leaf }) => leaf !== session.self.leaf);
    if (!isAsked || isListed(session, session.self)) {
      this.#leaves = undefined;
      return 0;
    }
    const { nowMs, deps } = this.#core;
    if (this.#leaves?.epoch !== session.epoch) {
      const jitterMs = ((deps.random(1)[0] ?? 0) / 256) * LEAVE_PATIENCE_MS;
      this.#leaves = { epoch: session.epoch, dueMs: nowMs + LEAVE_PATIENCE_MS + Math.round(jitterMs) };
    }
    return Math.min(Math.max(0, this.#leaves.dueMs - nowMs), 2 * LEAVE_PATIENCE_MS);
  }

  /** The person has to decide first: about the contact, or about a member whose alert nobody has answered. */
  #isBlocked(): boolean {
    const { threads, contacts } = this.#core.tables;
    const contactId = threads.get(this.#group.threadId)?.contactId;
    if (contactId !== undefined && contacts.get(contactId)?.state === "blocked") return true;
    const members = contactId === undefined ? this.#group.roster.map(({ identityId }) => identityId) : [contactId];
    return members.some((id) => contacts.get(id)?.alert?.isDecided === false);
  }

  async #commitPlanned(mayAcceptLeaves: boolean): Promise<boolean> {
    try {
      return await this.#commitNext(mayAcceptLeaves);
    } catch (error) {
      const { adds, wishes = [] } = this.#group;
      if (!(error instanceof SessionError) || (adds.length === 0 && wishes.length === 0)) throw error;
      await giveUp(this.#core, this.groupId);
      return true;
    }
  }

  #commitNext(mayAcceptLeaves: boolean): Promise<boolean> {
    const core = this.#core;
    return core.ledger.transact(async (tx) => {
      const session = await core.sessions.get(this.groupId);
      const stored = tx.get(core.tables.groups, this.groupId);
      if (session === undefined || stored === undefined || session.pendingRecord !== undefined) return false;
      const wishes = unmetWishes(stored, session);
      const group: GroupRow = stored.wishes === undefined ? stored : { ...stored, wishes };
      const plan = planCommit(core, group, session, { mayAcceptLeaves });
      if (plan === undefined) {
        if (wishes.length !== (stored.wishes ?? []).length) tx.put(core.tables.groups, this.groupId, { ...stored, wishes });
        return false;
      }
      core.sessions.spend(tx, this.groupId);
      const at = { nowMs: core.nowMs, view: viewOf(group, session) };
      const made = plan.change.kind === "requestLeave" ? await session.requestLeave(at) : await session.commit(plan.change, at);
      core.sessions.stage(tx, made.session);
      const { adds, addAdmins, removeAdmins, isRemoval, moveTo } = plan;
      const isConfigured = isRemoval || addAdmins.length > 0 || removeAdmins.length > 0;
      const claim: ClaimRow = {
        record: made.record,
        adds,
        ...(isConfigured ? { configuration: { addAdmins, removeAdmins, isRemoval } } : {}),
        ...(moveTo === undefined ? {} : { move: await moveRowOf(session, made.session, moveTo) }),
      };
      tx.put(core.tables.groups, this.groupId, { ...group, claim });
      return true;
    });
  }

  async #sendClaim(link: NodeLink, session: Session, claim: ClaimRow): Promise<Step> {
    if (this.#taken !== undefined && equalBytes(this.#taken, claim.record)) {
      // The node took it and did not push it.
      this.#taken = undefined;
      this.#follower.readAgain();
      return { kind: "again" };
    }
    const { record } = claim;
    if (claim.move !== undefined && claim.move.isReady !== true) {
      const { prepareMove } = await import("./move-streams.ts");
      await prepareMove(this.#core, this.#group, session, { ...claim, move: claim.move });
      return { kind: "again" };
    }
    try {
      await appendHandshake(this.#core, link, { group: this.#group, session, claim });
    } catch (error) {
      // Somebody else was first, or changed the stream: reading on shows what is to be done now. Many who want the same part.
      if (error instanceof ApiError && (error.code === "positionTaken" || error.code === "versionConflict")) {
        this.#misses += 1;
        const range = { firstMs: TAKEN_RETRY_MS, lastMs: DISTRUSTED_RETRY_MS };
        return { kind: "wait", delayMs: backoffMs(this.#misses, range, this.#core.deps.random) };
      }
      if (error instanceof ApiError && error.code === "membersLaneClosed") return { kind: "wait", delayMs: DISTRUSTED_RETRY_MS };
      // The tokens were changed by a removal that is still to be read.
      if (error instanceof ApiError && error.code === "forbidden") return { kind: "wait", delayMs: FORBIDDEN_RETRY_MS };
      throw error;
    }
    this.#misses = 0;
    this.#taken = record;
    return { kind: "wait", delayMs: PUSH_PATIENCE_MS }; // it comes back in the log, and wakes this task
  }

  async #sealNext(): Promise<Step> {
    const core = this.#core;
    return core.ledger.transact(async (tx): Promise<Step> => {
      const group = tx.get(core.tables.groups, this.groupId);
      const session = await core.sessions.get(this.groupId);
      if (group === undefined || session === undefined) return { kind: "idle" };
      const next = nextContent(core, tx, group, this.#deps.receipts);
      if (next.kind !== "content") return next;
      core.sessions.spend(tx, this.groupId);
      const made = await session.seal(encodeContent(next.content), { view: viewOf(group, session) });
      core.sessions.stage(tx, made.session);
      const sealed: SealedRow = {
        record: made.record,
        idempotencyKey: core.deps.random(16),
        ifHandshake: session.positions,
        carries: next.carries,
        epoch: session.epoch,
      };
      tx.put(core.tables.groups, this.groupId, { ...group, sealed });
      if (next.carries.kind === "outbox") {
        const row = tx.get(core.tables.outbox, next.carries.id);
        if (row !== undefined) tx.put(core.tables.outbox, row.id, { ...row, recordHash: encodeHex(recordHash(made.record)) });
      }
      return { kind: "again" };
    });
  }

  async #sendSealed(link: NodeLink, sealed: SealedRow): Promise<Step> {
    const { place, tokens } = this.#group;
    const { record, idempotencyKey, ifHandshake } = sealed;
    try {
      await link.call(
        "stream.append",
        { stream: toStreamId(place.stream), kind: "application", record, idempotencyKey, ifHandshake },
        { capability: tokens.writeToken },
      );
    } catch (error) {
      // The node has not taken it, and will not take it under this key.
      if (error instanceof ApiError && error.code === "moved") return this.#moved(sealed);
      if (error instanceof ApiError && error.code === "forbidden") return { kind: "wait", delayMs: FORBIDDEN_RETRY_MS };
      throw error;
    }
    return this.#answered(sealed, true);
  }

  async #moved(sealed: SealedRow): Promise<Step> {
    await this.#changeSealed(sealed, { ...sealed, isMoved: true });
    return { kind: "again" };
  }

  /**
   * Everything the node has was read. In another epoch the content is sealed anew; in the same one, where only a leave was asked for or
   * a commit was skipped, the record goes out as it is: sealing it again would leave a gap in the sender's messages.
   */
  async #decideMoved(session: Session, { isMoved: _, ...sealed }: SealedRow): Promise<Step> {
    if (sealed.epoch !== session.epoch) return this.#answered(sealed, false);
    const idempotencyKey = this.#core.deps.random(16);
    await this.#changeSealed(sealed, { ...sealed, idempotencyKey, ifHandshake: session.positions });
    return { kind: "again" };
  }

  async #changeSealed(from: SealedRow, to: SealedRow): Promise<void> {
    const core = this.#core;
    await core.ledger.transact(async (tx) => {
      const group = tx.get(core.tables.groups, this.groupId);
      // Read back from the log meanwhile: then it is there after all.
      if (group?.sealed === undefined || encodeHex(group.sealed.idempotencyKey) !== encodeHex(from.idempotencyKey)) return;
      tx.put(core.tables.groups, this.groupId, { ...group, sealed: to });
    });
  }

  async #answered(sealed: SealedRow, isAtNode: boolean): Promise<Step> {
    const core = this.#core;
    const { groups, outbox, threads } = core.tables;
    await core.ledger.transact(async (tx) => {
      const group = tx.get(groups, this.groupId);
      if (group === undefined) return;
      if (group.sealed !== undefined && encodeHex(group.sealed.idempotencyKey) === encodeHex(sealed.idempotencyKey)) {
        const { sealed: _, ...rest } = group;
        tx.put(groups, this.groupId, rest);
      }
      const { carries } = sealed;
      if (carries.kind === "receipt") {
        const thread = tx.get(threads, group.threadId);
        if (isAtNode && thread !== undefined)
          tx.put(threads, thread.id, { ...thread, toldArrived: carries.arrived, toldRead: carries.read });
        return;
      }
      // Read back from the log already when it is gone.
      const row = tx.get(outbox, carries.id);
      if (row === undefined) return;
      const { recordHash: _, ...unsealed } = row;
      tx.put(outbox, row.id, isAtNode ? { ...row, isAtNode } : unsealed);
      if (isAtNode && (row.content.kind === "text" || row.content.kind === "file"))
        tx.emit({ kind: "messageState", conversationId: row.threadId, id: row.id, state: "atNode" });
    });
    return { kind: "again" };
  }

  /** Two signed checkpoints that contradict each other prove to anybody what the node did: they are kept. */
  async #warn(nodeUrl: string, { kind, evidence }: Parameters<FollowerSource["warn"]>[0]): Promise<void> {
    const core = this.#core;
    await core.ledger.transact(async (tx) => {
      const group = tx.get(core.tables.groups, this.groupId);
      if (group === undefined) return;
      const proof = evidence === undefined ? {} : { evidence: encodeStored(evidence) };
      const warnings = withWarning(group.warnings, { kind, nodeUrl, atMs: core.nowMs, ...proof });
      // A row that is written wakes this task: a node that goes on lying is asked again later.
      if (warnings !== group.warnings) tx.put(core.tables.groups, this.groupId, { ...group, warnings });
    });
  }
}
