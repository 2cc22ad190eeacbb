// Calls of groups (spec/protocol/call.md section 7), as they are asked for. Said by ephemeral content of the conversation; connections are
// in group-pairs.ts; media belong to whoever listens.
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { type CallMedia, type CallSignalContent, MAX_RUNG } from "@p2pcrypt/content";
import type { IdentityId, Member } from "@p2pcrypt/session";
import type { CallRoutes, ConnectionReport, MediaOn } from "../call-snapshots.ts";
import { ClientError } from "../failure.ts";
import type { GroupCallSnapshot } from "../group-call-snapshots.ts";
import type { GroupRow } from "../store/group-rows.ts";
import { RINGS_FOR_MS } from "./call.ts";
import { type GroupCall, groupCallSnapshot, othersIn, type Part, RINGS_WHOLE_GROUPS_OF } from "./group-call.ts";
import { type GroupCallDeps, GroupCallTable } from "./group-call-table.ts";
import { GroupHeard } from "./group-heard.ts";

export class GroupCallRuns {
  readonly #table: GroupCallTable;
  readonly #heard: GroupHeard;

  constructor(deps: GroupCallDeps) {
    this.#table = new GroupCallTable(deps);
    this.#heard = new GroupHeard(this.#table);
  }

  received(group: GroupRow, author: Member, signal: CallSignalContent): void {
    this.#heard.received(group, author, signal);
  }

  list(): readonly GroupCallSnapshot[] {
    return [...this.#table.calls.values()]
      .filter(({ state }) => state !== "ended")
      .map((call) => groupCallSnapshot(this.#table.core, call));
  }

  /** This device rings, or is in one. */
  get isInOne(): boolean {
    return this.#table.isInOne;
  }

  /** @throws {ClientError} call/busy, call/full, call/notPossible */
  start(conversationId: string, media: CallMedia): GroupCallSnapshot {
    const core = this.#table.core;
    const thread = core.tables.threads.get(conversationId);
    const group = thread?.groupId === undefined ? undefined : core.tables.groups.get(thread.groupId);
    if (thread?.kind !== "group" || group?.state !== "active") throw new ClientError({ code: "call/notPossible" });
    const running = [...this.#table.calls.values()].find((call) => call.groupId === group.groupId && call.parts.size > 0);
    if (running !== undefined) return this.join(running.id);
    this.#assertFree();
    const id = encodeBase64Url(core.deps.random(16));
    const call = this.#table.begin(id, group, media, { by: core.account.identityId, isMine: true });
    this.#table.enter(call);
    call.state = "calling";
    if (othersIn(core, group).size < RINGS_WHOLE_GROUPS_OF) this.#table.ringOn(call, core.nowMs + RINGS_FOR_MS);
    this.#table.within(call, RINGS_FOR_MS, () => this.#table.leave(call, "noAnswer", "cancelled"));
    this.#table.settle(call);
    return groupCallSnapshot(core, call);
  }

  /** @throws {ClientError} call/unknown, call/busy, call/full */
  join(callId: string): GroupCallSnapshot {
    const call = this.#known(callId);
    const isThere = call.state === "ringing" || call.parts.size > 0;
    if (call.own !== undefined || !isThere) throw new ClientError({ code: "call/unknown" });
    call.state = "running"; // it rings no more
    this.#assertFree();
    if (groupCallSnapshot(this.#table.core, call).isFull) {
      this.#table.settle(call);
      throw new ClientError({ code: "call/full" });
    }
    this.#table.enter(call);
    call.state = "in";
    this.#table.pairs.admit(call);
    this.#table.settle(call);
    return groupCallSnapshot(this.#table.core, call);
  }

  /** @throws {ClientError} call/unknown */
  leave(callId: string): void {
    const call = this.#known(callId);
    if (call.state === "ringing") {
      this.#table.say(call, { step: "end", reason: "declined" });
      this.#table.stopRinging(call, "declined");
    } else if (call.own === undefined) {
      throw new ClientError({ code: "call/unknown" });
    } else if (call.state === "calling") {
      this.#table.leave(call, "cancelled", "cancelled");
    } else {
      this.#table.leave(call, "left", "hungUp");
    }
  }

  /** @throws {ClientError} call/unknown, call/full, group/notAMember */
  ring(callId: string, whom: readonly IdentityId[]): void {
    const call = this.#in(callId);
    const group = this.#table.core.tables.groups.get(call.groupId);
    const others = group === undefined ? new Set<IdentityId>() : othersIn(this.#table.core, group);
    const stranger = whom.find((one) => !others.has(one));
    if (stranger !== undefined) throw new ClientError({ code: "group/notAMember", identityId: stranger });
    if (groupCallSnapshot(this.#table.core, call).isFull) throw new ClientError({ code: "call/full" });
    for (const one of whom) call.declined.delete(one);
    this.#table.ringOn(call, this.#table.core.nowMs + RINGS_FOR_MS, whom.slice(0, MAX_RUNG));
    this.#table.settle(call);
  }

  /** @throws {ClientError} call/unknown, call/noRelay */
  async routes(callId: string, pair: string): Promise<CallRoutes> {
    const call = this.#in(callId);
    return this.#table.pairs.routes(call, this.#part(call, pair));
  }

  describe(callId: string, pair: string, description: { readonly number: number; readonly sdp: string }): void {
    const call = this.#in(callId);
    this.#table.pairs.describe(call, this.#part(call, pair), description);
  }

  offerCandidates(
    callId: string,
    pair: string,
    offered: { readonly number: number; readonly candidates: readonly string[] },
  ): void {
    const call = this.#in(callId);
    this.#table.pairs.offerCandidates(call, this.#part(call, pair), offered);
  }

  setMedia(callId: string, media: MediaOn): void {
    const call = this.#in(callId);
    if (call.own === undefined) return;
    call.own.sends = media;
    this.#table.sayIn(call, call.own);
  }

  report(callId: string, pair: string, state: ConnectionReport): void {
    const call = this.#table.calls.get(callId);
    const part = [...(call?.parts.values() ?? [])].find(({ join }) => join === pair);
    if (call?.own !== undefined && part !== undefined) this.#table.pairs.report(call, part, state); // else it is late
  }

  restart(callId: string): void {
    this.#table.pairs.restart(this.#in(callId));
  }

  /** The group may have a new epoch, or end. */
  groupChanged(groupId: string): void {
    for (const call of this.#table.calls.values()) {
      if (call.groupId !== groupId || call.state === "ended") continue;
      const group = this.#table.core.tables.groups.get(groupId);
      const isActive = group?.state === "active";
      const devices = new Set(isActive ? group.roster.map(({ deviceId }) => encodeBase64Url(deviceId)) : []);
      // Who was removed is out at once, before anything else is said (K3).
      const gone = [...call.parts.values()].filter(({ device }) => !devices.has(device));
      for (const part of gone) this.#table.dropPart(call, part);
      if (!isActive) this.#table.stop(call, "removed");
      else if (gone.length > 0) this.#table.settle(call);
      this.#table.pairs.keysChanged(call);
    }
  }

  close(): void {
    for (const call of this.#table.calls.values()) {
      this.#table.hush(call);
      for (const part of call.parts.values()) {
        part.fade?.();
        this.#table.pairs.drop(part);
      }
    }
  }

  #known(callId: string): GroupCall {
    const call = this.#table.calls.get(callId);
    if (call === undefined || call.state === "ended") throw new ClientError({ code: "call/unknown" });
    return call;
  }

  #in(callId: string): GroupCall {
    const call = this.#known(callId);
    if (call.own === undefined) throw new ClientError({ code: "call/unknown" });
    return call;
  }

  #part(call: GroupCall, pair: string): Part {
    const part = [...call.parts.values()].find(({ join }) => join === pair);
    if (part?.pair === undefined) throw new ClientError({ code: "call/unknown" });
    return part;
  }

  #assertFree(): void {
    if (this.#table.isBusy) throw new ClientError({ code: "call/busy" });
  }
}
