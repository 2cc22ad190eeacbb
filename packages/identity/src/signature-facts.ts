// What a signature says about itself, read at packet level because openpgp.js keeps one byte of a regular expression and drops
// attestations. Nothing of it is verified here.
import { decodeUtf8, encodeHex } from "@p2pcrypt/bytes";
import { readSignatureParts, type SignatureParts, SUBPACKET, type Subpacket } from "./signature-parts.ts";

export const SIGNATURE_TYPE = {
  certGeneric: 0x10,
  certPositive: 0x13,
  attestation: 0x16,
  subkeyBinding: 0x18,
  direct: 0x1f,
  keyRevocation: 0x20,
  subkeyRevocation: 0x28,
  certRevocation: 0x30,
} as const;

export interface SignatureFacts {
  readonly type: number;
  readonly version: 4 | 6;
  readonly hashAlgorithm: number;
  readonly createdMs: number;
  /** End of the signature's own validity. */
  readonly expiresAtMs: number | undefined;
  /** On self-signatures: how long the key is to live from its making; 0 says that it never expires, undefined says nothing. */
  readonly keyLifetimeMs: number | undefined;
  /** On self-signatures of a user ID. */
  readonly isPrimaryUserId: boolean;
  /** Upper-case hex. Absent in old signatures, which name the key id only. */
  readonly issuerFingerprint: string | undefined;
  /** Upper-case hex of eight bytes. */
  readonly issuerKeyId: string | undefined;
  readonly isExportable: boolean;
  /** Without a trust subpacket: depth 0, amount 120. */
  readonly depth: number;
  readonly amount: number;
  /** Regular expressions without their closing NUL; an edge counts for a user ID that any of them matches. Empty: for all. */
  readonly scopes: readonly Uint8Array[];
  readonly reason: { readonly code: number; readonly text: string } | undefined;
  /** Lists of digests of subpacket 37, as they stand. */
  readonly attested: readonly Uint8Array[];
  readonly notations: readonly { readonly name: string; readonly value: string }[];
}

export const FULL_AMOUNT = 120;

/** @returns undefined for what is not a signature of version 4 or 6 with a time, or has a known subpacket that is malformed. */
export function readSignatureFacts(body: Uint8Array): SignatureFacts | undefined {
  const parts = readSignatureParts(body);
  return parts === undefined ? undefined : factsOf(parts);
}

export function factsOf(parts: SignatureParts): SignatureFacts | undefined {
  const all = (type: number): Uint8Array[] => parts.hashed.filter((one) => one.type === type).map(({ body }) => body);
  const last = (type: number): Uint8Array | undefined => all(type).at(-1);
  const createdSeconds = seconds(last(SUBPACKET.created));
  const trust = last(SUBPACKET.trust);
  const expressions = all(SUBPACKET.regularExpression);
  const isMalformed =
    createdSeconds === undefined ||
    (trust !== undefined && trust.length !== 2) ||
    expressions.some((expression) => expression.indexOf(0) !== expression.length - 1);
  if (isMalformed) return undefined;
  const lifetime = seconds(last(SUBPACKET.expires)) ?? 0;
  const keyLifetime = seconds(last(SUBPACKET.keyExpires));
  const reason = last(SUBPACKET.reasonForRevocation);
  const issuer = issuerOf([...parts.unhashed, ...parts.hashed]);
  return {
    type: parts.type,
    version: parts.version,
    hashAlgorithm: parts.hashAlgorithm,
    createdMs: createdSeconds * 1000,
    expiresAtMs: lifetime === 0 ? undefined : (createdSeconds + lifetime) * 1000,
    keyLifetimeMs: keyLifetime === undefined ? undefined : keyLifetime * 1000,
    isPrimaryUserId: last(SUBPACKET.primaryUserId)?.[0] === 1,
    ...issuer,
    isExportable: last(SUBPACKET.exportable)?.[0] !== 0,
    depth: trust?.[0] ?? 0,
    amount: trust?.[1] ?? FULL_AMOUNT,
    scopes: expressions.map((expression) => expression.slice(0, -1)),
    reason: reason === undefined ? undefined : { code: reason[0] ?? 0, text: textOf(reason.subarray(1)) ?? "" },
    attested: all(SUBPACKET.attestedCertifications),
    notations: all(SUBPACKET.notation).flatMap((body) => notationOf(body) ?? []),
  };
}

/** What is signed is asked last, so that it outweighs what is not. */
function issuerOf(subpackets: readonly Subpacket[]): Pick<SignatureFacts, "issuerFingerprint" | "issuerKeyId"> {
  let [issuerFingerprint, issuerKeyId]: (string | undefined)[] = [];
  for (const { type, body } of subpackets) {
    if (type === SUBPACKET.issuerKeyId && body.length === 8) issuerKeyId = upperHex(body);
    if (type !== SUBPACKET.issuerFingerprint || !(body.length === 21 || body.length === 33)) continue;
    issuerFingerprint = upperHex(body.subarray(1));
    issuerKeyId = keyIdOf(issuerFingerprint);
  }
  return { issuerFingerprint, issuerKeyId };
}

/** The last eight bytes in version 4, the first eight in version 6. */
export function keyIdOf(fingerprint: string): string {
  return fingerprint.length === 40 ? fingerprint.slice(-16) : fingerprint.slice(0, 16);
}

function notationOf(body: Uint8Array): { readonly name: string; readonly value: string } | undefined {
  if (body.length < 8) return undefined;
  const view = new DataView(body.buffer, body.byteOffset);
  const end = 8 + view.getUint16(4);
  const [name, value] = [textOf(body.subarray(8, end)), textOf(body.subarray(end, end + view.getUint16(6)))];
  return name === undefined || value === undefined ? undefined : { name, value };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes);
  } catch {
    return undefined; // not UTF-8: no text
  }
}

function seconds(body: Uint8Array | undefined): number | undefined {
  return body?.length === 4 ? new DataView(body.buffer, body.byteOffset).getUint32(0) : undefined;
}

function upperHex(bytes: Uint8Array): string {
  return encodeHex(bytes).toUpperCase();
}
