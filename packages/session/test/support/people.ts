// People with devices, and a verifier for their made-up credentials. An identity certifies with a secret only the test knows.
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteReader, ByteWriter, concatBytes, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { CredentialVerifier, IdentityId } from "../../src/credential-verifier.ts";
import { createKeyPackage, type Device, type KeyPackageBundle } from "../../src/key-package.ts";
import type { SessionDeps } from "../../src/session.ts";
import { createInsecureCrypto, seededRandom } from "./structural-crypto.ts";

export const DAY_MS = 86_400_000;
export const START_MS = Date.UTC(2026, 10, 24);

export interface TestDevice extends Device {
  readonly identityId: IdentityId;
  readonly deviceId: Uint8Array;
  readonly signatureKey: Uint8Array;
}

export interface Certification {
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
}

export class Person {
  readonly name: string;
  readonly identityId: IdentityId;
  readonly #secret: Uint8Array;

  constructor(name: string) {
    this.name = name;
    this.#secret = sha256(new TextEncoder().encode(`secret of ${name}`));
    this.identityId = encodeHex(sha256(this.#secret)) as IdentityId;
    secrets.set(this.identityId, this.#secret);
  }

  async device(deps: SessionDeps, number = 1, certification: Certification = {}): Promise<TestDevice> {
    const seed = sha256(new TextEncoder().encode(`device ${number} of ${this.name}`));
    const deviceId = sha256(seed).slice(0, 16);
    const signatureKey = await deps.crypto.signaturePublicKey(seed);
    const credential = this.certify(deviceId, signatureKey, certification);
    return { identityId: this.identityId, deviceId, signatureKey, signatureSecretKey: seed, credential };
  }

  certify(deviceId: Uint8Array, signatureKey: Uint8Array, { notBeforeMs, notAfterMs }: Certification = {}): Uint8Array {
    const body = new ByteWriter()
      .bytes(sha256(this.#secret))
      .fixed(deviceId, 16, "deviceId")
      .fixed(signatureKey, 32, "signatureKey")
      .u64(notBeforeMs ?? START_MS - DAY_MS)
      .u64(notAfterMs ?? START_MS + 60 * DAY_MS)
      .text8(this.name)
      .finish();
    return concatBytes(body, sha256(concatBytes(this.#secret, body)));
  }
}

const secrets = new Map<string, Uint8Array>();

export const verifyCredential: CredentialVerifier = async (credential, { atMs }) => {
  const body = credential.subarray(0, -32);
  try {
    const reader = new ByteReader(body);
    const identityId = encodeHex(reader.take(32, "identity")) as IdentityId;
    const deviceId = reader.take(16, "deviceId");
    const signatureKey = reader.take(32, "signatureKey");
    const notBeforeMs = reader.safeU64("notBefore");
    const notAfterMs = reader.safeU64("notAfter");
    const name = reader.text8("name");
    reader.end("credential");
    const secret = secrets.get(identityId) ?? new Uint8Array(0);
    if (!equalBytes(sha256(concatBytes(secret, body)), credential.subarray(-32)))
      return { kind: "refused", reason: "notCertified" };
    if (atMs < notBeforeMs || atMs > notAfterMs) return { kind: "refused", reason: "expired", notBeforeMs };
    const fingerprint = identityId.slice(0, 40).toUpperCase();
    return { kind: "verified", identityId, deviceId, signatureKey, name, fingerprint, notBeforeMs, notAfterMs };
  } catch {
    return { kind: "refused", reason: "malformed" };
  }
};

export function structuralDeps(seed: string): SessionDeps {
  return { crypto: createInsecureCrypto(seededRandom(seed)), verifyCredential };
}

export function packageOf(deps: SessionDeps, device: Device, nowMs = START_MS): Promise<KeyPackageBundle> {
  return createKeyPackage(deps, { ...device, nowMs, lifetimeMs: 30 * DAY_MS, isLastResort: false });
}
