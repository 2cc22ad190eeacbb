// The computations of the interactive short code: a hash commitment, then six digits from both nonces and the transcript
// (spec/protocol/identity.md section 10). One attempt per run, so guessing succeeds once in a million.
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteWriter, purposeBytes } from "@p2pcrypt/bytes";

export const SHORT_CODE_NONCE_BYTES = 32;

/** What the initiator sends first. @param key the initiator's device key, 32 bytes. */
export function shortCodeCommitment(nonce: Uint8Array, key: Uint8Array): Uint8Array {
  return sha256(
    new ByteWriter()
      .bytes(purposeBytes("p2pcrypt short code commitment"))
      .fixed(nonce, SHORT_CODE_NONCE_BYTES, "nonce")
      .fixed(key, 32, "key")
      .finish(),
  );
}

/**
 * Six digits, the same on both sides.
 *
 * @param context binds identities, devices, group and epoch: `Session.verificationContext`.
 */
export function shortCode(run: {
  readonly initiatorNonce: Uint8Array;
  readonly responderNonce: Uint8Array;
  readonly commitment: Uint8Array;
  readonly context: Uint8Array;
}): string {
  const hash = sha256(
    new ByteWriter()
      .bytes(purposeBytes("p2pcrypt short code"))
      .fixed(run.commitment, 32, "commitment")
      .fixed(run.initiatorNonce, SHORT_CODE_NONCE_BYTES, "initiatorNonce")
      .fixed(run.responderNonce, SHORT_CODE_NONCE_BYTES, "responderNonce")
      .opaque16(run.context)
      .finish(),
  );
  const value = hash.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0);
  return (value % 1_000_000).toString().padStart(6, "0");
}
