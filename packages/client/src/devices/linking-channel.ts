// The stream where two devices meet for three minutes: everything either of them wrote, in the order of the log, and what this one has to
// say, one record after the other. Who may be believed is not decided here.
import { ApiError, initialChain, toStreamId } from "@p2pcrypt/api";
import type { RandomBytes, Timers } from "@p2pcrypt/bytes";
import type { IdentityPort } from "../identity-port.ts";
import { stepAfter } from "../net/call-outcome.ts";
import type { NodeLink } from "../net/node-link.ts";
import { StreamFollower } from "../net/stream-follower.ts";
import { Pump, type Step } from "../run/pump.ts";
import { EMPTY_CURSOR_CHAIN } from "../store/cursor.ts";
import type { CursorRow } from "../store/rows.ts";
import { decodeLinkingRecord, type LinkingRecord } from "./linking-record.ts";

export interface LinkingPlace {
  readonly stream: Uint8Array;
  readonly readToken: Uint8Array;
  readonly writeToken: Uint8Array;
}

export interface LinkingChannelDeps {
  readonly link: NodeLink;
  readonly identity: IdentityPort;
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly received: (record: LinkingRecord) => void;
  /** Nothing more comes of it: the stream is not there, or the node lies about it. */
  readonly broken: (why: "notFound" | "damaged") => void;
}

export class LinkingChannel {
  readonly #place: LinkingPlace;
  readonly #deps: LinkingChannelDeps;
  readonly #pump: Pump;
  readonly #unlisten: () => void;
  readonly #waiting: { readonly record: Uint8Array; readonly idempotencyKey: Uint8Array }[] = [];
  readonly #sent: (() => void)[] = [];
  #follower: StreamFollower | undefined;
  #cursor: CursorRow | undefined;

  constructor(place: LinkingPlace, deps: LinkingChannelDeps) {
    this.#place = place;
    this.#deps = deps;
    const { timers, random, link } = deps;
    // A defect ends the run as a lie would: the person begins anew.
    this.#pump = new Pump(() => this.#step(), { timers, random, failed: () => deps.broken("damaged") });
    this.#unlisten = link.onConnected(() => this.#pump.wake());
  }

  start(): void {
    this.#pump.wake();
  }

  send(record: Uint8Array): void {
    this.#waiting.push({ record, idempotencyKey: this.#deps.random(16) });
    this.#pump.wake();
  }

  /** Resolves when the node has all that was to be sent. */
  async allSent(): Promise<void> {
    if (this.#waiting.length > 0) await new Promise<void>((resolve) => this.#sent.push(resolve));
  }

  async close(): Promise<void> {
    this.#unlisten();
    this.#follower?.close();
    await this.#pump.stop();
  }

  async #step(): Promise<Step> {
    const { link, broken } = this.#deps;
    const { facts } = link;
    if (!link.isConnected || facts === undefined) return { kind: "idle" };
    try {
      const outcome = await this.#followed(link, facts.nodeId).follow(link);
      if (outcome === "forbidden") broken("notFound");
      else if (outcome !== "caughtUp") broken("damaged");
      if (outcome !== "caughtUp") return { kind: "idle" };
      await this.#sendAll(link);
      return { kind: "idle" };
    } catch (error) {
      if (error instanceof ApiError && !error.isRetriable) broken("damaged");
      return error instanceof ApiError && !error.isRetriable ? { kind: "idle" } : stepAfter(error);
    }
  }

  async #sendAll(link: NodeLink): Promise<void> {
    const { stream, writeToken } = this.#place;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const request = { stream: toStreamId(stream), kind: "sealedRequest" as const, ...next };
      await link.call("stream.append", request, { capability: writeToken });
      this.#waiting.shift();
    }
    for (const resolve of this.#sent.splice(0)) resolve();
  }

  #followed(link: NodeLink, nodeId: string): StreamFollower {
    const stream = toStreamId(this.#place.stream);
    this.#cursor ??= { seq: 0, chain: initialChain({ node: link.facts?.nodeId ?? nodeId, stream }), ...EMPTY_CURSOR_CHAIN };
    this.#follower ??= new StreamFollower(
      {
        stream,
        nodeId,
        cursor: () => this.#cursor ?? { seq: 0, chain: new Uint8Array(32), ...EMPTY_CURSOR_CHAIN },
        readToken: () => this.#place.readToken,
        checkpoint: () => undefined,
        take: async ({ records, cursor }) => {
          this.#cursor = cursor;
          for (const { record } of records) {
            const decoded = decodeLinkingRecord(record);
            if (decoded !== undefined) this.#deps.received(decoded);
          }
          return true;
        },
        warn: async () => this.#deps.broken("damaged"),
        woken: () => this.#pump.wake(),
      },
      this.#deps.identity,
    );
    return this.#follower;
  }
}
