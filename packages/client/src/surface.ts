// What applications call. Interfaces, so that a worker's proxy can stand in for the real thing.
// Every method that changes something resolves once the change is stored in the vault; the network follows by itself.
import type { IdentityId } from "@p2pcrypt/session";
import type { ArrangementChange } from "./arrangement.ts";
import type { Calls } from "./call-surface.ts";
import type { CallKeysListener } from "./calls/call-keys.ts";
import type { Devices } from "./device-surface.ts";
import type { Entry, FileEntry, TextEntry } from "./entry-snapshots.ts";
import type { ClientListener, Unsubscribe } from "./events.ts";
import type { GroupCalls } from "./group-call-surface.ts";
import type { MentionDraft } from "./message-snapshots.ts";
import type { Messages } from "./message-surface.ts";
import type { SearchAnswer, SearchQuery } from "./search-snapshots.ts";
import type {
  ContactSnapshot,
  ConversationId,
  ConversationSnapshot,
  DirectoryPreview,
  GroupInvitation,
  GroupLinkPreview,
  LinkPreview,
  NodeSnapshot,
  RecoverySheet,
  RevocationCertificate,
  ScanCode,
  ScanRun,
  SelfSnapshot,
  Settings,
  ShortCodeRun,
  Successor,
} from "./snapshots.ts";
import type { OfferedFile, TransferSnapshot } from "./transfer-snapshots.ts";
import type { Trust } from "./trust-surface.ts";

export interface Client {
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

  subscribe(listener: ClientListener): Unsubscribe;

  /** Connects to nodes and keeps everything going. Without it the client works offline. Idempotent. */
  start(): void;

  /**
   * Base keys of a call's media, now if there are some and in every epoch anew; undefined once it is over. Secret: for whatever seals
   * frames, and for nothing else.
   */
  watchCallKeys?(callId: string, listener: CallKeysListener): Unsubscribe;

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
  /**
   * Has another node as home from now on, also when the present one is gone: a new inbox there, the profile published there, contacts told
   * by letters and inside conversations. Letters to the old inbox are read for 30 days. Conversations stay where they are.
   *
   * @throws {ClientError} nodeUrl/*, node/unreachable, node/refused, account/sameNode, device/limited
   */
  changeNode(nodeUrl: string): Promise<void>;
  updateSettings(change: Partial<Settings>): Promise<void>;
  /** Whether directories find this identity by its whole name; they do not unless told to. Published soon. */
  setFindable(isFindable: boolean): Promise<void>;
  /** Identity secret, contacts and settings under a passphrase of its own. Never session state, device keys or tokens. */
  exportBackup(passphrase: string, options?: { readonly withMessages?: boolean }): Promise<Uint8Array>;
  /**
   * Keeps what a passphrase derives to, so that backups with messages are made without asking for it. Empty: no longer.
   */
  keepBackupPassphrase(passphrase: string): Promise<void>;
  /** With messages, under the passphrase that is kept. @throws {ClientError} export/noKeptPassphrase */
  exportKeptBackup(): Promise<Uint8Array>;
  /**
   * Keeps a backup with messages at the home node, sealed, in place of this device's one before. Whoever has the recovery sheet finds and
   * opens it (`Recovery.backup`), and nobody else; the node does not learn whose it is. Held in memory is a small part at a time. Says how
   * far it is (`backup` event) and notes the rest in `safety.nodeBackup`.
   *
   * @throws {ClientError} backup/notPossible, backup/failed, node/*
   */
  backUpAtNode(options?: { readonly onlyIfDue?: boolean }): Promise<void>;
  /**
   * Makes one now and then once a day while a client runs, when something changed; within an hour when something was deleted. Off: what
   * this device has at the node is deleted. @returns false when the node has to be asked again for that. @throws as `backUpAtNode`
   */
  setNodeBackup(isAutomatic: boolean): Promise<boolean>;
  /**
   * Words and a QR text that bring this identity back on an empty machine, as a new device. Contacts and messages are not in it. Notes
   * the time in `safety`.
   *
   * @throws {ClientError} recovery/notPossible: an imported key that does not fit; `exportBackup` is what is left.
   */
  recoverySheet(): Promise<RecoverySheet>;
  /** Made anew each time; each of them ends the identity when `revokeIdentity` gets it. Notes the time in `safety`. */
  revocationCertificate(): Promise<RevocationCertificate>;
  /** The identity's secret key for gpg, armored, under a passphrase of its own. */
  exportForGpg(passphrase: string): Promise<string>;
  /** The identity's certificate, armored. */
  exportCertificate(): Promise<string>;
  /**
   * This identity goes on for another of the same person: a text for the old one's program. Nothing is changed or sent.
   *
   * @throws {ClientError} link/malformed, link/own
   */
  offerSuccession(oldLink: string): Promise<string>;
  /**
   * The person goes on under the identity that made this text: every contact is told in the conversation, and decides. Verification does
   * not carry over.
   *
   * @throws {ClientError} succession/malformed; link/*, node/*, contact/notFound, contact/invalidIdentity of the new identity
   */
  announceSuccession(offer: string): Promise<Successor>;
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
  /** What a link says and what is known here. Asks nobody and stores nothing. @throws {ClientError} link/malformed, nodeUrl/insecure */
  preview(link: string): Promise<LinkPreview>;
  /** Asks the link's node, which learns that somebody at this address asked. Stores nothing. @throws {ClientError} link/malformed, nodeUrl/insecure */
  lookUp(link: string): Promise<DirectoryPreview>;
  /**
   * Sends a contact request. Again for the same link: sends it again with the new greeting unless accepted.
   * When they already asked me, this accepts. Works offline: the request goes out when the nodes can be reached.
   *
   * @throws {ClientError} link/*, nodeUrl/insecure, greeting/tooLong, contact/blocked, contact/alreadyAccepted
   */
  add(link: string, greeting?: string): Promise<ContactSnapshot>;
  /** Of somebody who was accepted already, nothing is changed. @throws {ClientError} contact/noRequest, contact/unknown */
  accept(identityId: IdentityId): Promise<ContactSnapshot>;
  /** Sends nothing. @throws {ClientError} contact/noRequest, contact/unknown */
  decline(identityId: IdentityId): Promise<void>;
  /** Declines every request that waits. @returns how many. */
  declineAll(): Promise<number>;
  block(identityId: IdentityId): Promise<void>;
  unblock(identityId: IdentityId): Promise<void>;
  /** Goes on in spite of the contact's alert; verification is withdrawn. @throws {ClientError} contact/unknown */
  acceptAlert(identityId: IdentityId): Promise<void>;
}

export interface Conversations {
  list(): readonly ConversationSnapshot[];
  get(id: ConversationId): ConversationSnapshot | undefined;
  /**
   * The conversation of one's own devices, with nobody else in it: begun when there is none. Every device has the same one; nothing is told
   * of what was read or typed there.
   *
   * @throws {ClientError} node/unreachable: the home node was never reached
   */
  noteToSelf(): Promise<ConversationId>;
  /** Unread messages in all conversations. */
  unreadTotal(): number;
  /** Newest first. Own queued messages come first of all, without a number. `before`: only entries with a smaller number. */
  history(id: ConversationId, page?: { readonly before?: number; readonly limit?: number }): Promise<readonly Entry[]>;
  /** Stores a message for sending; it goes out now or when it can. `mentions`: members whom it names (`mentionsIn`). @throws {ClientError} message/*, conversation/*, contact/blocked */
  send(id: ConversationId, text: string, mentions?: readonly MentionDraft[]): Promise<TextEntry>;
  /** Takes a message back that no record was sealed for yet. @returns false when it is too late. */
  unsend(id: ConversationId, messageId: string): Promise<boolean>;
  /** Everything up to entry `number` (default: all) was read by the person. */
  markRead(id: ConversationId, number?: number): Promise<void>;
  /** Say again every few seconds while true. Nothing is sent when switched off or offline. */
  setTyping(id: ConversationId, isTyping: boolean): void;
  setPresence(id: ConversationId, state: "here" | "away"): void;
  /** Puts a conversation in its place among the others. @throws {ClientError} conversation/unknown, conversation/badFolder */
  arrange(id: ConversationId, change: ArrangementChange): Promise<void>;
  /** Keeps what is being written. @throws {ClientError} conversation/unknown, message/tooLong */
  setDraft(id: ConversationId, text: string): Promise<void>;
  /** Deletes everything that was said so far, on this device alone and for ever. The conversation goes on. @throws {ClientError} conversation/unknown */
  clear(id: ConversationId): Promise<void>;
  /**
   * Messages that are sent from now on are erased so many seconds after they were sent, by everybody (30 to four weeks; 0: no longer). A
   * change of the conversation's state that all members see; of a group, by administrators.
   *
   * @throws {ClientError} conversation/*, group/notAdmin, contact/blocked
   */
  setDisappearing(id: ConversationId, afterS: number): Promise<void>;
  /**
   * The conversation goes on at another node, for everybody: a change of its state that all members see, with who made it. In a group,
   * for administrators; of two, either. What waits to be sent is sent there. `isNodeGone`: also when the present node does not answer;
   * members are told by letters, and by `moveLink`.
   *
   * @throws {ClientError} conversation/*, group/notAdmin, nodeUrl/*, node/unreachable, node/refused
   */
  move(id: ConversationId, nodeUrl: string, options?: { readonly isNodeGone?: boolean }): Promise<void>;
  /**
   * Follows a conversation of one's own to where a link says (`ConversationSnapshot.moveLink` of another member). What lies there is
   * checked as every change is; when the old node answers, it decides.
   *
   * @throws {ClientError} link/malformed, nodeUrl/insecure, conversation/unknown, conversation/closed
   */
  followMove(link: string): Promise<ConversationId>;
  /**
   * Of a group with a `rival`: leaves this device's side of it, and asks administrators to be taken in on theirs. What was said on this
   * side stays in the history.
   *
   * @throws {ClientError} conversation/unknown, conversation/closed
   */
  rejoin(id: ConversationId): Promise<void>;
  /** Leaves: others see it. The history stays. Of a group as `Groups.leave`. @throws {ClientError} group/lastAdmin, conversation/unknown */
  leave(id: ConversationId): Promise<void>;
}

/** Messages and files of all conversations, by what is in them. */
export interface Search {
  /** The best first. Answers from an index in the vault that follows the histories by itself. */
  find(query: SearchQuery): Promise<SearchAnswer>;
}

export interface NewGroupFacts {
  /** As for `setPicture`. */
  readonly picture?: Uint8Array;
}

/**
 * Conversations of more than two: who is in them, who administers them, what they are called. Messages, history and reading are those of
 * `Conversations`. Every change is a commit that all members see, naming who made it; what waits for one is in the snapshot's `pending`.
 */
export interface Groups {
  /**
   * Founds a group on the home node, with oneself as its administrator, and adds these contacts. They are in it at once, whether they
   * are there or not, and see it when they are. Works offline.
   *
   * @throws {ClientError} group/badName, group/badPicture, group/tooMany, group/notAContact
   */
  create(name: string, members?: readonly IdentityId[], facts?: NewGroupFacts): Promise<ConversationSnapshot>;
  /** @throws {ClientError} group/notAdmin, group/notAContact, group/tooMany, conversation/unknown, conversation/closed */
  add(id: ConversationId, members: readonly IdentityId[]): Promise<void>;
  /** Takes somebody out, with all devices, and changes the stream's tokens in the same act. @throws {ClientError} as `add`, group/notAMember */
  remove(id: ConversationId, identityId: IdentityId): Promise<void>;
  /** @throws {ClientError} group/notAdmin, group/notAMember, conversation/* */
  promote(id: ConversationId, identityId: IdentityId): Promise<void>;
  /** Oneself, too. @throws {ClientError} group/lastAdmin, group/notAdmin, group/notAMember, conversation/* */
  demote(id: ConversationId, identityId: IdentityId): Promise<void>;
  /** Promotes somebody and steps down, in one act. @throws {ClientError} as `promote` */
  handOver(id: ConversationId, identityId: IdentityId): Promise<void>;
  /** @throws {ClientError} group/badName, group/notAdmin, conversation/* */
  rename(id: ConversationId, name: string): Promise<void>;
  /**
   * Gives it a picture that all see, or takes it away. At most 8 KiB of JPEG or WebP; who shows it looks at its size before decoding it.
   *
   * @throws {ClientError} group/badPicture, group/notAdmin, conversation/*
   */
  setPicture(id: ConversationId, picture: Uint8Array | undefined): Promise<void>;
  /** What administrators chose. Nobody has looked whether it decodes. @throws {ClientError} conversation/unknown */
  picture(id: ConversationId): Promise<Uint8Array | undefined>;
  /**
   * Leaves. An administrator steps down first; the last one names a successor. Nothing of the group is shown from now on, and others see
   * that one has left once somebody's client has committed it.
   *
   * @throws {ClientError} group/lastAdmin, group/notAMember, conversation/*
   */
  leave(id: ConversationId, successor?: IdentityId): Promise<void>;
  /** Joins a group again that one has left. @throws {ClientError} group/noInvitation, group/notAGroup, conversation/unknown */
  acceptInvitation(id: ConversationId): Promise<void>;
  /** Stays out. Administrators may take one out of their list. @throws {ClientError} as `acceptInvitation` */
  declineInvitation(id: ConversationId): Promise<void>;
  /**
   * A link with which people may knock, good for `validForMs` (a week; an hour to 30 days). Lets nobody in by itself.
   *
   * @throws {ClientError} group/badDuration, group/tooManyInvitations, group/notAdmin, conversation/*
   */
  invite(id: ConversationId, validForMs?: number): Promise<GroupInvitation>;
  /** The link is good for nothing any more. @throws {ClientError} group/noInvitation, group/notAGroup, conversation/* */
  revokeInvitation(id: ConversationId, invitationId: string): Promise<void>;
  /** What a link to a group says. Asks nobody. @throws {ClientError} link/malformed, nodeUrl/* */
  previewLink(link: string): Promise<GroupLinkPreview>;
  /**
   * Follows a link: asks who made it to be let in, and to talk. When they agree, the conversation with them and the group appear.
   *
   * @throws {ClientError} link/*, nodeUrl/*, group/invitationExpired, greeting/tooLong, contact/blocked
   */
  knock(link: string, greeting?: string): Promise<ContactSnapshot>;
  /** Lets in who knocked, and accepts them as a contact. @throws {ClientError} group/noKnock, group/notAdmin, conversation/* */
  admit(id: ConversationId, identityId: IdentityId): Promise<void>;
  /** Sends nothing. @throws {ClientError} group/noKnock, group/notAdmin, conversation/* */
  turnAway(id: ConversationId, identityId: IdentityId): Promise<void>;
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
  /**
   * A code for one contact to scan from this screen, good once and for five minutes. An earlier one of the same contact ends.
   *
   * @throws {ClientError} conversation/closed, contact/unknown
   */
  showScanCode(identityId: IdentityId): Promise<ScanCode>;
  /**
   * What was scanned from a contact's screen: proves it to them inside the conversation. Both sides are verified once their person
   * has confirmed. `expected`: whose code it has to be; anybody's whom I talk with when left out.
   *
   * @throws {ClientError} scan/malformed, own, otherPerson, expired, unknownContact, unknownDevice; conversation/closed
   */
  scan(text: string, expected?: IdentityId): Promise<ScanRun>;
  /** The person in front of the code says that it is this contact who scanned it, or not. @throws {ClientError} verification/noRun */
  confirmScan(identityId: IdentityId, isThem: boolean): Promise<void>;
  cancelScan(identityId: IdentityId): Promise<void>;
  /** The run going on with a contact, or the last one since start. */
  scanRun(identityId: IdentityId): ScanRun | undefined;
  /** Takes a verification back. */
  withdraw(identityId: IdentityId): Promise<void>;
}

/** Files of conversations. They are sealed here, kept by the conversation's node for a while, and fetched when a person asks. */
export interface Files {
  /** Uploads and downloads, oldest first: what is going on, what was paused or failed, what is done. */
  transfers(): Promise<readonly TransferSnapshot[]>;
  /**
   * Stores an upload; it runs by itself and goes on after any break, also with a new process. The message is sent when the node has all
   * of it. Again with the same file in the same place: the same upload.
   *
   * @throws {ClientError} file/*, conversation/*, contact/blocked, contact/undecided
   */
  send(id: ConversationId, file: OfferedFile): Promise<TransferSnapshot>;
  /**
   * Fetches a file into the application's own `ref`, whole or not at all, and goes on after any break. A check that fails ends it.
   *
   * @throws {ClientError} message/unknown, file/notPossible
   */
  download(
    id: ConversationId,
    message: { readonly id: string; readonly author: IdentityId },
    ref: string,
  ): Promise<TransferSnapshot>;
  /** @throws {ClientError} transfer/unknown */
  pause(transferId: string): Promise<void>;
  /** Goes on with what was paused, and tries again what failed. @throws {ClientError} transfer/unknown */
  resume(transferId: string): Promise<void>;
  /** Forgets a transfer with what it left here and, of an unfinished upload, at the node. @throws {ClientError} transfer/unknown */
  cancel(transferId: string): Promise<void>;
  /** Files of a conversation, newest first. */
  list(id: ConversationId, page?: { readonly before?: number; readonly limit?: number }): Promise<readonly FileEntry[]>;
  /** Deletes an own file at the node: nobody can fetch it any more. @returns false when the node did not answer. @throws {ClientError} transfer/unknown */
  deleteAtNode(messageId: string): Promise<boolean>;
  /** The person heard a voice message that was fetched. Told to nobody. @throws {ClientError} transfer/unknown */
  markListened(transferId: string): Promise<void>;
}
