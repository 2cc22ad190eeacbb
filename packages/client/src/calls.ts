// Calls, as applications hold them.
import type { CallMedia } from "@p2pcrypt/content";
import type { CallRoutes, CallSnapshot, ConnectionReport, MediaOn } from "./call-snapshots.ts";
import type { Calls } from "./call-surface.ts";
import type { LaterCalls } from "./calls/later-calls.ts";
import { assertOpen } from "./conversation/open.ts";
import type { Core } from "./core.ts";
import type { ConversationId } from "./snapshots.ts";

export class ClientCalls implements Calls {
  readonly #core: Core;
  readonly #later: LaterCalls;

  constructor(core: Core, later: LaterCalls) {
    this.#core = core;
    this.#later = later;
  }

  list(): readonly CallSnapshot[] {
    return this.#later.list();
  }

  async start(id: ConversationId, media: CallMedia): Promise<CallSnapshot> {
    assertOpen(this.#core, id);
    return (await this.#later.load()).start(id, media);
  }

  async answer(callId: string): Promise<void> {
    (await this.#later.load()).answer(callId);
  }

  async hangUp(callId: string): Promise<void> {
    (await this.#later.load()).hangUp(callId);
  }

  async routes(callId: string): Promise<CallRoutes> {
    return (await this.#later.load()).routes(callId);
  }

  async describe(callId: string, description: { readonly number: number; readonly sdp: string }): Promise<void> {
    (await this.#later.load()).describe(callId, description);
  }

  async offerCandidates(
    callId: string,
    offered: { readonly number: number; readonly candidates: readonly string[] },
  ): Promise<void> {
    (await this.#later.load()).offerCandidates(callId, offered);
  }

  async setMedia(callId: string, media: MediaOn): Promise<void> {
    (await this.#later.load()).setMedia(callId, media);
  }

  async report(callId: string, state: ConnectionReport): Promise<void> {
    (await this.#later.load()).report(callId, state);
  }

  async restart(callId: string): Promise<void> {
    (await this.#later.load()).restart(callId);
  }
}
