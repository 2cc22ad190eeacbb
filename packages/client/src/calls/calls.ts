// Calls between two people: who rings, who answers, what both describe to each other (spec/protocol/call.md). Everything is said by
// ephemeral content of the conversation; media, and the connection that carries them, belong to whoever listens.
import { decodeBase64Url, encodeBase64Url } from "@p2pcrypt/bytes";
import type { CallDescription, CallMedia, CallSignalContent, CallStep } from "@p2pcrypt/content";
import type { Member } from "@p2pcrypt/session";
import type { CallEnd, CallOrder, CallRoutes, CallSnapshot, ConnectionReport, MediaOn } from "../call-snapshots.ts";
import type { Ephemerals } from "../conversation/ephemeral.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { GroupRow } from "../store/group-rows.ts";
import {
  type Call,
  COMES_BACK_WITHIN_MS,
  CONNECTS_WITHIN_MS,
  isGoingOn,
  RING_FADES_MS,
  RINGS_FOR_MS,
  SAY_AGAIN_MS,
} from "./call.ts";
import { rememberCall } from "./call-history.ts";
import type { CallKeys } from "./call-keys.ts";
import { routesOf } from "./call-routes.ts";
import type { RingLimit } from "./ring-limit.ts";

const MAX_REMEMBERED = 50;

/** With calls of groups. */
export interface SharedByCalls {
  readonly keys: CallKeys;
  readonly rings: RingLimit;
  readonly isInGroupCall: () => boolean;
}

export class CallRuns {
  readonly #core: Core;
  readonly #ephemerals: Ephemerals;
  readonly #keys: CallKeys;
  /** Oldest first; those that are over are kept a while, so that what is said of them late changes nothing. */
  readonly #calls = new Map<string, Call>();
  readonly #rings: RingLimit;
  readonly #isInGroupCall: () => boolean;

  constructor(core: Core, ephemerals: Ephemerals, shared: SharedByCalls) {
    this.#core = core;
    this.#ephemerals = ephemerals;
    this.#keys = shared.keys;
    this.#rings = shared.rings;
    this.#isInGroupCall = shared.isInGroupCall;
  }

  list(): readonly CallSnapshot[] {
    return [...this.#calls.values()].filter(isGoingOn).map(({ snapshot }) => snapshot);
  }

  /** @throws {ClientError} call/busy, call/notPossible */
  start(conversationId: string, media: CallMedia): CallSnapshot {
    const core = this.#core;
    const thread = core.tables.threads.get(conversationId);
    const group = thread?.groupId === undefined ? undefined : core.tables.groups.get(thread.groupId);
    if (thread?.contactId === undefined || group?.state !== "active") throw new ClientError({ code: "call/notPossible" });
    if (this.list().length > 0 || this.#isInGroupCall()) throw new ClientError({ code: "call/busy" });
    const call = this.#begin(encodeBase64Url(core.deps.random(16)), group, thread.contactId, { media, isOutgoing: true });
    this.#sayAgain(call, { step: "ring", media });
    this.#within(call, RINGS_FOR_MS, () => this.end(call, "noAnswer", "cancelled"));
    this.#tell(call, {});
    return call.snapshot;
  }

  /** @throws {ClientError} call/unknown */
  answer(callId: string): void {
    const call = this.#going(callId);
    if (call.snapshot.state !== "ringing" || call.peer === undefined) throw new ClientError({ code: "call/unknown" });
    this.#sayAgain(call, { step: "accept", to: call.peer });
    this.#within(call, CONNECTS_WITHIN_MS, () => this.end(call, "failed", "failed"));
    this.#tell(call, { state: "connecting" });
  }

  /** Ends what goes on, in whatever way fits. @throws {ClientError} call/unknown */
  hangUp(callId: string): void {
    const call = this.#going(callId);
    const { state } = call.snapshot;
    if (state === "ringing") this.end(call, "declined", "declined");
    else if (state === "calling") this.end(call, "cancelled", "cancelled");
    else this.end(call, "hungUp", "hungUp");
  }

  /** What the holder of the media offers or answers. One that was overtaken is dropped. */
  describe(callId: string, { number, sdp }: { readonly number: number; readonly sdp: string }): void {
    const call = this.#going(callId);
    if (call.peer === undefined || number !== call.number) return;
    const described = { to: call.peer, join: encodeBase64Url(call.join), number, sdp };
    call.described = described;
    if (call.snapshot.isOutgoing) {
      call.isAnswered = false;
      this.#sayAgain(call, { step: "offer", ...described });
    } else this.#say(call, { step: "answer", ...described });
  }

  offerCandidates(
    callId: string,
    { number, candidates }: { readonly number: number; readonly candidates: readonly string[] },
  ): void {
    const call = this.#going(callId);
    if (call.peer !== undefined && number === call.number)
      this.#say(call, { step: "candidates", to: call.peer, number, candidates });
  }

  setMedia(callId: string, media: MediaOn): void {
    const call = this.#going(callId);
    if (call.peer !== undefined) this.#say(call, { step: "media", to: call.peer, ...media });
  }

  /** How the connection is, as whoever holds it sees it. */
  report(callId: string, state: ConnectionReport): void {
    const call = this.#calls.get(callId);
    if (call === undefined || !isGoingOn(call)) return; // what a closing connection says is late
    const { connectedAtMs } = call.snapshot;
    if (state === "refused") {
      this.end(call, "failed", "failed");
    } else if (state === "connected") {
      call.limit?.();
      this.#tell(call, { state: "connected", connectedAtMs: connectedAtMs ?? this.#core.nowMs });
    } else if (connectedAtMs !== undefined) {
      this.#breakOff(call);
    } else if (state === "failed") {
      this.end(call, "failed", "failed");
    }
  }

  #breakOff(call: Call): void {
    if (call.snapshot.state !== "reconnecting") {
      this.#within(call, COMES_BACK_WITHIN_MS, () => this.end(call, "lost", "failed"));
      this.#tell(call, { state: "reconnecting" });
    }
    this.restart(call.snapshot.id);
  }

  /** Looks for another way: the network changed. */
  restart(callId: string): void {
    const call = this.#going(callId);
    if (call.peer === undefined || call.snapshot.connectedAtMs === undefined) return;
    if (call.snapshot.isOutgoing) this.#orderOffer(call);
    else this.#say(call, { step: "restart", to: call.peer });
  }

  end(call: Call, end: CallEnd, tell?: Extract<CallStep, { step: "end" }>["reason"]): void {
    if (!isGoingOn(call)) return;
    call.saying?.();
    call.limit?.();
    if (tell !== undefined) this.#say(call, { step: "end", reason: tell });
    this.#keys.forget(call.snapshot.id);
    this.#tell(call, { state: "ended", end });
    if (call.snapshot.isOutgoing) rememberCall(this.#core, call.snapshot).catch(() => undefined); // a vault that fails stops the client and says so
  }

  /** @throws {ClientError} call/unknown, call/noRelay */
  async routes(callId: string): Promise<CallRoutes> {
    const core = this.#core;
    const call = this.#going(callId);
    for (;;) {
      const routes = await routesOf(core, call.snapshot);
      if (routes !== undefined) return routes;
      if (call.snapshot.connectedAtMs === undefined) break;
      // A call that went on before waits for the node as long as it waits for the other side.
      await new Promise<void>((resolve) => core.deps.timers.after(SAY_AGAIN_MS, resolve));
      if (core.isStopped || !isGoingOn(call)) throw new ClientError({ code: "call/unknown" });
    }
    this.end(call, "noRelay", "failed");
    throw new ClientError({ code: "call/noRelay" });
  }

  /** The group may have a new epoch, or end. */
  groupChanged(groupId: string): void {
    for (const call of this.#calls.values()) {
      if (call.groupId !== groupId || !isGoingOn(call)) continue;
      const group = this.#core.tables.groups.get(groupId);
      const isThere = call.peer === undefined || group?.roster.some(({ deviceId }) => encodeBase64Url(deviceId) === call.peer);
      if (group?.state === "active" && isThere === true) this.#keysChanged(call);
      else this.end(call, "failed", "failed");
    }
  }

  close(): void {
    for (const call of this.#calls.values()) {
      call.saying?.();
      call.limit?.();
    }
  }

  #going(callId: string): Call {
    const call = this.#calls.get(callId);
    if (call === undefined || !isGoingOn(call)) throw new ClientError({ code: "call/unknown" });
    return call;
  }

  #begin(
    id: string,
    group: GroupRow,
    contactId: CallSnapshot["contactId"],
    { media, isOutgoing }: Pick<CallSnapshot, "media" | "isOutgoing">,
  ): Call {
    const core = this.#core;
    const isVerified = core.tables.contacts.get(contactId)?.trust.kind === "verified";
    const snapshot: CallSnapshot = {
      id,
      conversationId: group.threadId,
      contactId,
      isOutgoing,
      media,
      state: isOutgoing ? "calling" : "ringing",
      startedAtMs: core.nowMs,
      hidesAddress: !isVerified || core.account.settings.alwaysHidesAddress === true,
      theirs: { microphone: true, camera: media === "video", screen: false },
    };
    const call: Call = { snapshot, groupId: group.groupId, join: core.deps.random(16), number: 0, isAnswered: false };
    this.#calls.set(id, call);
    if (this.#calls.size > MAX_REMEMBERED) this.#calls.delete([...this.#calls].find(([, one]) => !isGoingOn(one))?.[0] ?? "");
    return call;
  }

  received(group: GroupRow, author: Member, signal: CallSignalContent): void {
    const device = encodeBase64Url(author.deviceId);
    const call = this.#calls.get(signal.call);
    if (author.identityId === this.#core.account.identityId) {
      if (call?.groupId === group.groupId) this.#saidByOwnDevice(call, signal);
      return;
    }
    const thread = this.#core.tables.threads.get(group.threadId);
    if (thread?.contactId !== author.identityId) return;
    if (signal.step === "ring") this.#rang(group, author, device, signal, call);
    else if (call?.groupId === group.groupId && isGoingOn(call) && signal.step !== "in") this.#said(call, author, device, signal);
  }

  #said(call: Call, { leaf }: Member, device: string, signal: Exclude<CallSignalContent, { step: "ring" | "in" }>): void {
    if (signal.step === "end") this.#ended(call, device, signal.reason);
    else if (signal.step === "accept") this.#accepted(call, leaf, device, signal.to);
    // From here on it is between two devices: what another one of theirs says is not for us (K2).
    else if (call.peer !== device || call.peerLeaf !== leaf) return;
    else if (signal.to === this.#ownDevice) this.#saidByPeer(call, signal);
    else if (signal.step === "offer") this.end(call, "elsewhere");
  }

  #saidByPeer(call: Call, signal: Exclude<CallSignalContent, { step: "ring" | "in" | "end" | "accept" }>): void {
    switch (signal.step) {
      case "offer":
        this.#offered(call, signal);
        break;
      case "answer":
        this.#answered(call, signal);
        break;
      case "candidates": {
        const { number, candidates } = signal;
        if (number === call.number) this.#order(call, { kind: "candidates", number, candidates });
        break;
      }
      case "restart":
        if (call.snapshot.isOutgoing && call.snapshot.connectedAtMs !== undefined) this.#orderOffer(call);
        break;
      case "media": {
        const { microphone, camera, screen, isHeld } = signal;
        this.#tell(call, { theirs: { microphone, camera, screen, ...(isHeld === true ? { isHeld } : {}) } });
      }
    }
  }

  get #ownDevice(): string {
    return encodeBase64Url(this.#core.account.device.deviceId);
  }

  #rang(
    group: GroupRow,
    { identityId, leaf }: Member,
    device: string,
    { call: id, media }: CallSignalContent & { step: "ring" },
    known: Call | undefined,
  ): void {
    if (known !== undefined) {
      const isItself = known.groupId === group.groupId && known.peer === device && known.snapshot.state === "ringing";
      if (isItself) this.#within(known, RING_FADES_MS, () => this.end(known, "missed"));
      return;
    }
    if (!this.#rings.mayRing(identityId, this.#core.nowMs)) return;
    const other = [...this.#calls.values()].find(isGoingOn);
    const isFromSame = other?.snapshot.contactId === identityId;
    if (other !== undefined && isFromSame && other.snapshot.state === "calling") {
      // Both called: the lower id is the call, on both sides, and whoever's is dropped has said that they want to talk.
      if (id > other.snapshot.id) return;
      this.end(other, "replaced");
    } else if (other !== undefined && isFromSame && other.snapshot.state === "ringing") {
      this.end(other, "missed");
    } else if (other !== undefined || this.#isInGroupCall()) {
      this.#sayTo(group.threadId, { kind: "callSignal", call: id, step: "end", reason: "busy" });
      return;
    }
    const call = this.#begin(id, group, identityId, { media, isOutgoing: false });
    call.peer = device;
    call.peerLeaf = leaf;
    this.#within(call, RING_FADES_MS, () => this.end(call, "missed"));
    this.#tell(call, {});
    if (other?.snapshot.end === "replaced") this.answer(id);
  }

  /** Another device of the own identity. */
  #saidByOwnDevice(call: Call, signal: CallSignalContent): void {
    if (call.snapshot.state !== "ringing") return;
    const isTaken = signal.step === "accept" || (signal.step === "end" && signal.reason === "declined");
    if (isTaken) this.end(call, "elsewhere");
  }

  #accepted(call: Call, leaf: number, device: string, to: string): void {
    if (call.snapshot.state !== "calling" || to !== this.#ownDevice) return;
    call.peer = device;
    call.peerLeaf = leaf;
    this.#within(call, CONNECTS_WITHIN_MS, () => this.end(call, "failed", "failed"));
    this.#tell(call, { state: "connecting" });
    this.#orderOffer(call);
  }

  #orderOffer(call: Call): void {
    call.saying?.();
    call.number += 1;
    this.#order(call, { kind: "offer", number: call.number });
  }

  #offered(call: Call, { number, join, sdp }: CallDescription): void {
    const { isOutgoing, state } = call.snapshot;
    if (isOutgoing || state === "ringing") return; // nobody answered here (K5)
    if (number === call.number && call.described !== undefined) this.#say(call, { step: "answer", ...call.described });
    if (number <= call.number || !this.#joins(call, join)) return;
    call.saying?.();
    call.number = number;
    delete call.described;
    this.#order(call, { kind: "remoteOffer", number, sdp });
  }

  #answered(call: Call, { number, join, sdp }: CallDescription): void {
    if (!call.snapshot.isOutgoing || number !== call.number || call.isAnswered || call.described === undefined) return;
    if (!this.#joins(call, join)) return;
    call.saying?.();
    call.isAnswered = true;
    this.#order(call, { kind: "remoteAnswer", number, sdp });
  }

  /** @returns whether this is the join that the other device began with: it cannot change within a call. */
  #joins(call: Call, join: string): boolean {
    const known = call.peerJoin;
    if (known !== undefined) return encodeBase64Url(known) === join;
    call.peerJoin = decodeBase64Url(join);
    this.#keysChanged(call);
    return true;
  }

  #keysChanged({ snapshot, groupId, join, peerJoin, peerLeaf }: Call): void {
    if (peerJoin === undefined || peerLeaf === undefined) return;
    this.#keys.changed({ callId: snapshot.id, groupId, join, others: [{ leaf: peerLeaf, join: peerJoin }] });
  }

  #ended(call: Call, device: string, reason: Extract<CallStep, { step: "end" }>["reason"]): void {
    const { state } = call.snapshot;
    if (state === "calling") {
      if (reason === "declined" || reason === "busy") this.end(call, reason);
      return;
    }
    if (call.peer !== device) return;
    if (state === "ringing") this.end(call, "missed");
    else this.end(call, reason === "failed" ? "failed" : "hungUp");
  }

  #order({ snapshot }: Call, order: CallOrder): void {
    this.#core.emit({ kind: "callOrder", callId: snapshot.id, order });
  }

  #tell(call: Call, change: Partial<CallSnapshot>): void {
    call.snapshot = { ...call.snapshot, ...change };
    this.#core.emit({ kind: "call", call: call.snapshot });
  }

  #say(call: Call, step: CallStep): void {
    this.#sayTo(call.snapshot.conversationId, { kind: "callSignal", call: call.snapshot.id, ...step });
  }

  #sayTo(threadId: string, signal: CallSignalContent): void {
    this.#ephemerals.signal(threadId, signal);
  }

  #sayAgain(call: Call, step: CallStep): void {
    call.saying?.();
    this.#say(call, step);
    call.saying = this.#core.deps.timers.after(SAY_AGAIN_MS, () => this.#sayAgain(call, step));
  }

  #within(call: Call, ms: number, run: () => void): void {
    call.limit?.();
    call.limit = this.#core.deps.timers.after(ms, run);
  }
}
