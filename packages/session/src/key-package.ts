// Key packages: what others need to add one device of ours to a group. Made by the device, used once.
import { ByteReader, ByteWriter, equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId } from "./credential-verifier.ts";
import { isOurLeaf, LAST_RESORT_EXTENSION_TYPE, leafForm, streamKeyOf } from "./group/tree-rules.ts";
import { cipherSuiteOf, SUITE_NAME } from "./mls/cipher-suite.ts";
import { MAX_KEY_PACKAGE_LIFETIME_SECONDS } from "./mls/configuration.ts";
import { createJudge, type Judge } from "./mls/judge.ts";
import {
  encodeMlsMessage,
  generateKeyPackageWithKey,
  type KeyPackage,
  makeKeyPackageRef,
  verifyKeyPackageSignature,
  verifyLeafNodeSignatureKeyPackage,
} from "./mls/library.ts";
import { readKeyPackage } from "./mls/messages.ts";
import type { SessionCrypto } from "./primitives/session-crypto.ts";
import type { SessionDeps } from "./session.ts";
import { SessionError } from "./session-error.ts";

/** One device of ours: its credential and the Ed25519 secret key that the credential certifies. */
export interface Device {
  readonly credential: Uint8Array;
  readonly signatureSecretKey: Uint8Array;
}

export interface KeyPackageBundle {
  /** MLSMessage holding the KeyPackage: may be published. */
  readonly publicPackage: Uint8Array;
  /** Secret: for the vault only; erased once the Welcome that used it is joined. */
  readonly privatePackage: Uint8Array;
  /** KeyPackageRef (RFC 9420 section 5.2): 64 bytes. */
  readonly reference: Uint8Array;
}

export interface VerifiedKeyPackage {
  readonly identityId: IdentityId;
  readonly deviceId: Uint8Array;
  readonly name: string;
  readonly fingerprint: string;
  readonly isLastResort: boolean;
  readonly streamAdminKey?: Uint8Array | undefined;
  readonly reference: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface KeyPackageSecrets {
  readonly initSecretKey: Uint8Array;
  readonly leafSecretKey: Uint8Array;
}

/** Tolerated difference of two clocks when a package is fresh. */
const SKEW_SECONDS = 3600n;

export interface KeyPackageOptions extends Device {
  readonly nowMs: number;
  /** At most 90 days. */
  readonly lifetimeMs: number;
  readonly isLastResort: boolean;
  /** Ed25519 public key made for one conversation's streams: lets an administrator hand them over in one commit. */
  readonly streamAdminKey?: Uint8Array;
}

export async function createKeyPackage(
  { crypto }: Pick<SessionDeps, "crypto">,
  options: KeyPackageOptions,
): Promise<KeyPackageBundle> {
  const { publicPackage, privatePackage } = await generateKeyPackage(crypto, options);
  return {
    publicPackage: encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage: publicPackage }),
    privatePackage: encodeSecrets({ initSecretKey: privatePackage.initPrivateKey, leafSecretKey: privatePackage.hpkePrivateKey }),
    reference: await makeKeyPackageRef(publicPackage, cipherSuiteOf(crypto).hash),
  };
}

/** Checks a key package before it is used: form, signatures, lifetime and credential at `atMs` (I1). */
export async function verifyKeyPackage(
  deps: SessionDeps,
  bytes: Uint8Array,
  { atMs }: { readonly atMs: number },
): Promise<
  { readonly kind: "verified"; readonly keyPackage: VerifiedKeyPackage } | { readonly kind: "refused"; readonly reason: string }
> {
  const keyPackage = readKeyPackage(bytes);
  if (keyPackage === undefined) return { kind: "refused", reason: "not a key package" };
  const judge = createJudge(deps.verifyCredential, { atMs });
  const reason = await keyPackageFault(deps.crypto, keyPackage, { judge, atMs });
  const verdict = reason === undefined ? await judge.verdictOn(keyPackage.leafNode) : undefined;
  if (verdict === undefined) return { kind: "refused", reason: reason ?? "credential" };
  const { identityId, deviceId, name, fingerprint } = verdict;
  return {
    kind: "verified",
    keyPackage: {
      identityId,
      deviceId,
      name,
      fingerprint,
      isLastResort: keyPackage.extensions.length > 0,
      streamAdminKey: streamKeyOf(keyPackage.leafNode),
      reference: await makeKeyPackageRef(keyPackage, cipherSuiteOf(deps.crypto).hash),
      bytes: bytes.slice(),
    },
  };
}

/** @returns what is wrong with it at `atMs`, or undefined. The same answer for everybody who has the bytes. */
export async function keyPackageFault(
  crypto: SessionCrypto,
  keyPackage: KeyPackage,
  { judge, atMs }: { readonly judge: Judge; readonly atMs: number },
): Promise<string | undefined> {
  const { leafNode, extensions, cipherSuite, version, initKey } = keyPackage;
  if (version !== "mls10" || cipherSuite !== SUITE_NAME) return "suite";
  if (!isOurLeaf(leafNode) || !areOurExtensions(extensions)) return "form";
  const { notBefore, notAfter } = leafNode.lifetime;
  const atSeconds = BigInt(Math.floor(atMs / 1000));
  if (notAfter < notBefore || notAfter - notBefore > MAX_KEY_PACKAGE_LIFETIME_SECONDS) return "lifetime";
  if (atSeconds < notBefore || atSeconds > notAfter) return "lifetime";
  if (!crypto.isKemPublicKey(initKey) || !crypto.isKemPublicKey(leafNode.hpkePublicKey)) return "encryption key";
  if (equalBytes(initKey, leafNode.hpkePublicKey)) return "encryption key";
  const { signature } = cipherSuiteOf(crypto);
  if (!(await verifyKeyPackageSignature(keyPackage, signature))) return "signature";
  if (!(await verifyLeafNodeSignatureKeyPackage(leafNode, signature))) return "signature";
  if ((await judge.verdictOn(leafNode)) === undefined) return "credential";
  return undefined;
}

/** @throws {SessionError} `session/stateDamaged` */
export function decodeSecrets(bytes: Uint8Array): KeyPackageSecrets {
  try {
    const reader = new ByteReader(bytes);
    if (reader.u8("version") !== 1) throw new RangeError("version is unknown");
    const secrets = { initSecretKey: reader.opaque16("initSecretKey"), leafSecretKey: reader.opaque16("leafSecretKey") };
    reader.end("KeyPackageSecrets");
    return secrets;
  } catch (cause) {
    throw new SessionError({ code: "session/stateDamaged", part: "keyPackage" }, { cause });
  }
}

function encodeSecrets({ initSecretKey, leafSecretKey }: KeyPackageSecrets): Uint8Array {
  return new ByteWriter().u8(1).opaque16(initSecretKey).opaque16(leafSecretKey).finish();
}

export async function generateKeyPackage(crypto: SessionCrypto, options: KeyPackageOptions) {
  const nowSeconds = BigInt(Math.floor(options.nowMs / 1000));
  const lifetimeSeconds = BigInt(Math.floor(options.lifetimeMs / 1000));
  if (lifetimeSeconds <= 0n || lifetimeSeconds + SKEW_SECONDS > MAX_KEY_PACKAGE_LIFETIME_SECONDS) {
    throw new RangeError("lifetimeMs is not within 90 days");
  }
  const { capabilities, extensions } = leafForm(options.streamAdminKey);
  return generateKeyPackageWithKey(
    { credentialType: "basic", identity: options.credential },
    capabilities,
    { notBefore: nowSeconds > SKEW_SECONDS ? nowSeconds - SKEW_SECONDS : 0n, notAfter: nowSeconds + lifetimeSeconds },
    options.isLastResort ? [{ extensionType: LAST_RESORT_EXTENSION_TYPE, extensionData: new Uint8Array(0) }] : [],
    { signKey: options.signatureSecretKey, publicKey: await crypto.signaturePublicKey(options.signatureSecretKey) },
    cipherSuiteOf(crypto),
    extensions,
  );
}

function areOurExtensions(extensions: KeyPackage["extensions"]): boolean {
  const [only, ...others] = extensions;
  if (only === undefined) return true;
  return others.length === 0 && only.extensionType === LAST_RESORT_EXTENSION_TYPE && only.extensionData.length === 0;
}
