// A session at rest, in parts that change at different times: the group once per epoch, the ratchet with every message, a
// pending commit or leave request while there is one. All of it is secret and goes into the vault only.
import { ByteReader, ByteWriter, decodeHex, encodeHex } from "@p2pcrypt/bytes";
import type { IdentityId } from "./credential-verifier.ts";
import { fromExtensions } from "./group/context-rules.ts";
import type { Member } from "./group/roster.ts";
import { leafAt, streamKeyOf, withAdministrators } from "./group/tree-rules.ts";
import {
  decodeGroupContext,
  decodeKeySchedule,
  decodeProposal,
  decodeRatchetTree,
  encodeGroupContext,
  encodeKeySchedule,
  encodeProposal,
  encodeRatchetTree,
  type GenerationSecret,
  type GroupState,
  type RatchetTree,
  type SecretTree,
} from "./mls/library.ts";
import type { WelcomePackage } from "./outcomes.ts";
import { SessionError } from "./session-error.ts";
import type { EpochState, LeaveRequest, Pending, SessionState, SessionStatus } from "./state.ts";
import { decodeView, encodeView } from "./wire/view.ts";

const VERSION = 1;
const STATUSES: readonly SessionStatus[] = ["active", "stuck", "removed"];

export function encodeGroupPart(state: EpochState): Uint8Array {
  const { mls, roster, floorMs } = state;
  const writer = new ByteWriter()
    .u8(VERSION)
    .opaque32(encodeGroupContext(mls.groupContext))
    .opaque32(encodeKeySchedule(mls.keySchedule))
    .opaque32(encodeRatchetTree(mls.ratchetTree))
    .opaque16(mls.confirmationTag)
    .opaque16(mls.signaturePrivateKey)
    .u64(floorMs)
    .u32(mls.privatePath.leafIndex);
  const keys = Object.entries(mls.privatePath.privateKeys);
  writer.u16(keys.length);
  for (const [index, key] of keys) writer.u32(Number(index)).opaque16(key);
  writer.u16(roster.length);
  for (const member of roster) writeMember(writer, member);
  return writer.finish();
}

export function encodeRatchetPart(state: SessionState): Uint8Array {
  const { mls, status, positions, handshakeHead, leaveRequests, sent } = state;
  const writer = new ByteWriter()
    .u8(VERSION)
    .u64(mls.groupContext.epoch)
    .u8(STATUSES.indexOf(status))
    .u64(positions)
    .fixed(handshakeHead, 32, "handshakeHead");
  writeSecretTree(writer, mls.secretTree, mls.ratchetTree);
  writer.u16(leaveRequests.length);
  for (const request of leaveRequests) writeRequest(writer, request);
  writer.u16(sent.size);
  for (const [generation, hash] of sent) writer.u32(generation).opaque8(hash);
  return writer.finish();
}

export function encodePendingPart(pending: Pending): Uint8Array {
  const writer = new ByteWriter()
    .u8(VERSION)
    .bool(pending.kind === "commit")
    .opaque32(pending.record);
  writer.u64(pending.timeMs).opaque16(encodeView(pending.view));
  if (pending.kind === "leave") {
    writeRequest(writer, pending.request);
    return writer.finish();
  }
  writer.opaque32(encodeGroupPart(pending.next));
  writeSecretTree(writer, pending.next.mls.secretTree, pending.next.mls.ratchetTree);
  writer.bool(pending.welcome !== undefined);
  if (pending.welcome !== undefined) {
    const { welcome, ratchetTree, keyPackageReferences } = pending.welcome;
    writer.opaque32(welcome).opaque32(ratchetTree).u16(keyPackageReferences.length);
    for (const reference of keyPackageReferences) writer.opaque8(reference);
  }
  return writer.finish();
}

/** @throws {SessionError} `session/stateDamaged` naming the part. */
export function decodeState(parts: {
  readonly group: Uint8Array;
  readonly ratchet: Uint8Array;
  readonly pending?: Uint8Array | undefined;
}): SessionState {
  const epoch = read("group", parts.group, readGroup);
  const state = read("ratchet", parts.ratchet, (reader) => readRatchet(reader, epoch));
  const pending = parts.pending === undefined ? undefined : read("pending", parts.pending, readPending);
  return { ...state, pending };
}

function readGroup(reader: ByteReader): EpochState {
  expectVersion(reader);
  const groupContext = whole(decodeGroupContext, reader.opaque32("groupContext"));
  const keySchedule = whole(decodeKeySchedule, reader.opaque32("keySchedule"));
  const ratchetTree = whole(decodeRatchetTree, reader.opaque32("ratchetTree"));
  const confirmationTag = reader.opaque16("confirmationTag");
  const signaturePrivateKey = reader.opaque16("signaturePrivateKey");
  const floorMs = reader.safeU64("floorMs");
  const leafIndex = reader.u32("leafIndex");
  const privateKeys: Record<number, Uint8Array> = {};
  for (let count = reader.u16("privateKeys"); count > 0; count--) privateKeys[reader.u32("node")] = reader.opaque16("privateKey");
  const members = Array.from({ length: reader.u16("roster") }, () => readMember(reader, ratchetTree));
  const context = fromExtensions(groupContext.extensions);
  if (context === undefined) throw new RangeError("no conversation context");
  const mls: GroupState = {
    groupContext,
    keySchedule,
    ratchetTree,
    confirmationTag,
    signaturePrivateKey,
    privatePath: { leafIndex, privateKeys },
    secretTree: [],
    unappliedProposals: {},
    historicalReceiverData: new Map(),
    groupActiveState: { kind: "active" },
  };
  return { mls, context, roster: withAdministrators(members, context.administrators), floorMs };
}

function readRatchet(reader: ByteReader, epoch: EpochState): SessionState {
  expectVersion(reader);
  if (reader.u64("epoch") !== epoch.mls.groupContext.epoch) throw new RangeError("ratchet and group are of different epochs");
  const status = STATUSES[reader.u8("status")];
  if (status === undefined) throw new RangeError("status is unknown");
  const positions = reader.safeU64("positions");
  const handshakeHead = reader.take(32, "handshakeHead");
  const secretTree = readSecretTree(reader, epoch.mls.ratchetTree);
  const leaveRequests = Array.from({ length: reader.u16("leaveRequests") }, () => readRequest(reader));
  const sent = new Map<number, Uint8Array>();
  for (let count = reader.u16("sent"); count > 0; count--) sent.set(reader.u32("generation"), reader.opaque8("hash"));
  return {
    ...epoch,
    mls: { ...epoch.mls, secretTree },
    status,
    positions,
    handshakeHead,
    leaveRequests,
    sent,
    pending: undefined,
  };
}

function readPending(reader: ByteReader): Pending {
  expectVersion(reader);
  const isCommit = reader.bool("isCommit");
  const record = reader.opaque32("record");
  const timeMs = reader.safeU64("timeMs");
  const view = decodeView(reader.opaque16("view"));
  if (!isCommit) return { kind: "leave", record, timeMs, view, request: readRequest(reader) };
  const epoch = read("pending", reader.opaque32("next"), readGroup);
  const secretTree = readSecretTree(reader, epoch.mls.ratchetTree);
  const next: EpochState = { ...epoch, mls: { ...epoch.mls, secretTree } };
  const welcome = reader.bool("hasWelcome") ? readWelcomePackage(reader) : undefined;
  return { kind: "commit", record, timeMs, view, next, welcome };
}

function readWelcomePackage(reader: ByteReader): WelcomePackage {
  const welcome = reader.opaque32("welcome");
  const ratchetTree = reader.opaque32("ratchetTree");
  const keyPackageReferences = Array.from({ length: reader.u16("references") }, () => reader.opaque8("reference"));
  return { welcome, ratchetTree, keyPackageReferences };
}

/** Ratchets of occupied leaves only: inner nodes have none, and a blank leaf never sends. */
function writeSecretTree(writer: ByteWriter, secretTree: SecretTree, tree: RatchetTree): void {
  const ratchets: GenerationSecret[] = [];
  for (let leaf = 0; leaf * 2 < tree.length; leaf++) {
    const node = secretTree[leaf * 2];
    if (node !== undefined && leafAt(tree, leaf) !== undefined) ratchets.push(node.application, node.handshake);
  }
  writer.bytes(encodedRatchets(ratchets));
}

/** Into one buffer of the right size: with hundreds of leaves this is most of what a message costs. */
function encodedRatchets(ratchets: readonly GenerationSecret[]): Uint8Array {
  const skippedOf = ratchets.map(({ unusedGenerations }) => Object.entries(unusedGenerations));
  let length = 0;
  for (const [at, { secret }] of ratchets.entries()) {
    length += 1 + secret.length + 4 + 2;
    for (const [, keyAndNonce] of skippedOf[at] ?? []) length += 4 + 1 + keyAndNonce.length;
  }
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  const opaque8 = (value: Uint8Array): void => {
    if (value.length > 0xff) throw new RangeError("a secret of more than 255 bytes");
    view.setUint8(offset, value.length);
    bytes.set(value, offset + 1);
    offset += 1 + value.length;
  };
  const u32 = (value: number): void => {
    view.setUint32(offset, value);
    offset += 4;
  };
  for (const [at, { secret, generation }] of ratchets.entries()) {
    const skipped = skippedOf[at] ?? [];
    opaque8(secret);
    u32(generation);
    view.setUint16(offset, skipped.length);
    offset += 2;
    for (const [skippedGeneration, keyAndNonce] of skipped) {
      u32(Number(skippedGeneration));
      opaque8(keyAndNonce);
    }
  }
  return bytes;
}

function readSecretTree(reader: ByteReader, tree: RatchetTree): SecretTree {
  const nothing: GenerationSecret = { secret: new Uint8Array(0), generation: 0, unusedGenerations: {} };
  return tree.map((_, index) => {
    if (index % 2 === 1 || leafAt(tree, index / 2) === undefined) return { application: nothing, handshake: nothing };
    return { application: readRatchetOf(reader), handshake: readRatchetOf(reader) };
  });
}

function readRatchetOf(reader: ByteReader): GenerationSecret {
  const secret = reader.opaque8("secret");
  const generation = reader.u32("generation");
  const unusedGenerations: Record<number, Uint8Array> = {};
  for (let count = reader.u16("skipped"); count > 0; count--)
    unusedGenerations[reader.u32("generation")] = reader.opaque8("keyAndNonce");
  return { secret, generation, unusedGenerations };
}

function writeRequest(writer: ByteWriter, { leaf, reference, proposal }: LeaveRequest): void {
  writer.u32(leaf).opaque8(reference).opaque16(encodeProposal(proposal));
}

function readRequest(reader: ByteReader): LeaveRequest {
  const leaf = reader.u32("leaf");
  const reference = reader.opaque8("reference");
  return { leaf, reference, proposal: whole(decodeProposal, reader.opaque16("proposal")) };
}

function writeMember(writer: ByteWriter, member: Member): void {
  const { leaf, identityId, deviceId, name, fingerprint, notAfterMs } = member;
  writer
    .u32(leaf)
    .fixed(decodeHex(identityId), 32, "identityId")
    .opaque8(deviceId)
    .text16(name)
    .text8(fingerprint)
    .u64(notAfterMs);
}

function readMember(reader: ByteReader, tree: RatchetTree): Member {
  const leaf = reader.u32("leaf");
  const identityId = encodeHex(reader.take(32, "identityId")) as IdentityId;
  const deviceId = reader.opaque8("deviceId");
  const name = reader.text16("name");
  const fingerprint = reader.text8("fingerprint");
  const notAfterMs = reader.safeU64("notAfterMs");
  const node = leafAt(tree, leaf);
  if (node === undefined) throw new RangeError("a member without a leaf");
  const signatureKey = node.signaturePublicKey;
  const member = { leaf, identityId, deviceId, name, fingerprint, signatureKey, notAfterMs, isAdministrator: false };
  return { ...member, streamAdminKey: streamKeyOf(node) };
}

function expectVersion(reader: ByteReader): void {
  if (reader.u8("version") !== VERSION) throw new RangeError("version is unknown");
}

function read<T>(part: "group" | "ratchet" | "pending", bytes: Uint8Array, readPart: (reader: ByteReader) => T): T {
  try {
    const reader = new ByteReader(bytes);
    const value = readPart(reader);
    reader.end(part);
    return value;
  } catch (cause) {
    throw new SessionError({ code: "session/stateDamaged", part }, { cause });
  }
}

function whole<T>(decode: (bytes: Uint8Array, offset: number) => [T, number] | undefined, bytes: Uint8Array): T {
  const decoded = decode(bytes, 0);
  if (decoded === undefined || decoded[1] !== bytes.length) throw new RangeError("not what was encoded");
  return decoded[0];
}
