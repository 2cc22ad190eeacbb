// An identity's statement that a device acts for it (spec/protocol/identity.md section 5).
import { ByteReader, ByteWriter, DecodeError } from "@p2pcrypt/bytes";
import type { Certificate } from "./certificate.ts";
import { type IdentityId, identityIdBytes, toIdentityId } from "./identity-id.ts";
import { CLOCK_TOLERANCE_MS } from "./openpgp-config.ts";
import { PURPOSES } from "./purposes.ts";
import type { SecretIdentity } from "./secret-identity.ts";
import { MAX_SIGNATURE_BYTES, signObject, verifyObject } from "./signed-object.ts";

export const MAX_DEVICE_CERTIFICATE_MS = 90 * 86_400_000;

/** MLS ciphersuite of the product: X-Wing, AES-256-GCM, SHA-512, Ed25519. */
export const DEVICE_SUITE = 83;

// struct {                                 signed with purpose "p2pcrypt device certificate"
//   uint8  version = 1;
//   opaque identity[32];
//   opaque device[16];
//   uint16 suite;
//   opaque signature_key[32];              Ed25519
//   uint64 not_before_ms;
//   uint64 not_after_ms;                   at most 90 days later
//   opaque signature<0..2^16-1>;           OpenPGP, over everything before it
// } DeviceCertificate;
export interface DeviceCertificate {
  readonly identityId: IdentityId;
  readonly deviceId: Uint8Array;
  readonly suite: number;
  readonly signatureKey: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export type DeviceVerdict =
  | { readonly kind: "verified"; readonly device: DeviceCertificate }
  /** `notBeforeMs` is set when the bytes are well formed. */
  | { readonly kind: "refused"; readonly reason: DeviceRefusal; readonly notBeforeMs?: number };

export type DeviceRefusal = "malformed" | "wrongIdentity" | "wrongSuite" | "lifetimeTooLong" | "outOfTime" | "badSignature";

export async function createDeviceCertificate(
  secret: SecretIdentity,
  device: Omit<DeviceCertificate, "identityId" | "suite">,
  nowMs: number,
): Promise<Uint8Array> {
  const { notBeforeMs, notAfterMs } = device;
  if (notAfterMs <= notBeforeMs || notAfterMs - notBeforeMs > MAX_DEVICE_CERTIFICATE_MS)
    throw new RangeError("device certificate lifetime");
  const body = encodeBody({ ...device, identityId: secret.certificate.id, suite: DEVICE_SUITE });
  const signature = await signObject(secret, PURPOSES.deviceCertificate, body, nowMs);
  return new ByteWriter().bytes(body).opaque16(signature).finish();
}

export async function verifyDeviceCertificate(
  certificate: Certificate,
  bytes: Uint8Array,
  { atMs }: { readonly atMs: number },
): Promise<DeviceVerdict> {
  const decoded = decode(bytes);
  if (decoded === undefined) return { kind: "refused", reason: "malformed" };
  const { device, body, signature } = decoded;
  const refused = (reason: DeviceRefusal): DeviceVerdict => ({ kind: "refused", reason, notBeforeMs: device.notBeforeMs });
  if (device.identityId !== certificate.id) return refused("wrongIdentity");
  if (device.suite !== DEVICE_SUITE) return refused("wrongSuite");
  const lifetimeMs = device.notAfterMs - device.notBeforeMs;
  if (lifetimeMs <= 0 || lifetimeMs > MAX_DEVICE_CERTIFICATE_MS) return refused("lifetimeTooLong");
  if (atMs + CLOCK_TOLERANCE_MS < device.notBeforeMs || atMs > device.notAfterMs) return refused("outOfTime");
  if (!(await verifyObject(certificate, PURPOSES.deviceCertificate, body, signature, { atMs }))) return refused("badSignature");
  return { kind: "verified", device };
}

function encodeBody(device: DeviceCertificate): Uint8Array {
  return new ByteWriter()
    .u8(1)
    .fixed(identityIdBytes(device.identityId), 32, "identityId")
    .fixed(device.deviceId, 16, "deviceId")
    .u16(device.suite)
    .fixed(device.signatureKey, 32, "signatureKey")
    .u64(device.notBeforeMs)
    .u64(device.notAfterMs)
    .finish();
}

function decode(bytes: Uint8Array): { device: DeviceCertificate; body: Uint8Array; signature: Uint8Array } | undefined {
  try {
    const reader = new ByteReader(bytes);
    if (reader.u8("DeviceCertificate.version") !== 1) return undefined;
    const device = {
      identityId: toIdentityId(reader.take(32, "DeviceCertificate.identity")),
      deviceId: reader.take(16, "DeviceCertificate.device"),
      suite: reader.u16("DeviceCertificate.suite"),
      signatureKey: reader.take(32, "DeviceCertificate.signature_key"),
      notBeforeMs: reader.safeU64("DeviceCertificate.not_before_ms"),
      notAfterMs: reader.safeU64("DeviceCertificate.not_after_ms"),
    };
    const body = bytes.slice(0, reader.offset);
    const signature = reader.opaque16("DeviceCertificate.signature", MAX_SIGNATURE_BYTES);
    reader.end("DeviceCertificate");
    return { device, body, signature };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
