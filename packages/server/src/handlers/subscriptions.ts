import { ApiError, limits } from "@p2pcrypt/api";
import type { Caller, Handlers, SocketCaller } from "../context.ts";
import { Subscription } from "../hub.ts";
import { readableStream } from "./streams.ts";

type SubscriptionHandlers = Pick<Handlers, "stream.subscribe" | "stream.acknowledge" | "stream.unsubscribe">;

export const subscriptionHandlers: SubscriptionHandlers = {
  /** A second one for a stream replaces the first. */
  "stream.subscribe": async (context, { stream: id, after }, caller) => {
    const { listener, subscriptions } = socketOf(caller);
    const { stream, grant, tokenHash } = await readableStream(context, id, caller);
    // A token that was replaced reads by pages up to its end and hears nothing new.
    if (grant.untilSeq !== undefined || after > stream.head.seq) throw new ApiError("forbidden");
    const known = subscriptions.get(id);
    if (known === undefined && subscriptions.size >= limits.MAX_SUBSCRIPTIONS_PER_SOCKET)
      throw new ApiError("tooManySubscriptions");
    if (known !== undefined) context.hub.remove(known);
    const subscription = new Subscription(id, tokenHash, listener, after);
    subscriptions.set(id, subscription);
    context.hub.add(subscription, stream.head.seq);
    return { checkpoint: context.checkpoints.of(stream) };
  },

  "stream.acknowledge": async ({ hub }, { stream, seq }, caller) => {
    const subscription = socketOf(caller).subscriptions.get(stream);
    if (subscription !== undefined) hub.acknowledge(subscription, seq);
    return {};
  },

  "stream.unsubscribe": async ({ hub }, { stream }, caller) => {
    const { subscriptions } = socketOf(caller);
    const subscription = subscriptions.get(stream);
    if (subscription !== undefined) hub.remove(subscription);
    subscriptions.delete(stream);
    return {};
  },
};

function socketOf({ socket }: Caller): SocketCaller {
  if (socket === undefined) throw new ApiError("unknownOperation");
  return socket;
}
