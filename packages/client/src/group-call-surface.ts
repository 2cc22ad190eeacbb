// What applications call about calls of groups; a part of surface.ts.
import type { CallMedia } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import type { CallRoutes, ConnectionReport, MediaOn } from "./call-snapshots.ts";
import type { GroupCallSnapshot } from "./group-call-snapshots.ts";
import type { ConversationId } from "./snapshots.ts";

/**
 * Calls of groups: up to four people, each connected to each. Who is in is decided here; connections and what is seen and heard belong to
 * the application, which follows the events `groupCall` and `groupCallOrder` with one connection for each of `people` and closes it when
 * its `pair` is gone. Nothing is to be captured or gathered before `in`.
 */
export interface GroupCalls {
  /** Those that go on, running ones included; at most one is `calling` or `in`. */
  list(): readonly GroupCallSnapshot[];
  /**
   * Rings on every device of everybody, in groups of up to 16 people; joins the call that runs there already.
   *
   * @throws {ClientError} call/busy, call/full, call/notPossible, conversation/*, contact/*
   */
  start(id: ConversationId, media: CallMedia): Promise<GroupCallSnapshot>;
  /** Answers, or joins what runs. @throws {ClientError} call/unknown, call/busy, call/full */
  join(callId: string): Promise<void>;
  /** Declines, takes back or leaves, whichever fits. The call goes on for the others. @throws {ClientError} call/unknown */
  leave(callId: string): Promise<void>;
  /** Rings members who are not in. @throws {ClientError} call/unknown, call/full, group/notAMember */
  ring(callId: string, whom: readonly IdentityId[]): Promise<void>;
  /** As `Calls.routes`, for the connection to one of them: where there is no way, that one alone ends. @throws {ClientError} call/unknown, call/noRelay */
  routes(callId: string, pair: string): Promise<CallRoutes>;
  /** @throws {ClientError} call/unknown */
  describe(callId: string, pair: string, description: { readonly number: number; readonly sdp: string }): Promise<void>;
  /** @throws {ClientError} call/unknown */
  offerCandidates(
    callId: string,
    pair: string,
    offered: { readonly number: number; readonly candidates: readonly string[] },
  ): Promise<void>;
  /** @throws {ClientError} call/unknown */
  setMedia(callId: string, media: MediaOn): Promise<void>;
  report(callId: string, pair: string, state: ConnectionReport): Promise<void>;
  /** The network changed: looks for another way to everybody. @throws {ClientError} call/unknown */
  restart(callId: string): Promise<void>;
}
