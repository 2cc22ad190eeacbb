// What a page does with calls of groups: one connection for each of the people, as telephone.ts makes them.
import type { CallOrder, GroupCallSnapshot } from "@p2pcrypt/client";
import { CallPeer } from "@p2pcrypt/client/call-peer";
import type { EpochKeys } from "@p2pcrypt/sframe";
import { type Behaviour, FakeConnection } from "./telephone.ts";
import type { Person, World } from "./world.ts";

export class GroupPhone {
  readonly person: Person;
  readonly calls: GroupCallSnapshot[] = [];
  readonly orders: CallOrder[] = [];
  readonly keys: (EpochKeys | undefined)[] = [];
  /** By pair; those of an earlier try are not kept. */
  readonly connections = new Map<string, FakeConnection>();
  readonly stop: () => void;
  readonly #peers = new Map<string, CallPeer>();

  constructor(world: World, person: Person, behaviour: Behaviour = {}) {
    this.person = person;
    const { client } = person;
    let watched = "";
    this.stop = client.subscribe((event) => {
      if (event.kind === "groupCall") {
        const { id, state, people } = event.call;
        this.calls.push(event.call);
        if (state !== "in" && state !== "calling") watched = "";
        else if (watched !== id) {
          watched = id;
          client.watchCallKeys?.(id, (keys) => this.keys.push(keys));
        }
        const isHere = (pair: string): boolean =>
          people.some((one) => one.pair === pair && ["connecting", "connected", "reconnecting"].includes(one.state ?? ""));
        for (const [pair, peer] of this.#peers) {
          if (isHere(pair)) continue;
          peer.close();
          this.#peers.delete(pair);
        }
      }
      if (event.kind !== "groupCallOrder") return;
      this.orders.push(event.order);
      const { callId, pair } = event;
      const { groupCalls } = client;
      const peer =
        this.#peers.get(pair) ??
        new CallPeer(callId, {
          calls: {
            routes: (id) => groupCalls.routes(id, pair),
            describe: (id, description) => groupCalls.describe(id, pair, description),
            offerCandidates: (id, offered) => groupCalls.offerCandidates(id, pair, offered),
            report: (id, state) => groupCalls.report(id, pair, state),
          },
          timers: world.time,
          open: async (routes, events) => {
            const connection = new FakeConnection(routes, events, behaviour);
            this.connections.set(pair, connection);
            return connection;
          },
        });
      this.#peers.set(pair, peer);
      peer.order(event.order);
    });
  }

  get call(): GroupCallSnapshot | undefined {
    return this.calls.at(-1);
  }

  /** Names of those it is connected to. */
  get connected(): readonly string[] {
    return (this.call?.people ?? []).flatMap(({ state, identityId }) => (state === "connected" ? [identityId] : [])).sort();
  }
}
