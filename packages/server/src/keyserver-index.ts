// The list that keyserver programs read (draft-shaw-openpgp-hkp-00 section 5.2): one line for each certificate and user ID, fields apart by
// colons.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import type { Certificate } from "@p2pcrypt/identity";

export function keyserverIndex(certificates: readonly Certificate[], atMs: number): string {
  const lines = certificates.flatMap((certificate) => linesOf(certificate, atMs));
  return `info:1:${certificates.length}\n${lines.join("\n")}\n`;
}

function linesOf(certificate: Certificate, atMs: number): string[] {
  const { fingerprint, algorithm, bits, createdAtMs, expiresAtMs, revocation, userIds } = certificate;
  const isExpired = expiresAtMs !== undefined && expiresAtMs <= atMs;
  const flags = `${revocation.kind === "none" ? "" : "r"}${isExpired ? "e" : ""}`;
  const numbers = [
    ALGORITHMS[algorithm] ?? "",
    bits ?? "",
    seconds(createdAtMs),
    expiresAtMs === undefined ? "" : seconds(expiresAtMs),
  ];
  return [
    ["pub", fingerprint, ...numbers, flags].join(":"),
    ...userIds.map(({ text, isRevoked }) => ["uid", escaped(text), "", "", isRevoked ? "r" : ""].join(":")),
  ];
}

/** RFC 9580 section 9.1. */
const ALGORITHMS: Readonly<Record<string, number>> = { rsaEncryptSign: 1, rsaSign: 3, ecdsa: 19, eddsaLegacy: 22, ed25519: 27 };

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** Printable ASCII as it is; colons, percent signs and everything else byte by byte: nothing in a name begins a line or a field. */
function escaped(text: string): string {
  return [...encodeUtf8(text)]
    .map((byte) => {
      const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x25 && byte !== 0x3a;
      return isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}
