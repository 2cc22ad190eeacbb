// The client as applications hold it: the surface over core, tasks and views.

import type { Vault } from "@p2pcrypt/vault";
import { accountOf, createAccount, secondsOf } from "./account/create.ts";
import type { OpenedBackup } from "./account/full-backup.ts";
import { parseNodeUrl } from "./account/node-url.ts";
import { ClientAccount } from "./account.ts";
import type { Calls } from "./call-surface.ts";
import type { CallKeysListener } from "./calls/call-keys.ts";
import { ClientCalls, ClientGroupCalls } from "./calls.ts";
import { ClientContacts } from "./contacts.ts";
import { eraseAllDue } from "./conversation/sweep.ts";
import { ClientConversations } from "./conversations.ts";
import { Core } from "./core.ts";
import type { Devices, Linking } from "./device-surface.ts";
import type { LinkingJoin } from "./devices/linking-join.ts";
import { ClientDevices } from "./devices.ts";
import type { ClientListener, Unsubscribe } from "./events.ts";
import { ClientError } from "./failure.ts";
import { ClientFiles } from "./files.ts";
import type { GroupCalls } from "./group-call-surface.ts";
import { ClientGroups } from "./groups.ts";
import { newContact } from "./mail/contacts.ts";
import type { Messages } from "./message-surface.ts";
import { ClientMessages } from "./messages.ts";
import { type ClientDeps, ConnectionError } from "./ports.ts";
import { within } from "./run/within.ts";
import type { NodeSnapshot } from "./snapshots.ts";
import { assertReadable, writeFormat } from "./store/format.ts";
import type { AccountRow } from "./store/rows.ts";
import { loadTables, SELF } from "./store/tables.ts";
import type {
  Account,
  Backup,
  Client,
  Contacts,
  Conversations,
  Files,
  Groups,
  NewIdentity,
  Recovery,
  Search,
  Trust,
  Verification,
} from "./surface.ts";
import { Tasks } from "./tasks.ts";
import { ClientTrust } from "./trust.ts";
import { ClientVerification } from "./verification.ts";

const TELL_STORED_MS = 10_000;

/** Whether a vault holds an identity. */
export async function hasIdentity(vault: Vault): Promise<boolean> {
  return (await vault.get("account", SELF)) !== undefined;
}

/** A new identity in a vault that has none. Works offline. @throws {ClientError} client/identityExists, name/*, nodeUrl/*, import/badKey */
export async function createClient(deps: ClientDeps, identity: NewIdentity): Promise<Client> {
  await assertEmpty(deps);
  return begin(deps, await createAccount(deps, identity));
}

/**
 * A new device of the identity on a recovery sheet. Asks the home node what it knows about the identity; without an answer the sheet is
 * enough. Contacts are asked again by their links, and take this device into the conversations that they still have.
 *
 * @throws {ClientError} recovery/*, client/identityExists, name/*, nodeUrl/*
 */
export async function recoverClient(deps: ClientDeps, recovery: Recovery): Promise<Client> {
  await assertEmpty(deps);
  const { recoverAccount } = await import("./account/recovery.ts");
  return begin(deps, await recoverAccount(deps, recovery));
}

/** @throws {ClientError} client/noIdentity, client/newerVault */
export async function openClient(deps: ClientDeps): Promise<Client> {
  await assertReadable(deps.vault);
  const core = new Core(deps);
  await loadTables(core.ledger, core.tables);
  if (core.tables.account.get(SELF) === undefined) throw new ClientError({ code: "client/noIdentity" });
  await eraseAllDue(core);
  return new ClientOnCore(core);
}

/**
 * A new device of the identity in a backup, with what was said when the backup has it. Its contacts are asked to take it in.
 *
 * @throws {ClientError} export/*, client/identityExists
 */
export async function importClient(deps: ClientDeps, backup: Backup): Promise<Client> {
  await assertEmpty(deps);
  const { backupVersion, FULL_VERSION, openBackup } = await import("./account/backup.ts");
  const { bytes, passphrase } = backup;
  const full = backupVersion(bytes) === FULL_VERSION ? await openWithMessages(deps, bytes, passphrase) : undefined;
  const content = full?.content ?? (await openBackup(deps, bytes, passphrase));
  const homeNodeUrl = parseNodeUrl(backup.homeNodeUrl ?? content.homeNodeUrl);
  const { secret, settings, name, revokedDevices, contacts, certified = [] } = content;
  const account = await accountOf(deps, { secret, homeNodeUrl, settings, name });
  const core = new Core(deps);
  const restored = new Set(full?.threads.map(({ id }) => id));
  await writeFormat(deps.vault);
  await core.ledger.transact(async (tx) => {
    tx.put(core.tables.account, SELF, { ...account, revokedDevices, leastSequence: secondsOf(core.nowMs) });
    for (const row of certified) tx.put(core.tables.certified, row.identityId, row);
    for (const contact of contacts) {
      const { identityId, nodeUrls, trust, state, conversationId = "", ...rest } = contact;
      tx.put(core.tables.contacts, identityId, {
        ...newContact(core, identityId, { name: rest.name, state, nodeUrls }),
        trust,
        revokedDevices: rest.revokedDevices,
        isGivenCertifications: rest.isGivenCertifications === true,
        ...(restored.has(conversationId) ? { conversationId } : {}),
      });
      if (state !== "accepted") continue;
      const id = core.newId();
      tx.put(core.tables.mail, id, {
        id,
        to: identityId,
        createdMs: core.nowMs,
        attempts: 0,
        letter: { kind: "rejoin", greeting: "" },
      });
    }
  });
  if (full !== undefined) {
    const { restoreHistories } = await import("./account/restore.ts");
    await restoreHistories(core, full, backup.told ?? (() => undefined));
  }
  return new ClientOnCore(core);
}

/**
 * A new device of the identity of whoever shows the code. Nothing is stored before the other device has handed everything over.
 *
 * @returns `client` rejects with linking/*, nodeUrl/*, client/identityExists
 */
export function linkClient(deps: ClientDeps, linking: Linking): { readonly client: Promise<Client>; cancel(): void } {
  let join: LinkingJoin | undefined;
  let isCancelled = false;
  const run = async (): Promise<Client> => {
    await assertEmpty(deps);
    // Few sessions need it, and a browser loads it then.
    const [joining, grants] = await Promise.all([import("./devices/linking-join.ts"), import("./devices/grant.ts")]);
    join = await joining.LinkingJoin.begin(deps, linking);
    if (isCancelled) join.cancel();
    const { account, grant } = await join.handed;
    const core = new Core(deps);
    await writeFormat(deps.vault);
    await core.ledger.transact(async (tx) => grants.putGrant(core, tx, account, grant));
    // The other side learns it from the profile as well: it is not waited for long.
    const told = within(join.stored(), TELL_STORED_MS, deps.timers, () => new ConnectionError("connection/timeout"));
    await told.catch(() => undefined);
    return new ClientOnCore(core);
  };
  return {
    client: run(),
    cancel: () => {
      isCancelled = true;
      join?.cancel();
    },
  };
}

async function openWithMessages(deps: ClientDeps, bytes: Uint8Array, passphrase: string): Promise<OpenedBackup> {
  const { openFullBackup } = await import("./account/full-backup.ts");
  return openFullBackup(deps, bytes, passphrase);
}

async function begin(deps: ClientDeps, account: AccountRow): Promise<Client> {
  const core = new Core(deps);
  await writeFormat(deps.vault);
  await core.ledger.transact(async (tx) => tx.put(core.tables.account, SELF, account));
  return new ClientOnCore(core);
}

async function assertEmpty({ vault }: ClientDeps): Promise<void> {
  if (await hasIdentity(vault)) throw new ClientError({ code: "client/identityExists" });
}

class ClientOnCore implements Client {
  readonly account: Account;
  readonly devices: Devices;
  readonly contacts: Contacts;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly groups: Groups;
  readonly verification: Verification;
  readonly trust: Trust;
  readonly files: Files;
  readonly calls: Calls;
  readonly groupCalls: GroupCalls;
  readonly search: Search;
  readonly #core: Core;
  readonly #tasks: Tasks;
  #closing: Promise<void> | undefined;

  constructor(core: Core) {
    this.#core = core;
    this.#tasks = new Tasks(core);
    this.account = new ClientAccount(core, this.#tasks, () => this.close());
    this.devices = new ClientDevices(core);
    this.contacts = new ClientContacts(core);
    this.conversations = new ClientConversations(core, this.#tasks);
    this.messages = new ClientMessages(core);
    this.groups = new ClientGroups(core, this.conversations);
    this.verification = new ClientVerification(core, this.#tasks);
    this.trust = new ClientTrust(core, this.#tasks.trustBook);
    this.files = new ClientFiles(core, this.#tasks.transfers);
    this.calls = new ClientCalls(core, this.#tasks.calls);
    this.groupCalls = new ClientGroupCalls(core, this.#tasks.calls);
    this.search = this.#tasks.search;
  }

  subscribe(listener: ClientListener): Unsubscribe {
    return this.#core.subscribe(listener);
  }

  start(): void {
    if (!this.#core.isStopped) this.#tasks.start();
  }

  watchCallKeys(callId: string, listener: CallKeysListener): Unsubscribe {
    return this.#tasks.calls.watchKeys(callId, listener);
  }

  nodes(): readonly NodeSnapshot[] {
    return this.#core.links.snapshots(this.#core.account.homeNodeUrl);
  }

  retryNow(): void {
    this.#core.links.retryNow();
  }

  settled(): Promise<void> {
    return this.#tasks.settled();
  }

  close(): Promise<void> {
    this.#closing ??= this.#tasks.close();
    return this.#closing;
  }
}
