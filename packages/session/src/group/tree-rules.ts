// What must hold of a ratchet tree besides RFC 9420's own rules: leaves of one shape, each certified for one device of one
// identity, nothing twice; and between two trees, every change explained.
import { encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId } from "../credential-verifier.ts";
import { SUITE_NAME } from "../mls/cipher-suite.ts";
import type { Judge } from "../mls/judge.ts";
import type { LeafNode, RatchetTree } from "../mls/library.ts";
import { CONVERSATION_EXTENSION_TYPE } from "./conversation-context.ts";
import type { Member } from "./roster.ts";

export const LAST_RESORT_EXTENSION_TYPE = 0x000a;
/** In a leaf: the key with which its device will sign for the conversation's streams, should it come to administer them. */
const STREAM_KEY_EXTENSION_TYPE = 0xf2c2;
const MAX_LEAVES_PER_IDENTITY = 10;
const MAX_LEAVES = 1000;

/** Every leaf says exactly this: there is one suite and nothing to negotiate. */
const LEAF_CAPABILITIES = {
  versions: ["mls10" as const],
  ciphersuites: [SUITE_NAME as typeof SUITE_NAME],
  extensions: [LAST_RESORT_EXTENSION_TYPE, CONVERSATION_EXTENSION_TYPE],
  proposals: [] as number[],
  credentials: ["basic" as const],
};

/** What a leaf with a stream key says: the same, and that it knows of such keys. */
const CAPABILITIES_WITH_STREAM_KEY = {
  ...LEAF_CAPABILITIES,
  extensions: [...LEAF_CAPABILITIES.extensions, STREAM_KEY_EXTENSION_TYPE],
};

/** Capabilities and extensions of a new leaf. */
export function leafForm(streamAdminKey: Uint8Array | undefined): {
  readonly capabilities: typeof LEAF_CAPABILITIES;
  readonly extensions: LeafNode["extensions"];
} {
  if (streamAdminKey === undefined) return { capabilities: LEAF_CAPABILITIES, extensions: [] };
  const extension = { extensionType: STREAM_KEY_EXTENSION_TYPE, extensionData: streamAdminKey };
  return { capabilities: CAPABILITIES_WITH_STREAM_KEY, extensions: [extension] };
}

/** The stream key that a leaf of our shape carries. */
export function streamKeyOf({ extensions }: Pick<LeafNode, "extensions">): Uint8Array | undefined {
  return extensions.find(({ extensionType }) => extensionType === STREAM_KEY_EXTENSION_TYPE)?.extensionData;
}

export function leafAt(tree: RatchetTree, leaf: number): LeafNode | undefined {
  const node = tree[leaf * 2];
  return node?.nodeType === "leaf" ? node.leaf : undefined;
}

export function leavesOf(tree: RatchetTree): { readonly leaf: number; readonly node: LeafNode }[] {
  const leaves: { leaf: number; node: LeafNode }[] = [];
  for (let leaf = 0; leaf * 2 < tree.length; leaf++) {
    const node = leafAt(tree, leaf);
    if (node !== undefined) leaves.push({ leaf, node });
  }
  return leaves;
}

/** Whether a leaf has our shape: exact capabilities, basic credential, a stream key or no extension at all. */
export function isOurLeaf(leaf: LeafNode): boolean {
  const { versions, ciphersuites, extensions, proposals, credentials } = leaf.capabilities;
  const key = streamKeyOf(leaf);
  const isFormOfKey = key === undefined ? leaf.extensions.length === 0 : leaf.extensions.length === 1 && key.length === 32;
  return (
    leaf.credential.credentialType === "basic" &&
    isFormOfKey &&
    isSameList(versions, LEAF_CAPABILITIES.versions) &&
    isSameList(ciphersuites, LEAF_CAPABILITIES.ciphersuites) &&
    isSameList(extensions, leafForm(key).capabilities.extensions) &&
    isSameList(proposals, LEAF_CAPABILITIES.proposals) &&
    isSameList(credentials, LEAF_CAPABILITIES.credentials)
  );
}

/** Whether no key is in two places: signature keys of leaves, encryption keys of all nodes. */
export function areKeysUnique(tree: RatchetTree): boolean {
  const signatureKeys = new Set<string>();
  const encryptionKeys = new Set<string>();
  for (const node of tree) {
    if (node === undefined) continue;
    if (node.nodeType === "leaf" && !addNew(signatureKeys, node.leaf.signaturePublicKey)) return false;
    if (!addNew(encryptionKeys, node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey)) return false;
  }
  return true;
}

/** Leaves that a commit may have touched, and how. */
export interface ExplainedChanges {
  readonly committer: number;
  readonly added: ReadonlySet<number>;
  readonly removed: ReadonlySet<number>;
}

/**
 * The roster of `after`, if each difference from `before` is explained by a proposal or by the committer's own path, and the
 * committer kept identity and device. Unchanged leaves keep their earlier verdict.
 *
 * @returns undefined when something is not explained or a credential does not hold.
 */
export async function rosterAfter(
  before: { readonly tree: RatchetTree; readonly roster: readonly Member[] },
  after: RatchetTree,
  changes: ExplainedChanges,
  judge: Judge,
): Promise<Member[] | undefined> {
  const known = new Map(before.roster.map((member) => [member.leaf, member]));
  const roster: Member[] = [];
  for (let leaf = 0; leaf * 2 < Math.max(before.tree.length, after.length); leaf++) {
    const was = leafAt(before.tree, leaf);
    const is = leafAt(after, leaf);
    if (is === undefined) {
      if (was !== undefined && !changes.removed.has(leaf)) return undefined;
      continue;
    }
    const member = known.get(leaf);
    if (was !== undefined && member !== undefined && was === is) {
      roster.push(member);
      continue;
    }
    const isExplained = was === undefined ? changes.added.has(leaf) : leaf === changes.committer;
    const entered = isExplained ? await memberFrom(is, leaf, judge) : undefined;
    if (entered === undefined) return undefined;
    if (was !== undefined && (member === undefined || !isSameDevice(member, entered))) return undefined;
    roster.push(entered);
  }
  return isRosterSound(roster) ? roster : undefined;
}

/** The roster of a tree that is seen for the first time. @returns undefined when a leaf does not hold. */
export async function rosterOf(tree: RatchetTree, judge: Judge): Promise<Member[] | undefined> {
  const roster: Member[] = [];
  for (const { leaf, node } of leavesOf(tree)) {
    const member = await memberFrom(node, leaf, judge);
    if (member === undefined) return undefined;
    roster.push(member);
  }
  return isRosterSound(roster) ? roster : undefined;
}

function isSameDevice(a: Pick<Member, "identityId" | "deviceId">, b: Pick<Member, "identityId" | "deviceId">): boolean {
  return a.identityId === b.identityId && equalBytes(a.deviceId, b.deviceId);
}

/** The roster with the administrators of a context marked. */
export function withAdministrators(roster: readonly Member[], administrators: readonly IdentityId[]): Member[] {
  return roster.map((member) => ({ ...member, isAdministrator: administrators.includes(member.identityId) }));
}

async function memberFrom(node: LeafNode, leaf: number, judge: Judge): Promise<Member | undefined> {
  if (!isOurLeaf(node)) return undefined;
  const verdict = await judge.verdictOn(node);
  if (verdict === undefined) return undefined;
  const { identityId, deviceId, name, fingerprint, signatureKey, notAfterMs } = verdict;
  const member = { leaf, identityId, deviceId, name, fingerprint, signatureKey, notAfterMs, isAdministrator: false };
  return { ...member, streamAdminKey: streamKeyOf(node) };
}

function isRosterSound(roster: readonly Member[]): boolean {
  if (roster.length > MAX_LEAVES) return false;
  const devices = new Set<string>();
  const leavesOfIdentity = new Map<IdentityId, number>();
  for (const { identityId, deviceId } of roster) {
    // Per identity: otherwise a member could take the device id of somebody who is to be added.
    const device = `${identityId} ${encodeHex(deviceId)}`;
    if (devices.has(device)) return false;
    devices.add(device);
    const count = (leavesOfIdentity.get(identityId) ?? 0) + 1;
    if (count > MAX_LEAVES_PER_IDENTITY) return false;
    leavesOfIdentity.set(identityId, count);
  }
  return true;
}

function addNew(set: Set<string>, bytes: Uint8Array): boolean {
  const key = encodeHex(bytes);
  if (set.has(key)) return false;
  set.add(key);
  return true;
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}
