// The one plain value of a vault: how its data key is wrapped (spec/protocol/vault.md section 2). Every parameter is authenticated by
// the wrapping, and a floor is checked before any work is done (W5).
import { gcm } from "@noble/ciphers/aes.js";
import { ByteReader, ByteWriter, DecodeError, purposeBytes, type RandomBytes } from "@p2pcrypt/bytes";
import { VaultError } from "./vault-error.ts";

/** Argon2id version 1.3 (RFC 9106), one lane. @returns 32 bytes. Slow on purpose. */
export type DeriveKey = (input: {
  readonly passphrase: string;
  readonly salt: Uint8Array;
  readonly memoryKib: number;
  readonly passes: number;
}) => Promise<Uint8Array>;

/** What opens a vault: something a person knows, or a key that the device keeps. */
export type Protection =
  | { readonly kind: "passphrase"; readonly passphrase: string }
  | { readonly kind: "key"; readonly key: Uint8Array | WrappingKey };

/** A key that the platform uses for us and never shows: AES-256-GCM, nonces of 12 bytes, tags of 16 at the end. */
export interface WrappingKey {
  seal(nonce: Uint8Array, plaintext: Uint8Array, additionalData: Uint8Array): Promise<Uint8Array>;
  /** Rejects what was not sealed so. */
  open(nonce: Uint8Array, sealed: Uint8Array, additionalData: Uint8Array): Promise<Uint8Array>;
}

const ARGON2_MEMORY_KIB = 64 * 1024;
const ARGON2_PASSES = 3;
const MAX_MEMORY_KIB = 1024 * 1024;
const MAX_PASSES = 16;
const VERSION = 1;
const KIND_CODES: Record<Protection["kind"], number> = { key: 0, passphrase: 1 };

// struct {
//   opaque purpose<0..255>;                "p2pcrypt vault"
//   uint8  version = 1;
//   opaque vault[16];
//   uint8  protection;                     0 key, 1 passphrase
//   uint32 memory_kib; uint8 passes;       0 for a key
//   opaque salt[16];                       zero for a key
//   opaque nonce[12];
//   opaque wrapped_key[48];                AES-256-GCM; everything before the nonce is its AAD
// } Header;
interface Header {
  readonly vaultId: Uint8Array;
  readonly protection: Protection["kind"];
  readonly memoryKib: number;
  readonly passes: number;
  readonly salt: Uint8Array;
}

export interface HeaderDeps {
  readonly random: RandomBytes;
  readonly deriveKey: DeriveKey;
}

export async function sealHeader(
  deps: HeaderDeps,
  vaultId: Uint8Array,
  dataKey: Uint8Array,
  protection: Protection,
): Promise<Uint8Array> {
  const isPassphrase = protection.kind === "passphrase";
  const header: Header = {
    vaultId,
    protection: protection.kind,
    memoryKib: isPassphrase ? ARGON2_MEMORY_KIB : 0,
    passes: isPassphrase ? ARGON2_PASSES : 0,
    salt: isPassphrase ? deps.random(16) : new Uint8Array(16),
  };
  const parameters = encodeParameters(header);
  const nonce = deps.random(12);
  const key = await wrappingKey(deps, header, protection);
  const wrapped = await key.seal(nonce, dataKey, parameters);
  return new ByteWriter().bytes(parameters).bytes(nonce).bytes(wrapped).finish();
}

/** @throws {VaultError} vault/damaged, newer, weakProtection, needsPassphrase, needsKey, wrongPassphrase, wrongKey */
export async function openHeader(
  deps: HeaderDeps,
  bytes: Uint8Array,
  protection: Protection,
): Promise<{ readonly vaultId: Uint8Array; readonly dataKey: Uint8Array }> {
  const { header, parameters, nonce, wrapped } = decodeHeader(bytes);
  if (header.protection !== protection.kind) {
    throw new VaultError({ code: header.protection === "passphrase" ? "vault/needsPassphrase" : "vault/needsKey" });
  }
  const key = await wrappingKey(deps, header, protection);
  try {
    return { vaultId: header.vaultId, dataKey: await key.open(nonce, wrapped, parameters) };
  } catch (cause) {
    throw new VaultError({ code: header.protection === "passphrase" ? "vault/wrongPassphrase" : "vault/wrongKey" }, { cause });
  }
}

/** @throws {VaultError} vault/damaged, vault/newer */
export function protectionOf(bytes: Uint8Array): Protection["kind"] {
  return decodeHeader(bytes).header.protection;
}

async function wrappingKey(deps: HeaderDeps, { memoryKib, passes, salt }: Header, protection: Protection): Promise<WrappingKey> {
  if (protection.kind === "key") {
    if (!(protection.key instanceof Uint8Array)) return protection.key;
    if (protection.key.length !== 32) throw new RangeError("a wrapping key is 32 bytes");
    return keyOfBytes(protection.key);
  }
  if (memoryKib < ARGON2_MEMORY_KIB || passes < ARGON2_PASSES || memoryKib > MAX_MEMORY_KIB || passes > MAX_PASSES) {
    throw new VaultError({ code: "vault/weakProtection" });
  }
  return keyOfBytes(await deps.deriveKey({ passphrase: protection.passphrase.normalize("NFC"), salt, memoryKib, passes }));
}

function keyOfBytes(key: Uint8Array): WrappingKey {
  return {
    seal: async (nonce, plaintext, additionalData) => gcm(key, nonce, additionalData).encrypt(plaintext),
    open: async (nonce, sealed, additionalData) => gcm(key, nonce, additionalData).decrypt(sealed),
  };
}

function encodeParameters({ vaultId, protection, memoryKib, passes, salt }: Header): Uint8Array {
  return new ByteWriter()
    .bytes(purposeBytes("p2pcrypt vault"))
    .u8(VERSION)
    .fixed(vaultId, 16, "vaultId")
    .u8(KIND_CODES[protection])
    .u32(memoryKib)
    .u8(passes)
    .fixed(salt, 16, "salt")
    .finish();
}

function decodeHeader(bytes: Uint8Array): { header: Header; parameters: Uint8Array; nonce: Uint8Array; wrapped: Uint8Array } {
  try {
    const reader = new ByteReader(bytes);
    if (reader.text8("Header.purpose") !== "p2pcrypt vault") throw new VaultError({ code: "vault/damaged" });
    const version = reader.u8("Header.version");
    if (version !== VERSION) throw new VaultError({ code: "vault/newer", version });
    const vaultId = reader.take(16, "Header.vault");
    const protection = reader.u8("Header.protection");
    if (protection > 1) throw new VaultError({ code: "vault/damaged" });
    const header: Header = {
      vaultId,
      protection: protection === 0 ? "key" : "passphrase",
      memoryKib: reader.u32("Header.memory_kib"),
      passes: reader.u8("Header.passes"),
      salt: reader.take(16, "Header.salt"),
    };
    const parameters = bytes.slice(0, reader.offset);
    const nonce = reader.take(12, "Header.nonce");
    const wrapped = reader.take(48, "Header.wrapped_key");
    reader.end("Header");
    return { header, parameters, nonce, wrapped };
  } catch (cause) {
    if (cause instanceof DecodeError) throw new VaultError({ code: "vault/damaged" }, { cause });
    throw cause;
  }
}
