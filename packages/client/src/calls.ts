// Calls, as applications hold them.
import type { CallMedia } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import type { CallRoutes, CallSnapshot, ConnectionReport, MediaOn } from "./call-snapshots.ts";
import type { Calls } from "./call-surface.ts";
import type { LaterCalls } from "./calls/later-calls.ts";
import { assertOpen } from "./conversation/open.ts";
import type { Core } from "./core.ts";
import type { GroupCallSnapshot } from "./group-call-snapshots.ts";
import type { GroupCalls } from "./group-call-surface.ts";
import type { NodeLook } from "./node-look.ts";
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
    return (await this.#later.load()).runs.start(id, media);
  }

  async answer(callId: string): Promise<void> {
    (await this.#later.load()).runs.answer(callId);
  }

  async hangUp(callId: string): Promise<void> {
    (await this.#later.load()).runs.hangUp(callId);
  }

  async routes(callId: string): Promise<CallRoutes> {
    return (await this.#later.load()).runs.routes(callId);
  }

  async describe(callId: string, description: { readonly number: number; readonly sdp: string }): Promise<void> {
    (await this.#later.load()).runs.describe(callId, description);
  }

  async offerCandidates(
    callId: string,
    offered: { readonly number: number; readonly candidates: readonly string[] },
  ): Promise<void> {
    (await this.#later.load()).runs.offerCandidates(callId, offered);
  }

  async setMedia(callId: string, media: MediaOn): Promise<void> {
    (await this.#later.load()).runs.setMedia(callId, media);
  }

  async report(callId: string, state: ConnectionReport): Promise<void> {
    (await this.#later.load()).runs.report(callId, state);
  }

  async restart(callId: string): Promise<void> {
    (await this.#later.load()).runs.restart(callId);
  }

  async lookAtNode(): Promise<NodeLook> {
    const { lookAtNode } = await import("./calls/look-at-node.ts");
    return lookAtNode(this.#core);
  }
}

export class ClientGroupCalls implements GroupCalls {
  readonly #core: Core;
  readonly #later: LaterCalls;

  constructor(core: Core, later: LaterCalls) {
    this.#core = core;
    this.#later = later;
  }

  list(): readonly GroupCallSnapshot[] {
    return this.#later.listGroups();
  }

  async start(id: ConversationId, media: CallMedia): Promise<GroupCallSnapshot> {
    assertOpen(this.#core, id);
    return (await this.#later.load()).groups.start(id, media);
  }

  async join(callId: string): Promise<void> {
    (await this.#later.load()).groups.join(callId);
  }

  async leave(callId: string): Promise<void> {
    (await this.#later.load()).groups.leave(callId);
  }

  async ring(callId: string, whom: readonly IdentityId[]): Promise<void> {
    (await this.#later.load()).groups.ring(callId, whom);
  }

  async routes(callId: string, pair: string): Promise<CallRoutes> {
    return (await this.#later.load()).groups.routes(callId, pair);
  }

  async describe(callId: string, pair: string, description: { readonly number: number; readonly sdp: string }): Promise<void> {
    (await this.#later.load()).groups.describe(callId, pair, description);
  }

  async offerCandidates(
    callId: string,
    pair: string,
    offered: { readonly number: number; readonly candidates: readonly string[] },
  ): Promise<void> {
    (await this.#later.load()).groups.offerCandidates(callId, pair, offered);
  }

  async setMedia(callId: string, media: MediaOn): Promise<void> {
    (await this.#later.load()).groups.setMedia(callId, media);
  }

  async report(callId: string, pair: string, state: ConnectionReport): Promise<void> {
    (await this.#later.load()).groups.report(callId, pair, state);
  }

  async restart(callId: string): Promise<void> {
    (await this.#later.load()).groups.restart(callId);
  }
}
