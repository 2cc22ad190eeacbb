// Conversations under the suite: padding, frames, a founding, and a newcomer who is added, reads and is heard
// (spec/protocol/session.md). Randomness comes from a seed.
import { openPgpIdentity } from "@p2pcrypt/client";
import { createDeviceCertificate, encodeCredential, parseSecretIdentity, type SecretIdentity } from "@p2pcrypt/identity";
import {
  createFoundingStatement,
  createKeyPackage,
  createXWingCrypto,
  type Device,
  generateInboxKey,
  groupIdOf,
  Session,
  sealToInbox,
  type View,
} from "@p2pcrypt/session";
import { createRoleLogEntry } from "../../packages/session/src/group/role-log.ts";
import { decodeSecrets } from "../../packages/session/src/key-package.ts";
import { encodeContentFrame, encodeHandshakeHeader } from "../../packages/session/src/wire/frames.ts";
import { encodeJoinFacts } from "../../packages/session/src/wire/join-facts.ts";
import {
  APPLICATION_BUCKETS,
  bucketFor,
  EPHEMERAL_BUCKETS,
  paddedHandshakeLength,
  padTo,
  SEALED_BUCKETS,
} from "../../packages/session/src/wire/padding.ts";
import { encodeView } from "../../packages/session/src/wire/view.ts";
import { AT_MS, counting, DAY_MS, type Keys, type VectorFile } from "./vector-file.ts";

const VIEW: View = {
  positions: 3,
  handshakeHead: counting(0x11),
  nodes: [{ node: counting(0x22), seq: 9, chain: counting(0x33) }],
};

export async function sessionVectors(keys: Keys, random: (length: number) => Uint8Array): Promise<VectorFile> {
  const crypto = createXWingCrypto(random);
  const [ana, ben] = [await parseSecretIdentity(keys.ana, { atMs: AT_MS }), await parseSecretIdentity(keys.ben, { atMs: AT_MS })];
  const [anaDevice, benDevice] = [await deviceOf(ana, counting(1)), await deviceOf(ben, counting(2))];
  const identityId = ana.certificate.id;
  const founding = await createFoundingStatement(crypto, { identityId, ...anaDevice }, { kind: "direct", nowMs: AT_MS });
  const entry = { previous: groupIdOf(founding), sequence: 1, timeMs: AT_MS, administrators: [identityId, ben.certificate.id] };
  return {
    spec: "session.md",
    at_ms: AT_MS,
    padding: paddingVectors(),
    frames: {
      view: { positions: VIEW.positions, handshake_head: VIEW.handshakeHead, nodes: VIEW.nodes, bytes: encodeView(VIEW) },
      content_frame: { content: counting(0, 20), bytes: encodeContentFrame({ view: VIEW, content: counting(0, 20) }) },
      handshake_header: { time_ms: AT_MS, bytes: encodeHandshakeHeader({ timeMs: AT_MS, view: VIEW }) },
      join_facts: { floor_ms: AT_MS, bytes: encodeJoinFacts({ floorMs: AT_MS }) },
    },
    founding: { statement: founding, founder: identityId, kind: "direct", group: groupIdOf(founding) },
    role_log_entry: {
      ...entry,
      timeMs: undefined,
      time_ms: AT_MS,
      actor: identityId,
      bytes: (await createRoleLogEntry(crypto, { identityId, ...anaDevice }, entry)).bytes,
    },
    sealed_record: await sealedVector(crypto),
    newcomer: await newcomerVector(crypto, { founding, anaDevice, benDevice, ana }),
  };
}

/** Of each kind: every length at which the padded length changes. */
function paddingVectors(): object {
  const edges = (buckets: readonly number[], head: number) =>
    buckets.flatMap((bucket) =>
      [bucket - head, bucket - head + 1].map((length) => ({ length, padded: bucketFor(buckets, length + head) ?? 0 })),
    );
  return {
    application: edges(APPLICATION_BUCKETS, 0),
    handshake: [1, 4096, 4097, 8193, 100_000].map((length) => ({ length, padded: paddedHandshakeLength(length) })),
    ephemeral: edges(EPHEMERAL_BUCKETS, 4),
    sealed: edges(SEALED_BUCKETS, 4),
    example: { bytes: counting(0, 10), padded: padTo(EPHEMERAL_BUCKETS, counting(0, 10)) },
  };
}

async function deviceOf(secret: SecretIdentity, signatureSecretKey: Uint8Array): Promise<Device> {
  const crypto = createXWingCrypto(() => new Uint8Array(0));
  const signatureKey = await crypto.signaturePublicKey(signatureSecretKey);
  const validity = { notBeforeMs: AT_MS, notAfterMs: AT_MS + 60 * DAY_MS };
  const certificate = await createDeviceCertificate(
    secret,
    { deviceId: signatureKey.slice(0, 16), signatureKey, ...validity },
    AT_MS,
  );
  return { credential: encodeCredential(secret.certificate.minimal(), certificate), signatureSecretKey };
}

async function sealedVector(crypto: ReturnType<typeof createXWingCrypto>): Promise<object> {
  const { publicKey, secretKey } = await generateInboxKey(crypto);
  const [stream, plaintext] = [counting(0x30), counting(0, 100)];
  const record = await sealToInbox(crypto, publicKey, { stream, keyId: 7 }, plaintext);
  return { secret_key: secretKey, public_key: publicKey, stream, key_id: 7, plaintext, record };
}

/** Ana founds and adds Ben; what Ben needs to join, and what he is to make of each record that follows. */
async function newcomerVector(
  crypto: ReturnType<typeof createXWingCrypto>,
  given: { readonly founding: Uint8Array; readonly anaDevice: Device; readonly benDevice: Device; readonly ana: SecretIdentity },
): Promise<object> {
  const { founding, anaDevice, benDevice, ana } = given;
  const deps = { crypto, verifyCredential: openPgpIdentity.verifyCredential };
  const place = { nodeId: ana.certificate.id, nodeUrl: "https://node.example", stream: counting(0x30) };
  const founded = await Session.found(deps, {
    device: anaDevice,
    founding,
    location: [place],
    streamAdminKeys: [],
    nowMs: AT_MS,
  });
  const bundle = await createKeyPackage(deps, { ...benDevice, nowMs: AT_MS, lifetimeMs: 30 * DAY_MS, isLastResort: false });
  const view = viewOf(founded);
  const made = await founded.commit({ kind: "add", keyPackages: [bundle.publicPackage] }, { nowMs: AT_MS, view });
  const added = await made.session.receiveHandshake(made.record, { position: 1 });
  if (added.kind !== "applied" || made.welcome === undefined) throw new RangeError("not added");
  const epochOf = async (session: Session) => ({
    epoch: session.epoch,
    conversation_code: session.conversationCode().digits,
    verification_context: session.verificationContext(1),
    ...(await tokensOf(session, place.stream)),
  });
  // Now: the secrets of an epoch are erased when the next one begins.
  const joined = await epochOf(added.session);
  const first = await added.session.seal(counting(0, 30), { view: viewOf(added.session) });
  const second = await first.session.seal(counting(50, 700), { view: viewOf(first.session) });
  const ephemeral = await second.session.sealEphemeral(counting(0, 12), { session: counting(0, 16), counter: 1 });
  const update = await second.session.commit({ kind: "update" }, { nowMs: AT_MS + 1000, view: viewOf(second.session) });
  const updated = await update.session.receiveHandshake(update.record, { position: 2 });
  if (updated.kind !== "applied") throw new RangeError("not updated");
  const third = await updated.session.seal(counting(99, 5), { view: viewOf(updated.session) });
  const { initSecretKey, leafSecretKey } = decodeSecrets(bundle.privatePackage);
  return {
    signature_secret_key: benDevice.signatureSecretKey,
    key_package: bundle.publicPackage,
    key_package_reference: bundle.reference,
    private_package: bundle.privatePackage,
    init_secret_key: initSecretKey,
    leaf_secret_key: leafSecretKey,
    welcome: made.welcome.welcome,
    ratchet_tree: made.welcome.ratchetTree,
    positions: 1,
    handshake_head: added.session.handshakeHead,
    group: founded.groupId,
    stream: place.stream,
    joined,
    messages: [
      { record: first.record, content: counting(0, 30) },
      { record: second.record, content: counting(50, 700) },
    ],
    ephemeral: { record: ephemeral, session: counting(0, 16), counter: 1, content: counting(0, 12) },
    update: { position: 2, record: update.record, ...(await epochOf(updated.session)) },
    after_update: { record: third.record, content: counting(99, 5) },
  };
}

async function tokensOf(session: Session, stream: Uint8Array) {
  const { readToken, writeToken } = await session.streamTokens(stream, 1);
  return { read_token: readToken, write_token: writeToken };
}

function viewOf(session: Session): View {
  return { positions: session.positions, handshakeHead: session.handshakeHead, nodes: [] };
}
