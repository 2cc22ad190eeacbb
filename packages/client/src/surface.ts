// What applications call. Interfaces, so that a worker's proxy can stand in for the real thing.
// Every method that changes something resolves once the change is stored in the vault; the network follows by itself.
import type { IdentityId } from "@p2pcrypt/session";
import type { ClientListener, Unsubscribe } from "./events.ts";
import type {
  ContactSnapshot,
  ConversationId,
  ConversationSnapshot,
  Entry,
  NodeSnapshot,
  SelfSnapshot,
  Settings,
  ShortCodeRun,
  TextEntry,
} from "./snapshots.ts";

export interface Client {
  readonly account: Account;
  readonly contacts: Contacts;
  readonly conversations: Conversations;
  readonly verification: Verification;

  subscribe(listener: ClientListener): Unsubscribe;

  /** Connects to nodes and keeps everything going. Without it the client works offline. Idempotent. */
  start(): void;

  /** Known nodes and how they are reached. */
  nodes(): readonly NodeSnapshot[];

  /** Forgets the present back-off and tries every unreachable node at once. */
  retryNow(): void;

  /**
   * Resolves when all that was due when called is done or stuck on an unreachable node: streams read to the head, inbox read, outbox
   * empty or waiting. For commands that run once.
   */
  settled(): Promise<void>;

  /** Stops. Nothing of this client runs after it resolves; the vault stays open and is the caller's to close. Idempotent. */
  close(): Promise<void>;
}

export interface Account {
  snapshot(): SelfSnapshot;
  /** @throws {ClientError} name/empty, name/tooLong */
  rename(name: string): Promise<void>;
  updateSettings(change: Partial<Settings>): Promise<void>;
  /** Identity secret, contacts and settings under a passphrase of its own. Never session state, device keys or tokens. */
  exportBackup(passphrase: string): Promise<Uint8Array>;
  /** The identity's secret key for gpg, armored, under a passphrase of its own. */
  exportForGpg(passphrase: string): Promise<string>;
  /** The identity's certificate, armored. */
  exportCertificate(): Promise<string>;
  /** Declares another device of this identity lost: it is removed from every conversation. Never undone. */
  revokeDevice(deviceId: string): Promise<void>;
  /**
   * Says goodbye, revokes profile and identity at the home node, erases the vault's content. When the node is unreachable the vault is
   * erased all the same and `isRevoked` is false. The client is closed afterwards.
   */
  deleteIdentity(): Promise<{ readonly isRevoked: boolean }>;
}

export interface Contacts {
  list(): readonly ContactSnapshot[];
  get(identityId: IdentityId): ContactSnapshot | undefined;
  /**
   * Sends a contact request. Again for the same link: sends it again with the new greeting unless accepted.
   * When they already asked me, this accepts. Works offline: the request goes out when the nodes can be reached.
   *
   * @throws {ClientError} link/*, greeting/tooLong, contact/blocked, contact/alreadyAccepted
   */
  add(link: string, greeting?: string): Promise<ContactSnapshot>;
  /** @throws {ClientError} contact/noRequest, contact/unknown */
  accept(identityId: IdentityId): Promise<ContactSnapshot>;
  /** Sends nothing. @throws {ClientError} contact/noRequest, contact/unknown */
  decline(identityId: IdentityId): Promise<void>;
  block(identityId: IdentityId): Promise<void>;
  unblock(identityId: IdentityId): Promise<void>;
  /** Goes on in spite of the contact's alert; verification is withdrawn. @throws {ClientError} contact/unknown */
  acceptAlert(identityId: IdentityId): Promise<void>;
}

export interface Conversations {
  list(): readonly ConversationSnapshot[];
  get(id: ConversationId): ConversationSnapshot | undefined;
  /** Newest first. Own queued messages come first of all, without a number. `before`: only entries with a smaller number. */
  history(id: ConversationId, page?: { readonly before?: number; readonly limit?: number }): Promise<readonly Entry[]>;
  /** Stores a message for sending; it goes out now or when it can. @throws {ClientError} message/*, conversation/*, contact/blocked */
  send(id: ConversationId, text: string): Promise<TextEntry>;
  /** Takes a message back that no record was sealed for yet. @returns false when it is too late. */
  unsend(id: ConversationId, messageId: string): Promise<boolean>;
  /** Everything up to entry `number` (default: all) was read by the person. */
  markRead(id: ConversationId, number?: number): Promise<void>;
  /** Say again every few seconds while true. Nothing is sent when switched off or offline. */
  setTyping(id: ConversationId, isTyping: boolean): void;
  setPresence(id: ConversationId, state: "here" | "away"): void;
  /** Leaves: others see it. The history stays. */
  leave(id: ConversationId): Promise<void>;
}

export interface Verification {
  /** The 60 digits of a contact and me, equal on both sides; `mine` and `theirs` are its halves. @throws {ClientError} contact/unknown */
  digits(identityId: IdentityId): Promise<{ readonly digits: string; readonly mine: string; readonly theirs: string }>;
  /**
   * Compares 60 digits, spaces ignored; marks my side as verified when equal.
   *
   * @returns false when they differ.
   * @throws {ClientError} verification/malformedCode, contact/unknown
   */
  verifyDigits(identityId: IdentityId, digits: string): Promise<boolean>;
  /** @throws {ClientError} verification/busy, conversation/* */
  startShortCode(identityId: IdentityId): Promise<ShortCodeRun>;
  /** Answers an offered run. @throws {ClientError} verification/noRun */
  acceptShortCode(identityId: IdentityId): Promise<void>;
  /** The person says the codes are equal, or not. @throws {ClientError} verification/noRun */
  confirmShortCode(identityId: IdentityId, isEqual: boolean): Promise<void>;
  cancelShortCode(identityId: IdentityId): Promise<void>;
  /** The run going on with a contact, or the last one since start. */
  shortCode(identityId: IdentityId): ShortCodeRun | undefined;
  /** Takes a verification back. */
  withdraw(identityId: IdentityId): Promise<void>;
}

/** What a new identity starts from. `secretKey` takes an OpenPGP secret key, armored or binary, instead of making one. */
export interface NewIdentity {
  readonly name?: string;
  readonly homeNodeUrl: string;
  readonly secretKey?: { readonly bytes: Uint8Array; readonly passphrase?: string };
}

/** What `exportBackup` made, to go on as a new device of the same identity. `homeNodeUrl` replaces the one in the backup. */
export interface Backup {
  readonly bytes: Uint8Array;
  readonly passphrase: string;
  readonly homeNodeUrl?: string;
}
