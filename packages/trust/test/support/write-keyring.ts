// A network as an OpenPGP keyring: each statement of it becomes a signature packet that its maker's key signs.
import type { Binding, Certification, Revocation, TrustCertificate } from "../../src/index.ts";
import { type ForgedKey, forgeSignature, packet, subpacket, u32 } from "./openpgp-forge.ts";

/** @param keys by fingerprint. */
export function writeKeyring(certificates: Iterable<TrustCertificate>, keys: ReadonlyMap<string, ForgedKey>): Buffer {
  return Buffer.concat(Array.from(certificates, (certificate) => writeCertificate(certificate, keys)));
}

export function writeCertificate(certificate: TrustCertificate, keys: ReadonlyMap<string, ForgedKey>): Buffer {
  const own = keyOf(keys, certificate.fingerprint);
  const packets = [packet(6, own.body)];
  for (const revocation of certificate.revocations) packets.push(revocationOf(own, undefined, 0x20, revocation));
  for (const binding of certificate.direct) packets.push(bindingOf(own, undefined, binding));
  for (const { text, bindings, revocations, certifications, withdrawals } of certificate.userIds) {
    packets.push(packet(13, Buffer.from(text)));
    for (const binding of bindings) packets.push(bindingOf(own, text, binding));
    for (const revocation of revocations) packets.push(revocationOf(own, text, 0x30, revocation));
    for (const certification of certifications) packets.push(certificationOf(keys, own, text, certification));
    for (const { issuer, createdMs } of withdrawals) {
      packets.push(forgeSignature(keyOf(keys, issuer), own, text, { type: 0x30, createdMs, subpackets: [reason(32)] }));
    }
  }
  return Buffer.concat(packets);
}

function bindingOf(own: ForgedKey, userId: string | undefined, binding: Binding): Buffer {
  const { createdMs, expiresAtMs, keyExpiresAtMs, isPrimary } = binding;
  const subpackets = [subpacket(27, Buffer.of(3))];
  if (expiresAtMs !== undefined) subpackets.push(subpacket(3, u32((expiresAtMs - createdMs) / 1000)));
  if (keyExpiresAtMs === "never") subpackets.push(subpacket(9, u32(0)));
  else if (keyExpiresAtMs !== undefined) subpackets.push(subpacket(9, u32((keyExpiresAtMs - own.createdMs) / 1000)));
  if (isPrimary === true) subpackets.push(subpacket(25, Buffer.of(1)));
  return forgeSignature(own, own, userId, { type: userId === undefined ? 0x1f : 0x13, createdMs, subpackets });
}

function revocationOf(own: ForgedKey, userId: string | undefined, type: number, revocation: Revocation): Buffer {
  const { kind, createdMs, expiresAtMs } = revocation;
  const subpackets = [reason(kind === "soft" ? 3 : 2)];
  if (expiresAtMs !== undefined) subpackets.push(subpacket(3, u32((expiresAtMs - createdMs) / 1000)));
  return forgeSignature(own, own, userId, { type, createdMs, subpackets });
}

function certificationOf(
  keys: ReadonlyMap<string, ForgedKey>,
  own: ForgedKey,
  text: string,
  certification: Certification,
): Buffer {
  const { issuer, createdMs, expiresAtMs, depth, amount, scopes } = certification;
  const subpackets: Buffer[] = [];
  if (expiresAtMs !== undefined) subpackets.push(subpacket(3, u32((expiresAtMs - createdMs) / 1000)));
  const isPlain = depth === 0 && amount === 120 && scopes.length === 0;
  if (!isPlain) subpackets.push(subpacket(5, Buffer.of(depth, amount)));
  for (const scope of scopes) subpackets.push(subpacket(6, Buffer.from(`${scope}\0`)));
  return forgeSignature(keyOf(keys, issuer), own, text, { type: 0x10, createdMs, subpackets });
}

function reason(code: number): Buffer {
  return subpacket(29, Buffer.of(code));
}

function keyOf(keys: ReadonlyMap<string, ForgedKey>, fingerprint: string): ForgedKey {
  const key = keys.get(fingerprint);
  if (key === undefined) throw new RangeError("no such key");
  return key;
}
