// Keyrings that gpg and sq export: several certificates in one file, armored or binary, with what people certified among them; and gpg's
// owner-trust, which says whom its owner lets introduce others.
import { concatBytes } from "@p2pcrypt/bytes";
import { unarmor } from "./armor.ts";
import { MAX_CERTIFICATE_BYTES } from "./certificate.ts";
import { textOf } from "./certification.ts";
import { IdentityError } from "./identity-error.ts";
import { groupPackets, type RawPacket, splitPackets, TAG, writeGroups } from "./packets.ts";

/** Checked before anything is parsed. */
export const MAX_KEYRING_BYTES = 64 * 1024 * 1024;

export interface Keyring {
  /** Canonical, each for `parseCertificate`. Nothing of them is verified. */
  readonly certificates: readonly Uint8Array[];
  /** How many were left out: too large, or with a secret key in it. */
  readonly skipped: number;
}

/** @throws {IdentityError} keyring/tooLarge, certificate/malformed */
export async function readKeyring(bytes: Uint8Array): Promise<Keyring> {
  if (bytes.length > MAX_KEYRING_BYTES) throw new IdentityError("keyring/tooLarge");
  const isArmored = bytes[0] !== undefined && bytes[0] < 0x80;
  const packets = splitPackets(isArmored ? await unarmored(bytes) : bytes);
  const certificates: Uint8Array[] = [];
  let skipped = 0;
  for (const part of partsOf(packets)) {
    const certificate = toCertificate(part);
    if (certificate === undefined) skipped += 1;
    else certificates.push(certificate);
  }
  return { certificates, skipped };
}

function toCertificate(packets: readonly RawPacket[]): Uint8Array | undefined {
  try {
    const bytes = writeGroups(groupPackets(packets));
    return bytes.length > MAX_CERTIFICATE_BYTES ? undefined : bytes;
  } catch (error) {
    if (error instanceof IdentityError) return undefined;
    throw error;
  }
}

function partsOf(packets: readonly RawPacket[]): RawPacket[][] {
  const parts: RawPacket[][] = [];
  for (const packet of packets) {
    const isFirst = packet.tag === TAG.publicKey || packet.tag === TAG.secretKey;
    if (isFirst) parts.push([packet]);
    else parts.at(-1)?.push(packet);
  }
  return parts;
}

const BEGIN = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/** The blocks of an armored keyring, joined. @throws {IdentityError} certificate/malformed */
export async function unarmored(bytes: Uint8Array): Promise<Uint8Array> {
  const blocks = textOf(bytes)?.split(BEGIN).slice(1) ?? [];
  const parts = await Promise.all(blocks.map((block) => unarmor(`${BEGIN}${block}`)));
  const whole = parts.filter((part) => part !== undefined);
  if (whole.length === 0 || whole.length < parts.length) throw new IdentityError("certificate/malformed");
  return concatBytes(...whole);
}

export interface SuggestedRoot {
  /** Upper-case hex. */
  readonly fingerprint: string;
  /** 120 for ultimate and full, 40 for marginal: gpg wants three of them. */
  readonly amount: number;
  readonly isUltimate: boolean;
}

const AMOUNTS: Readonly<Record<string, number>> = { 4: 40, 5: 120, 6: 120 };
const MAX_OWNER_TRUST_LINES = 100_000;

/**
 * What `gpg --export-ownertrust` prints, as suggestions: nobody becomes a root by an import. Lines without trust, and those that say
 * never, are left out.
 */
export function parseOwnerTrust(text: string): SuggestedRoot[] {
  const found = new Map<string, SuggestedRoot>();
  for (const line of text.split("\n", MAX_OWNER_TRUST_LINES)) {
    const [, fingerprint, level] = /^([0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}):(\d{1,3}):\s*$/.exec(line) ?? [];
    const amount = AMOUNTS[Number(level) & 15];
    if (fingerprint === undefined || amount === undefined) continue;
    const upper = fingerprint.toUpperCase();
    found.set(upper, { fingerprint: upper, amount, isUltimate: (Number(level) & 15) === 6 });
  }
  return [...found.values()];
}
