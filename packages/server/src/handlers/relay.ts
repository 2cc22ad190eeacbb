// Credentials for the relay. The lease is the stream's: who may write to it may call over it.
import { ApiError, limits } from "@p2pcrypt/api";
import type { Handlers } from "../context.ts";
import { takeOrRefuse } from "../rate-limits.ts";
import { writableStream } from "./streams.ts";

export const relayHandlers: Pick<Handlers, "relay.credentials"> = {
  "relay.credentials": async (context, { stream }, caller) => {
    const { deps, limiter, options } = context;
    await writableStream(context, stream, caller);
    if (deps.relay === undefined) throw new ApiError("notOffered");
    takeOrRefuse(limiter, `relay ${stream}`, options.rateLimits.relay);
    const { urls, ...credentials } = deps.relay.credentials(stream, deps.clock.nowMs() + limits.RELAY_CREDENTIALS_LIFETIME_MS);
    return { urls: [...urls], ...credentials };
  },
};
