// The connections of one device in a group's calls: one to each other device that is in, set up as a call of two is
// (spec/protocol/call.md section 7). What another device than the pair's says of it is dropped (K2).
import { type Cancel, decodeBase64Url } from "@p2pcrypt/bytes";
import { type CallSignalContent, type CallStep, MAX_CANDIDATES } from "@p2pcrypt/content";
import type { CallOrder, CallRoutes, ConnectionReport } from "../call-snapshots.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { PairState } from "../group-call-snapshots.ts";
import { COMES_BACK_WITHIN_MS, CONNECTS_WITHIN_MS, SAY_AGAIN_MS } from "./call.ts";
import type { CallKeys } from "./call-keys.ts";
import { routesOf } from "./call-routes.ts";
import {
  type GroupCall,
  hidesAddressFrom,
  inOrder,
  MAX_IN_CALL,
  type OwnPart,
  type Pair,
  type Part,
  TRY_AGAIN_MS,
} from "./group-call.ts";

export interface GroupPairsDeps {
  readonly core: Core;
  readonly keys: CallKeys;
  readonly say: (call: GroupCall, step: CallStep) => void;
  readonly changed: (call: GroupCall) => void;
}

/** What two devices say to each other. */
export type PairSignal = Extract<CallSignalContent, { step: "offer" | "answer" | "candidates" | "restart" }>;

export class GroupPairs {
  readonly #deps: GroupPairsDeps;

  constructor(deps: GroupPairsDeps) {
    this.#deps = deps;
  }

  /** Connects to those who are in, as far as there are places. */
  admit(call: GroupCall): void {
    const { own } = call;
    if (own === undefined) return;
    const { identityId } = this.#deps.core.account;
    let places = MAX_IN_CALL - 1 - [...call.parts.values()].filter(({ pair }) => pair !== undefined).length;
    for (const part of inOrder(call)) {
      if (part.pair !== undefined || part.identityId === identityId || places <= 0) continue;
      places -= 1;
      part.pair = {
        isOffering: own.joinText < part.join,
        number: 0,
        attempt: 0,
        found: [],
        isAnswered: false,
        state: "connecting",
      };
      this.#connect(call, part, part.pair);
      if (part.pair.isOffering) this.#orderOffer(call, own, part);
    }
    this.keysChanged(call);
  }

  drop({ pair }: Part): void {
    pair?.saying?.();
    pair?.limit?.();
    pair?.finding?.();
  }

  keysChanged({ id, groupId, own, parts }: GroupCall): void {
    if (own === undefined) return;
    const others = [...parts.values()].flatMap(({ leaf, join, pair }) =>
      pair === undefined ? [] : [{ leaf, join: decodeBase64Url(join) }],
    );
    this.#deps.keys.changed({ callId: id, groupId, join: own.join, others });
  }

  /** From a device that is in: `part`. */
  said(call: GroupCall, part: Part, signal: PairSignal): void {
    const { own } = call;
    const { pair } = part;
    if (own === undefined || pair === undefined || signal.toJoin !== own.joinText) return;
    switch (signal.step) {
      case "offer":
        if (pair.isOffering || signal.join !== part.join) return;
        if (signal.number === pair.number && pair.described !== undefined)
          this.#deps.say(call, { step: "answer", ...pair.described });
        if (signal.number <= pair.number) return;
        if ((signal.attempt ?? 0) > pair.attempt) this.#beginAnew(call, pair, signal.attempt ?? 0);
        pair.number = signal.number;
        pair.found = [];
        delete pair.described;
        if (isLost(pair)) this.#connect(call, part, pair);
        this.#order(call, part, { kind: "remoteOffer", number: signal.number, sdp: signal.sdp });
        this.#deps.changed(call);
        break;
      case "answer":
        if (!pair.isOffering || signal.join !== part.join || signal.number !== pair.number) return;
        if (pair.isAnswered || pair.described === undefined) return;
        pair.saying?.();
        pair.isAnswered = true;
        this.#order(call, part, { kind: "remoteAnswer", number: signal.number, sdp: signal.sdp });
        break;
      case "candidates": {
        const { number, candidates } = signal;
        if (number === pair.number) this.#order(call, part, { kind: "candidates", number, candidates });
        break;
      }
      case "restart":
        if (pair.isOffering && (pair.state === "connected" || pair.state === "reconnecting")) this.#orderOffer(call, own, part);
    }
  }

  describe(call: GroupCall, part: Part, { number, sdp }: { readonly number: number; readonly sdp: string }): void {
    const { own } = call;
    const { pair } = part;
    if (own === undefined || pair === undefined || number !== pair.number) return;
    const { attempt } = pair;
    const again = attempt === 0 ? {} : { attempt };
    pair.described = { to: part.device, join: own.joinText, number, sdp, toJoin: part.join, ...again };
    if (!pair.isOffering) {
      this.#deps.say(call, { step: "answer", ...pair.described });
      return;
    }
    pair.isAnswered = false;
    this.#sayAgain(call, pair, { step: "offer", ...pair.described });
  }

  offerCandidates(
    call: GroupCall,
    part: Part,
    { number, candidates }: { readonly number: number; readonly candidates: readonly string[] },
  ): void {
    const { pair } = part;
    if (pair === undefined || number !== pair.number) return;
    pair.found = [...pair.found, ...candidates].slice(0, MAX_CANDIDATES);
    this.#sayFound(call, part, pair);
  }

  #sayFound(call: GroupCall, part: Part, pair: Pair): void {
    const { number, found: candidates } = pair;
    pair.finding?.();
    if (candidates.length === 0 || isLost(pair) || call.parts.get(part.device) !== part) return;
    this.#deps.say(call, { step: "candidates", to: part.device, number, candidates, toJoin: part.join });
    pair.finding = this.#deps.core.deps.timers.after(SAY_AGAIN_MS, () => {
      if (pair.state !== "connected") this.#sayFound(call, part, pair);
    });
  }

  report(call: GroupCall, part: Part, state: ConnectionReport): void {
    const { pair } = part;
    if (pair === undefined || isLost(pair)) return;
    if (state === "refused") {
      this.#lose(call, part, "unreachable");
    } else if (state === "connected") {
      pair.limit?.();
      call.connectedAtMs ??= this.#deps.core.nowMs;
      this.#become(call, pair, "connected");
    } else if (pair.state !== "connecting") {
      if (pair.state === "connected") this.#within(pair, COMES_BACK_WITHIN_MS, () => this.#lose(call, part, "unreachable"));
      this.#become(call, pair, "reconnecting");
      this.#restart(call, part);
    } else if (state === "failed") {
      this.#lose(call, part, "unreachable");
    }
  }

  restart(call: GroupCall): void {
    for (const part of call.parts.values())
      if (part.pair?.state === "connected" || part.pair?.state === "reconnecting") this.#restart(call, part);
  }

  /** @throws {ClientError} call/noRelay */
  async routes(call: GroupCall, part: Part): Promise<CallRoutes> {
    const { core } = this.#deps;
    const { conversationId } = call;
    const routes = await routesOf(core, { conversationId, hidesAddress: hidesAddressFrom(core, part.identityId) });
    if (routes !== undefined) return routes;
    this.#lose(call, part, "noRelay");
    throw new ClientError({ code: "call/noRelay" });
  }

  #restart(call: GroupCall, part: Part): void {
    const { own } = call;
    if (own === undefined) return;
    if (part.pair?.isOffering === true) this.#orderOffer(call, own, part);
    else this.#deps.say(call, { step: "restart", to: part.device, toJoin: part.join });
  }

  #orderOffer(call: GroupCall, own: OwnPart, part: Part): void {
    if (part.pair === undefined) return;
    part.pair.saying?.();
    own.number += 1;
    part.pair.number = own.number;
    part.pair.found = [];
    this.#order(call, part, { kind: "offer", number: own.number });
  }

  #lose(call: GroupCall, part: Part, state: PairState): void {
    if (part.pair === undefined || call.parts.get(part.device) !== part) return;
    this.drop(part);
    if (part.pair.isOffering) this.#within(part.pair, TRY_AGAIN_MS, () => this.#tryAgain(call, part));
    this.#become(call, part.pair, state);
  }

  /** With a new connection: whoever holds the media closes one that is lost. */
  #tryAgain(call: GroupCall, part: Part): void {
    if (call.own === undefined || part.pair === undefined || call.parts.get(part.device) !== part) return;
    part.pair.attempt += 1;
    this.#connect(call, part, part.pair);
    this.#orderOffer(call, call.own, part);
    this.#deps.changed(call);
  }

  /** Whoever holds the media closes what there was, and opens another one. */
  #beginAnew(call: GroupCall, pair: Pair, attempt: number): void {
    pair.attempt = attempt;
    if (!isLost(pair)) this.#become(call, pair, "unreachable");
  }

  #connect(call: GroupCall, part: Part, pair: Pair): void {
    pair.state = "connecting";
    this.#within(pair, CONNECTS_WITHIN_MS, () => this.#lose(call, part, "unreachable"));
  }

  #become(call: GroupCall, pair: { state: PairState }, state: PairState): void {
    pair.state = state;
    this.#deps.changed(call);
  }

  #order({ id }: GroupCall, { join }: Part, order: CallOrder): void {
    this.#deps.core.emit({ kind: "groupCallOrder", callId: id, pair: join, order });
  }

  #sayAgain(call: GroupCall, pair: { saying?: Cancel }, step: CallStep): void {
    pair.saying?.();
    this.#deps.say(call, step);
    pair.saying = this.#deps.core.deps.timers.after(SAY_AGAIN_MS, () => this.#sayAgain(call, pair, step));
  }

  #within(pair: { limit?: Cancel }, ms: number, run: () => void): void {
    pair.limit?.();
    pair.limit = this.#deps.core.deps.timers.after(ms, run);
  }
}

function isLost({ state }: Pair): boolean {
  return state === "unreachable" || state === "noRelay";
}
