// What the vault holds about own devices.

/** Another device of this identity, or this one, as far as it is known here. By device id, hex. */
export interface OwnDeviceRow {
  readonly deviceId: Uint8Array;
  readonly name?: string;
  /** When this device first heard of it. */
  readonly sinceMs: number;
  readonly lastSeenMs?: number;
  /** Stream id of its inbox: what leaves the profile with it. */
  readonly inbox?: Uint8Array;
  /** Linked by this device, which takes it into every conversation at once; others leave it the time to. */
  readonly isLinkedHere?: boolean;
}

/** What own devices agree on, by key: when it was last changed, and a hash of it. */
export interface OwnStateRow {
  readonly atMs: number;
  readonly hash: string;
}
