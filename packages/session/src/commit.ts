// Making a commit: planned by the same rules that receivers apply, then held as pending until its position is taken.
import { equalBytes } from "@p2pcrypt/bytes";
import { floorAfter, judgedAtMs, keepCurrentKeys, toUnapplied } from "./epoch.ts";
import { isCommitAllowed, type PlannedCommit, planCommit } from "./group/commit-rules.ts";
import { appendToRoleLog, isContextManned, toExtensions } from "./group/context-rules.ts";
import { type ConversationContext, roleLogHead } from "./group/conversation-context.ts";
import { createRoleLogEntry } from "./group/role-log.ts";
import type { Member } from "./group/roster.ts";
import { leafAt, rosterAfter, withAdministrators } from "./group/tree-rules.ts";
import { isLastLeafOfAdministrator } from "./handshake.ts";
import { keyPackageFault } from "./key-package.ts";
import { cipherSuiteOf } from "./mls/cipher-suite.ts";
import { configure, HANDSHAKE_PADDING, withConfig } from "./mls/configuration.ts";
import { createJudge, type Judge } from "./mls/judge.ts";
import {
  createCommit,
  encodeMlsMessage,
  encodeRatchetTree,
  type GroupState,
  makeKeyPackageRef,
  type Proposal,
  protectProposal,
} from "./mls/library.ts";
import { encodePrivateRecord, readKeyPackage } from "./mls/messages.ts";
import type { ContextChange, GroupChange, WelcomePackage } from "./outcomes.ts";
import type { SessionDeps } from "./session.ts";
import { SessionError } from "./session-error.ts";
import type { EpochState, Pending, SessionState } from "./state.ts";
import { wipe } from "./wipe.ts";
import { encodeHandshakeHeader, type HandshakeHeader } from "./wire/frames.ts";
import { encodeJoinFacts, JOIN_FACTS_EXTENSION_TYPE } from "./wire/join-facts.ts";

export interface Prepared {
  readonly state: SessionState;
  readonly pending: Pending;
}

/** @throws {SessionError} when receivers would skip it, so that nothing is sent that cannot hold. */
export async function prepareCommit(
  deps: SessionDeps,
  state: SessionState,
  change: GroupChange,
  header: HandshakeHeader,
): Promise<Prepared> {
  const self = selfOf(state);
  const atMs = judgedAtMs(state, header);
  const judge = createJudge(deps.verifyCredential, { atMs });
  const mls = await withRenewedCredential(state.mls, change, self, judge);
  const requests = change.kind === "acceptLeaves" ? state.leaveRequests.filter(({ leaf }) => leaf !== self.leaf) : [];
  if (change.kind === "acceptLeaves" && requests.length === 0) throw notAllowed("nobody asked to leave");
  const proposals = await toProposals(deps, state, change, { judge, atMs, header });

  const references = requests.map(({ reference }) => ({ proposalOrRefType: "reference" as const, reference }));
  const inline = proposals.map((proposal) => ({ proposalOrRefType: "proposal" as const, proposal }));
  const plan = planCommit([...references, ...inline], state.leaveRequests);
  if ("refused" in plan) throw notAllowed(plan.refused);
  if (!(await isCommitAllowed(self, plan, state.roster, judge))) throw notAllowed("not an administrator");
  if (plan.removals.some(({ leaf }) => leaf === self.leaf)) throw notAllowed("nobody removes itself by a commit");

  const result = await createCommit(
    {
      state: { ...withConfig(mls, configure(judge, atMs)), unappliedProposals: toUnapplied(requests) },
      cipherSuite: cipherSuiteOf(deps.crypto),
    },
    {
      extraProposals: proposals,
      authenticatedData: encodeHandshakeHeader(header),
      groupInfoExtensions: [
        {
          extensionType: JOIN_FACTS_EXTENSION_TYPE,
          extensionData: encodeJoinFacts({ floorMs: floorAfter(state, self, header) }),
        },
      ],
    },
  ).catch((cause: unknown) => {
    // What RFC 9420 section 12.2 forbids in one commit, such as one device twice.
    throw new SessionError({ code: "session/notAllowed", reason: "the proposals do not go together" }, { cause });
  });
  const next = await nextEpoch(state, plan, result.newState, { self, header, judge });
  const welcome = result.welcome === undefined ? undefined : await packWelcome(deps, plan, result.welcome, next.mls);
  const record = encodeMlsMessage(result.commit);
  const pending: Pending = { kind: "commit", record, next, timeMs: header.timeMs, view: header.view, welcome };
  // The init secret stays until the commit is adopted: another's may win the position.
  wipe(result.consumed.filter((secret) => secret !== state.mls.keySchedule.initSecret));
  return { state: { ...state, mls: { ...state.mls, secretTree: result.advancedSecretTree }, pending }, pending };
}

/** Asks to be removed: the one proposal that travels alone. */
export async function prepareLeave(deps: SessionDeps, state: SessionState, header: HandshakeHeader): Promise<Prepared> {
  const self = selfOf(state);
  if (isLastLeafOfAdministrator(state, self)) {
    throw state.context.administrators.length === 1
      ? new SessionError({ code: "session/lastAdministrator" })
      : notAllowed("an administrator steps down before leaving");
  }
  const { mls } = state;
  const suite = cipherSuiteOf(deps.crypto);
  const proposal: Proposal = { proposalType: "remove", remove: { removed: self.leaf } };
  const made = await protectProposal(
    mls.signaturePrivateKey,
    mls.keySchedule.senderDataSecret,
    proposal,
    encodeHandshakeHeader(header),
    mls.groupContext,
    mls.secretTree,
    self.leaf,
    HANDSHAKE_PADDING,
    suite,
  );
  wipe(made.consumed);
  const record = encodePrivateRecord(made.privateMessage);
  const request = { leaf: self.leaf, reference: made.proposalRef, proposal };
  const pending: Pending = { kind: "leave", record, request, timeMs: header.timeMs, view: header.view };
  return { state: { ...state, mls: { ...mls, secretTree: made.newSecretTree }, pending }, pending };
}

export function selfOf(state: SessionState): Member {
  const self = state.roster.find(({ leaf }) => leaf === state.mls.privatePath.leafIndex);
  if (self === undefined) throw new SessionError({ code: "session/notActive", status: "removed" });
  return self;
}

async function toProposals(
  deps: SessionDeps,
  state: SessionState,
  change: GroupChange,
  at: { readonly judge: Judge; readonly atMs: number; readonly header: HandshakeHeader },
): Promise<Proposal[]> {
  switch (change.kind) {
    case "update":
    case "acceptLeaves":
      return [];
    case "context":
      return contextProposal(deps, state, change, at.header);
    case "remove": {
      const context = await contextProposal(deps, state, withoutRemoved(state, change), at.header);
      return [...change.leaves.map((removed): Proposal => ({ proposalType: "remove", remove: { removed } })), ...context];
    }
    case "add": {
      const adds: Proposal[] = [];
      for (const bytes of change.keyPackages) {
        const keyPackage = readKeyPackage(bytes);
        if (keyPackage === undefined) throw refused("not a key package");
        const fault = await keyPackageFault(deps.crypto, keyPackage, at);
        if (fault !== undefined) throw refused(fault);
        adds.push({ proposalType: "add", add: { keyPackage } });
      }
      return [...adds, ...(await contextProposal(deps, state, change, at.header))];
    }
  }
}

/** Removing somebody's last leaf takes the administrator's role and stream keys away in the same commit. */
function withoutRemoved(state: SessionState, change: ContextChange & { readonly leaves: readonly number[] }): ContextChange {
  const leaves = new Set(change.leaves);
  const stays = new Set(state.roster.filter(({ leaf }) => !leaves.has(leaf)).map(({ identityId }) => identityId));
  const removedDevices = state.roster.filter(({ leaf }) => leaves.has(leaf)).map(({ deviceId }) => deviceId);
  const administrators = (change.administrators ?? state.context.administrators).filter((identity) => stays.has(identity));
  const streamAdminKeys = (change.streamAdminKeys ?? state.context.streamAdminKeys).filter(
    ({ deviceId }) => !removedDevices.some((removed) => equalBytes(removed, deviceId)),
  );
  return {
    ...change,
    ...(administrators.length === state.context.administrators.length && change.administrators === undefined
      ? {}
      : { administrators }),
    ...(streamAdminKeys.length === state.context.streamAdminKeys.length && change.streamAdminKeys === undefined
      ? {}
      : { streamAdminKeys }),
  };
}

async function contextProposal(
  { crypto }: SessionDeps,
  state: SessionState,
  change: ContextChange,
  header: HandshakeHeader,
): Promise<Proposal[]> {
  const { administrators, location, streamAdminKeys, name, disappearAfterS, picture } = change;
  if ([administrators, location, streamAdminKeys, name, disappearAfterS, picture].every((part) => part === undefined)) return [];
  let context: ConversationContext = {
    ...state.context,
    ...(location === undefined ? {} : { location }),
    ...(streamAdminKeys === undefined ? {} : { streamAdminKeys }),
    ...(name === undefined ? {} : { name }),
    ...(disappearAfterS === undefined ? {} : { disappearAfterS }),
    ...(picture === undefined ? {} : { picture }),
  };
  const wanted = administrators === undefined ? undefined : [...new Set(administrators)].sort();
  if (wanted !== undefined && wanted.join() !== state.context.administrators.join()) {
    if (wanted.length === 0) throw new SessionError({ code: "session/lastAdministrator" });
    const { hash, sequence } = roleLogHead(state.context);
    const self = selfOf(state);
    const entry = await createRoleLogEntry(
      crypto,
      { identityId: self.identityId, credential: credentialOf(state, self), signatureSecretKey: state.mls.signaturePrivateKey },
      { previous: hash, sequence: sequence + 1, timeMs: header.timeMs, administrators: wanted },
    );
    const kept = context.streamAdminKeys.filter(({ identityId }) => wanted.includes(identityId));
    context = { ...context, administrators: wanted, roleLog: appendToRoleLog(context.roleLog, entry), streamAdminKeys: kept };
  }
  return [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions: toExtensions(context) } }];
}

/** ts-mls takes the new leaf's credential from the old leaf, so the renewed one is put there before the path is made. */
async function withRenewedCredential(mls: GroupState, change: GroupChange, self: Member, judge: Judge): Promise<GroupState> {
  const leaf = leafAt(mls.ratchetTree, self.leaf);
  if (leaf === undefined) throw notAllowed("no leaf");
  const renewed = change.kind === "update" && change.credential !== undefined ? change.credential : undefined;
  const node = renewed === undefined ? leaf : { ...leaf, credential: { credentialType: "basic" as const, identity: renewed } };
  if ((await judge.verdictOn(node)) === undefined) throw notAllowed("the own credential does not hold at this time");
  if (renewed === undefined) return mls;
  const ratchetTree = mls.ratchetTree.slice();
  ratchetTree[self.leaf * 2] = { nodeType: "leaf", leaf: node };
  return { ...mls, ratchetTree };
}

async function nextEpoch(
  state: SessionState,
  plan: PlannedCommit,
  made: GroupState,
  { self, header, judge }: { readonly self: Member; readonly header: HandshakeHeader; readonly judge: Judge },
): Promise<EpochState> {
  const { groupContext, keySchedule, secretTree, ratchetTree, privatePath, signaturePrivateKey, confirmationTag } = made;
  const added = new Set(
    ratchetTree.flatMap((node, at) =>
      node?.nodeType === "leaf" && leafAt(state.mls.ratchetTree, at / 2) === undefined ? [at / 2] : [],
    ),
  );
  const changes = { committer: self.leaf, added, removed: new Set(plan.removals.map(({ leaf }) => leaf)) };
  const roster = await rosterAfter({ tree: state.mls.ratchetTree, roster: state.roster }, ratchetTree, changes, judge);
  if (roster === undefined || added.size !== plan.adds.length) throw notAllowed("badTree");
  const context = plan.context ?? state.context;
  if (!isContextManned(context, roster)) throw notAllowed("administratorGone");
  return {
    mls: {
      groupContext,
      keySchedule,
      secretTree,
      ratchetTree,
      privatePath: keepCurrentKeys(state.mls, ratchetTree, privatePath),
      signaturePrivateKey,
      unappliedProposals: {},
      confirmationTag,
      historicalReceiverData: new Map(),
      groupActiveState: { kind: "active" },
    },
    context,
    roster: withAdministrators(roster, context.administrators),
    floorMs: floorAfter(state, self, header),
  };
}

async function packWelcome(
  { crypto }: SessionDeps,
  plan: PlannedCommit,
  welcome: NonNullable<Awaited<ReturnType<typeof createCommit>>["welcome"]>,
  mls: GroupState,
): Promise<WelcomePackage> {
  const { hash } = cipherSuiteOf(crypto);
  return {
    welcome: encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome }),
    ratchetTree: encodeRatchetTree(mls.ratchetTree),
    keyPackageReferences: await Promise.all(plan.adds.map((keyPackage) => makeKeyPackageRef(keyPackage, hash))),
  };
}

function credentialOf(state: SessionState, self: Member): Uint8Array {
  const credential = leafAt(state.mls.ratchetTree, self.leaf)?.credential;
  if (credential?.credentialType !== "basic") throw notAllowed("no leaf");
  return credential.identity;
}

function notAllowed(reason: string): SessionError {
  return new SessionError({ code: "session/notAllowed", reason });
}

function refused(reason: string): SessionError {
  return new SessionError({ code: "session/keyPackageRefused", reason });
}
