// From a lost identity to a new one, said by both keys (spec/protocol/identity.md section 12). It is a hint for people: it never carries
// verification over, and it is void when the old identity was hard-revoked, since whoever stole that key could have made it.
import { ByteReader, ByteWriter, DecodeError } from "@p2pcrypt/bytes";
import type { Certificate } from "./certificate.ts";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdBytes, toIdentityId } from "./identity-id.ts";
import { PURPOSES } from "./purposes.ts";
import type { SecretIdentity } from "./secret-identity.ts";
import { MAX_SIGNATURE_BYTES, signObject, verifyObject } from "./signed-object.ts";

// struct {                                 both sign with purpose "p2pcrypt transition"
//   uint8  version = 1;
//   opaque old_identity[32];
//   opaque new_identity[32];
//   uint64 issued_ms;
//   opaque old_signature<0..2^16-1>;       OpenPGP, both over the fields before
//   opaque new_signature<0..2^16-1>;
// } Transition;

// struct {                                 what the new identity gives the old one, so that no secret key has to travel
//   uint8  version = 1;
//   opaque old_identity[32];
//   opaque new_identity[32];
//   uint64 issued_ms;
//   opaque new_signature<0..2^16-1>;
// } TransitionOffer;

/** A TransitionOffer: the new identity says that it goes on for the old one. */
export async function offerTransition(from: IdentityId, to: SecretIdentity, nowMs: number): Promise<Uint8Array> {
  const body = new ByteWriter().u8(1).bytes(identityIdBytes(from)).bytes(identityIdBytes(to.certificate.id)).u64(nowMs).finish();
  return new ByteWriter()
    .bytes(body)
    .opaque16(await signObject(to, PURPOSES.transition, body, nowMs))
    .finish();
}

/**
 * The old identity agrees to an offer.
 *
 * @throws {IdentityError} transition/void unless the offer is of `to`, for this identity, and its signature holds
 */
export async function acceptTransition(
  from: SecretIdentity,
  to: Certificate,
  offer: Uint8Array,
  { atMs }: { readonly atMs: number },
): Promise<Uint8Array> {
  const offered = attempt(() => {
    const reader = new ByteReader(offer);
    const head = readHead(reader, offer);
    const newSignature = reader.opaque16("TransitionOffer.new_signature", MAX_SIGNATURE_BYTES);
    reader.end("TransitionOffer");
    return { ...head, newSignature };
  });
  const isForUs = offered?.oldId === from.certificate.id && offered.newId === to.id;
  if (offered === undefined || !isForUs) throw new IdentityError("transition/void");
  const { body, newSignature, issuedMs } = offered;
  if (!(await verifyObject(to, PURPOSES.transition, body, newSignature, { atMs }))) throw new IdentityError("transition/void");
  return new ByteWriter()
    .bytes(body)
    .opaque16(await signObject(from, PURPOSES.transition, body, issuedMs))
    .opaque16(newSignature)
    .finish();
}

export async function createTransition(from: SecretIdentity, to: SecretIdentity, nowMs: number): Promise<Uint8Array> {
  const offer = await offerTransition(from.certificate.id, to, nowMs);
  return acceptTransition(from, to.certificate, offer, { atMs: nowMs });
}

export type TransitionVerdict =
  | { readonly kind: "verified"; readonly issuedMs: number }
  | { readonly kind: "refused"; readonly reason: "malformed" | "wrongIdentity" | "void" | "badSignature" };

export async function verifyTransition(
  from: Certificate,
  to: Certificate,
  bytes: Uint8Array,
  { atMs }: { readonly atMs: number },
): Promise<TransitionVerdict> {
  const decoded = decode(bytes);
  if (decoded === undefined) return { kind: "refused", reason: "malformed" };
  const { oldId, newId, issuedMs, body, oldSignature, newSignature } = decoded;
  if (oldId !== from.id || newId !== to.id) return { kind: "refused", reason: "wrongIdentity" };
  if (from.revocation.kind === "hard") return { kind: "refused", reason: "void" };
  // The old identity may have been retired since: what counts is that it held when it signed.
  const isOld = await verifyObject(from, PURPOSES.transition, body, oldSignature, { atMs: Math.min(issuedMs, atMs) });
  const isNew = await verifyObject(to, PURPOSES.transition, body, newSignature, { atMs });
  return isOld && isNew ? { kind: "verified", issuedMs } : { kind: "refused", reason: "badSignature" };
}

function decode(bytes: Uint8Array) {
  return attempt(() => {
    const reader = new ByteReader(bytes);
    const head = readHead(reader, bytes);
    const oldSignature = reader.opaque16("Transition.old_signature", MAX_SIGNATURE_BYTES);
    const newSignature = reader.opaque16("Transition.new_signature", MAX_SIGNATURE_BYTES);
    reader.end("Transition");
    return { ...head, oldSignature, newSignature };
  });
}

function readHead(reader: ByteReader, bytes: Uint8Array) {
  if (reader.u8("Transition.version") !== 1) throw new DecodeError("Transition.version");
  const oldId = toIdentityId(reader.take(32, "Transition.old_identity"));
  const newId = toIdentityId(reader.take(32, "Transition.new_identity"));
  const issuedMs = reader.safeU64("Transition.issued_ms");
  return { oldId, newId, issuedMs, body: bytes.slice(0, reader.offset) };
}

function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
