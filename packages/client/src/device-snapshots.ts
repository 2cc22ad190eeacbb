// What views and commands see of own devices, and of the linking of a new one.

export interface DeviceSnapshot {
  /** Hex, 16 bytes. */
  readonly deviceId: string;
  readonly isThis: boolean;
  /** Holds the identity's key, or may: until a keeper said otherwise. */
  readonly isKeeper: boolean;
  /** As its person named it; undefined until it said so, or for one that was not linked. */
  readonly name?: string;
  /** When this device first heard of it. */
  readonly sinceMs: number;
  /** When it last said anything to own devices. Not known of the present one, which is here. */
  readonly lastSeenMs?: number;
  /** Linked in the last seven days: shown, so that nobody adds a device in silence. */
  readonly isNew: boolean;
  /** This device's own person linked it: no news here. */
  readonly isLinkedHere: boolean;
}

/** What a device is that does not hold the identity's key. */
export interface LimitedSnapshot {
  /** Names of the other devices that do, as far as they are known. */
  readonly keepers: readonly string[];
  /** A keeper has to run before that: afterwards this device has to be linked again. */
  readonly certifiedUntilMs: number;
}

/** The linking of a new device, as the device sees it that takes it in. */
export interface LinkingRun {
  /** Names this attempt. */
  readonly run: string;
  readonly form: "link" | "typed";
  /** Whether the new device is given the identity's key. */
  readonly isKeeper: boolean;
  /** To scan or to open, or to type in. A secret until it was used. */
  readonly code: string;
  readonly expiresAtMs: number;
  /**
   * `waiting` for the new device. `compare`: the person says whether both show the same digits. `confirmed`: waiting for the new device.
   * `linked` and `failed` end it.
   */
  readonly state: "waiting" | "compare" | "confirmed" | "linked" | "failed";
  /** Six of them, from `compare` on. */
  readonly digits?: string;
  /** What the new device says that it is called. */
  readonly deviceName?: string;
  /** Of the new device, once it is certified. */
  readonly deviceId?: string;
  readonly reason?: LinkingFailure;
}

/**
 * `wrongCode`: three attempts with a wrong one, so the code is good for nothing any more. `mismatch`: the digits were not the same on
 * both. `cancelled`: by the other device. `damaged`: what came was not what this program understands, or the node lies.
 */
export type LinkingFailure = "expired" | "wrongCode" | "mismatch" | "cancelled" | "declined" | "damaged" | "used" | "notFound";

/** What the new device shows before anything is handed over. */
export interface LinkingOffer {
  readonly digits: string;
  /** Of the identity, as the other device says. */
  readonly name: string;
  /** Of the device that shows the code. */
  readonly deviceName: string;
}

/** How a new device is linked. */
export interface LinkingTerms extends Pick<LinkingRun, "form" | "isKeeper"> {
  readonly history: HistoryChoice;
}

/** How far back a new device is given what was said: nothing, 30 days, everything. */
export type HistoryChoice = "none" | "month" | "all";

/** What was said, on its way from one own device to a new one. Goes on whenever both are there, in whatever turns. */
export interface HistorySnapshot {
  readonly run: string;
  /** As seen from here. */
  readonly direction: "giving" | "taking";
  /** The other device. */
  readonly deviceId: string;
  readonly deviceName?: string;
  readonly startedAtMs: number;
  /** In all, those counted that were erased meanwhile. */
  readonly entries: number;
  /** That the home node has, or had. On the new device as far as it was told. */
  readonly sent: number;
  /** That the new device has stored. */
  readonly stored: number;
  /** That came to nothing: their time at the node was over, or what was there was not what was sent. */
  readonly missing: number;
  /** `refused`: the node takes no more of it. */
  readonly state: "going" | "done" | "refused";
  readonly reason?: string;
}
