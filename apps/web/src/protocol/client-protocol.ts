// What the page and the client worker say to each other. No answer carries a secret key, except those that a person exports: the
// account's `recoverySheet`, and under a passphrase `exportBackup` and `exportForGpg` (W7).
import type {
  Account,
  CallSnapshot,
  Calls,
  ClientEvent,
  ContactSnapshot,
  Contacts,
  ConversationSnapshot,
  Conversations,
  DeviceSnapshot,
  Devices,
  Files,
  GroupCallSnapshot,
  GroupCalls,
  Groups,
  HistorySnapshot,
  LinkingOffer,
  LinkingRun,
  LinkingTerms,
  Messages,
  NodeSnapshot,
  ScanRun,
  Search,
  SelfSnapshot,
  ShortCodeRun,
  Trust,
  Verification,
} from "@p2pcrypt/client";
import type { BootState } from "../boot/boot.ts";

/** Where the worker's client stands. Of what the page may show, everything that the worker decides. */
export type HostState =
  | { readonly kind: "inUse" }
  | { readonly kind: "fresh" }
  | { readonly kind: "locked" }
  | { readonly kind: "open"; readonly hasPassphrase: boolean; readonly snapshot: ClientSnapshot }
  | Extract<BootState, { readonly kind: "ended" }>;

/** Everything that the client's synchronous reads answer, kept up to date by its events. */
export interface ClientSnapshot {
  readonly self: SelfSnapshot;
  readonly contacts: readonly ContactSnapshot[];
  readonly conversations: readonly ConversationSnapshot[];
  readonly nodes: readonly NodeSnapshot[];
  readonly shortCodes: readonly ShortCodeRun[];
  readonly scans: readonly ScanRun[];
  readonly devices: readonly DeviceSnapshot[];
  readonly linking?: LinkingRun;
  readonly histories: readonly HistorySnapshot[];
  readonly calls: readonly CallSnapshot[];
  readonly groupCalls: readonly GroupCallSnapshot[];
}

export type ClientNotice =
  | { readonly kind: "state"; readonly state: HostState }
  | { readonly kind: "events"; readonly events: readonly ClientEvent[] }
  | { readonly kind: "passphrase"; readonly hasPassphrase: boolean }
  /** This browser is being linked: its person compares the digits, and `answerLinking` says what they said. */
  | { readonly kind: "linkingOffer"; readonly offer: LinkingOffer }
  /** A connection to another device is wanted, which only a page can have (direct-protocol.ts). */
  | { readonly kind: "direct"; readonly port: MessagePort; readonly stunUrls: readonly string[] }
  /** How far a backup is restored, before there is a client. */
  | { readonly kind: "restoring"; readonly done: number; readonly total: number };

export interface ClientParts {
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
}

/** What the page may call. Reads that are answered from the snapshot are not here. */
export const REMOTE_METHODS = {
  account: [
    "rename",
    "updateSettings",
    "changeNode",
    "setFindable",
    "offerSuccession",
    "announceSuccession",
    "exportBackup",
    "keepBackupPassphrase",
    "exportKeptBackup",
    "backUpAtNode",
    "setNodeBackup",
    "recoverySheet",
    "revocationCertificate",
    "exportForGpg",
    "exportCertificate",
    "revokeDevice",
    "deleteIdentity",
  ],
  // `startLinking` and `makeKeeper` are operations of their own, which ask for the passphrase.
  devices: ["rename", "acknowledge", "confirmLinking", "cancelLinking", "remove"],
  contacts: ["preview", "lookUp", "add", "accept", "decline", "declineAll", "block", "unblock", "acceptAlert"],
  conversations: [
    "history",
    "noteToSelf",
    "send",
    "unsend",
    "markRead",
    "setTyping",
    "setPresence",
    "setDisappearing",
    "move",
    "followMove",
    "rejoin",
    "arrange",
    "setDraft",
    "clear",
    "leave",
  ],
  messages: [
    "get",
    "versions",
    "reply",
    "react",
    "edit",
    "deleteForEveryone",
    "deleteForMe",
    "pin",
    "unpin",
    "star",
    "starred",
    "forward",
  ],
  groups: [
    "create",
    "add",
    "remove",
    "promote",
    "demote",
    "handOver",
    "rename",
    "setPicture",
    "picture",
    "leave",
    "acceptInvitation",
    "declineInvitation",
    "invite",
    "revokeInvitation",
    "previewLink",
    "knock",
    "admit",
    "turnAway",
  ],
  verification: [
    "digits",
    "verifyDigits",
    "startShortCode",
    "acceptShortCode",
    "confirmShortCode",
    "cancelShortCode",
    "showScanCode",
    "scan",
    "confirmScan",
    "cancelScan",
    "withdraw",
  ],
  trust: [
    "certify",
    "revoke",
    "introduce",
    "share",
    "setSharing",
    "attest",
    "setRoot",
    "addRoot",
    "roots",
    "importKeyring",
    "suggestedRoots",
    "why",
    "graph",
  ],
  files: ["transfers", "send", "download", "pause", "resume", "cancel", "list", "deleteAtNode", "markListened"],
  groupCalls: ["start", "join", "leave", "ring", "routes", "describe", "offerCandidates", "setMedia", "report", "restart"],
  calls: ["start", "answer", "hangUp", "routes", "describe", "offerCandidates", "setMedia", "report", "restart", "lookAtNode"],
  search: ["find"],
} as const satisfies { readonly [Part in keyof ClientParts]: readonly (keyof ClientParts[Part])[] };

export type RemoteMethod<Part extends keyof ClientParts> = (typeof REMOTE_METHODS)[Part][number] & keyof ClientParts[Part];

export interface ClientCall {
  readonly part: keyof ClientParts;
  readonly method: string;
  readonly args: readonly unknown[];
}

interface Identified {
  readonly homeNodeUrl: string;
}

/** The first is `begin`; each answers once the state that follows from it was told. */
export type ClientOperations = {
  begin: { request: undefined; answer: undefined };
  create: { request: Identified & { readonly name: string }; answer: SelfSnapshot };
  importBackup: {
    request: { readonly bytes: Uint8Array; readonly passphrase: string; readonly homeNodeUrl?: string };
    answer: SelfSnapshot;
  };
  importOpenPgp: {
    request: Identified & { readonly bytes: Uint8Array; readonly passphrase?: string; readonly name?: string };
    answer: SelfSnapshot;
  };
  importRecovery: {
    request: { readonly text: string; readonly homeNodeUrl?: string; readonly name?: string; readonly withBackup: boolean };
    answer: SelfSnapshot;
  };
  /** A new device of the identity that shows a code. Takes as long as people take to compare. */
  link: {
    request: { readonly code: string; readonly homeNodeUrl?: string; readonly deviceName: string };
    answer: SelfSnapshot;
  };
  answerLinking: { request: { readonly isEqual: boolean }; answer: undefined };
  cancelJoining: { request: undefined; answer: undefined };
  /** Shows a code for a new device; undefined when the passphrase, which is asked for again where there is one, is wrong. */
  startLinking: {
    request: LinkingTerms & { readonly passphrase?: string };
    answer: LinkingRun | undefined;
  };
  /** False for a wrong passphrase. */
  makeKeeper: { request: { readonly deviceId: string; readonly passphrase?: string }; answer: boolean };
  unlock: { request: { readonly passphrase: string }; answer: boolean };
  changePassphrase: { request: { readonly present?: string; readonly next: string }; answer: boolean };
  takeOver: { request: undefined; answer: undefined };
  /** Instead of `begin`: erases what is stored here unread. */
  discard: { request: undefined; answer: undefined };
  /** Finishes what is being written, forgets the keys and lets the identity go. The worker is of no use afterwards. */
  end: { request: undefined; answer: undefined };
  client: { request: ClientCall; answer: unknown };
  /** A file of the page for an upload, by a name of the page's own. The bytes stay where they are until they are read. */
  offerFile: { request: { readonly ref: string; readonly file: File }; answer: undefined };
  /** A download that is whole; undefined when it is not here, or too large to be given in one. */
  takeFile: { request: { readonly ref: string }; answer: Blob | undefined };
  /** How much of a download is here. */
  fileSize: { request: { readonly ref: string }; answer: number | undefined };
  readFile: {
    request: { readonly ref: string; readonly at: number; readonly size: number };
    answer: Uint8Array<ArrayBuffer> | undefined;
  };
  /** A large one goes over this port, for a PieceReader, and not through the page. */
  giveFile: { request: { readonly ref: string; readonly port: MessagePort }; answer: undefined };
  /** Neither is needed any more. */
  letFileGo: { request: { readonly ref: string }; answer: undefined };
  /**
   * The keys of a call's media, to the worker that seals frames. They go over this port, and not through the page: no answer to the page
   * has them.
   */
  watchCallKeys: { request: { readonly callId: string; readonly port: MessagePort }; answer: undefined };
  retryNow: { request: undefined; answer: undefined };
  settled: { request: undefined; answer: undefined };
};
