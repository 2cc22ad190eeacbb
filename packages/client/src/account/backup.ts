// What moves to another device: the identity's secret, contacts and settings. Never session state, device keys or tokens: whoever
// imports is a new device (M20). Sealed under a passphrase of its own.
import { gcm } from "@noble/ciphers/aes.js";
import { ByteReader, ByteWriter, DecodeError, purposeBytes } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { assertKeeper } from "../devices/keepers.ts";
import { ClientError } from "../failure.ts";
import type { ClientDeps } from "../ports.ts";
import type { Settings, TrustSnapshot } from "../snapshots.ts";
import type { CertifiedRow } from "../store/rows.ts";
import { decodeStored, encodeStored } from "../store/stored-json.ts";

const VERSION = 1;
/** With messages: full-backup.ts. */
export const FULL_VERSION = 2;
const MEMORY_KIB = 64 * 1024;
const PASSES = 3;
const MAX_MEMORY_KIB = 1024 * 1024;
const MAX_PASSES = 16;
const PURPOSE = purposeBytes("p2pcrypt export");

export interface BackupContent {
  readonly secret: Uint8Array;
  readonly name: string;
  readonly homeNodeUrl: string;
  readonly settings: Settings;
  readonly revokedDevices: readonly Uint8Array[];
  readonly contacts: readonly BackupContact[];
  /** Whom this person certified, made a root, or was told about. */
  readonly certified?: readonly CertifiedRow[];
  /** Where it does not follow from the identity's key. */
  readonly tokenRoot?: Uint8Array;
}

export interface BackupContact {
  readonly identityId: IdentityId;
  readonly name: string;
  /** `gone` only beside messages. */
  readonly state: "accepted" | "blocked" | "gone";
  readonly nodeUrls: readonly string[];
  readonly trust: TrustSnapshot;
  readonly revokedDevices: readonly Uint8Array[];
  readonly conversationId?: string;
  readonly isGivenCertifications?: boolean;
}

// struct {
//   opaque purpose<0..255>;                "p2pcrypt export"
//   uint8  version = 1;
//   uint32 memory_kib; uint8 passes; opaque salt[16];      Argon2id
//   opaque nonce[12];
//   opaque sealed<rest>;                   AES-256-GCM of JSON; everything before the nonce is its AAD
// } Export;
export async function sealBackup(core: Core, passphrase: string): Promise<Uint8Array> {
  const { deps } = core;
  const content = contentOf(core, ["accepted", "blocked"]);
  const { key, parameters } = await newBackupKey(deps, passphrase, VERSION);
  const nonce = deps.random(12);
  return new ByteWriter()
    .bytes(parameters)
    .bytes(nonce)
    .bytes(gcm(key, nonce, parameters).encrypt(encodeStored(content)))
    .finish();
}

export interface BackupKey {
  readonly key: Uint8Array;
  /** Purpose, version, and how the key was derived. */
  readonly parameters: Uint8Array;
}

/** @throws {ClientError} export/passphraseEmpty */
export async function newBackupKey(deps: ClientDeps, passphrase: string, version: number): Promise<BackupKey> {
  if (passphrase === "") throw new ClientError({ code: "export/passphraseEmpty" });
  const salt = deps.random(16);
  const parameters = new ByteWriter().bytes(PURPOSE).u8(version).u32(MEMORY_KIB).u8(PASSES).bytes(salt).finish();
  const key = await deps.deriveKey({ passphrase: passphrase.normalize("NFC"), salt, memoryKib: MEMORY_KIB, passes: PASSES });
  return { key, parameters };
}

/** Identity, settings, contacts in these states, and whom one certified. */
export function contentOf(core: Core, states: readonly BackupContact["state"][]): BackupContent {
  const { account, tables } = core;
  const contacts = tables.contacts.all().flatMap((row): BackupContact[] => {
    const { identityId, name, state, nodeUrls, trust, revokedDevices, conversationId, isGivenCertifications = false } = row;
    if (state !== "accepted" && state !== "blocked" && state !== "gone") return [];
    if (!states.includes(state)) return [];
    return [
      {
        identityId,
        name,
        state,
        nodeUrls,
        trust,
        revokedDevices,
        isGivenCertifications,
        ...(conversationId === undefined ? {} : { conversationId }),
      },
    ];
  });
  const { name, homeNodeUrl, settings, revokedDevices, tokenRoot, isRootDrawn } = account;
  const secret = assertKeeper(core);
  const certified = [...tables.certified.all()].sort((a, b) => (a.identityId < b.identityId ? -1 : 1));
  contacts.sort((a, b) => (a.identityId < b.identityId ? -1 : 1));
  return {
    secret,
    name,
    homeNodeUrl,
    settings,
    revokedDevices,
    contacts,
    certified,
    ...(isRootDrawn === true && tokenRoot !== undefined ? { tokenRoot } : {}),
  };
}

/** @throws {ClientError} export/notAnExport, newer, wrongPassphrase */
export async function openBackup(deps: ClientDeps, bytes: Uint8Array, passphrase: string): Promise<BackupContent> {
  const { key, parameters, rest } = await readBackup(deps, bytes, passphrase);
  try {
    return decodeStored<BackupContent>(gcm(key, rest.subarray(0, 12), parameters).decrypt(rest.subarray(12)));
  } catch (cause) {
    throw new ClientError({ code: "export/wrongPassphrase" }, { cause });
  }
}

/** 1: identity, contacts and settings. 2: with messages. @throws {ClientError} export/notAnExport, newer */
export function backupVersion(bytes: Uint8Array): number {
  return read(bytes).version;
}

/** @throws {ClientError} export/notAnExport, newer */
export async function readBackup(
  deps: ClientDeps,
  bytes: Uint8Array,
  passphrase: string,
): Promise<BackupKey & { readonly rest: Uint8Array }> {
  const { salt, memoryKib, passes, parameters } = read(bytes);
  const key = await deps.deriveKey({ passphrase: passphrase.normalize("NFC"), salt, memoryKib, passes });
  return { key, parameters, rest: bytes.subarray(parameters.length) };
}

function read(bytes: Uint8Array) {
  try {
    const reader = new ByteReader(bytes);
    if (reader.text8("Export.purpose") !== "p2pcrypt export") throw new ClientError({ code: "export/notAnExport" });
    const version = reader.u8("Export.version");
    if (version !== VERSION && version !== FULL_VERSION) throw new ClientError({ code: "export/newer", version });
    const memoryKib = reader.u32("Export.memory_kib");
    const passes = reader.u8("Export.passes");
    const salt = reader.take(16, "Export.salt");
    const isSane = memoryKib >= MEMORY_KIB && memoryKib <= MAX_MEMORY_KIB && passes >= PASSES && passes <= MAX_PASSES;
    if (!isSane) throw new ClientError({ code: "export/notAnExport" });
    if (reader.remaining < 28) throw new ClientError({ code: "export/notAnExport" });
    return { version, memoryKib, passes, salt, parameters: bytes.slice(0, reader.offset) };
  } catch (cause) {
    if (cause instanceof DecodeError) throw new ClientError({ code: "export/notAnExport" }, { cause });
    throw cause;
  }
}
