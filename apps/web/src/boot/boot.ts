// What the page is before and around the client: which state holds, and what a person can do in it. The real one talks to the client
// worker; tests have one of their own.
import type { Client, Linking, LinkingRun, LinkingTerms, SelfSnapshot } from "@p2pcrypt/client";

export type BootState =
  /** Nothing is known yet. Shown for less than 300 ms as nothing at all. */
  | { readonly kind: "loading" }
  /** Plain http off loopback: the browser withholds cryptography. */
  | { readonly kind: "insecureContext" }
  /** The browser lacks something that cannot be replaced. */
  | { readonly kind: "unsupported"; readonly missing: "indexedDb" | "worker" | "locks" | "crypto" }
  /** Another tab or window of this browser has the identity. */
  | { readonly kind: "inUse" }
  | { readonly kind: "fresh" }
  | { readonly kind: "locked" }
  | { readonly kind: "open"; readonly client: Client }
  /** Nothing more is stored or sent from this tab. */
  | {
      readonly kind: "ended";
      readonly reason:
        | "takenOver"
        | "cloned"
        | "removed"
        | "deleted"
        | "notStored"
        | "workerFailed"
        | "vaultDamaged"
        | "vaultNewer"
        | "evicted"
        | "restoreUnfinished";
    };

/** How sure the browser is to keep what is stored. */
export interface StorageSnapshot {
  readonly isPersistent: boolean;
  readonly usedBytes: number;
  readonly quotaBytes: number;
  /** Private windows forget everything when they close; browsers only let it be guessed. */
  readonly isProbablyPrivate: boolean;
}

/** What this device keeps beside the identity. `lockAfterMs: 0`: never. */
export interface DeviceSettings {
  readonly theme: "system" | "light" | "dark";
  readonly language: string;
  readonly lockAfterMs: number;
  readonly notifications: "off" | "hidden" | "shown";
  readonly sendsOnEnter: boolean;
  /** Files of up to this size are fetched when they come; 0: none. */
  readonly fetchesUpToBytes: number;
  /** Pictures and films are sent with what the camera wrote into them. */
  readonly keepsCameraNotes: boolean;
}

/** Files of this page that the client sends, and those that came, kept until they are let go. */
export interface PageFiles {
  offer(ref: string, file: File): Promise<void>;
  /** In one, for what is small enough to be shown. */
  take(ref: string): Promise<Blob | undefined>;
  /** How much of it is here. */
  sizeOf(ref: string): Promise<number | undefined>;
  /** Fewer bytes where it ends; undefined when it is not here. */
  read(ref: string, at: number, size: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Of any size: an end of a channel for a PieceReader. */
  pieces(ref: string): Promise<MessagePort>;
  letGo(ref: string): Promise<void>;
}

export interface Boot {
  state(): BootState;
  /** Something that the person said is on the screen and not stored yet. */
  isStoring(): boolean;
  subscribe(listener: () => void): () => void;

  /** @throws {ClientError} name/*, nodeUrl/*, client/identityExists */
  create(identity: { readonly name: string; readonly homeNodeUrl: string }): Promise<SelfSnapshot>;
  /** What `exportBackup` made. @throws {ClientError} export/* */
  importBackup(backup: { readonly bytes: Uint8Array; readonly passphrase: string; readonly homeNodeUrl?: string }): Promise<void>;
  /** An OpenPGP secret key. @throws {ClientError} import/badKey, name/* */
  importOpenPgp(key: {
    readonly bytes: Uint8Array;
    readonly passphrase?: string;
    readonly name?: string;
    readonly homeNodeUrl: string;
  }): Promise<void>;
  /** What a recovery sheet says, as words or as the text of its code. @throws {ClientError} recovery/* */
  importRecovery(recovery: {
    readonly text: string;
    readonly homeNodeUrl?: string;
    readonly name?: string;
    /** With the newest backup that the sheet finds at the node, if there is one. */
    readonly withBackup: boolean;
    readonly told: (done: number, total: number) => void;
  }): Promise<void>;

  /**
   * A new device of the identity that shows a code: a link, or a typed code with the address of its node. `compare` shows the digits.
   *
   * @throws {ClientError} linking/*, nodeUrl/*, client/identityExists
   */
  link(linking: Linking): Promise<void>;
  cancelJoining(): Promise<void>;
  /** Shows a code for a new device. @returns undefined for a wrong passphrase. @throws {ClientError} device/tooMany, node/* */
  startLinking(as: LinkingTerms, passphrase?: string): Promise<LinkingRun | undefined>;
  /** Gives a limited device the identity's key. @returns false for a wrong passphrase. */
  makeKeeper(deviceId: string, passphrase?: string): Promise<boolean>;

  /** @returns false for a wrong passphrase. */
  unlock(passphrase: string): Promise<boolean>;
  /** Forgets the keys; only with a passphrase. */
  lock(): Promise<void>;
  hasPassphrase(): boolean;
  /** Empty: back to a key that this browser holds. @returns false when `present` is wrong. */
  changePassphrase(change: { readonly present?: string; readonly next: string }): Promise<boolean>;
  /** Takes the identity from the other tab. */
  takeOver(): Promise<void>;
  /**
   * Where the identity ended here (cloned, damaged): erases what this browser stores of it. Nothing is revoked: it lives on where else it
   * is. Leads to `ended`, `deleted`.
   */
  discard(): Promise<void>;

  readonly files: PageFiles;
  /** Gives the keys of a call's media to whoever has the other end of the port. */
  watchCallKeys(callId: string, port: MessagePort): Promise<void>;

  storage(): Promise<StorageSnapshot>;
  /** Asks the browser to keep the data. */
  persist(): Promise<boolean>;

  settings(): DeviceSettings;
  updateSettings(change: Partial<DeviceSettings>): void;

  /**
   * A node to propose as home: this page's own origin when it answers as a node.
   * Resolves to undefined when it does not; the person is asked then.
   */
  proposedHomeNode(): Promise<string | undefined>;

  /** Hash of the running build, empty where none was built; and whether another one waits. */
  build(): { readonly hash: string; readonly isUpdateWaiting: boolean };
  /** Finishes what is being written, then loads the waiting build. */
  update(): Promise<void>;
}
