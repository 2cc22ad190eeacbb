// A client for a program of its own in Node.js: a vault in a folder that only its owner reads, and this system's time, chance and network.
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createXWingCrypto } from "@p2pcrypt/session";
import { Vault } from "@p2pcrypt/vault";
import { deriveKeyArgon2id } from "@p2pcrypt/vault/argon2";
import { hasVaultFile, openFileVault } from "@p2pcrypt/vault/file";
import { createClient, hasIdentity, openClient } from "./client.ts";
import { openPgpIdentity } from "./openpgp-identity.ts";
import type { ClientDeps } from "./ports.ts";
import { hasUnfinishedRestore } from "./store/restoring.ts";
import type { Client } from "./surface.ts";
import { toWebSocketLike } from "./transport/standard-web-socket.ts";
import { webTransport } from "./transport/web-transport.ts";

export interface NodeClientOptions {
  /** Made when it is not there, with mode 0700. */
  readonly home: string;
  /** Of a new identity, and its node: used when the home has none. */
  readonly name: string;
  readonly homeNodeUrl: string;
  /** Protects the vault. Who has none keeps whoever can read the folder from reading it in another way. */
  readonly passphrase: string;
}

/** Opens the identity in a folder, or makes one. `close` ends the client and lets the vault go. @throws {ClientError}, {VaultError} */
export async function openNodeClient({
  home,
  name,
  homeNodeUrl,
  passphrase,
}: NodeClientOptions): Promise<{ readonly client: Client; readonly close: () => Promise<void> }> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const vaultDeps = { random, deriveKey: deriveKeyArgon2id };
  const protection = { kind: "passphrase", passphrase } as const;
  const isNew = !hasVaultFile(home);
  const store = openFileVault({ home, nowMs: Date.now() });
  const vault = await (isNew ? Vault.create(store, vaultDeps, protection) : Vault.open(store, vaultDeps, protection));
  const deps: ClientDeps = {
    clock: { nowMs: () => Date.now() },
    timers: {
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    random,
    vault,
    crypto: createXWingCrypto(random),
    identity: openPgpIdentity,
    transport: webTransport({ fetch, connect: (url) => toWebSocketLike(new WebSocket(url)) }),
    deriveKey: deriveKeyArgon2id,
  };
  const isBegun = (await hasIdentity(vault)) || (await hasUnfinishedRestore(vault));
  const client = isBegun ? await openClient(deps) : await createClient(deps, { name, homeNodeUrl });
  const close = async (): Promise<void> => {
    await client.close();
    await vault.close();
  };
  return { client, close };
}
