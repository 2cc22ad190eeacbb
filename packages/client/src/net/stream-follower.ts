// Reads one stream from its cursor to its head and on, checking everything a node could lie about (T4, T5). Pushes are taken when they
// are the next records and end in a signed checkpoint; otherwise pages are read.
import {
  ApiError,
  type Checkpoint,
  checkpointBytes,
  compareCheckpoints,
  followRecord,
  isSameHead,
  pushes,
  type RecordPush,
  type ResponseOf,
  type StreamId,
  verifyPage,
} from "@p2pcrypt/api";
import type { IdentityPort } from "../identity-port.ts";
import type { ConversationWarning } from "../snapshots.ts";
import type { CursorRow } from "../store/rows.ts";
import type { NodeLink } from "./node-link.ts";

export interface FollowedRecord {
  readonly seq: number;
  readonly kind: "handshake" | "application" | "sealedRequest";
  readonly position?: number | undefined;
  readonly timeMs: number;
  readonly record: Uint8Array;
}

/** Records in order, and where they lead: stored together with what they say. */
export interface FollowedPart {
  readonly records: readonly FollowedRecord[];
  /** Where the log stands before the first of them. */
  readonly from: CursorRow;
  readonly cursor: CursorRow;
  readonly checkpoint: Checkpoint;
  /** Records before these that the node no longer keeps. */
  readonly missing: number;
}

export interface FollowerSource {
  readonly stream: StreamId;
  readonly nodeId: string;
  cursor(): CursorRow;
  readToken(): Uint8Array;
  checkpoint(): Checkpoint | undefined;
  /** @returns whether to go on: false when the stream says nothing more to this client. */
  take(part: FollowedPart): Promise<boolean>;
  warn(warning: Pick<ConversationWarning, "kind"> & { readonly evidence?: readonly Checkpoint[] }): Promise<void>;
  ephemeral?(record: Uint8Array): void;
  woken(): void;
}

/** caughtUp: read to the head and subscribed. ended: nothing more. distrusted: the node's answers contradict each other. */
export type FollowOutcome = "caughtUp" | "ended" | "forbidden" | "distrusted";

const PAGE_RECORDS = 100;
const ACKNOWLEDGE_EVERY = 64;

export class StreamFollower {
  readonly #source: FollowerSource;
  readonly #identity: IdentityPort;
  #pushed: RecordPush[] = [];
  #needsRead = true;
  #subscribed: { readonly generation: number; readonly token: string } | undefined;
  #unroute: (() => void) | undefined;
  #routed: NodeLink | undefined;
  #acknowledged = 0;

  constructor(source: FollowerSource, identity: IdentityPort) {
    this.#source = source;
    this.#identity = identity;
  }

  /** Whether everything the node has was read over the present connection. */
  isCaughtUp(link: NodeLink): boolean {
    return !this.#needsRead && this.#pushed.length === 0 && this.#subscribed?.generation === link.generation;
  }

  /** Asks the node for what it has instead of waiting for pushes: something is there that was not pushed. */
  readAgain(): void {
    this.#needsRead = true;
  }

  close(): void {
    this.#unroute?.();
  }

  /** @throws {ApiError} @throws {ConnectionError} */
  async follow(link: NodeLink): Promise<FollowOutcome> {
    this.#route(link);
    for (;;) {
      if (this.#subscribed?.generation !== link.generation) this.#needsRead = true;
      const outcome = this.#needsRead ? await this.#readPage(link) : await this.#takePushed();
      if (outcome === "more") continue;
      if (outcome !== "head") return outcome;
      if (this.#pushed.length > 0) continue;
      const subscribed = await this.#subscribe(link);
      if (subscribed !== undefined) return subscribed;
      this.#acknowledge(link);
      if (this.isCaughtUp(link)) return "caughtUp";
    }
  }

  #route(link: NodeLink): void {
    if (this.#routed === link) return;
    this.#unroute?.();
    this.#routed = link;
    this.#unroute = link.route(this.#source.stream, (method, params) => this.#push(method, params));
  }

  #push(method: string, params: unknown): void {
    if (method === "stream.ephemeral") {
      const decoded = pushes[method].safeParse(params);
      if (decoded.success) this.#source.ephemeral?.(decoded.data.record);
      return;
    }
    if (method === "stream.record") {
      const decoded = pushes[method].safeParse(params);
      if (decoded.success && decoded.data.record !== undefined) this.#pushed.push(decoded.data);
      else this.#needsRead = true;
    } else {
      this.#subscribed = undefined;
      this.#needsRead = true;
    }
    this.#source.woken();
  }

  async #readPage(link: NodeLink): Promise<FollowOutcome | "more" | "head"> {
    this.#pushed = [];
    const { stream, nodeId } = this.#source;
    const cursor = this.#source.cursor();
    let page: ResponseOf<"stream.read">;
    try {
      page = await this.#read(link, cursor.seq);
    } catch (error) {
      if (error instanceof ApiError && error.code === "forbidden") return "forbidden";
      throw error;
    }
    const node = { checkpointKey: link.facts?.checkpointKey ?? new Uint8Array(32), verify: this.#identity.verifySignature };
    const outcome = await verifyPage({ node: nodeId, stream }, cursor, page, node);
    if (outcome.kind === "broken") {
      // What is signed and contradicts what was signed before is proof; it is kept before anything else is said.
      const isSigned = outcome.reason !== "signature" && outcome.reason !== "otherStream";
      if (isSigned && (await this.#isConflicting(page.checkpoint))) return "distrusted";
      return this.#distrust(
        outcome.reason === "rolledBack" ? "rolledBack" : outcome.reason === "signature" ? "badSignature" : "brokenChain",
      );
    }
    if (await this.#isConflicting(page.checkpoint)) return "distrusted";
    const missing = outcome.kind === "followsAfterGap" ? outcome.missingTo - outcome.missingFrom + 1 : 0;
    const from: CursorRow = {
      seq: page.seqBefore,
      chain: page.chainBefore,
      positions: page.positionsBefore,
      handshakeChain: page.handshakeChainBefore,
    };
    // Messages expire after their time; a handshake that is gone leaves a session behind that nothing can bring forward.
    if (from.positions > cursor.positions) return this.#distrust("brokenChain");
    const isNews = page.records.length > 0 || missing > 0;
    const goesOn =
      !isNews ||
      (await this.#source.take({ records: page.records, from, cursor: outcome.cursor, checkpoint: page.checkpoint, missing }));
    if (!goesOn) return "ended";
    // A token that was replaced reads up to its end: then there is more, and none of it for me.
    if (page.hasMore) return isNews ? "more" : "forbidden";
    this.#needsRead = false;
    return "head";
  }

  #read(link: NodeLink, after: number) {
    return link.call(
      "stream.read",
      { stream: this.#source.stream, after, limit: PAGE_RECORDS },
      { capability: this.#source.readToken(), isLarge: true },
    );
  }

  async #takePushed(): Promise<FollowOutcome | "more" | "head"> {
    const from = this.#source.cursor();
    let cursor = from;
    const fresh = this.#pushed.filter(({ seq }) => seq > cursor.seq);
    this.#pushed = [];
    if (fresh.length === 0) return "head";
    const records: FollowedRecord[] = [];
    for (const { seq, kind, position, timeMs, record = new Uint8Array(0) } of fresh) {
      const next = followRecord(cursor, { seq, kind, position, record });
      if (next === undefined) break;
      records.push({ seq, kind, position, timeMs, record });
      cursor = next;
    }
    const checkpoint = fresh[records.length - 1]?.checkpoint;
    const link = this.#routed;
    // Without a checkpoint at their end nothing vouches for them yet: the page will.
    if (checkpoint === undefined || records.length < fresh.length || link === undefined) {
      this.#needsRead = true;
      return "more";
    }
    const key = link.facts?.checkpointKey ?? new Uint8Array(32);
    const isSigned = await this.#identity.verifySignature(key, checkpointBytes(checkpoint), checkpoint.signature);
    const isHere = checkpoint.node === this.#source.nodeId && checkpoint.stream === this.#source.stream;
    if (!isSigned || !isHere) return this.#distrust("badSignature");
    if (await this.#isConflicting(checkpoint)) return "distrusted";
    if (!isSameHead(cursor, checkpoint)) return this.#distrust("brokenChain");
    return (await this.#source.take({ records, from, cursor, checkpoint, missing: 0 })) ? "head" : "ended";
  }

  async #isConflicting(checkpoint: Checkpoint): Promise<boolean> {
    const known = this.#source.checkpoint();
    if (known === undefined || compareCheckpoints(known, checkpoint) !== "conflicting") return false;
    this.#needsRead = true;
    await this.#source.warn({ kind: "conflictingCheckpoints", evidence: [known, checkpoint] });
    return true;
  }

  async #distrust(kind: ConversationWarning["kind"]): Promise<"distrusted"> {
    this.#needsRead = true;
    await this.#source.warn({ kind });
    return "distrusted";
  }

  /** @returns why there is no subscription, or undefined when there is one. */
  async #subscribe(link: NodeLink): Promise<"forbidden" | undefined> {
    const capability = this.#source.readToken();
    const token = capability.toString();
    if (this.#subscribed?.generation === link.generation && this.#subscribed.token === token) return undefined;
    const { generation } = link;
    const after = this.#source.cursor().seq;
    try {
      const { checkpoint } = await link.call("stream.subscribe", { stream: this.#source.stream, after }, { capability });
      this.#subscribed = { generation, token };
      this.#acknowledged = after;
      // What came in between is pushed; when it was cut off, the end of the subscription says so.
      if (checkpoint.seq < after) this.#needsRead = true;
      return undefined;
    } catch (error) {
      if (error instanceof ApiError && error.code === "forbidden") return "forbidden";
      throw error;
    }
  }

  #acknowledge(link: NodeLink): void {
    const { seq } = this.#source.cursor();
    if (seq - this.#acknowledged < ACKNOWLEDGE_EVERY) return;
    this.#acknowledged = seq;
    // Nobody waits for the answer; a lost connection is noticed by the link itself.
    link.call("stream.acknowledge", { stream: this.#source.stream, seq }).catch(() => undefined);
  }
}
