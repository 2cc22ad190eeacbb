// Derivations below the group: labels, lengths, key schedule, secret tree, transcript, pre-shared keys.
import { encodeHex } from "@p2pcrypt/bytes";
import { expect } from "vitest";
import { decodeAuthenticatedContent } from "#ts-mls/authenticatedContent.js";
import { determineLength } from "#ts-mls/codec/variableLength.js";
import { refhash } from "#ts-mls/crypto/hash.js";
import { decryptWithLabel, encryptWithLabel } from "#ts-mls/crypto/hpke.js";
import { deriveSecret, deriveTreeSecret, expandWithLabel } from "#ts-mls/crypto/kdf.js";
import { signWithLabel, verifyWithLabel } from "#ts-mls/crypto/signature.js";
import { createConfirmationTag } from "#ts-mls/framedContent.js";
import { encodeGroupContext, type GroupContext } from "#ts-mls/groupContext.js";
import { deriveKeySchedule, initializeEpoch, mlsExporter } from "#ts-mls/keySchedule.js";
import { computePskSecret } from "#ts-mls/presharedkey.js";
import { createSecretTree, deriveKey, deriveNonce, ratchetUntil } from "#ts-mls/secretTree.js";
import { expandSenderDataKey, expandSenderDataNonce } from "#ts-mls/sender.js";
import { createConfirmedHash, createInterimHash } from "#ts-mls/transcriptHash.js";
import { suite1 } from "../support/suite-1.ts";
import { bytes, eachVector, whole } from "../support/working-group.ts";

eachVector<{ vlbytes_header: string; length: number }>(
  "deserialization",
  "M1: a length is read",
  ({ vlbytes_header, length }) => {
    const header = bytes(vlbytes_header);
    const padded = new Uint8Array(header.length + 8);
    padded.set(header);
    expect(determineLength(padded)).toEqual({ length, lengthFieldSize: header.length });
  },
);

interface Basics {
  readonly ref_hash: Record<"label" | "value" | "out", string>;
  readonly expand_with_label: Record<"secret" | "label" | "context" | "out", string> & { readonly length: number };
  readonly derive_secret: Record<"secret" | "label" | "out", string>;
  readonly derive_tree_secret: Record<"secret" | "label" | "out", string> & { generation: number; length: number };
  readonly sign_with_label: Record<"priv" | "pub" | "content" | "label" | "signature", string>;
  readonly encrypt_with_label: Record<"priv" | "pub" | "label" | "context" | "plaintext" | "kem_output" | "ciphertext", string>;
}

eachVector<Basics>("crypto-basics", "M1: labelled hash, derivation, signature, encryption", async (vector) => {
  const { ref_hash, expand_with_label: expand, derive_secret: derive, derive_tree_secret: tree } = vector;
  expect(encodeHex(await refhash(ref_hash.label, bytes(ref_hash.value), suite1.hash))).toBe(ref_hash.out);
  const expanded = await expandWithLabel(bytes(expand.secret), expand.label, bytes(expand.context), expand.length, suite1.kdf);
  expect(encodeHex(expanded)).toBe(expand.out);
  expect(encodeHex(await deriveSecret(bytes(derive.secret), derive.label, suite1.kdf))).toBe(derive.out);
  const treeSecret = await deriveTreeSecret(bytes(tree.secret), tree.label, tree.generation, tree.length, suite1.kdf);
  expect(encodeHex(treeSecret)).toBe(tree.out);

  const { priv, pub, content, label, signature } = vector.sign_with_label;
  const { signature: ed25519 } = suite1;
  expect(await verifyWithLabel(bytes(pub), label, bytes(content), bytes(signature), ed25519)).toBe(true);
  expect(await verifyWithLabel(bytes(pub), `${label}.`, bytes(content), bytes(signature), ed25519)).toBe(false);
  const own = await signWithLabel(bytes(priv), label, bytes(content), ed25519);
  expect(await verifyWithLabel(bytes(pub), label, bytes(content), own, ed25519)).toBe(true);

  const { hpke } = suite1;
  const sealed = vector.encrypt_with_label;
  const secretKey = await hpke.importPrivateKey(bytes(sealed.priv));
  const publicKey = await hpke.importPublicKey(bytes(sealed.pub));
  const context = bytes(sealed.context);
  const open = (kem: Uint8Array, ciphertext: Uint8Array) =>
    decryptWithLabel(secretKey, sealed.label, context, kem, ciphertext, hpke);
  expect(encodeHex(await open(bytes(sealed.kem_output), bytes(sealed.ciphertext)))).toBe(sealed.plaintext);
  const again = await encryptWithLabel(publicKey, sealed.label, context, bytes(sealed.plaintext), hpke);
  expect(encodeHex(await open(again.enc, again.ct))).toBe(sealed.plaintext);
});

type Epoch = Record<
  | "tree_hash"
  | "commit_secret"
  | "psk_secret"
  | "confirmed_transcript_hash"
  | "group_context"
  | "joiner_secret"
  | "welcome_secret"
  | "init_secret"
  | "sender_data_secret"
  | "encryption_secret"
  | "exporter_secret"
  | "epoch_authenticator"
  | "external_secret"
  | "confirmation_key"
  | "membership_key"
  | "resumption_psk",
  string
> & { readonly exporter: { readonly label: string; readonly context: string; readonly length: number; readonly secret: string } };

eachVector<{ group_id: string; initial_init_secret: string; epochs: Epoch[] }>(
  "key-schedule",
  "M1: every secret of every epoch",
  async ({ group_id, initial_init_secret, epochs }) => {
    let initSecret = bytes(initial_init_secret);
    for (const [at, epoch] of epochs.entries()) {
      const groupContext: GroupContext = {
        version: "mls10",
        cipherSuite: suite1.name,
        groupId: bytes(group_id),
        epoch: BigInt(at),
        treeHash: bytes(epoch.tree_hash),
        confirmedTranscriptHash: bytes(epoch.confirmed_transcript_hash),
        extensions: [],
      };
      expect(encodeHex(encodeGroupContext(groupContext))).toBe(epoch.group_context);
      const pskSecret = bytes(epoch.psk_secret);
      const made = await initializeEpoch(initSecret, bytes(epoch.commit_secret), groupContext, pskSecret, suite1.kdf);
      const { keySchedule, joinerSecret, welcomeSecret, encryptionSecret } = made;
      const hex = Object.fromEntries(
        Object.entries({ ...keySchedule, joinerSecret, welcomeSecret, encryptionSecret }).map(([name, secret]) => [
          name,
          encodeHex(secret),
        ]),
      );
      expect(hex).toEqual({
        joinerSecret: epoch.joiner_secret,
        welcomeSecret: epoch.welcome_secret,
        initSecret: epoch.init_secret,
        senderDataSecret: epoch.sender_data_secret,
        encryptionSecret: epoch.encryption_secret,
        exporterSecret: epoch.exporter_secret,
        epochAuthenticator: epoch.epoch_authenticator,
        externalSecret: epoch.external_secret,
        confirmationKey: epoch.confirmation_key,
        membershipKey: epoch.membership_key,
        resumptionPsk: epoch.resumption_psk,
      });
      const [joined] = await deriveKeySchedule(bytes(epoch.joiner_secret), pskSecret, groupContext, suite1.kdf);
      expect(encodeHex(joined.exporterSecret)).toBe(epoch.exporter_secret);
      const { label, context, length, secret } = epoch.exporter;
      expect(encodeHex(await mlsExporter(keySchedule.exporterSecret, label, bytes(context), length, suite1))).toBe(secret);
      initSecret = keySchedule.initSecret;
    }
  },
);

type Leaf = {
  readonly generation: number;
} & Record<"application_key" | "application_nonce" | "handshake_key" | "handshake_nonce", string>;

interface SecretTreeVector {
  readonly encryption_secret: string;
  readonly sender_data: Record<"sender_data_secret" | "ciphertext" | "key" | "nonce", string>;
  readonly leaves: readonly (readonly Leaf[])[];
}

const FAR = { retainKeysForGenerations: 1000, retainKeysForEpochs: 1, maximumForwardRatchetSteps: 1000 };

eachVector<SecretTreeVector>(
  "secret-tree",
  "M1: keys and nonces of every leaf",
  async ({ encryption_secret, sender_data, leaves }) => {
    const secret = bytes(sender_data.sender_data_secret);
    const ciphertext = bytes(sender_data.ciphertext);
    expect(encodeHex(await expandSenderDataKey(suite1, secret, ciphertext))).toBe(sender_data.key);
    expect(encodeHex(await expandSenderDataNonce(suite1, secret, ciphertext))).toBe(sender_data.nonce);
    const tree = await createSecretTree(leaves.length, bytes(encryption_secret), suite1.kdf);
    for (const [leaf, generations] of leaves.entries()) {
      for (const vector of generations) {
        for (const kind of ["application", "handshake"] as const) {
          const ratchet = tree[leaf * 2]?.[kind];
          if (ratchet === undefined) throw new RangeError("no leaf");
          const [{ secret: at }] =
            vector.generation === 0 ? [ratchet] : await ratchetUntil(ratchet, vector.generation, FAR, suite1);
          expect(encodeHex(await deriveKey(at, vector.generation, suite1))).toBe(vector[`${kind}_key`]);
          expect(encodeHex(await deriveNonce(at, vector.generation, suite1))).toBe(vector[`${kind}_nonce`]);
        }
      }
    }
  },
);

type Transcript = Record<
  | "confirmation_key"
  | "authenticated_content"
  | "interim_transcript_hash_before"
  | "confirmed_transcript_hash_after"
  | "interim_transcript_hash_after",
  string
>;

eachVector<Transcript>("transcript-hashes", "M1: confirmed and interim hash, confirmation tag", async (vector) => {
  const { wireformat, content, auth } = whole(decodeAuthenticatedContent, vector.authenticated_content);
  if (content.contentType !== "commit" || auth.contentType !== "commit") throw new RangeError("no commit");
  const input = { wireformat, content, signature: auth.signature };
  const confirmed = await createConfirmedHash(bytes(vector.interim_transcript_hash_before), input, suite1.hash);
  expect(encodeHex(confirmed)).toBe(vector.confirmed_transcript_hash_after);
  const tag = await createConfirmationTag(bytes(vector.confirmation_key), confirmed, suite1.hash);
  expect(encodeHex(tag)).toBe(encodeHex(auth.confirmationTag));
  expect(encodeHex(await createInterimHash(confirmed, tag, suite1.hash))).toBe(vector.interim_transcript_hash_after);
});

eachVector<{ psks: { psk_id: string; psk: string; psk_nonce: string }[]; psk_secret: string }>(
  "psk_secret",
  "M1: pre-shared keys are mixed in order (no conversation uses any)",
  async ({ psks, psk_secret }) => {
    const given = psks.map(
      ({ psk_id, psk, psk_nonce }) =>
        [{ psktype: "external", pskId: bytes(psk_id), pskNonce: bytes(psk_nonce) }, bytes(psk)] as const,
    );
    const secret = await computePskSecret(
      given.map(([id, psk]) => [id, psk]),
      suite1,
    );
    expect(encodeHex(secret)).toBe(psk_secret);
  },
);
