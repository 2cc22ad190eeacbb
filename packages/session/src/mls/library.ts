// The only door to ts-mls: the patched copy that scripts/prepare.ts makes. Nothing here reads a clock, a store or the network;
// the library's defaults are not among what is let through (M3).
import { byteLengthToPad } from "#ts-mls/paddingConfig.js";
import { appliedPatches } from "#ts-mls/patched.js";
import { SessionError } from "../session-error.ts";

export { makeProposalRef } from "#ts-mls/authenticatedContent.js";
export type { ClientConfig } from "#ts-mls/clientConfig.js";
export {
  applyProposals,
  type ClientState,
  createGroup,
  type GroupState,
  joinGroupWithExtensions,
  nextEpochContext,
  validateLeafNodeUpdateOrCommit,
} from "#ts-mls/clientState.js";
export type { Commit } from "#ts-mls/commit.js";
export { applyUpdatePathSecret, createCommit, filterNewLeaves } from "#ts-mls/createCommit.js";
export type { Credential } from "#ts-mls/credential.js";
export type { CiphersuiteImpl } from "#ts-mls/crypto/ciphersuite.js";
export type { PrivateKey, PublicKey } from "#ts-mls/crypto/hpke.js";
export { deriveSecret } from "#ts-mls/crypto/kdf.js";
export type { Extension } from "#ts-mls/extension.js";
export { verifyConfirmationTag } from "#ts-mls/framedContent.js";
export { decodeGroupContext, encodeGroupContext, type GroupContext } from "#ts-mls/groupContext.js";
export {
  generateKeyPackageWithKey,
  type KeyPackage,
  makeKeyPackageRef,
  verifyKeyPackage as verifyKeyPackageSignature,
} from "#ts-mls/keyPackage.js";
export { defaultKeyPackageEqualityConfig as sameSignatureKey } from "#ts-mls/keyPackageEqualityConfig.js";
export { decodeKeySchedule, encodeKeySchedule, initializeEpoch, mlsExporter } from "#ts-mls/keySchedule.js";
export { type LeafNode, verifyLeafNodeSignatureKeyPackage } from "#ts-mls/leafNode.js";
export { decodeMlsMessage, encodeMlsMessage, type MLSMessage } from "#ts-mls/message.js";
export { protectApplicationData, protectProposal, unprotectPrivateMessage } from "#ts-mls/messageProtection.js";
export { getCommitSecret, pathToRoot } from "#ts-mls/pathSecrets.js";
export type { PrivateKeyPath } from "#ts-mls/privateKeyPath.js";
export { decryptSenderData, type PrivateMessage } from "#ts-mls/privateMessage.js";
export { decodeProposal, encodeProposal, type Proposal } from "#ts-mls/proposal.js";
export { emptyPskIndex } from "#ts-mls/pskIndex.js";
export {
  decodeRatchetTree,
  encodeRatchetTree,
  filteredDirectPathAndCopathResolution,
  type RatchetTree,
} from "#ts-mls/ratchetTree.js";
export { createSecretTree, type GenerationSecret, type SecretTree } from "#ts-mls/secretTree.js";
export { treeHashRoot } from "#ts-mls/treeHash.js";
export { leafToNodeIndex, leafWidth, type NodeIndex, toLeafIndex, toNodeIndex } from "#ts-mls/treemath.js";
export { applyUpdatePath, type UpdatePath } from "#ts-mls/updatePath.js";
export { bytesToBase64 } from "#ts-mls/util/byteArray.js";
export { decryptGroupInfo, decryptGroupSecrets, type Welcome } from "#ts-mls/welcome.js";

/** The patches of packages/session/patches, in order. */
const REQUIRED_PATCHES = [
  "01-unmerged-leaves.patch",
  "02-context-extensions-need-a-path.patch",
  "03-skipped-generations.patch",
  "04-advanced-handshake-ratchet.patch",
  "05-sender-of-a-message.patch",
  "06-padding-by-size.patch",
  "07-closed-defaults.patch",
  "08-path-under-new-extensions.patch",
  "09-commit-secret.patch",
] as const;

/** @throws {SessionError} `session/libraryUnpatched` when another copy of ts-mls was put in the place of ours. */
function assertPatched(applied: readonly string[] = appliedPatches): void {
  const isComplete = REQUIRED_PATCHES.length === applied.length && REQUIRED_PATCHES.every((name, at) => applied[at] === name);
  const pads = byteLengthToPad(3, { kind: "padTo", paddedLength: () => 8 });
  if (!isComplete || pads !== 5) throw new SessionError({ code: "session/libraryUnpatched" });
}

assertPatched();
