// Operations and pushes over one WebSocket: JSON-RPC 2.0 without batches (spec/protocol/api.md section 3).
import {
  ApiError,
  type Checkpoint,
  capability as capabilityText,
  type EndedPush,
  errorFrame,
  isOperationName,
  limits,
  operation,
  parseJson,
  pushes,
  pushFrame,
  requestFrame,
  resultFrame,
  type StreamId,
  toWire,
} from "@p2pcrypt/api";
import type { StoredRecord } from "@p2pcrypt/storage";
import type { NodeContext } from "./context.ts";
import { dispatch } from "./dispatch.ts";
import type { Listener, Subscription } from "./hub.ts";

export interface SocketPeer {
  /** Key in rate limits, used for nothing else. */
  readonly address: string;
  send(text: string): void;
}

export class SocketSession implements Listener {
  readonly #context: NodeContext;
  readonly #peer: SocketPeer;
  readonly #subscriptions = new Map<string, Subscription>();
  #inFlight = 0;
  #isClosed = false;

  constructor(context: NodeContext, peer: SocketPeer) {
    this.#context = context;
    this.#peer = peer;
  }

  /** A whole text frame of at most MAX_SOCKET_FRAME_BYTES. Resolves when it is answered. */
  async received(text: string): Promise<void> {
    const frame = requestFrame.safeParse(parseJson(text)?.value);
    if (!frame.success) return this.#send(errorFrame(null, new ApiError("notJson")));
    const { id, method, params } = frame.data;
    if (this.#inFlight >= limits.MAX_REQUESTS_IN_FLIGHT) return this.#send(errorFrame(id, new ApiError("tooManyInFlight")));
    this.#inFlight += 1;
    try {
      this.#send(resultFrame(id, await this.#answer(method, params)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#send(errorFrame(id, error));
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** The connection is gone. */
  closed(): void {
    this.#isClosed = true;
    for (const subscription of this.#subscriptions.values()) this.#context.hub.remove(subscription);
    this.#subscriptions.clear();
  }

  pushRecord(stream: StreamId, { seq, kind, position, timeMs, record }: StoredRecord, checkpoint: Checkpoint | undefined): void {
    const content = record.length > limits.MAX_PUSHED_RECORD_BYTES ? ({ isLarge: true } as const) : { record };
    const params = {
      stream,
      seq,
      kind,
      timeMs,
      ...content,
      ...(position === undefined ? {} : { position }),
      ...(checkpoint && { checkpoint }),
    };
    this.#send(pushFrame("stream.record", toWire(pushes["stream.record"], params)));
  }

  pushEphemeral(stream: StreamId, record: Uint8Array): void {
    this.#send(pushFrame("stream.ephemeral", toWire(pushes["stream.ephemeral"], { stream, record })));
  }

  pushEnded(stream: StreamId, reason: EndedPush["reason"]): void {
    this.#subscriptions.delete(stream);
    this.#send(pushFrame("stream.ended", toWire(pushes["stream.ended"], { stream, reason })));
  }

  #answer(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (!isOperationName(method) || operation(method).isKeyserver === true) throw new ApiError("unknownOperation");
    const { capability, ...wire } = params;
    const socket = { listener: this, subscriptions: this.#subscriptions };
    return dispatch(this.#context, {
      name: method,
      wire,
      capability: toCapability(capability),
      address: this.#peer.address,
      socket,
    });
  }

  #send(text: string): void {
    if (!this.#isClosed) this.#peer.send(text);
  }
}

function toCapability(value: unknown): Uint8Array | undefined {
  if (value === undefined) return undefined;
  const decoded = capabilityText.safeParse(value);
  if (!decoded.success) throw new ApiError("forbidden");
  return decoded.data;
}
