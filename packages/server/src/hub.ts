// Who listens to which stream, and what each was sent. A listener who does not acknowledge is not waited for: the node stops pushing,
// says so, and the listener reads forward when it can (spec/protocol/stream.md section 8).
import { type Checkpoint, type EndedPush, limits, type StreamId } from "@p2pcrypt/api";
import { equalBytes } from "@p2pcrypt/bytes";
import type { NodeStore, StoredRecord, StreamState } from "@p2pcrypt/storage";
import type { Checkpoints } from "./checkpoints.ts";
import type { Stats } from "./stats.ts";

export interface Listener {
  pushRecord(stream: StreamId, record: StoredRecord, checkpoint: Checkpoint | undefined): void;
  pushEphemeral(stream: StreamId, record: Uint8Array): void;
  pushEnded(stream: StreamId, reason: EndedPush["reason"]): void;
}

export class Subscription {
  readonly stream: StreamId;
  readonly tokenHash: Uint8Array;
  readonly listener: Listener;
  /** Newest record that was pushed. */
  cursor: number;
  acknowledged: number;
  isCatchingUp = false;
  isOver = false;

  constructor(stream: StreamId, tokenHash: Uint8Array, listener: Listener, after: number) {
    this.stream = stream;
    this.tokenHash = tokenHash;
    this.listener = listener;
    this.cursor = after;
    this.acknowledged = after;
  }
}

interface HubDeps {
  readonly store: NodeStore;
  readonly checkpoints: Checkpoints;
  readonly stats: Stats;
  readonly failed: (cause: unknown) => void;
}

export class Hub {
  readonly #deps: HubDeps;
  readonly #streams = new Map<StreamId, Set<Subscription>>();
  #count = 0;

  constructor(deps: HubDeps) {
    this.#deps = deps;
  }

  get subscriptions(): number {
    return this.#count;
  }

  add(subscription: Subscription, head: number): void {
    const others = this.#streams.get(subscription.stream) ?? new Set();
    this.#streams.set(subscription.stream, others.add(subscription));
    this.#count += 1;
    if (subscription.cursor < head) this.#catchUp(subscription);
  }

  remove(subscription: Subscription): void {
    if (subscription.isOver) return;
    subscription.isOver = true;
    this.#count -= 1;
    const others = this.#streams.get(subscription.stream);
    others?.delete(subscription);
    if (others?.size === 0) this.#streams.delete(subscription.stream);
  }

  acknowledge(subscription: Subscription, seq: number): void {
    subscription.acknowledged = Math.max(subscription.acknowledged, Math.min(seq, subscription.cursor));
  }

  /** A record was stored. */
  stored(stream: StreamState, record: StoredRecord): void {
    const all = this.#streams.get(stream.id);
    if (all === undefined) return;
    const checkpoint = this.#deps.checkpoints.of(stream);
    for (const subscription of [...all]) {
      if (subscription.isCatchingUp || record.seq <= subscription.cursor) continue;
      if (record.seq === subscription.cursor + 1) this.#push(subscription, record, stream, checkpoint);
      else this.#catchUp(subscription);
    }
  }

  /** The configuration changed without a record. */
  configured(stream: StreamState): void {
    for (const subscription of [...(this.#streams.get(stream.id) ?? [])]) this.#endIfForbidden(subscription, stream);
  }

  deleted(stream: StreamId): void {
    for (const subscription of [...(this.#streams.get(stream) ?? [])]) this.#end(subscription, "deleted");
  }

  /** @returns how many listen. */
  publish(stream: StreamState, record: Uint8Array): number {
    let count = 0;
    for (const subscription of this.#streams.get(stream.id) ?? []) {
      if (grantOf(stream, subscription.tokenHash)?.untilSeq !== undefined) continue;
      subscription.listener.pushEphemeral(stream.id, record);
      count += 1;
    }
    return count;
  }

  #push(subscription: Subscription, record: StoredRecord, stream: StreamState, checkpoint: Checkpoint): void {
    const grant = grantOf(stream, subscription.tokenHash);
    if (grant === undefined || record.seq > (grant.untilSeq ?? Number.POSITIVE_INFINITY)) {
      this.#end(subscription, "forbidden");
      return;
    }
    if (subscription.cursor - subscription.acknowledged >= limits.MAX_UNACKNOWLEDGED_RECORDS) {
      this.#deps.stats.add("subscriptions_ended_slow");
      this.#end(subscription, "slow");
      return;
    }
    subscription.cursor = record.seq;
    this.#deps.stats.add("records_pushed");
    subscription.listener.pushRecord(stream.id, record, checkpoint.seq === record.seq ? checkpoint : undefined);
    this.#endIfForbidden(subscription, stream);
  }

  #endIfForbidden(subscription: Subscription, stream: StreamState): void {
    const grant = grantOf(stream, subscription.tokenHash);
    if (grant !== undefined && (grant.untilSeq === undefined || subscription.cursor < grant.untilSeq)) return;
    this.#end(subscription, "forbidden");
  }

  #end(subscription: Subscription, reason: EndedPush["reason"]): void {
    if (subscription.isOver) return;
    this.remove(subscription);
    subscription.listener.pushEnded(subscription.stream, reason);
  }

  #catchUp(subscription: Subscription): void {
    subscription.isCatchingUp = true;
    this.#readForward(subscription).catch((cause: unknown) => {
      this.#deps.failed(cause);
      this.#end(subscription, "slow"); // the listener reads by itself and hears why
    });
  }

  async #readForward(subscription: Subscription): Promise<void> {
    while (!subscription.isOver) {
      const range = {
        stream: subscription.stream,
        after: subscription.cursor,
        limit: CATCH_UP_RECORDS,
        maxBytes: CATCH_UP_BYTES,
      };
      const page = await this.#deps.store.read(range);
      if (subscription.isOver) return;
      if (page === undefined) return this.#end(subscription, "deleted");
      const checkpoint = this.#deps.checkpoints.of(page.stream);
      // Records that are no longer kept leave a gap that only a page can prove.
      if (page.before.seq > subscription.cursor) return this.#end(subscription, "slow");
      for (const record of page.records) if (!subscription.isOver) this.#push(subscription, record, page.stream, checkpoint);
      if (!page.hasMore) {
        subscription.isCatchingUp = false;
        return;
      }
    }
  }
}

const CATCH_UP_RECORDS = 100;
const CATCH_UP_BYTES = 1024 * 1024;

function grantOf({ readGrants }: StreamState, tokenHash: Uint8Array): StreamState["readGrants"][number] | undefined {
  return readGrants.find((grant) => equalBytes(grant.tokenHash, tokenHash));
}
