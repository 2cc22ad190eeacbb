// From one epoch to the next. `checkCommit` is public: every member comes to the same answer from the same state and bytes.
// `enterEpoch` needs my own secrets: it can fail for me alone.
import { equalBytes } from "@p2pcrypt/bytes";
import { isCommitAllowed, type PlannedCommit, planCommit } from "./group/commit-rules.ts";
import { isContextManned, isContextSuccessor } from "./group/context-rules.ts";
import type { ConversationContext } from "./group/conversation-context.ts";
import type { Member } from "./group/roster.ts";
import { areKeysUnique, leafAt, rosterAfter, withAdministrators } from "./group/tree-rules.ts";
import { keyPackageFault } from "./key-package.ts";
import { cipherSuiteOf } from "./mls/cipher-suite.ts";
import { configure, withConfig } from "./mls/configuration.ts";
import { createJudge, type Judge } from "./mls/judge.ts";
import {
  applyProposals,
  applyUpdatePath,
  applyUpdatePathSecret,
  bytesToBase64,
  type Commit,
  createSecretTree,
  deriveSecret,
  emptyPskIndex,
  filteredDirectPathAndCopathResolution,
  filterNewLeaves,
  type GroupContext,
  type GroupState,
  getCommitSecret,
  initializeEpoch,
  leafToNodeIndex,
  leafWidth,
  type NodeIndex,
  nextEpochContext,
  type PrivateKeyPath,
  pathToRoot,
  type RatchetTree,
  toLeafIndex,
  toNodeIndex,
  treeHashRoot,
  type UpdatePath,
  type unprotectPrivateMessage,
  validateLeafNodeUpdateOrCommit,
  verifyConfirmationTag,
} from "./mls/library.ts";
import type { SkipReason } from "./outcomes.ts";
import type { SessionCrypto } from "./primitives/session-crypto.ts";
import type { SessionDeps } from "./session.ts";
import type { EpochState, LeaveRequest, SessionState } from "./state.ts";
import { wipe } from "./wipe.ts";
import type { HandshakeHeader } from "./wire/frames.ts";

type OpenedContent = Awaited<ReturnType<typeof unprotectPrivateMessage>>["content"];

/** A commit that holds for everybody, with what follows from it publicly. */
export interface CheckedCommit {
  readonly committer: Member;
  readonly plan: PlannedCommit;
  readonly header: HandshakeHeader;
  readonly tree: RatchetTree;
  readonly roster: readonly Member[];
  readonly context: ConversationContext;
  readonly floorMs: number;
  readonly isSelfRemoved: boolean;
  readonly path: UpdatePath | undefined;
  readonly addedNodes: readonly NodeIndex[];
  readonly extensions: GroupContext["extensions"];
}

/** When its certificates are judged: at its own signed time, but never before the floor. */
export function judgedAtMs(state: Pick<EpochState, "floorMs">, header: HandshakeHeader): number {
  return Math.max(header.timeMs, state.floorMs);
}

/** Only administrators raise the floor: otherwise one member's wrong clock could make everybody's certificates expired. */
export function floorAfter(state: Pick<EpochState, "floorMs">, committer: Member, header: HandshakeHeader): number {
  return committer.isAdministrator ? judgedAtMs(state, header) : state.floorMs;
}

/** Everything about a commit that does not need a secret of mine. */
export async function checkCommit(
  deps: SessionDeps,
  state: SessionState,
  { committer, commit, header }: { readonly committer: Member; readonly commit: Commit; readonly header: HandshakeHeader },
): Promise<CheckedCommit | { readonly refused: SkipReason }> {
  const atMs = judgedAtMs(state, header);
  const judge = createJudge(deps.verifyCredential, { atMs });
  const plan = planCommit(commit.proposals, state.leaveRequests);
  if ("refused" in plan) return plan;
  const committerLeaf = leafAt(state.mls.ratchetTree, committer.leaf);
  // The leaf that signs must be certified at that time; a new leaf in the path may bring the renewed certificate.
  if (committerLeaf === undefined || (await judge.verdictOn(commit.path?.leafNode ?? committerLeaf)) === undefined) {
    return { refused: "badCredential" };
  }
  if (!(await isCommitAllowed(committer, plan, state.roster, judge))) return { refused: "notAllowed" };
  for (const keyPackage of plan.adds) {
    const fault = await keyPackageFault(deps.crypto, keyPackage, { judge, atMs });
    if (fault !== undefined) return { refused: fault === "credential" ? "badCredential" : "badKeyPackage" };
  }
  const applied = await applyToTree(deps.crypto, state, { committer, commit, judge, atMs });
  if (applied === undefined) return { refused: "badTree" };

  const { tree, addedLeaves } = applied;
  const changes = {
    committer: committer.leaf,
    added: new Set(addedLeaves),
    removed: new Set(plan.removals.map(({ leaf }) => leaf)),
  };
  const roster = await rosterAfter({ tree: state.mls.ratchetTree, roster: state.roster }, tree, changes, judge);
  if (roster === undefined) return { refused: "badTree" };
  const context = plan.context ?? state.context;
  if (plan.context !== undefined) {
    const credential =
      committerLeaf.credential.credentialType === "basic" ? committerLeaf.credential.identity : new Uint8Array(0);
    const by = { committer, credential, timeMs: header.timeMs };
    if (!(await isContextSuccessor(deps.crypto, state.context, plan.context, by))) return { refused: "badContext" };
  }
  if (!isContextManned(context, roster)) return { refused: "administratorGone" };
  return {
    committer,
    plan,
    header,
    tree,
    context,
    roster: withAdministrators(roster, context.administrators),
    floorMs: floorAfter(state, committer, header),
    isSelfRemoved: leafAt(tree, state.mls.privatePath.leafIndex) === undefined,
    path: commit.path,
    addedNodes: addedLeaves.map((leaf) => leafToNodeIndex(toLeafIndex(leaf))),
    extensions: applied.extensions,
  };
}

/** The tree after proposals and path, with RFC 9420's own checks. @returns undefined when one of them fails. */
async function applyToTree(
  crypto: SessionCrypto,
  state: SessionState,
  { committer, commit, judge, atMs }: { committer: Member; commit: Commit; judge: Judge; atMs: number },
): Promise<{ tree: RatchetTree; addedLeaves: number[]; extensions: GroupContext["extensions"] } | undefined> {
  const suite = cipherSuiteOf(crypto);
  const config = configure(judge, atMs);
  const mls = { ...withConfig(state.mls, config), unappliedProposals: toUnapplied(state.leaveRequests) };
  const leaf = toLeafIndex(committer.leaf);
  try {
    const applied = await applyProposals(mls, commit.proposals, leaf, emptyPskIndex, false, suite);
    if (applied.additionalResult.kind !== "memberCommit") return undefined;
    const { addedLeafNodes, extensions } = applied.additionalResult;
    const addedLeaves = addedLeafNodes.map(([index]) => Number(index));
    const { path } = commit;
    let tree = applied.tree;
    if (path === undefined) {
      if (applied.needsUpdatePath) return undefined;
    } else {
      const fault = await validateLeafNodeUpdateOrCommit(
        path.leafNode,
        committer.leaf,
        mls.groupContext,
        judge.service,
        suite.signature,
      );
      if (fault !== undefined) return undefined;
      tree = await applyUpdatePath(tree, leaf, path, suite.hash);
      const newNodes = addedLeaves.map((index) => leafToNodeIndex(toLeafIndex(index)));
      if (!isPathWellFormed(crypto, { tree, path, committer: committer.leaf, newNodes })) return undefined;
    }
    return areKeysUnique(tree)
      ? { tree, addedLeaves, extensions: extensions.length > 0 ? extensions : mls.groupContext.extensions }
      : undefined;
  } catch {
    // ts-mls throws its validation errors; each depends on state and bytes alone.
    return undefined;
  }
}

/** Keys that can be encrypted to, and one ciphertext of the right size for every node that must be able to read a path secret. */
function isPathWellFormed(
  crypto: SessionCrypto,
  { tree, path, committer, newNodes }: { tree: RatchetTree; path: UpdatePath; committer: number; newNodes: NodeIndex[] },
): boolean {
  const steps = filteredDirectPathAndCopathResolution(toLeafIndex(committer), tree);
  if (steps.length !== path.nodes.length || !crypto.isKemPublicKey(path.leafNode.hpkePublicKey)) return false;
  return path.nodes.every(({ hpkePublicKey, encryptedPathSecret }, at) => {
    const readers = filterNewLeaves(steps[at]?.resolution ?? [], newNodes);
    return (
      crypto.isKemPublicKey(hpkePublicKey) &&
      encryptedPathSecret.length === readers.length &&
      encryptedPathSecret.every(
        ({ kemOutput, ciphertext }) =>
          kemOutput.length === crypto.kemCiphertextBytes && ciphertext.length === crypto.hashBytes + crypto.aeadTagBytes,
      )
    );
  });
}

/** @returns undefined when my own secrets do not follow although the commit holds for everybody: I am stuck. */
export async function enterEpoch(
  crypto: SessionCrypto,
  mls: GroupState,
  checked: CheckedCommit,
  opened: OpenedContent,
): Promise<EpochState | undefined> {
  const { content, auth } = opened;
  if (content.contentType !== "commit" || auth.contentType !== "commit") return undefined;
  const suite = cipherSuiteOf(crypto);
  const before: GroupContext = { ...mls.groupContext, extensions: checked.extensions };
  const treeHash = await treeHashRoot(checked.tree, suite.hash);
  const secrets = await followPath(crypto, mls, checked, { ...before, treeHash, epoch: before.epoch + 1n });
  if (secrets === undefined) return undefined;
  const groupContext = await nextEpochContext(
    before,
    "mls_private_message",
    content,
    auth.signature,
    treeHash,
    mls.confirmationTag,
    suite.hash,
  );
  const epoch = await initializeEpoch(
    mls.keySchedule.initSecret,
    secrets.commitSecret,
    groupContext,
    new Uint8Array(suite.kdf.size),
    suite.kdf,
  );
  const isConfirmed = await verifyConfirmationTag(
    epoch.keySchedule.confirmationKey,
    auth.confirmationTag,
    groupContext.confirmedTranscriptHash,
    suite.hash,
  );
  if (!isConfirmed) return undefined;
  const secretTree = await createSecretTree(leafWidth(checked.tree.length), epoch.encryptionSecret, suite.kdf);
  wipe([secrets.commitSecret, epoch.joinerSecret, epoch.welcomeSecret, epoch.encryptionSecret]);
  return {
    mls: {
      groupContext,
      keySchedule: epoch.keySchedule,
      secretTree,
      ratchetTree: checked.tree,
      privatePath: keepCurrentKeys(mls, checked.tree, secrets.privatePath),
      signaturePrivateKey: mls.signaturePrivateKey,
      unappliedProposals: {},
      confirmationTag: auth.confirmationTag,
      historicalReceiverData: new Map(),
      groupActiveState: { kind: "active" },
    },
    context: checked.context,
    roster: checked.roster,
    floorMs: checked.floorMs,
  };
}

/** My path secret, the keys above it and the commit secret. RFC 9420 section 7.9.2 wants the derived keys to be those in the tree. */
async function followPath(
  crypto: SessionCrypto,
  mls: GroupState,
  { path, committer, tree, addedNodes }: CheckedCommit,
  pathContext: GroupContext,
): Promise<{ readonly privatePath: PrivateKeyPath; readonly commitSecret: Uint8Array } | undefined> {
  const suite = cipherSuiteOf(crypto);
  if (path === undefined) return { privatePath: mls.privatePath, commitSecret: new Uint8Array(suite.kdf.size) };
  try {
    const from = toLeafIndex(committer.leaf);
    const mine = await applyUpdatePathSecret(tree, mls.privatePath, from, pathContext, path, [...addedNodes], suite);
    const secrets = await pathToRoot(tree, toNodeIndex(mine.nodeIndex), mine.pathSecret, suite.kdf);
    const privateKeys: Record<number, Uint8Array> = { ...mls.privatePath.privateKeys };
    for (const [index, secret] of Object.entries(secrets)) {
      const { publicKey, secretKey } = await crypto.kemKeyPair(await deriveSecret(secret, "node", suite.kdf));
      const node = tree[Number(index)];
      if (node?.nodeType !== "parent" || !equalBytes(node.parent.hpkePublicKey, publicKey)) return undefined;
      privateKeys[Number(index)] = secretKey;
    }
    const commitSecret = await getCommitSecret(tree, toNodeIndex(mine.nodeIndex), mine.pathSecret, suite.kdf);
    wipe(Object.values(secrets));
    return { privatePath: { ...mls.privatePath, privateKeys }, commitSecret };
  } catch {
    // The path secret meant for me does not decrypt.
    return undefined;
  }
}

/** Drops private keys of nodes that are blank or have another key now: they open nothing but old path secrets. */
export function keepCurrentKeys(before: GroupState, tree: RatchetTree, path: PrivateKeyPath): PrivateKeyPath {
  const kept: Record<number, Uint8Array> = {};
  for (const [index, secretKey] of Object.entries(path.privateKeys)) {
    const is = publicKeyAt(tree, Number(index));
    if (is === undefined) continue;
    const was = publicKeyAt(before.ratchetTree, Number(index));
    const isNew = before.privatePath.privateKeys[Number(index)] !== secretKey;
    if (isNew || (was !== undefined && equalBytes(was, is))) kept[Number(index)] = secretKey;
  }
  return { ...path, privateKeys: kept };
}

function publicKeyAt(tree: RatchetTree, index: number): Uint8Array | undefined {
  const node = tree[index];
  if (node === undefined) return undefined;
  return node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey;
}

/** Leave requests in the form in which ts-mls looks up proposals by reference. */
export function toUnapplied(requests: readonly LeaveRequest[]): GroupState["unappliedProposals"] {
  return Object.fromEntries(
    requests.map(({ reference, proposal, leaf }) => [bytesToBase64(reference), { proposal, senderLeafIndex: leaf }]),
  );
}

/** Erases what belonged to an epoch alone, once it is over; keys that `next` still uses stay. */
export function wipeEpoch(old: GroupState, next?: GroupState): void {
  const { keySchedule, secretTree, privatePath } = old;
  wipe(Object.values(keySchedule));
  for (const { application, handshake } of secretTree) {
    for (const { secret, unusedGenerations } of [application, handshake]) wipe([secret, ...Object.values(unusedGenerations)]);
  }
  const kept = new Set(Object.values(next?.privatePath.privateKeys ?? {}));
  wipe(Object.values(privatePath.privateKeys).filter((key) => !kept.has(key)));
}
