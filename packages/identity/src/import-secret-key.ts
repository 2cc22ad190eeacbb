// Taking over an OpenPGP secret key that gpg or sq made: RSA or Curve25519, armored or binary.
import { decodeUtf8 } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import { IdentityError } from "./identity-error.ts";
import { OPENPGP_CONFIG } from "./openpgp-config.ts";
import { SecretIdentity } from "./secret-identity.ts";

const MAX_SECRET_KEY_BYTES = 1024 * 1024;

/**
 * @param passphrase what the key file is locked with; undefined for one that is not locked.
 * @throws {IdentityError} secretKey/* and certificate/*: named for what is wrong with the file.
 */
export async function importSecretKey(
  bytes: Uint8Array,
  passphrase: string | undefined,
  { nowMs }: { readonly nowMs: number },
): Promise<SecretIdentity> {
  if (bytes.length > MAX_SECRET_KEY_BYTES) throw new IdentityError("certificate/tooLarge");
  const locked = await readOne(bytes);
  const { keyPacket } = locked;
  if (!(keyPacket instanceof openpgp.SecretKeyPacket) || keyPacket.isDummy() || keyPacket.isMissingSecretKeyMaterial()) {
    throw new IdentityError("secretKey/noPrimary");
  }
  const key = await unlock(locked, passphrase);
  const identity = await SecretIdentity.ofImported(key, nowMs);
  const { certificate } = identity;
  if (certificate.revocation.kind !== "none") throw new IdentityError("secretKey/revoked");
  if (certificate.newestSelfSignature === undefined) throw new IdentityError("certificate/noSelfSignature");
  if (!certificate.isUsableAt(nowMs)) throw new IdentityError("secretKey/expired");
  const flags = certificate.newestSelfSignature.keyFlags?.[0];
  if (flags !== undefined && (flags & openpgp.enums.keyFlags.certifyKeys) === 0)
    throw new IdentityError("secretKey/cannotCertify");
  certificate.minimal();
  return identity;
}

async function readOne(bytes: Uint8Array): Promise<openpgp.PrivateKey> {
  const isArmored = bytes[0] !== undefined && bytes[0] < 0x80;
  let keys: openpgp.PrivateKey[];
  try {
    keys = isArmored
      ? await openpgp.readPrivateKeys({ armoredKeys: decodeUtf8(bytes), config: OPENPGP_CONFIG })
      : await openpgp.readPrivateKeys({ binaryKeys: bytes, config: OPENPGP_CONFIG });
  } catch (cause) {
    throw new IdentityError("secretKey/malformed", { cause });
  }
  const [key, another] = keys;
  if (key === undefined) throw new IdentityError("secretKey/malformed");
  if (another !== undefined) throw new IdentityError("certificate/notOne");
  return key;
}

async function unlock(key: openpgp.PrivateKey, passphrase: string | undefined): Promise<openpgp.PrivateKey> {
  if (key.isDecrypted()) return key;
  if (passphrase === undefined || passphrase === "") throw new IdentityError("secretKey/needsPassphrase");
  try {
    return await openpgp.decryptKey({ privateKey: key, passphrase, config: OPENPGP_CONFIG });
  } catch (cause) {
    const isWrong = cause instanceof Error && /passphrase/i.test(cause.message);
    throw new IdentityError(isWrong ? "secretKey/wrongPassphrase" : "secretKey/unsupportedProtection", { cause });
  }
}
