// The calls of groups that this device knows, and what begins, changes and ends them. Who says what is heard in group-heard.ts.
import { type Cancel, decodeHex, encodeBase64Url } from "@p2pcrypt/bytes";
import type { CallMedia, CallStep } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import type { Ephemerals } from "../conversation/ephemeral.ts";
import type { Core } from "../core.ts";
import type { GroupCallEnd } from "../group-call-snapshots.ts";
import type { GroupRow } from "../store/group-rows.ts";
import { RING_FADES_MS, SAY_AGAIN_MS } from "./call.ts";
import { rememberGroupCall } from "./call-history.ts";
import type { CallKeys } from "./call-keys.ts";
import {
  ALONE_FOR_MS,
  type GroupCall,
  groupCallSnapshot,
  IN_AGAIN_MS,
  type OwnPart,
  PART_FADES_MS,
  type Part,
} from "./group-call.ts";
import { GroupPairs } from "./group-pairs.ts";
import type { RingLimit } from "./ring-limit.ts";

const MAX_REMEMBERED = 50;

export interface GroupCallDeps {
  readonly core: Core;
  readonly ephemerals: Ephemerals;
  readonly keys: CallKeys;
  readonly rings: RingLimit;
  /** A call of two goes on here. */
  readonly isBusy: () => boolean;
}

export class GroupCallTable {
  readonly core: Core;
  readonly pairs: GroupPairs;
  readonly rings: RingLimit;
  /** Oldest first; those that are over are kept a while, since others may be heard in them again. */
  readonly calls = new Map<string, GroupCall>();
  readonly #deps: GroupCallDeps;

  constructor(deps: GroupCallDeps) {
    this.#deps = deps;
    this.core = deps.core;
    this.rings = deps.rings;
    this.pairs = new GroupPairs({
      core: deps.core,
      keys: deps.keys,
      say: (call, step) => this.say(call, step),
      changed: (call) => this.settle(call),
    });
  }

  /** This device rings, or is in a call. */
  get isBusy(): boolean {
    return this.#deps.isBusy() || this.isInOne;
  }

  get isInOne(): boolean {
    return [...this.calls.values()].some(({ own, state }) => own !== undefined || state === "ringing");
  }

  begin(
    id: string,
    { groupId, threadId }: GroupRow,
    media: CallMedia,
    { by, isMine }: Pick<GroupCall, "by" | "isMine">,
  ): GroupCall {
    const call: GroupCall = {
      ...{ id, groupId, conversationId: threadId, media, by, isMine, startedAtMs: this.core.nowMs },
      ...{ state: "running", parts: new Map(), declined: new Set(), isRemembered: false, quietUntilMs: 0 },
    };
    this.calls.set(id, call);
    if (this.calls.size > MAX_REMEMBERED)
      this.calls.delete([...this.calls].find(([, { state, parts }]) => state === "ended" && parts.size === 0)?.[0] ?? "");
    return call;
  }

  enter(call: GroupCall): void {
    const { deps, nowMs } = this.core;
    const join = deps.random(16);
    const sends = { microphone: true, camera: false, screen: false };
    call.own = { join, joinText: encodeBase64Url(join), sinceMs: nowMs, sends, number: 0 };
    call.limit?.();
    delete call.end;
    this.sayIn(call, call.own);
  }

  leave(call: GroupCall, end: GroupCallEnd, tell: Extract<CallStep, { step: "end" }>["reason"]): void {
    this.say(call, { step: "end", reason: tell });
    this.stop(call, end);
  }

  /** The own part is over; others may go on. */
  stop(call: GroupCall, end: GroupCallEnd): void {
    this.hush(call);
    delete call.own;
    delete call.alone;
    for (const part of call.parts.values()) {
      this.pairs.drop(part);
      delete part.pair;
    }
    this.#deps.keys.forget(call.id);
    call.state = "running";
    call.end = end;
    call.quietUntilMs = this.core.nowMs + RING_FADES_MS;
    this.settle(call);
  }

  stopRinging(call: GroupCall, end: GroupCallEnd): void {
    if (call.state === "ringing") this.stop(call, end);
  }

  /** Nothing more is said or waited for. */
  hush({ limit, alone, own }: GroupCall): void {
    limit?.();
    alone?.();
    own?.saying?.();
    own?.ringing?.();
  }

  dropPart(call: GroupCall, part: Part): void {
    part.fade?.();
    this.pairs.drop(part);
    if (call.parts.get(part.device) === part) call.parts.delete(part.device);
  }

  /** Gone when nothing is heard; who is connected is there, whatever the node passes on. */
  fades(call: GroupCall, part: Part): void {
    part.fade?.();
    part.fade = this.core.deps.timers.after(PART_FADES_MS, () => {
      const { pair } = part;
      if (call.own !== undefined && (pair?.state === "connected" || pair?.state === "reconnecting")) {
        this.fades(call, part);
        return;
      }
      this.dropPart(call, part);
      this.settle(call);
    });
  }

  /** What follows from who is in; and everybody hears of it. */
  settle(call: GroupCall): void {
    const { own, parts } = call;
    if (own === undefined) {
      if (call.state !== "ringing") call.state = parts.size > 0 ? "running" : "ended";
      if (call.state === "ended") call.end ??= "over";
      if (call.state === "ended" && call.isMine && !call.isRemembered) {
        call.isRemembered = true;
        rememberGroupCall(this.core, call).catch(() => undefined); // a vault that fails stops the client and says so
      }
    } else if ([...parts.values()].some(({ pair }) => pair !== undefined)) {
      if (call.state === "calling") call.limit?.();
      call.alone?.();
      delete call.alone;
      call.state = "in";
      this.pairs.admit(call); // somebody may have left a place
    } else if (call.state === "in") {
      call.alone ??= this.core.deps.timers.after(ALONE_FOR_MS, () => this.leave(call, "left", "hungUp"));
    }
    const snapshot = groupCallSnapshot(this.core, call);
    const told = JSON.stringify(snapshot);
    if (told === call.told) return;
    call.told = told;
    this.core.emit({ kind: "groupCall", call: snapshot });
  }

  sayIn(call: GroupCall, own: OwnPart): void {
    own.saying?.();
    this.say(call, { step: "in", media: call.media, join: own.joinText, sinceMs: own.sinceMs, ...own.sends });
    own.saying = this.core.deps.timers.after(IN_AGAIN_MS, () => this.sayIn(call, own));
  }

  ringOn(call: GroupCall, untilMs: number, whom?: readonly IdentityId[]): void {
    const { own } = call;
    own?.ringing?.();
    if (own === undefined || this.core.nowMs >= untilMs) return;
    const ids = whom?.map((one) => encodeBase64Url(decodeHex(one)));
    this.say(call, { step: "ring", media: call.media, ...(ids === undefined ? {} : { whom: ids }) });
    own.ringing = this.core.deps.timers.after(SAY_AGAIN_MS, () => this.ringOn(call, untilMs, whom));
  }

  say(call: GroupCall, step: CallStep): void {
    this.#deps.ephemerals.signal(call.conversationId, { kind: "callSignal", call: call.id, ...step });
  }

  within(call: { limit?: Cancel }, ms: number, run: () => void): void {
    call.limit?.();
    call.limit = this.core.deps.timers.after(ms, run);
  }
}
