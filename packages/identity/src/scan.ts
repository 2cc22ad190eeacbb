// Verifying by one scan: the code that one person shows and the proofs that both devices give (spec/protocol/identity.md section 13).
// The code crosses between two screens and nothing else, so whoever proves to know its secret stands in front of it.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteReader, ByteWriter, DecodeError, decodeBase64Url, encodeBase64Url, purposeBytes } from "@p2pcrypt/bytes";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdBytes, toIdentityId } from "./identity-id.ts";

export const SCAN_SECRET_BYTES = 16;
export const SCAN_CODE_MS = 5 * 60_000;

// Behind the #, as in a contact link: a program that does not know the scheme sends nothing of it anywhere.
const PREFIX = "web+ptopcrypt:verify#";
const PURPOSE = "p2pcrypt verification code";
const MAX_CODE_CHARACTERS = 1024;
const MAX_NODE_URL_BYTES = 512;

// struct {
//   opaque purpose<0..255>;                "p2pcrypt verification code"
//   uint8  version = 1;
//   opaque identity[32];                   of whoever shows the code
//   opaque device[16];                     which device shows it
//   opaque node_url<0..512>;               uint16 length: where that identity is asked for, by who does not know it yet
//   opaque secret[16];                     random, used once
//   uint64 valid_until_ms;
// } VerificationCode;
export interface VerificationCode {
  readonly identityId: IdentityId;
  readonly deviceId: Uint8Array;
  readonly nodeUrl: string;
  readonly secret: Uint8Array;
  readonly validUntilMs: number;
}

export function formatVerificationCode(code: VerificationCode): string {
  const bytes = new ByteWriter()
    .bytes(purposeBytes(PURPOSE))
    .u8(1)
    .fixed(identityIdBytes(code.identityId), 32, "identityId")
    .fixed(code.deviceId, 16, "deviceId")
    .text16(code.nodeUrl)
    .fixed(code.secret, SCAN_SECRET_BYTES, "secret")
    .u64(code.validUntilMs)
    .finish();
  return `${PREFIX}${encodeBase64Url(bytes)}`;
}

/** Spaces around are ignored. @throws {IdentityError} scan/malformed */
export function parseVerificationCode(text: string): VerificationCode {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX) || trimmed.length > MAX_CODE_CHARACTERS) throw new IdentityError("scan/malformed");
  try {
    const reader = new ByteReader(decodeBase64Url(trimmed.slice(PREFIX.length)));
    if (reader.text8("VerificationCode.purpose") !== PURPOSE) throw new IdentityError("scan/malformed");
    if (reader.u8("VerificationCode.version") !== 1) throw new IdentityError("scan/malformed");
    const identityId = toIdentityId(reader.take(32, "VerificationCode.identity"));
    const deviceId = reader.take(16, "VerificationCode.device");
    const nodeUrl = reader.text16("VerificationCode.node_url", MAX_NODE_URL_BYTES);
    const secret = reader.take(SCAN_SECRET_BYTES, "VerificationCode.secret");
    const validUntilMs = reader.safeU64("VerificationCode.valid_until_ms");
    reader.end("VerificationCode");
    return { identityId, deviceId, nodeUrl, secret, validUntilMs };
  } catch (cause) {
    if (cause instanceof DecodeError) throw new IdentityError("scan/malformed", { cause });
    throw cause;
  }
}

/** Names the run of a code to those who hold it, and says nothing about the secret to anybody else: 16 bytes. */
export function scanRunId(secret: Uint8Array): Uint8Array {
  return hmac(sha256, secret, purposeBytes("p2pcrypt scan run")).slice(0, 16);
}

/**
 * What each side sends: 32 bytes that only a holder of the secret can make, for these two in these roles, in this group and epoch.
 *
 * @param context binds identities, devices, group and epoch: `Session.verificationContext`.
 */
export function scanProof(
  secret: Uint8Array,
  by: "scanner" | "shower",
  run: { readonly shower: IdentityId; readonly scanner: IdentityId; readonly context: Uint8Array },
): Uint8Array {
  const message = new ByteWriter()
    .bytes(purposeBytes("p2pcrypt scan proof"))
    .u8(by === "scanner" ? 1 : 2)
    .fixed(identityIdBytes(run.shower), 32, "shower")
    .fixed(identityIdBytes(run.scanner), 32, "scanner")
    .opaque16(run.context)
    .finish();
  return hmac(sha256, secret, message);
}
