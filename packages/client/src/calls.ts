// Calls, as applications hold them: the machine, and how media may travel.
import { ApiError, toStreamId } from "@p2pcrypt/api";
import type { CallMedia } from "@p2pcrypt/content";
import type { CallRoutes, CallSnapshot, ConnectionReport, MediaOn } from "./call-snapshots.ts";
import type { Calls } from "./call-surface.ts";
import type { CallRuns } from "./calls/calls.ts";
import { assertOpen } from "./conversation/open.ts";
import type { Core } from "./core.ts";
import { ClientError } from "./failure.ts";
import { ConnectionError } from "./ports.ts";
import type { ConversationId } from "./snapshots.ts";

export class ClientCalls implements Calls {
  readonly #core: Core;
  readonly #runs: CallRuns;

  constructor(core: Core, runs: CallRuns) {
    this.#core = core;
    this.#runs = runs;
  }

  list(): readonly CallSnapshot[] {
    return this.#runs.list();
  }

  async start(id: ConversationId, media: CallMedia): Promise<CallSnapshot> {
    assertOpen(this.#core, id);
    return this.#runs.start(id, media);
  }

  async answer(callId: string): Promise<void> {
    this.#runs.answer(callId);
  }

  async hangUp(callId: string): Promise<void> {
    this.#runs.hangUp(callId);
  }

  async routes(callId: string): Promise<CallRoutes> {
    const call = this.#runs.list().find(({ id }) => id === callId);
    if (call === undefined) throw new ClientError({ code: "call/unknown" });
    const relay = await this.#relayOf(call);
    if (relay === undefined && call.hidesAddress) {
      this.#runs.endWithoutRelay(callId);
      throw new ClientError({ code: "call/noRelay" });
    }
    return { iceServers: relay === undefined ? [] : [relay], isRelayOnly: call.hidesAddress };
  }

  async describe(callId: string, description: { readonly number: number; readonly sdp: string }): Promise<void> {
    this.#runs.describe(callId, description);
  }

  async offerCandidates(
    callId: string,
    offered: { readonly number: number; readonly candidates: readonly string[] },
  ): Promise<void> {
    this.#runs.offerCandidates(callId, offered);
  }

  async setMedia(callId: string, media: MediaOn): Promise<void> {
    this.#runs.setMedia(callId, media);
  }

  async report(callId: string, state: ConnectionReport): Promise<void> {
    this.#runs.report(callId, state);
  }

  async restart(callId: string): Promise<void> {
    this.#runs.restart(callId);
  }

  /** @returns undefined when the conversation's node has none, or does not answer. */
  async #relayOf({ conversationId }: CallSnapshot): Promise<CallRoutes["iceServers"][number] | undefined> {
    const { threads, groups } = this.#core.tables;
    const group = groups.get(threads.get(conversationId)?.groupId ?? "");
    if (group === undefined) return undefined;
    try {
      const { urls, username, credential } = await this.#core.links
        .to(group.place.nodeUrl)
        .call("relay.credentials", { stream: toStreamId(group.place.stream) }, { capability: group.tokens.writeToken });
      return { urls, username, credential };
    } catch (error) {
      if (error instanceof ConnectionError || error instanceof ApiError) return undefined;
      throw error;
    }
  }
}
