// Handshake records, in the order of their positions. What holds is the same for every member; a record that does not hold uses
// up its position and changes nothing else but the ratchet it was encrypted under.
import { equalBytes } from "@p2pcrypt/bytes";
import { checkCommit, enterEpoch, judgedAtMs, wipeEpoch } from "./epoch.ts";
import type { Place } from "./group/conversation-context.ts";
import { nextHandshakeHead } from "./group/handshake-chain.ts";
import type { Member } from "./group/roster.ts";
import { leafAt } from "./group/tree-rules.ts";
import { groupEvents } from "./group-events.ts";
import { readSender, unprotect } from "./messages.ts";
import { cipherSuiteOf } from "./mls/cipher-suite.ts";
import { createJudge } from "./mls/judge.ts";
import { type GroupState, makeProposalRef, type PrivateMessage } from "./mls/library.ts";
import { readPrivateMessage } from "./mls/messages.ts";
import type { GroupEvent, SkipReason, WelcomePackage } from "./outcomes.ts";
import type { SessionCrypto } from "./primitives/session-crypto.ts";
import type { SessionDeps } from "./session.ts";
import type { EpochState, LeaveRequest, SessionState } from "./state.ts";
import { wipe } from "./wipe.ts";
import { decodeHandshakeHeader, type HandshakeHeader } from "./wire/frames.ts";

export type Received =
  | {
      readonly kind: "applied";
      readonly state: SessionState;
      readonly events: readonly GroupEvent[];
      readonly committer: Member;
      readonly header: HandshakeHeader;
      readonly isOwn: boolean;
      readonly welcome: WelcomePackage | undefined;
    }
  | {
      readonly kind: "skipped";
      readonly state: SessionState;
      readonly reason: SkipReason;
      readonly isForkAlarm: boolean;
      readonly committer: Member | undefined;
    }
  | {
      readonly kind: "stuck";
      readonly state: SessionState;
      readonly committer: Member;
      readonly isClone: boolean;
      readonly location: readonly Place[];
    }
  | { readonly kind: "removed"; readonly state: SessionState; readonly by: Member };

type OpenedHandshake = NonNullable<Awaited<ReturnType<typeof unprotect>>>;

export async function receive(deps: SessionDeps, before: SessionState, record: Uint8Array, position: number): Promise<Received> {
  if (position !== before.positions + 1) throw new RangeError(`position ${before.positions + 1} comes next, not ${position}`);
  const state: SessionState = {
    ...before,
    positions: position,
    handshakeHead: nextHandshakeHead(before.handshakeHead, position, record),
  };
  if (before.pending !== undefined && equalBytes(before.pending.record, record)) return adoptPending(state);

  const { mls } = state;
  const message = readPrivateMessage(record);
  if (message === undefined || message.contentType === "application") return skip(state, "notARecord");
  if (!equalBytes(message.groupId, mls.groupContext.groupId)) return skip(state, "otherGroup");
  if (message.epoch !== mls.groupContext.epoch) return skip(state, "wrongEpoch");
  const opened = await unprotect(deps.crypto, mls, message);
  if (opened === undefined) return { ...skip(state, "doesNotOpen"), isForkAlarm: !(await isReplay(deps.crypto, mls, message)) };

  // Signed by its leaf: its generation stays consumed whatever comes of it, so that no key is used twice.
  const stepped: SessionState = { ...state, mls: { ...mls, secretTree: opened.tree } };
  const sender = stepped.roster.find(({ leaf }) => leaf === opened.senderData.leafIndex);
  if (sender === undefined) return skip(stepped, "doesNotOpen");
  const header = readHeader(message.authenticatedData);
  if (header === undefined) return skip(stepped, "badHeader", sender);
  const received = await (opened.content.content.contentType === "proposal"
    ? receiveProposal(deps, stepped, { sender, header, opened })
    : receiveCommit(deps, stepped, { sender, header, opened }));
  wipe(opened.consumed);
  return received;
}

async function receiveCommit(
  deps: SessionDeps,
  state: SessionState,
  { sender, header, opened }: { readonly sender: Member; readonly header: HandshakeHeader; readonly opened: OpenedHandshake },
): Promise<Received> {
  const { content } = opened.content;
  if (content.contentType !== "commit") return skip(state, "forbiddenProposal", sender);
  const checked = await checkCommit(deps, state, { committer: sender, commit: content.commit, header });
  if ("refused" in checked) return skip(state, checked.refused, sender);
  if (checked.isSelfRemoved) return { kind: "removed", state: over(state, "removed"), by: sender };
  // A commit of my own leaf that I did not make: a copy of this session did, and its new path is not mine.
  const isClone = sender.leaf === state.mls.privatePath.leafIndex;
  const next = isClone ? undefined : await enterEpoch(deps.crypto, state.mls, checked, opened.content);
  if (next === undefined) {
    const { location } = checked.context;
    return { kind: "stuck", state: over(state, "stuck"), committer: sender, isClone, location };
  }
  return applied(state, next, { committer: sender, header, isOwn: false, welcome: undefined });
}

/** Only one proposal travels alone: a member's request that its own leaf be removed. */
async function receiveProposal(
  deps: SessionDeps,
  state: SessionState,
  { sender, header, opened }: { readonly sender: Member; readonly header: HandshakeHeader; readonly opened: OpenedHandshake },
): Promise<Received> {
  const { content } = opened.content;
  if (content.contentType !== "proposal") return skip(state, "forbiddenProposal", sender);
  const { proposal } = content;
  if (proposal.proposalType !== "remove" || proposal.remove.removed !== sender.leaf)
    return skip(state, "forbiddenProposal", sender);
  const leaf = leafAt(state.mls.ratchetTree, sender.leaf);
  const judge = createJudge(deps.verifyCredential, { atMs: judgedAtMs(state, header) });
  if (leaf === undefined || (await judge.verdictOn(leaf)) === undefined) return skip(state, "badCredential", sender);
  if (isLastLeafOfAdministrator(state, sender)) return skip(state, "administratorGone", sender);
  const reference = await makeProposalRef(opened.content, cipherSuiteOf(deps.crypto).hash);
  return requested(state, { leaf: sender.leaf, reference, proposal }, { sender, header, isOwn: false });
}

/**
 * Whether a record that does not open comes from my epoch and another's used generation: somebody posts the same bytes twice. Of my own
 * leaf it is never taken for that, since what I no longer have pending may have been applied by the others.
 */
async function isReplay(crypto: SessionCrypto, mls: GroupState, message: PrivateMessage): Promise<boolean> {
  const sender = await readSender(crypto, mls, message);
  const ratchet = sender === undefined ? undefined : mls.secretTree[sender.leafIndex * 2]?.handshake;
  if (sender === undefined || ratchet === undefined || sender.leafIndex === mls.privatePath.leafIndex) return false;
  return sender.generation < ratchet.generation && ratchet.unusedGenerations[sender.generation] === undefined;
}

/** My own record came back at its position: what it stands for was worked out when it was made. */
function adoptPending(state: SessionState): Received {
  const { pending } = state;
  const self = state.roster.find(({ leaf }) => leaf === state.mls.privatePath.leafIndex);
  if (pending === undefined || self === undefined) throw new RangeError("nothing is pending");
  const header = { timeMs: pending.timeMs, view: pending.view };
  // Others may have asked to leave since it was made: receivers look again, so do I.
  if (pending.kind === "leave" && isLastLeafOfAdministrator(state, self))
    return skip({ ...state, pending: undefined }, "administratorGone", self);
  return pending.kind === "leave"
    ? requested(state, pending.request, { sender: self, header, isOwn: true })
    : applied(state, pending.next, { committer: self, header, isOwn: true, welcome: pending.welcome });
}

function applied(
  before: SessionState,
  next: EpochState,
  by: { committer: Member; header: HandshakeHeader; isOwn: boolean; welcome: WelcomePackage | undefined },
): Received {
  const events = groupEvents(before, next, by.committer);
  wipeEpoch(before.mls, next.mls);
  const { positions, handshakeHead, status } = before;
  const state: SessionState = {
    ...next,
    status,
    positions,
    handshakeHead,
    leaveRequests: [],
    sent: new Map(),
    pending: undefined,
  };
  return { kind: "applied", state, events, ...by };
}

function requested(
  state: SessionState,
  request: LeaveRequest,
  { sender, header, isOwn }: { readonly sender: Member; readonly header: HandshakeHeader; readonly isOwn: boolean },
): Received {
  const leaveRequests = [...state.leaveRequests.filter(({ leaf }) => leaf !== request.leaf), request];
  const pending = isOwn ? undefined : state.pending;
  const events: GroupEvent[] = [{ kind: "leaveRequested", member: sender }];
  return {
    kind: "applied",
    state: { ...state, leaveRequests, pending },
    events,
    committer: sender,
    header,
    isOwn,
    welcome: undefined,
  };
}

/** Whether the group would be left with an administrator who has no leaf. */
export function isLastLeafOfAdministrator({ roster, leaveRequests }: SessionState, member: Member): boolean {
  if (!member.isAdministrator) return false;
  const leaving = new Set(leaveRequests.map(({ leaf }) => leaf));
  return !roster.some(({ leaf, identityId }) => identityId === member.identityId && leaf !== member.leaf && !leaving.has(leaf));
}

/** The group goes on without me: nothing of the epoch is needed any more. */
function over(state: SessionState, status: "stuck" | "removed"): SessionState {
  wipeEpoch(state.mls);
  return { ...state, status, pending: undefined };
}

function skip(state: SessionState, reason: SkipReason, committer?: Member): Extract<Received, { kind: "skipped" }> {
  return { kind: "skipped", state, reason, isForkAlarm: false, committer };
}

function readHeader(bytes: Uint8Array): HandshakeHeader | undefined {
  try {
    return decodeHandshakeHeader(bytes);
  } catch {
    // A DecodeError: for everybody alike these bytes are no header.
    return undefined;
  }
}
