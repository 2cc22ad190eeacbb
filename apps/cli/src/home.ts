// One identity's home: the vault, and what opens it. Without a passphrase the key lies beside it, readable by the owner alone; with one,
// `unlock` keeps the derived key for as long as the session of the operating system lasts.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { decodeHex, encodeHex } from "@p2pcrypt/bytes";
import { hasIdentity } from "@p2pcrypt/client";
import { type DeriveKey, type Protection, Vault, VaultError } from "@p2pcrypt/vault";
import { deriveKeyArgon2id } from "@p2pcrypt/vault/argon2";
import { type FileVaultStore, hasVaultFile, openFileVault, prepareHome } from "@p2pcrypt/vault/file";
import type { CommandContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { askPassphrase } from "./passphrase.ts";
import { systemRandom } from "./platform.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

const KEY_FILE = "vault.key";

export interface OpenHome {
  readonly vault: Vault;
  readonly store: FileVaultStore;
}

/** @throws {CommandError} for every reason why it cannot be opened, in words. */
export async function openHome(
  context: CommandContext,
  { asksAgain }: { readonly asksAgain: boolean } = { asksAgain: false },
): Promise<OpenHome> {
  if (!hasVaultFile(context.home)) throw noIdentity();
  const store = openStore(context);
  try {
    const kind = await Vault.protection(store);
    if (kind === undefined) throw noIdentity();
    const vault = kind === "key" ? await openByKey(context, store) : await openByPassphrase(context, store, asksAgain);
    return { vault, store };
  } catch (error) {
    await store.close();
    throw toCommandError(error);
  }
}

export function noIdentity(): CommandError {
  return new CommandError(
    EXIT.notFound,
    "identity/none",
    "there is no identity here yet: p2pcrypt identity create --name NAME --node URL",
  );
}

/** An empty vault under a key file, for a new identity. @throws {CommandError} identity/exists */
export async function createHome(context: CommandContext): Promise<OpenHome> {
  prepareHome(context.home);
  const store = openStore(context);
  try {
    const kind = await Vault.protection(store);
    // Of a command that was killed before there was an identity.
    const left = kind === "key" ? await openByKey(context, store) : undefined;
    if (left !== undefined && !(await hasIdentity(left))) return { vault: left, store };
    if (kind !== undefined) {
      throw new CommandError(
        EXIT.refused,
        "identity/exists",
        "there is an identity in this home already; choose another with --home",
      );
    }
    const path = join(context.home, KEY_FILE);
    const key = readPrivateFile(path) ?? systemRandom(32);
    if (!existsSync(path)) writePrivateFile(path, key, { replaces: false });
    return {
      vault: await Vault.create(store, { random: systemRandom, deriveKey: deriveKeyArgon2id }, { kind: "key", key }),
      store,
    };
  } catch (error) {
    await store.close();
    throw toCommandError(error);
  }
}

/** Puts the vault under a passphrase, or under a key file when it is empty. */
export async function changePassphrase({ home }: CommandContext, vault: Vault, passphrase: string): Promise<void> {
  const path = join(home, KEY_FILE);
  forgetUnlocked(home);
  if (passphrase !== "") {
    await vault.changeProtection({ kind: "passphrase", passphrase });
    rmSync(path, { force: true });
    return;
  }
  const key = systemRandom(32);
  writePrivateFile(path, key, { replaces: true });
  await vault.changeProtection({ kind: "key", key });
}

export function removeHomeFiles(home: string): void {
  forgetUnlocked(home);
  for (const name of [KEY_FILE, "vault.sqlite", "vault.sqlite-wal", "vault.sqlite-shm", "backup.json"])
    rmSync(join(home, name), { force: true });
}

/** Keeps what the passphrase derives to, so that the next commands do not ask. @returns whether there was anything to unlock. */
export async function unlockHome(context: CommandContext): Promise<boolean> {
  const store = openStore(context);
  try {
    if ((await Vault.protection(store)) !== "passphrase") return false;
    const passphrase = await askPassphrase("Passphrase: ", context.passphraseFile);
    let derived: { readonly salt: Uint8Array; readonly key: Uint8Array } | undefined;
    const deriveKey: DeriveKey = async (input) => {
      const key = await deriveKeyArgon2id(input);
      derived = { salt: input.salt, key };
      return key;
    };
    await Vault.open(store, { random: systemRandom, deriveKey }, { kind: "passphrase", passphrase });
    if (derived !== undefined) remember(context.home, derived);
    return true;
  } catch (error) {
    throw toCommandError(error);
  } finally {
    await store.close();
  }
}

/** @returns whether the vault was unlocked. */
export function forgetUnlocked(home: string): boolean {
  const path = unlockedFile(home);
  const wasUnlocked = existsSync(path);
  rmSync(path, { force: true });
  return wasUnlocked;
}

function openStore({ home, takeOver }: CommandContext): FileVaultStore {
  try {
    return openFileVault({ home, nowMs: Date.now(), takeOver });
  } catch (error) {
    throw toCommandError(error);
  }
}

function openByKey({ home }: CommandContext, store: FileVaultStore): Promise<Vault> {
  const key = readPrivateFile(join(home, KEY_FILE));
  if (key?.length !== 32) throw new CommandError(EXIT.locked, "vault/noKey", "the key file of this vault is missing or damaged");
  return Vault.open(store, { random: systemRandom, deriveKey: deriveKeyArgon2id }, { kind: "key", key });
}

async function openByPassphrase(context: CommandContext, store: FileVaultStore, asksAgain: boolean): Promise<Vault> {
  const remembered = asksAgain ? undefined : recall(context.home);
  if (remembered !== undefined && context.passphraseFile === undefined) {
    const deriveKey: DeriveKey = async ({ salt }) =>
      encodeHex(salt) === remembered.salt ? decodeHex(remembered.key) : new Uint8Array(32);
    try {
      return await Vault.open(store, { random: systemRandom, deriveKey }, { kind: "passphrase", passphrase: "" });
    } catch (error) {
      if (!(error instanceof VaultError && error.code === "vault/wrongPassphrase")) throw error;
      forgetUnlocked(context.home); // the passphrase was changed since
    }
  }
  const protection: Protection = { kind: "passphrase", passphrase: await askPassphrase("Passphrase: ", context.passphraseFile) };
  return Vault.open(store, { random: systemRandom, deriveKey: deriveKeyArgon2id }, protection);
}

/** Whether what `unlockHome` remembers goes away by itself. */
export function isSessionBound(): boolean {
  return (process.env["XDG_RUNTIME_DIR"] ?? "") !== "";
}

/** In the folder that the system empties at the end of the session, where there is one. */
function unlockedFile(home: string): string {
  const runtime = process.env["XDG_RUNTIME_DIR"] ?? "";
  if (!isSessionBound()) return join(home, "unlocked");
  const folder = join(runtime, "p2pcrypt");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, createHash("sha256").update(home).digest("hex").slice(0, 32));
}

function remember(home: string, { salt, key }: { readonly salt: Uint8Array; readonly key: Uint8Array }): void {
  writePrivateFile(unlockedFile(home), Buffer.from(`${encodeHex(salt)} ${encodeHex(key)}`), { replaces: true });
}

function recall(home: string): { readonly salt: string; readonly key: string } | undefined {
  const bytes = readPrivateFile(unlockedFile(home));
  const [salt, key] = Buffer.from(bytes ?? new Uint8Array(0))
    .toString()
    .split(" ");
  return salt === undefined || key === undefined || key.length !== 64 ? undefined : { salt, key };
}

function toCommandError(error: unknown): unknown {
  if (!(error instanceof VaultError)) return error;
  const { failure } = error;
  switch (failure.code) {
    case "vault/inUse":
      return new CommandError(
        EXIT.inUse,
        failure.code,
        `another process (${failure.pid}) has been using this home since ${new Date(failure.sinceMs).toLocaleString()}; end it, or take over with --take-over`,
        { pid: failure.pid, sinceMs: failure.sinceMs },
      );
    case "vault/takenOver":
      return new CommandError(EXIT.inUse, failure.code, "another process took this home over; nothing more was written here");
    case "vault/wrongPassphrase":
      return new CommandError(EXIT.locked, failure.code, "that is not the passphrase");
    case "vault/unsafeHome":
      return new CommandError(EXIT.refused, failure.code, UNSAFE[failure.reason]);
    case "vault/newer":
      return new CommandError(EXIT.refused, failure.code, "this vault was written by a newer version; it was left as it is");
    case "vault/damaged":
      return new CommandError(EXIT.failed, failure.code, "this vault is damaged; it was left as it is");
    case "vault/notStored":
      return new CommandError(EXIT.failed, failure.code, "the disk did not take it; nothing was changed");
    default:
      return new CommandError(EXIT.locked, failure.code, "this vault cannot be opened");
  }
}

const UNSAFE = {
  symbolicLink: "the home folder is a link; give the folder itself",
  notADirectory: "the home is not a folder",
  otherOwner: "the home folder belongs to somebody else",
} as const;
