// Secrets that follow from an epoch and are used outside of MLS.
import { sha512 } from "@noble/hashes/sha2.js";
import { ByteWriter, compareBytes, decodeHex, encodeUtf8 } from "@p2pcrypt/bytes";
import type { Member } from "./group/roster.ts";
import { cipherSuiteOf } from "./mls/cipher-suite.ts";
import { type GroupState, mlsExporter } from "./mls/library.ts";
import type { SessionCrypto } from "./primitives/session-crypto.ts";
import { PURPOSE } from "./purposes.ts";

export interface StreamTokens {
  readonly readToken: Uint8Array;
  readonly writeToken: Uint8Array;
}

export const EXPORTER = {
  readToken: "p2pcrypt stream read",
  writeToken: "p2pcrypt stream write",
  ephemeral: "p2pcrypt ephemeral",
  // RFC 9605 section 5.2.
  callBaseKey: "SFrame 1.0 Base Key",
} as const;

export function exportSecret(
  crypto: SessionCrypto,
  mls: GroupState,
  label: string,
  context: Uint8Array,
  lengthBytes: number,
): Promise<Uint8Array> {
  return mlsExporter(mls.keySchedule.exporterSecret, label, context, lengthBytes, cipherSuiteOf(crypto));
}

/** Tokens of a stream at a configuration version: MLS-Exporter(label, stream id, uint64 version), 32 bytes. */
export async function exportStreamTokens(
  crypto: SessionCrypto,
  mls: GroupState,
  stream: Uint8Array,
  configVersion: number,
): Promise<StreamTokens> {
  const context = new ByteWriter().fixed(stream, 32, "stream").u64(configVersion).finish();
  return {
    readToken: await exportSecret(crypto, mls, EXPORTER.readToken, context, 32),
    writeToken: await exportSecret(crypto, mls, EXPORTER.writeToken, context, 32),
  };
}

/** What one sender's media in a call are sealed from: MLS-Exporter(label, call id, the sender's join id), 32 bytes. */
export function exportCallBaseKey(
  crypto: SessionCrypto,
  mls: GroupState,
  call: Uint8Array,
  join: Uint8Array,
): Promise<Uint8Array> {
  const context = new ByteWriter().fixed(call, 16, "call").fixed(join, 16, "join").finish();
  return exportSecret(crypto, mls, EXPORTER.callBaseKey, context, 32);
}

/** Sixty digits that are equal for two members exactly when they are in the same epoch of the same history. */
export function conversationDigits({ groupContext, keySchedule }: GroupState): string {
  const input = new ByteWriter()
    .bytes(PURPOSE.conversationCode)
    .fixed(groupContext.groupId, 32, "groupId")
    .u64(groupContext.epoch)
    .opaque8(keySchedule.epochAuthenticator);
  const hash = sha512(input.finish());
  let digits = "";
  for (let at = 0; at < 60; at += 5) {
    const value = hash.subarray(at, at + 5).reduce((sum, byte) => sum * 256 + byte, 0);
    digits += String(value % 100_000).padStart(5, "0");
  }
  return digits;
}

/** What a verification between two members is bound to: both identities and leaf keys, the group, the epoch, its authenticator. */
export function verificationContext({ groupContext, keySchedule }: GroupState, a: Member, b: Member): Uint8Array {
  const sides = [a, b]
    .map(({ identityId, signatureKey }) =>
      new ByteWriter().fixed(decodeHex(identityId), 32, "identityId").opaque8(signatureKey).finish(),
    )
    .sort(compareBytes);
  const writer = new ByteWriter().bytes(PURPOSE.verification);
  for (const side of sides) writer.bytes(side);
  return writer
    .fixed(groupContext.groupId, 32, "groupId")
    .u64(groupContext.epoch)
    .opaque8(keySchedule.epochAuthenticator)
    .finish();
}

export const EPHEMERAL_CONTEXT = encodeUtf8("v1");
