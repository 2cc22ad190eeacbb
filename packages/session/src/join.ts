// Joining by a Welcome: only with a key package of ours, only a group never held, only when everything in it holds.
import { equalBytes } from "@p2pcrypt/bytes";
import { fromExtensions, isContextGenuine, isContextManned } from "./group/context-rules.ts";
import type { ConversationContext } from "./group/conversation-context.ts";
import type { Member } from "./group/roster.ts";
import { areKeysUnique, leafAt, leavesOf, rosterOf, withAdministrators } from "./group/tree-rules.ts";
import { decodeSecrets, type KeyPackageBundle } from "./key-package.ts";
import { cipherSuiteOf } from "./mls/cipher-suite.ts";
import { configure } from "./mls/configuration.ts";
import { createJudge, type Judge } from "./mls/judge.ts";
import {
  decryptGroupInfo,
  decryptGroupSecrets,
  type Extension,
  emptyPskIndex,
  type GroupState,
  joinGroupWithExtensions,
  type RatchetTree,
  type Welcome,
} from "./mls/library.ts";
import { readKeyPackage, readRatchetTree, readWelcome } from "./mls/messages.ts";
import type { JoinRefusal } from "./outcomes.ts";
import type { SessionDeps } from "./session.ts";
import type { SessionState } from "./state.ts";
import { decodeJoinFacts, JOIN_FACTS_EXTENSION_TYPE, type JoinFacts } from "./wire/join-facts.ts";

export interface JoinOptions {
  /** MLSMessage holding the Welcome, and the ratchet tree that came with it. */
  readonly welcome: Uint8Array;
  readonly ratchetTree: Uint8Array;
  /** Own key packages that are still unused. */
  readonly keyPackages: readonly KeyPackageBundle[];
  readonly signatureSecretKey: Uint8Array;
  /** Ids of all groups ever held, left and removed ones too: none of them is joined silently (M13). */
  readonly heldGroups: readonly Uint8Array[];
  /** Set only by an explicit act after this session was stuck or removed: the group that may be joined again. */
  readonly rejoin?: { readonly groupId: Uint8Array; readonly epoch: bigint; readonly administrators: readonly string[] };
  /** The leaf that must have added us, from the signed envelope that the Welcome came in. */
  readonly addedBy?: { readonly identityId: string };
  readonly positions: number;
  readonly handshakeHead: Uint8Array;
  readonly atMs: number;
}

export type Joined =
  | { readonly kind: "joined"; readonly state: SessionState; readonly usedKeyPackage: Uint8Array; readonly addedBy: Member }
  | { readonly kind: "refused"; readonly reason: JoinRefusal };

export async function joinGroup(deps: SessionDeps, options: JoinOptions): Promise<Joined> {
  const welcome = readWelcome(options.welcome);
  const tree = readRatchetTree(options.ratchetTree);
  if (welcome === undefined || tree === undefined) return refuse("notAWelcome");
  const bundle = options.keyPackages.find(({ reference }) =>
    welcome.secrets.some(({ newMember }) => equalBytes(newMember, reference)),
  );
  const keyPackage = bundle === undefined ? undefined : readKeyPackage(bundle.publicPackage);
  if (bundle === undefined || keyPackage === undefined) return refuse("noKeyPackage");

  const judge = createJudge(deps.verifyCredential, { atMs: options.atMs, isLenient: true });
  const secrets = decodeSecrets(bundle.privatePackage);
  const privateKeys = {
    initPrivateKey: secrets.initSecretKey,
    hpkePrivateKey: secrets.leafSecretKey,
    signaturePrivateKey: options.signatureSecretKey,
  };
  const peeked = await peekInto(deps, welcome, bundle.reference, secrets.initSecretKey);
  if (peeked === undefined) return refuse("doesNotOpen");
  const { groupContext, signer, extensions } = peeked;
  const { groupId, epoch } = groupContext;
  const { rejoin } = options;
  const isRejoin = rejoin !== undefined && equalBytes(rejoin.groupId, groupId) && epoch > rejoin.epoch;
  if (!isRejoin && options.heldGroups.some((held) => equalBytes(held, groupId))) return refuse("heldGroup");
  const context = readContext(groupContext.extensions);
  const facts = readFacts(extensions);
  if (context === undefined || facts === undefined) return refuse("badContext");
  if (!(await isContextGenuine(deps.crypto, deps.verifyCredential, context, groupId))) return refuse("badFounding");

  const mls = await enter(() =>
    joinGroupWithExtensions(
      welcome,
      keyPackage,
      privateKeys,
      emptyPskIndex,
      cipherSuiteOf(deps.crypto),
      tree,
      undefined,
      configure(judge, undefined),
    ),
  );
  const members = mls === undefined ? undefined : await rosterOf(mls.ratchetTree, judge);
  if (mls === undefined || members === undefined)
    return refuse((await areAllCertified(tree, judge)) ? "badTree" : "badCredential");
  if (!areKeysUnique(mls.ratchetTree) || !isContextManned(context, members)) return refuse("badTree");
  if (!(await areOwnKeysInTree(deps, mls))) return refuse("badTree");

  const roster = withAdministrators(members, context.administrators);
  const self = roster.find(({ leaf }) => leaf === mls.privatePath.leafIndex);
  const addedBy = roster.find(({ leaf }) => leaf === signer);
  if (self === undefined || addedBy === undefined) return refuse("badTree");
  // Whoever adds must have been allowed to: an administrator, or another device of mine.
  if (!addedBy.isAdministrator && addedBy.identityId !== self.identityId) return refuse("notAnAdministrator");
  if (options.addedBy !== undefined && options.addedBy.identityId !== addedBy.identityId) return refuse("notAnAdministrator");
  if (isRejoin && !rejoin.administrators.includes(addedBy.identityId) && addedBy.identityId !== self.identityId) {
    return refuse("notAnAdministrator");
  }
  const state: SessionState = {
    mls,
    context,
    roster,
    floorMs: facts.floorMs,
    status: "active",
    positions: options.positions,
    handshakeHead: options.handshakeHead,
    leaveRequests: [],
    sent: new Map(),
    pending: undefined,
  };
  return { kind: "joined", state, usedKeyPackage: bundle.reference, addedBy };
}

/** What the Welcome says before anything is believed: which group, who signed. The signature is checked on entering. */
async function peekInto({ crypto }: SessionDeps, welcome: Welcome, reference: Uint8Array, initSecretKey: Uint8Array) {
  const suite = cipherSuiteOf(crypto);
  try {
    const key = await suite.hpke.importPrivateKey(initSecretKey);
    const secrets = await decryptGroupSecrets(key, reference, welcome, suite.hpke);
    if (secrets === undefined || secrets.psks.length > 0) return undefined;
    return await decryptGroupInfo(welcome, secrets.joinerSecret, new Uint8Array(crypto.hashBytes), suite);
  } catch {
    // Not for this key package, or not what it claims to be: nothing is used up.
    return undefined;
  }
}

async function enter(join: () => ReturnType<typeof joinGroupWithExtensions>): Promise<GroupState | undefined> {
  try {
    const [{ clientConfig: _, ...mls }] = await join();
    return mls;
  } catch {
    // ts-mls throws for a bad tree, signature, confirmation tag or credential; the caller looks which.
    return undefined;
  }
}

async function areAllCertified(tree: RatchetTree, judge: Judge): Promise<boolean> {
  const verdicts = await Promise.all(leavesOf(tree).map(({ node }) => judge.verdictOn(node)));
  return verdicts.every((verdict) => verdict !== undefined);
}

/** RFC 9420 section 12.4.3.1: the private keys derived from the Welcome's path secret are those whose public halves are in the tree. */
async function areOwnKeysInTree({ crypto }: SessionDeps, mls: GroupState): Promise<boolean> {
  for (const [index, secretKey] of Object.entries(mls.privatePath.privateKeys)) {
    const node = mls.ratchetTree[Number(index)];
    const listed = node?.nodeType === "leaf" ? node.leaf.hpkePublicKey : node?.parent.hpkePublicKey;
    if (listed === undefined || !equalBytes(await crypto.kemPublicKey(secretKey), listed)) return false;
  }
  return leafAt(mls.ratchetTree, mls.privatePath.leafIndex) !== undefined;
}

function readContext(extensions: readonly Extension[]): ConversationContext | undefined {
  try {
    return fromExtensions(extensions);
  } catch {
    return undefined;
  }
}

function readFacts(extensions: readonly Extension[]): JoinFacts | undefined {
  const [only, ...others] = extensions;
  if (only === undefined || others.length > 0 || only.extensionType !== JOIN_FACTS_EXTENSION_TYPE) return undefined;
  try {
    return decodeJoinFacts(only.extensionData);
  } catch {
    return undefined;
  }
}

function refuse(reason: JoinRefusal): Joined {
  return { kind: "refused", reason };
}
