// What a leaf of a conversation shows for itself: a minimal certificate and a device certificate, so that a roster verifies offline
// (spec/protocol/identity.md section 6).
import { ByteReader, ByteWriter, DecodeError } from "@p2pcrypt/bytes";
import { MAX_MINIMAL_CERTIFICATE_BYTES, parseCertificate } from "./certificate.ts";
import { verifyDeviceCertificate } from "./device-certificate.ts";
import { IdentityError } from "./identity-error.ts";
import type { IdentityId } from "./identity-id.ts";

const MAX_DEVICE_CERTIFICATE_BYTES = 4096;

export type CredentialVerdict =
  | {
      readonly kind: "verified";
      readonly identityId: IdentityId;
      /** OpenPGP fingerprint, upper-case hex: for display only. */
      readonly fingerprint: string;
      readonly name: string;
      readonly deviceId: Uint8Array;
      readonly signatureKey: Uint8Array;
      readonly notBeforeMs: number;
      readonly notAfterMs: number;
    }
  | { readonly kind: "refused"; readonly reason: string; readonly notBeforeMs?: number };

// struct {
//   opaque certificate<0..4096>;           minimal
//   opaque device_certificate<0..4096>;
// } Credential;
export function encodeCredential(minimalCertificate: Uint8Array, deviceCertificate: Uint8Array): Uint8Array {
  return new ByteWriter().opaque16(minimalCertificate).opaque16(deviceCertificate).finish();
}

/** @throws {DecodeError} */
export function decodeCredential(bytes: Uint8Array): {
  readonly certificate: Uint8Array;
  readonly deviceCertificate: Uint8Array;
} {
  const reader = new ByteReader(bytes);
  const certificate = reader.opaque16("Credential.certificate", MAX_MINIMAL_CERTIFICATE_BYTES);
  const deviceCertificate = reader.opaque16("Credential.device_certificate", MAX_DEVICE_CERTIFICATE_BYTES);
  reader.end("Credential");
  return { certificate, deviceCertificate };
}

/** Depends on the bytes and the time alone. Never throws for what the bytes hold. */
export async function verifyCredential(bytes: Uint8Array, { atMs }: { readonly atMs: number }): Promise<CredentialVerdict> {
  try {
    const { certificate: minimal, deviceCertificate } = decodeCredential(bytes);
    const certificate = await parseCertificate(minimal, { atMs });
    const verdict = await verifyDeviceCertificate(certificate, deviceCertificate, { atMs });
    if (verdict.kind === "refused") return verdict;
    const { deviceId, signatureKey, notBeforeMs, notAfterMs } = verdict.device;
    const { id: identityId, fingerprint, name } = certificate;
    return { kind: "verified", identityId, fingerprint, name, deviceId, signatureKey, notBeforeMs, notAfterMs };
  } catch (error) {
    if (error instanceof DecodeError) return { kind: "refused", reason: "malformed" };
    if (error instanceof IdentityError) return { kind: "refused", reason: error.code };
    throw error;
  }
}
