// The whole of what a session knows. Plain immutable data; every step makes another one.
import type { ConversationContext } from "./group/conversation-context.ts";
import type { Member } from "./group/roster.ts";
import type { GroupState, Proposal } from "./mls/library.ts";
import type { WelcomePackage } from "./outcomes.ts";
import type { View } from "./wire/view.ts";

/** What a commit replaces. */
export interface EpochState {
  /** Of ts-mls; its own lists of proposals and past epochs stay empty. */
  readonly mls: GroupState;
  readonly context: ConversationContext;
  readonly roster: readonly Member[];
  /** No certificate is judged at an earlier time than this. Raised by administrators' commits only. */
  readonly floorMs: number;
}

export interface LeaveRequest {
  readonly leaf: number;
  readonly reference: Uint8Array;
  readonly proposal: Proposal;
}

export type Pending =
  | {
      readonly kind: "commit";
      readonly record: Uint8Array;
      readonly next: EpochState;
      readonly timeMs: number;
      readonly view: View;
      readonly welcome: WelcomePackage | undefined;
    }
  | {
      readonly kind: "leave";
      readonly record: Uint8Array;
      readonly request: LeaveRequest;
      readonly timeMs: number;
      readonly view: View;
    };

export type SessionStatus = "active" | "stuck" | "removed";

export interface SessionState extends EpochState {
  readonly status: SessionStatus;
  readonly positions: number;
  readonly handshakeHead: Uint8Array;
  /** Self-removals proposed in this epoch. */
  readonly leaveRequests: readonly LeaveRequest[];
  /** First 16 bytes of SHA-256 of each record sealed in this epoch, by generation. */
  readonly sent: ReadonlyMap<number, Uint8Array>;
  readonly pending: Pending | undefined;
}
