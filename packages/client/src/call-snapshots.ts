// Calls as views, commands and whoever holds the media see them: plain data, as in snapshots.ts. No keys.
import type { CallMedia } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import type { ConversationId } from "./snapshots.ts";

/**
 * `calling`: the other side rings or is not there. `ringing`: it rings here. `connecting`: somebody answered, media are on their way.
 * `reconnecting`: they broke off, and come back or not.
 */
export type CallState = "calling" | "ringing" | "connecting" | "connected" | "reconnecting" | "ended";

/**
 * Why a call ended. `noAnswer`: they did not answer mine. `missed`: I did not answer theirs. `elsewhere`: another of the own devices
 * answered or declined. `noRelay`: the address is to be hidden and the node has no relay. `lost`: it broke off and did not come back.
 * `replaced`: both called at once, and the other call goes on.
 */
export type CallEnd =
  | "hungUp"
  | "cancelled"
  | "declined"
  | "busy"
  | "noAnswer"
  | "missed"
  | "elsewhere"
  | "failed"
  | "noRelay"
  | "lost"
  | "replaced";

/** What somebody sends at this moment. */
export interface MediaOn {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  /** Put the call on hold: sends nothing, and hears nothing. */
  readonly isHeld?: boolean;
}

export interface CallSnapshot {
  readonly id: string;
  readonly conversationId: ConversationId;
  readonly contactId: IdentityId;
  readonly isOutgoing: boolean;
  /** As it was called; either side may turn the camera on or off later. */
  readonly media: CallMedia;
  readonly state: CallState;
  readonly startedAtMs: number;
  /** When both were first connected. */
  readonly connectedAtMs?: number;
  readonly end?: CallEnd;
  /** Whether the own address is kept from the other side: then everything goes through the relay, or not at all (R11). */
  readonly hidesAddress: boolean;
  /** What the other side says that it sends. */
  readonly theirs: MediaOn;
}

/** What whoever holds the media is asked to do, in this order. Descriptions and candidates are signed by the other side's device. */
export type CallOrder =
  /** Makes an offer with this number and gives it to `Calls.describe`. The first one of a call, or to find another way. */
  | { readonly kind: "offer"; readonly number: number }
  /** Answers their offer by `Calls.describe`, with the same number. */
  | { readonly kind: "remoteOffer"; readonly number: number; readonly sdp: string }
  | { readonly kind: "remoteAnswer"; readonly number: number; readonly sdp: string }
  | { readonly kind: "candidates"; readonly number: number; readonly candidates: readonly string[] };

/** How media may travel. */
export interface CallRoutes {
  /** As RTCPeerConnection takes them. Empty when the node has no relay and none is needed. */
  readonly iceServers: readonly { readonly urls: readonly string[]; readonly username: string; readonly credential: string }[];
  /** Nothing but relayed candidates may be gathered or sent. */
  readonly isRelayOnly: boolean;
}

/** `refused`: what the other side described does not hold, and the call ends. */
export type ConnectionReport = "connected" | "disconnected" | "failed" | "refused";
