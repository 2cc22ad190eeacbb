// How an identity can be reached now: inboxes and devices, signed and short-lived (spec/protocol/identity.md section 7).
import { ByteReader, ByteWriter, compareBytes, DecodeError, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { Certificate } from "./certificate.ts";
import { MAX_NAME_BYTES } from "./display-name.ts";
import { type IdentityId, identityIdBytes, toIdentityId } from "./identity-id.ts";
import { CLOCK_TOLERANCE_MS } from "./openpgp-config.ts";
import { PURPOSES } from "./purposes.ts";
import type { SecretIdentity } from "./secret-identity.ts";
import { MAX_SIGNATURE_BYTES, signObject, verifyObject } from "./signed-object.ts";

export const MAX_PROFILE_MS = 30 * 86_400_000;
export const MAX_PROFILE_BYTES = 64 * 1024;
const MAX_INBOXES = 10;
const MAX_DEVICES = 10;
const MAX_REVOKED_DEVICES = 1000;
const MAX_URL_BYTES = 512;
const INBOX_KEY_BYTES = 1216;
/** A sequence that jumps further than this is refused, so that nobody uses the numbers up. */
const MAX_JUMP = 2n ** 32n;

export interface Inbox {
  readonly nodeId: IdentityId;
  readonly nodeUrl: string;
  /** Stream id, 32 bytes. */
  readonly stream: Uint8Array;
  /** X-Wing public key, 1216 bytes. */
  readonly inboxKey: Uint8Array;
  readonly keyId: number;
}

// struct {                                 signed with purpose "p2pcrypt profile"
//   uint8  version = 1;
//   opaque identity[32];
//   uint64 sequence;
//   uint64 issued_ms;
//   uint64 valid_until_ms;                 at most 30 days later
//   uint8  is_deleted;
//   opaque display_name<0..128>;           uint8 length, UTF-8
//   uint8  count; Inbox inboxes[count];                    at most 10
//   uint8  count; opaque devices[count][16];               at most 10
//   uint16 count; opaque revoked_devices[count][16];       at most 1000, ascending
//   opaque signature<0..2^16-1>;           OpenPGP, over everything before it
// } Profile;
// struct { opaque node[32]; opaque node_url<0..2^16-1>; opaque stream[32]; opaque key<0..2^16-1>; uint32 key_id; } Inbox;
export interface Profile {
  readonly identityId: IdentityId;
  readonly sequence: bigint;
  readonly issuedMs: number;
  readonly validUntilMs: number;
  readonly isDeleted: boolean;
  readonly displayName: string;
  readonly inboxes: readonly Inbox[];
  /** 16 bytes each. */
  readonly devices: readonly Uint8Array[];
  readonly revokedDevices: readonly Uint8Array[];
}

export type ProfileRefusal = "malformed" | "wrongIdentity" | "lifetimeTooLong" | "fromTheFuture" | "badSignature";

export type ProfileVerdict =
  /** No session starts from an expired profile; what it revoked stays revoked. */
  | { readonly kind: "verified"; readonly profile: Profile; readonly isExpired: boolean }
  | { readonly kind: "refused"; readonly reason: ProfileRefusal };

export async function signProfile(
  secret: SecretIdentity,
  profile: Omit<Profile, "identityId">,
  nowMs: number,
): Promise<Uint8Array> {
  const body = encodeBody({ ...profile, identityId: secret.certificate.id });
  return new ByteWriter()
    .bytes(body)
    .opaque16(await signObject(secret, PURPOSES.profile, body, nowMs))
    .finish();
}

export async function verifyProfile(
  certificate: Certificate,
  bytes: Uint8Array,
  { atMs }: { readonly atMs: number },
): Promise<ProfileVerdict> {
  const decoded = decode(bytes);
  if (decoded === undefined) return { kind: "refused", reason: "malformed" };
  const { profile, body, signature } = decoded;
  if (profile.identityId !== certificate.id) return { kind: "refused", reason: "wrongIdentity" };
  const lifetimeMs = profile.validUntilMs - profile.issuedMs;
  if (lifetimeMs <= 0 || lifetimeMs > MAX_PROFILE_MS) return { kind: "refused", reason: "lifetimeTooLong" };
  if (profile.issuedMs > atMs + CLOCK_TOLERANCE_MS) return { kind: "refused", reason: "fromTheFuture" };
  // A goodbye is signed just before or after the revocation of the same second, and has to be readable next to it.
  const judgedAtMs = profile.isDeleted ? Math.min(profile.issuedMs, atMs) : atMs;
  const holds = await verifyObject(certificate, PURPOSES.profile, body, signature, { atMs: judgedAtMs });
  return holds
    ? { kind: "verified", profile, isExpired: atMs > profile.validUntilMs }
    : { kind: "refused", reason: "badSignature" };
}

/** What a profile claims, before its certificate is known. @throws {DecodeError} */
export function decodeProfile(bytes: Uint8Array): Profile {
  return read(bytes).profile;
}

export type ProfileComparison =
  | { readonly kind: "newer" | "same" | "older" | "jump" }
  /** Two profiles with one sequence: revocations of both count, and no new session starts. */
  | { readonly kind: "equivocation" };

/** How a verified profile relates to the one that is known of the same identity. Signed bytes of both. */
export function compareProfiles(known: Uint8Array, incoming: Uint8Array): ProfileComparison {
  const [before, after] = [read(known), read(incoming)];
  const difference = after.profile.sequence - before.profile.sequence;
  if (difference === 0n) return { kind: equalBytes(before.body, after.body) ? "same" : "equivocation" };
  if (difference < 0n) return { kind: "older" };
  return { kind: difference > MAX_JUMP ? "jump" : "newer" };
}

/** Devices that any of the profiles revoked, ascending, each once. */
export function unionOfRevoked(...lists: readonly (readonly Uint8Array[])[]): Uint8Array[] {
  const byHex = new Map(lists.flat().map((device) => [encodeHex(device), device]));
  return [...byHex.values()].sort(compareBytes);
}

function encodeBody(profile: Profile): Uint8Array {
  const writer = new ByteWriter()
    .u8(1)
    .fixed(identityIdBytes(profile.identityId), 32, "identityId")
    .u64(profile.sequence)
    .u64(profile.issuedMs)
    .u64(profile.validUntilMs)
    .bool(profile.isDeleted)
    .text8(profile.displayName)
    .u8(profile.inboxes.length);
  for (const inbox of profile.inboxes) {
    writer
      .fixed(identityIdBytes(inbox.nodeId), 32, "nodeId")
      .text16(inbox.nodeUrl)
      .fixed(inbox.stream, 32, "stream")
      .opaque16(inbox.inboxKey)
      .u32(inbox.keyId);
  }
  writer.u8(profile.devices.length);
  for (const device of profile.devices) writer.fixed(device, 16, "deviceId");
  const revoked = unionOfRevoked(profile.revokedDevices);
  writer.u16(revoked.length);
  for (const device of revoked) writer.fixed(device, 16, "deviceId");
  return writer.finish();
}

function decode(bytes: Uint8Array): ReturnType<typeof read> | undefined {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function read(bytes: Uint8Array): { profile: Profile; body: Uint8Array; signature: Uint8Array } {
  if (bytes.length > MAX_PROFILE_BYTES) throw new DecodeError("Profile is too long", 0);
  const reader = new ByteReader(bytes);
  if (reader.u8("Profile.version") !== 1) throw new DecodeError("Profile.version is unknown", 0);
  const profile: Profile = {
    identityId: toIdentityId(reader.take(32, "Profile.identity")),
    sequence: reader.u64("Profile.sequence"),
    issuedMs: reader.safeU64("Profile.issued_ms"),
    validUntilMs: reader.safeU64("Profile.valid_until_ms"),
    isDeleted: reader.bool("Profile.is_deleted"),
    displayName: reader.text8("Profile.display_name", MAX_NAME_BYTES),
    inboxes: readList(reader.u8("Profile.inboxes"), MAX_INBOXES, () => readInbox(reader)),
    devices: readList(reader.u8("Profile.devices"), MAX_DEVICES, () => reader.take(16, "Profile.devices")),
    revokedDevices: readList(reader.u16("Profile.revoked_devices"), MAX_REVOKED_DEVICES, () =>
      reader.take(16, "Profile.revoked_devices"),
    ),
  };
  const body = bytes.slice(0, reader.offset);
  const signature = reader.opaque16("Profile.signature", MAX_SIGNATURE_BYTES);
  reader.end("Profile");
  const isAscending = profile.revokedDevices.every((device, i, all) => i === 0 || compareBytes(all[i - 1] ?? device, device) < 0);
  if (!isAscending) throw new DecodeError("Profile.revoked_devices are out of order", 0);
  return { profile, body, signature };
}

function readInbox(reader: ByteReader): Inbox {
  const nodeId = toIdentityId(reader.take(32, "Inbox.node"));
  const nodeUrl = reader.text16("Inbox.node_url", MAX_URL_BYTES);
  const stream = reader.take(32, "Inbox.stream");
  const inboxKey = reader.opaque16("Inbox.key", INBOX_KEY_BYTES);
  if (inboxKey.length !== INBOX_KEY_BYTES) throw new DecodeError("Inbox.key is no X-Wing key", reader.offset);
  return { nodeId, nodeUrl, stream, inboxKey, keyId: reader.u32("Inbox.key_id") };
}

function readList<T>(count: number, max: number, readOne: () => T): T[] {
  if (count > max) throw new DecodeError(`Profile: more than ${max} entries`, 0);
  return Array.from({ length: count }, readOne);
}
