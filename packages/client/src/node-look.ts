// What calls find at a node, as views and programs see it: plain data. No keys but the relay's credentials, which are good for minutes.
import type { CallRoutes } from "./call-snapshots.ts";

export interface NodeLook {
  readonly url: string;
  /** Undefined: nobody answers over HTTP. */
  readonly node?: {
    readonly tookMs: number;
    /** How far the node's clock is before the own one; negative: behind. */
    readonly clockAheadMs: number;
    readonly software: string;
    readonly version: string;
    readonly hasRelay: boolean;
  };
  /** Whether the connection over which messages come is there. */
  readonly hasSocket: boolean;
  /** Why the node stores nothing: the code of its refusal, or `unreachable`. */
  readonly notStored?: string;
  /** Why it gives no credentials although it has a relay. */
  readonly refused?: string;
  /** How to use the relay. */
  readonly relay?: CallRoutes["iceServers"][number];
}
