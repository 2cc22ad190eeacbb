// Messages and joining: protection of content, Welcome, a whole passive client.
import { encodeHex } from "@p2pcrypt/bytes";
import { expect } from "vitest";
import { encodeCommit } from "#ts-mls/commit.js";
import type { GroupContext } from "#ts-mls/groupContext.js";
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "#ts-mls/groupInfo.js";
import { makeKeyPackageRef } from "#ts-mls/keyPackage.js";
import { decodeMlsMessage } from "#ts-mls/message.js";
import { protectApplicationData, protectProposal, unprotectPrivateMessage } from "#ts-mls/messageProtection.js";
import { unprotectPublicMessage } from "#ts-mls/messageProtectionPublic.js";
import type { PreSharedKeyID } from "#ts-mls/presharedkey.js";
import { decodeProposal, encodeProposal } from "#ts-mls/proposal.js";
import { decodeRatchetTree, type RatchetTree } from "#ts-mls/ratchetTree.js";
import { createSecretTree } from "#ts-mls/secretTree.js";
import { decryptGroupInfo, decryptGroupSecrets } from "#ts-mls/welcome.js";
import { configure, HANDSHAKE_PADDING, KEY_RETENTION } from "../../src/mls/configuration.ts";
import { joinGroupWithExtensions, type LeafNode } from "../../src/mls/library.ts";
import { credulous } from "../support/forge.ts";
import { suite1 } from "../support/suite-1.ts";
import { bytes, eachVector, whole } from "../support/working-group.ts";

type Protection = Record<
  | "group_id"
  | "tree_hash"
  | "confirmed_transcript_hash"
  | "signature_priv"
  | "signature_pub"
  | "encryption_secret"
  | "sender_data_secret"
  | "membership_key"
  | "proposal"
  | "proposal_priv"
  | "proposal_pub"
  | "commit"
  | "commit_priv"
  | "commit_pub"
  | "application"
  | "application_priv",
  string
> & { readonly epoch: number };

const SENDER = 1;

eachVector<Protection>("message-protection", "M1: private and public messages open; our own do too", async (vector) => {
  const groupContext: GroupContext = {
    version: "mls10",
    cipherSuite: suite1.name,
    groupId: bytes(vector.group_id),
    epoch: BigInt(vector.epoch),
    treeHash: bytes(vector.tree_hash),
    confirmedTranscriptHash: bytes(vector.confirmed_transcript_hash),
    extensions: [],
  };
  const tree = twoLeaves(bytes(vector.signature_pub));
  const senderDataSecret = bytes(vector.sender_data_secret);
  const secretTree = await createSecretTree(2, bytes(vector.encryption_secret), suite1.kdf);
  const open = async (hex: string) => {
    const message = whole(decodeMlsMessage, hex);
    if (message.wireformat === "mls_public_message") {
      return unprotectPublicMessage(bytes(vector.membership_key), groupContext, tree, message.publicMessage, suite1);
    }
    if (message.wireformat !== "mls_private_message") throw new RangeError("no message");
    const opened = await unprotectPrivateMessage(
      senderDataSecret,
      message.privateMessage,
      secretTree,
      tree,
      groupContext,
      KEY_RETENTION,
      suite1,
    );
    expect(opened.senderData.leafIndex).toBe(SENDER);
    return opened.content;
  };
  for (const hex of [vector.proposal_priv, vector.proposal_pub]) {
    const { content } = await open(hex);
    expect(content.contentType === "proposal" && encodeHex(encodeProposal(content.proposal))).toBe(vector.proposal);
  }
  for (const hex of [vector.commit_priv, vector.commit_pub]) {
    const { content } = await open(hex);
    expect(content.contentType === "commit" && encodeHex(encodeCommit(content.commit))).toBe(vector.commit);
  }
  const { content } = await open(vector.application_priv);
  expect(content.contentType === "application" && encodeHex(content.applicationData)).toBe(vector.application);

  const args = [bytes(vector.signature_priv), senderDataSecret] as const;
  const rest = [new Uint8Array(3), groupContext, secretTree, SENDER, HANDSHAKE_PADDING, suite1] as const;
  const own = await protectApplicationData(...args, bytes(vector.application), ...rest);
  const proposed = await protectProposal(...args, whole(decodeProposal, vector.proposal), ...rest);
  for (const { privateMessage } of [own, proposed]) {
    const opened = await unprotectPrivateMessage(
      senderDataSecret,
      privateMessage,
      secretTree,
      tree,
      groupContext,
      KEY_RETENTION,
      suite1,
    );
    expect(opened.senderData).toMatchObject({ leafIndex: SENDER, generation: 0 });
  }
});

type WelcomeVector = Record<"init_priv" | "key_package" | "signer_pub" | "welcome", string>;

eachVector<WelcomeVector>("welcome", "M1: opens; signature and confirmation tag hold", async (vector) => {
  const { welcome, keyPackage } = readWelcome(vector);
  const reference = await makeKeyPackageRef(keyPackage, suite1.hash);
  const secretKey = await suite1.hpke.importPrivateKey(bytes(vector.init_priv));
  const secrets = await decryptGroupSecrets(secretKey, reference, welcome, suite1.hpke);
  if (secrets === undefined) throw new RangeError("group secrets");
  const none = new Uint8Array(suite1.kdf.size);
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, none, suite1);
  if (info === undefined) throw new RangeError("group info");
  expect(await verifyGroupInfoSignature(info, bytes(vector.signer_pub), suite1.signature)).toBe(true);
  expect(await verifyGroupInfoSignature(info, new Uint8Array(32).fill(9), suite1.signature)).toBe(false);
  expect(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, none, suite1)).toBe(true);
});

interface PassiveClient extends Omit<WelcomeVector, "signer_pub"> {
  readonly external_psks: readonly { readonly psk_id: string; readonly psk: string }[];
  readonly signature_priv: string;
  readonly encryption_priv: string;
  readonly ratchet_tree: string | null;
  readonly initial_epoch_authenticator: string;
}

eachVector<PassiveClient>("passive-client-welcome", "M1: reaches the same epoch", async (vector) => {
  const { welcome, keyPackage } = readWelcome(vector);
  const keys = {
    initPrivateKey: bytes(vector.init_priv),
    hpkePrivateKey: bytes(vector.encryption_priv),
    signaturePrivateKey: bytes(vector.signature_priv),
  };
  const psks = new Map(vector.external_psks.map(({ psk_id, psk }) => [psk_id, bytes(psk)]));
  const findPsk = (id: PreSharedKeyID) => (id.psktype === "external" ? psks.get(encodeHex(id.pskId)) : undefined);
  const tree = vector.ratchet_tree === null ? undefined : whole(decodeRatchetTree, vector.ratchet_tree);
  const config = configure(credulous, undefined);
  const [state] = await joinGroupWithExtensions(welcome, keyPackage, keys, { findPsk }, suite1, tree, undefined, config);
  expect(encodeHex(state.keySchedule.epochAuthenticator)).toBe(vector.initial_epoch_authenticator);
});

function readWelcome(vector: Pick<WelcomeVector, "welcome" | "key_package">) {
  const message = whole(decodeMlsMessage, vector.welcome);
  const packaged = whole(decodeMlsMessage, vector.key_package);
  if (message.wireformat !== "mls_welcome" || packaged.wireformat !== "mls_key_package") throw new RangeError("a Welcome");
  return { welcome: message.welcome, keyPackage: packaged.keyPackage };
}

/** Only the signature key of a leaf is looked at. */
function twoLeaves(signaturePublicKey: Uint8Array): RatchetTree {
  const leaf: LeafNode = {
    leafNodeSource: "update",
    hpkePublicKey: new Uint8Array(32),
    signaturePublicKey,
    credential: { credentialType: "basic", identity: new Uint8Array(0) },
    capabilities: { versions: ["mls10"], ciphersuites: [suite1.name], extensions: [], proposals: [], credentials: ["basic"] },
    extensions: [],
    signature: new Uint8Array(64),
  };
  return [{ nodeType: "leaf", leaf }, undefined, { nodeType: "leaf", leaf }];
}
