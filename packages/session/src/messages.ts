// Application messages: sealing with the own ratchet, opening with the author's.
import { sha256 } from "@noble/hashes/sha2.js";
import { equalBytes } from "@p2pcrypt/bytes";
import type { Member } from "./group/roster.ts";
import { cipherSuiteOf } from "./mls/cipher-suite.ts";
import { APPLICATION_PADDING, KEY_RETENTION, MAX_SKIPPED_GENERATIONS } from "./mls/configuration.ts";
import {
  decryptSenderData,
  type GroupState,
  type PrivateMessage,
  protectApplicationData,
  unprotectPrivateMessage,
} from "./mls/library.ts";
import { encodePrivateRecord, readPrivateMessage } from "./mls/messages.ts";
import type { UnreadableReason } from "./outcomes.ts";
import type { SessionCrypto } from "./primitives/session-crypto.ts";
import { SessionError } from "./session-error.ts";
import type { SessionState } from "./state.ts";
import { wipe } from "./wipe.ts";
import { type ContentFrame, decodeContentFrame, encodeContentFrame } from "./wire/frames.ts";
import { MAX_CONTENT_BYTES } from "./wire/padding.ts";
import type { View } from "./wire/view.ts";

/** From here on a sender updates itself before it goes on. */
export const UPDATE_AFTER_MESSAGES = 150;
/** No receiver can be further behind than its ratchet may skip. */
const MAX_MESSAGES_PER_EPOCH = MAX_SKIPPED_GENERATIONS;

export async function sealMessage(
  crypto: SessionCrypto,
  state: SessionState,
  content: Uint8Array,
  view: View,
): Promise<{ readonly state: SessionState; readonly record: Uint8Array }> {
  if (content.length > MAX_CONTENT_BYTES)
    throw new SessionError({ code: "session/contentTooLarge", limitBytes: MAX_CONTENT_BYTES });
  const { mls } = state;
  const generation = ownGeneration(mls);
  if (generation >= MAX_MESSAGES_PER_EPOCH) throw new SessionError({ code: "session/epochExhausted", messages: generation });
  const sealed = await protectApplicationData(
    mls.signaturePrivateKey,
    mls.keySchedule.senderDataSecret,
    encodeContentFrame({ view, content }),
    new Uint8Array(0),
    mls.groupContext,
    mls.secretTree,
    mls.privatePath.leafIndex,
    APPLICATION_PADDING,
    cipherSuiteOf(crypto),
  );
  wipe(sealed.consumed);
  const record = encodePrivateRecord(sealed.privateMessage);
  const sent = new Map(state.sent).set(generation, shortHash(record));
  return { state: { ...state, mls: { ...mls, secretTree: sealed.newSecretTree }, sent }, record };
}

export type Opened =
  | {
      readonly kind: "opened";
      readonly state: SessionState;
      readonly frame: ContentFrame;
      readonly author: Member;
      readonly generation: number;
      readonly missing: number;
    }
  | { readonly kind: "malformed"; readonly state: SessionState; readonly author: Member; readonly generation: number }
  | { readonly kind: "ownEcho"; readonly generation: number }
  | { readonly kind: "cloned"; readonly generation: number }
  | { readonly kind: "duplicate"; readonly author: Member; readonly generation: number }
  | { readonly kind: "wrongEpoch"; readonly epoch: bigint }
  | { readonly kind: "gap"; readonly author: Member; readonly generation: number; readonly missing: number }
  | { readonly kind: "unreadable"; readonly reason: UnreadableReason; readonly isForkAlarm: boolean };

export async function openMessage(crypto: SessionCrypto, state: SessionState, record: Uint8Array): Promise<Opened> {
  const { mls } = state;
  const message = readPrivateMessage(record);
  if (message?.contentType !== "application" || message.authenticatedData.length > 0) return unreadable("notARecord");
  if (!equalBytes(message.groupId, mls.groupContext.groupId)) return unreadable("otherGroup");
  if (message.epoch !== mls.groupContext.epoch) return { kind: "wrongEpoch", epoch: message.epoch };

  const sender = await readSender(crypto, mls, message);
  const author = state.roster.find(({ leaf }) => leaf === sender?.leafIndex);
  if (sender === undefined || author === undefined) return unreadable("doesNotOpen", true);
  const { generation } = sender;
  if (author.leaf === mls.privatePath.leafIndex) return readOwn(crypto, state, { message, record, generation });

  const ratchet = mls.secretTree[author.leaf * 2]?.application;
  const expected = ratchet?.generation ?? 0;
  if (generation < expected && ratchet?.unusedGenerations[generation] === undefined)
    return { kind: "duplicate", author, generation };
  const missing = Math.max(0, generation - expected);
  if (missing > MAX_SKIPPED_GENERATIONS) return { kind: "gap", author, generation, missing };

  const opened = await unprotect(crypto, mls, message);
  if (opened?.content.content.contentType !== "application") return unreadable("doesNotOpen", true);
  // From here on it is the author's, and the ratchet is stepped even when what it holds is not a frame.
  wipe(opened.consumed);
  const stepped = { ...state, mls: { ...mls, secretTree: opened.tree } };
  const frame = readFrame(opened.content.content.applicationData);
  if (frame === undefined) return { kind: "malformed", state: stepped, author, generation };
  return { kind: "opened", state: stepped, frame, author, generation, missing };
}

export function ownGeneration(mls: GroupState): number {
  return mls.secretTree[mls.privatePath.leafIndex * 2]?.application.generation ?? 0;
}

/** Decrypts and checks the signature. @returns undefined when either fails; nothing is consumed then. */
export async function unprotect(crypto: SessionCrypto, mls: GroupState, message: PrivateMessage) {
  try {
    return await unprotectPrivateMessage(
      mls.keySchedule.senderDataSecret,
      message,
      mls.secretTree,
      mls.ratchetTree,
      mls.groupContext,
      KEY_RETENTION,
      cipherSuiteOf(crypto),
    );
  } catch {
    // ts-mls throws for forged, replayed and malformed alike; what it was is decided by the caller from the sender data.
    return undefined;
  }
}

/** Who claims to have sent it. Not yet authenticated: every member can write sender data. */
export async function readSender(crypto: SessionCrypto, mls: GroupState, message: PrivateMessage) {
  try {
    return await decryptSenderData(message, mls.keySchedule.senderDataSecret, cipherSuiteOf(crypto));
  } catch {
    return undefined;
  }
}

/** A record that claims my own leaf: an echo, the work of a copy of this session, or somebody else's invention. */
async function readOwn(
  crypto: SessionCrypto,
  { mls, sent }: SessionState,
  { message, record, generation }: { readonly message: PrivateMessage; readonly record: Uint8Array; readonly generation: number },
): Promise<Opened> {
  if (generation < ownGeneration(mls)) {
    const hash = sent.get(generation);
    return hash !== undefined && equalBytes(hash, shortHash(record))
      ? { kind: "ownEcho", generation }
      : unreadable("unknownOwnRecord");
  }
  const isSignedByMe = (await unprotect(crypto, mls, message)) !== undefined;
  return isSignedByMe ? { kind: "cloned", generation } : unreadable("doesNotOpen", true);
}

function readFrame(bytes: Uint8Array): ContentFrame | undefined {
  try {
    return decodeContentFrame(bytes);
  } catch {
    // A DecodeError: signed by a member and still not a frame.
    return undefined;
  }
}

function unreadable(reason: UnreadableReason, isForkAlarm = false): Opened {
  return { kind: "unreadable", reason, isForkAlarm };
}

function shortHash(record: Uint8Array): Uint8Array {
  return sha256(record).slice(0, 16);
}
