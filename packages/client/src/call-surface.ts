// What applications call about calls; a part of surface.ts.
import type { CallMedia } from "@p2pcrypt/content";
import type { CallRoutes, CallSnapshot, ConnectionReport, MediaOn } from "./call-snapshots.ts";
import type { NodeLook } from "./node-look.ts";
import type { ConversationId } from "./snapshots.ts";

/**
 * Calls of two people. Who rings and who answered is decided here; the connection and what is seen and heard belong to the application,
 * which follows the events `call` and `callOrder` and answers with `describe`, `offerCandidates` and `report` (`CallPeer` does that).
 * Nothing is to be captured or gathered before `connecting`.
 */
export interface Calls {
  /** Those that go on; at most one of them is not ringing. */
  list(): readonly CallSnapshot[];
  /** Rings on every device of the other side. @throws {ClientError} call/busy, call/notPossible, conversation/*, contact/* */
  start(id: ConversationId, media: CallMedia): Promise<CallSnapshot>;
  /** @throws {ClientError} call/unknown */
  answer(callId: string): Promise<void>;
  /** Declines, takes back or ends, whichever fits. @throws {ClientError} call/unknown */
  hangUp(callId: string): Promise<void>;
  /**
   * How media may travel, with credentials that are good for minutes: ask again for every offer that looks for another way. When the
   * address is to be hidden and there is no relay, the call ends.
   *
   * @throws {ClientError} call/unknown, call/noRelay
   */
  routes(callId: string): Promise<CallRoutes>;
  /** An offer or answer that was ordered. @throws {ClientError} call/unknown */
  describe(callId: string, description: { readonly number: number; readonly sdp: string }): Promise<void>;
  /** @throws {ClientError} call/unknown */
  offerCandidates(callId: string, offered: { readonly number: number; readonly candidates: readonly string[] }): Promise<void>;
  /** Tells the other side what is on. @throws {ClientError} call/unknown */
  setMedia(callId: string, media: MediaOn): Promise<void>;
  /** What became of the connection. */
  report(callId: string, state: ConnectionReport): Promise<void>;
  /** The network changed: looks for another way. @throws {ClientError} call/unknown */
  restart(callId: string): Promise<void>;
  /**
   * What calls find at the home node, for a test before one is needed. Makes a stream there and deletes it. Whether the relay relays is
   * for whoever has connections to find out.
   */
  lookAtNode(): Promise<NodeLook>;
}
