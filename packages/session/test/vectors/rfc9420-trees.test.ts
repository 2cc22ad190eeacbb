// The ratchet tree: arithmetic, hashes, resolutions, proposals applied to it, paths encrypted to it.
import { encodeHex } from "@p2pcrypt/bytes";
import { expect } from "vitest";
import { applyUpdatePathSecret } from "#ts-mls/createCommit.js";
import { deriveSecret } from "#ts-mls/crypto/kdf.js";
import type { GroupContext } from "#ts-mls/groupContext.js";
import { verifyLeafNodeSignature } from "#ts-mls/leafNode.js";
import { verifyParentHashes } from "#ts-mls/parentHash.js";
import { pathToRoot } from "#ts-mls/pathSecrets.js";
import type { PrivateKeyPath } from "#ts-mls/privateKeyPath.js";
import { decodeProposal } from "#ts-mls/proposal.js";
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
  removeLeafNode,
  resolution,
  updateLeafNode,
} from "#ts-mls/ratchetTree.js";
import { treeHash, treeHashRoot } from "#ts-mls/treeHash.js";
import { leafWidth, left, parent, right, root, sibling, toLeafIndex, toNodeIndex } from "#ts-mls/treemath.js";
import { applyUpdatePath, createUpdatePath, decodeUpdatePath, type UpdatePath } from "#ts-mls/updatePath.js";
import { suite1 } from "../support/suite-1.ts";
import { bytes, eachVector, whole } from "../support/working-group.ts";

interface TreeMath {
  readonly n_leaves: number;
  readonly n_nodes: number;
  readonly root: number;
  readonly left: readonly (number | null)[];
  readonly right: readonly (number | null)[];
  readonly parent: readonly (number | null)[];
  readonly sibling: readonly (number | null)[];
}

eachVector<TreeMath>("tree-math", "M1: where nodes stand", (vector) => {
  const { n_leaves: leaves, n_nodes: nodes } = vector;
  expect(Number(root(leaves))).toBe(vector.root);
  for (let at = 0; at < nodes; at++) {
    const node = toNodeIndex(at);
    if (at % 2 === 1) {
      expect(Number(left(node))).toBe(vector.left[at]);
      expect(Number(right(node))).toBe(vector.right[at]);
    }
    if (at !== vector.root) {
      expect(Number(parent(node, leaves))).toBe(vector.parent[at]);
      expect(Number(sibling(node, leaves))).toBe(vector.sibling[at]);
    }
  }
});

interface TreeValidation {
  readonly tree: string;
  readonly group_id: string;
  readonly tree_hashes: readonly string[];
  readonly resolutions: readonly (readonly number[])[];
}

eachVector<TreeValidation>("tree-validation", "M1: hashes, resolutions, parent hashes, leaf signatures", async (vector) => {
  const tree = whole(decodeRatchetTree, vector.tree);
  const groupId = bytes(vector.group_id);
  for (const [at, hash] of vector.tree_hashes.entries()) {
    expect(encodeHex(await treeHash(tree, toNodeIndex(at), suite1.hash)), `node ${at}`).toBe(hash);
    expect(resolution(tree, toNodeIndex(at)).map(Number)).toEqual(vector.resolutions[at]);
  }
  expect(await verifyParentHashes(tree, suite1.hash)).toBe(true);
  for (const [at, node] of tree.entries()) {
    if (node?.nodeType !== "leaf") continue;
    expect(await verifyLeafNodeSignature(node.leaf, groupId, at / 2, suite1.signature), `leaf ${at / 2}`).toBe(true);
    if (node.leaf.leafNodeSource === "key_package") continue;
    expect(await verifyLeafNodeSignature(node.leaf, new Uint8Array(32), at / 2, suite1.signature)).toBe(false);
  }
  // A tree whose parent hash does not hold is seen.
  const changed = tree.map((node) =>
    node?.nodeType === "parent" ? { ...node, parent: { ...node.parent, hpkePublicKey: new Uint8Array(32) } } : node,
  );
  const hasParents = tree.some((node) => node?.nodeType === "parent");
  expect(await verifyParentHashes(changed, suite1.hash)).toBe(!hasParents);
});

interface TreeOperations {
  readonly tree_before: string;
  readonly proposal: string;
  readonly proposal_sender: number;
  readonly tree_after: string;
  readonly tree_hash_before: string;
  readonly tree_hash_after: string;
}

eachVector<TreeOperations>("tree-operations", "M1: additions, updates and removals", async (vector) => {
  const before = whole(decodeRatchetTree, vector.tree_before);
  expect(encodeHex(await treeHashRoot(before, suite1.hash))).toBe(vector.tree_hash_before);
  const after = apply(before, vector);
  expect(encodeHex(await treeHashRoot(after, suite1.hash))).toBe(vector.tree_hash_after);
  expect(encodeHex(encodeRatchetTree(after))).toBe(vector.tree_after);
});

function apply(tree: RatchetTree, vector: TreeOperations): RatchetTree {
  const proposal = whole(decodeProposal, vector.proposal);
  if (proposal.proposalType === "add") return addLeafNode(tree, proposal.add.keyPackage.leafNode)[0];
  if (proposal.proposalType === "update") {
    return updateLeafNode(tree, proposal.update.leafNode, toLeafIndex(vector.proposal_sender));
  }
  if (proposal.proposalType === "remove") return removeLeafNode(tree, toLeafIndex(proposal.remove.removed));
  throw new RangeError("a proposal that changes no tree");
}

interface TreeKem {
  readonly group_id: string;
  readonly epoch: number;
  readonly confirmed_transcript_hash: string;
  readonly ratchet_tree: string;
  readonly leaves_private: readonly {
    readonly index: number;
    readonly encryption_priv: string;
    readonly signature_priv: string;
    readonly path_secrets: readonly { readonly node: number; readonly path_secret: string }[];
  }[];
  readonly update_paths: readonly {
    readonly sender: number;
    readonly update_path: string;
    /** By leaf: what it decrypts; null for the sender and for blank leaves. */
    readonly path_secrets: readonly (string | null)[];
    readonly commit_secret: string;
    readonly tree_hash_after: string;
  }[];
}

eachVector<TreeKem>("treekem", "M1: a path opens for everybody, and so does our own", async (vector) => {
  const tree = whole(decodeRatchetTree, vector.ratchet_tree);
  const context = (treeHash: Uint8Array): GroupContext => ({
    version: "mls10",
    cipherSuite: suite1.name,
    groupId: bytes(vector.group_id),
    epoch: BigInt(vector.epoch),
    treeHash,
    confirmedTranscriptHash: bytes(vector.confirmed_transcript_hash),
    extensions: [],
  });
  const holders = await Promise.all(vector.leaves_private.map(privatePathOf));

  for (const given of vector.update_paths) {
    const path = whole(decodeUpdatePath, given.update_path);
    const after = await applyUpdatePath(tree, toLeafIndex(given.sender), path, suite1.hash);
    expect(encodeHex(await treeHashRoot(after, suite1.hash))).toBe(given.tree_hash_after);
    for (const holder of holders) {
      if (holder.leafIndex === given.sender) continue;
      const opened = await follow(after, holder, given.sender, context(bytes(given.tree_hash_after)), path);
      expect(encodeHex(opened.pathSecret)).toBe(given.path_secrets[holder.leafIndex]);
      expect(encodeHex(opened.commitSecret)).toBe(given.commit_secret);
    }

    const sender = vector.leaves_private.find(({ index }) => index === given.sender);
    if (sender === undefined) throw new RangeError("no sender");
    const from = toLeafIndex(given.sender);
    // The library puts the tree hash of the new tree into the context itself, and one more on the epoch.
    const before = { ...context(new Uint8Array(0)), epoch: BigInt(vector.epoch) - 1n };
    const [made, own] = await createUpdatePath(tree, from, before, bytes(sender.signature_priv), suite1);
    const madeContext = context(await treeHashRoot(made, suite1.hash));
    const secrets: string[] = [];
    for (const holder of holders) {
      if (holder.leafIndex !== given.sender) {
        secrets.push(encodeHex((await follow(made, holder, given.sender, madeContext, own)).commitSecret));
      }
    }
    expect(new Set(secrets).size).toBe(1);
  }
});

async function privatePathOf({
  index,
  encryption_priv,
  path_secrets,
}: TreeKem["leaves_private"][number]): Promise<PrivateKeyPath> {
  const privateKeys: Record<number, Uint8Array> = { [index * 2]: bytes(encryption_priv) };
  for (const { node, path_secret } of path_secrets) {
    const { privateKey } = await suite1.hpke.deriveKeyPair(await deriveSecret(bytes(path_secret), "node", suite1.kdf));
    privateKeys[node] = await suite1.hpke.exportPrivateKey(privateKey);
  }
  return { leafIndex: index, privateKeys };
}

async function follow(tree: RatchetTree, holder: PrivateKeyPath, sender: number, context: GroupContext, path: UpdatePath) {
  const { nodeIndex, pathSecret } = await applyUpdatePathSecret(tree, holder, toLeafIndex(sender), context, path, [], suite1);
  const secrets = await pathToRoot(tree, toNodeIndex(nodeIndex), pathSecret, suite1.kdf);
  const top = secrets[root(leafWidth(tree.length))];
  if (top === undefined) throw new RangeError("no secret of the root");
  return { pathSecret, commitSecret: await deriveSecret(top, "path", suite1.kdf) };
}
