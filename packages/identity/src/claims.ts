// What the signatures of a certificate claim, its owner's and others', before any of them is verified. For readers who verify only what
// they need; `verifyClaim` does that.
import { textOf } from "./certification.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdOf } from "./identity-id.ts";
import { groupPackets, type RawPacket, splitPackets, TAG } from "./packets.ts";
import { factsOf, type SignatureFacts } from "./signature-facts.ts";
import { canonicalSignature, readSignatureParts, type SignatureParts, SUBPACKET } from "./signature-parts.ts";

export interface Claim {
  readonly facts: SignatureFacts;
  /** As a self-signature: the key's lifetime from its creation; 0 for ever, undefined when it says nothing. */
  readonly keyLifetimeMs: number | undefined;
  readonly isPrimary: boolean;
  /** As a delegation: without a trust subpacket, regular expressions say nothing. */
  readonly scopes: readonly Uint8Array[];
  /** For this package only. */
  readonly parts: SignatureParts;
  /** Body of the signature packet. */
  readonly body: Uint8Array;
  /** Quick, without reading the signature. @param keyId eight bytes. @returns false when it does not name that key as its maker */
  mayBeBy(keyId: Uint8Array): boolean;
}

export interface ClaimedUserId {
  readonly bytes: Uint8Array;
  /** undefined unless UTF-8. */
  readonly text: string | undefined;
  readonly claims: readonly Claim[];
}

export interface ClaimedCertificate {
  readonly id: IdentityId;
  readonly fingerprint: string;
  readonly createdMs: number;
  /** Body of the primary key's packet. */
  readonly primaryKey: Uint8Array;
  readonly direct: readonly Claim[];
  readonly userIds: readonly ClaimedUserId[];
}

/**
 * Signatures on subkeys or on attributes are left out. Those that are not well formed, or of another version than 4 and 6, keep their
 * place and claim nothing, by nobody (type 255).
 *
 * @throws {IdentityError} certificate/*
 */
export function readClaims(bytes: Uint8Array): ClaimedCertificate {
  const { primary, direct, components } = groupPackets(splitPackets(bytes), (body) => body);
  const fingerprint = fingerprintOf(primary.body);
  if (fingerprint === undefined || primary.body.length < 6) throw new IdentityError("certificate/unsupported");
  const { body } = primary;
  return {
    id: identityIdOf(body),
    fingerprint,
    createdMs: new DataView(body.buffer, body.byteOffset).getUint32(1) * 1000,
    primaryKey: body,
    direct: direct.map((packet) => new LazyClaim(packet)),
    userIds: merged(components.filter(({ packet }) => packet.tag === TAG.userId)).map(([userId, signatures]) => ({
      bytes: userId,
      text: textOf(userId),
      claims: signatures.map((packet) => new LazyClaim(packet)),
    })),
  };
}

/** One user ID may come in several copies of the certificate. */
function merged(
  components: readonly { readonly packet: RawPacket; readonly signatures: readonly RawPacket[] }[],
): [userId: Uint8Array, signatures: RawPacket[]][] {
  const found = new Map<string, [Uint8Array, RawPacket[]]>();
  for (const { packet, signatures } of components) {
    const name = String.fromCharCode(...packet.body.subarray(0, MAX_USER_ID_BYTES));
    const known = found.get(name);
    if (packet.body.length > MAX_USER_ID_BYTES) continue;
    if (known === undefined) found.set(name, [packet.body, [...signatures]]);
    else known[1].push(...signatures);
  }
  return [...found.values()];
}

/** Longer ones are left out with everything on them. */
const MAX_USER_ID_BYTES = 4096;

/** Reads a signature when it is first asked about: of a large certificate most are never looked at. */
class LazyClaim implements Claim {
  readonly #raw: Uint8Array;
  #read: Reading | undefined;

  constructor({ body }: RawPacket) {
    this.#raw = body;
  }

  get facts(): SignatureFacts {
    return this.#reading().facts;
  }

  get keyLifetimeMs(): number | undefined {
    const lifetime = this.#last(SUBPACKET.keyExpires);
    return lifetime?.length === 4 ? new DataView(lifetime.buffer, lifetime.byteOffset).getUint32(0) * 1000 : undefined;
  }

  get isPrimary(): boolean {
    return this.#last(SUBPACKET.primaryUserId)?.[0] === 1;
  }

  get scopes(): readonly Uint8Array[] {
    return this.#last(SUBPACKET.trust) === undefined ? [] : this.facts.scopes;
  }

  get parts(): SignatureParts {
    return this.#reading().parts;
  }

  get body(): Uint8Array {
    return this.#reading().body;
  }

  mayBeBy(keyId: Uint8Array): boolean {
    const raw = this.#raw;
    const [first] = keyId;
    if (first === undefined) return true;
    const end = raw.length - keyId.length;
    for (let at = raw.indexOf(first); at >= 0 && at <= end; at = raw.indexOf(first, at + 1))
      if (keyId.every((byte, i) => raw[at + i] === byte)) return true;
    return false;
  }

  #last(type: number): Uint8Array | undefined {
    return this.parts.hashed.findLast((one) => one.type === type)?.body;
  }

  #reading(): Reading {
    this.#read ??= readOne(this.#raw);
    return this.#read;
  }
}

interface Reading {
  readonly body: Uint8Array;
  readonly parts: SignatureParts;
  readonly facts: SignatureFacts;
}

function readOne(raw: Uint8Array): Reading {
  const body = canonicalSignature(raw);
  const parts = readSignatureParts(body);
  const facts = parts === undefined ? undefined : factsOf(parts);
  return parts === undefined || facts === undefined ? { body, ...NOTHING } : { body, parts, facts };
}

const NONE = new Uint8Array(0);
const NO_PARTS: SignatureParts = {
  version: 4,
  type: 0xff,
  publicKeyAlgorithm: 0,
  hashAlgorithm: 0,
  signedBytes: NONE,
  hashed: [],
  unhashed: [],
  rest: NONE,
};

/** What cannot be read says nothing, by nobody. */
const NOTHING = {
  parts: NO_PARTS,
  facts: {
    type: NO_PARTS.type,
    version: NO_PARTS.version,
    hashAlgorithm: 0,
    createdMs: 0,
    expiresAtMs: undefined,
    keyLifetimeMs: undefined,
    isPrimaryUserId: false,
    issuerFingerprint: undefined,
    issuerKeyId: undefined,
    isExportable: false,
    depth: 0,
    amount: 0,
    scopes: [],
    reason: undefined,
    attested: [],
    notations: [],
  },
} as const;
