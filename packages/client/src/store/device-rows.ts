// What the vault holds about own devices.
import type { IdentityId } from "@p2pcrypt/session";

/** Another device of this identity, or this one, as far as it is known here. By device id, hex. */
export interface OwnDeviceRow {
  readonly deviceId: Uint8Array;
  readonly name?: string;
  /** When this device first heard of it. */
  readonly sinceMs: number;
  readonly lastSeenMs?: number;
  /** Stream id of its inbox: what leaves the profile with it. */
  readonly inbox?: Uint8Array;
  /** The node where a limited device made that inbox, until a profile says it. Absent: the home node. */
  readonly inboxAt?: { readonly nodeId: IdentityId; readonly nodeUrl: string };
  /** As keepers said. Unknown: it may hold the identity's key, and counts as a keeper. */
  readonly kind?: "keeper" | "limited";
  /** Of a limited device, as it last asked a keeper to publish. */
  readonly inboxKey?: { readonly keyId: number; readonly publicKey: Uint8Array };
  /** When this device last answered a request for renewal. */
  readonly answeredMs?: number;
  /** Linked by this device, which takes it into every conversation at once; others leave it the time to. */
  readonly isLinkedHere?: boolean;
  /** It was there when this device was linked, or its person said that they know it: no news here. */
  readonly wasThere?: boolean;
}

/** What own devices agree on, by key: when it was last changed, and a hash of it. */
export interface OwnStateRow {
  readonly atMs: number;
  readonly hash: string;
}
