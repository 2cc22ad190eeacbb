// Credentials for the relay of calls (spec/protocol/relay.md).
import * as z from "zod/mini";
import { streamId, timeMs } from "./binary.ts";
import { MAX_RELAY_URLS, MAX_URL_BYTES } from "./limits.ts";
import type { Operation } from "./operation.ts";

const relayUrl = z.string().check(z.maxLength(MAX_URL_BYTES), z.regex(/^turns?:[^\s?]+(\?transport=(udp|tcp))?$/));

export const relayOperations = {
  "relay.credentials": {
    method: "POST",
    path: "/v1/streams/{stream}/relay",
    summary: "Credentials for the node's relay, good for minutes, for those who may write to a stream: they use its lease.",
    capability: "write",
    maxBodyBytes: 16 * 1024,
    request: z.strictObject({ stream: streamId }),
    response: z.strictObject({
      /** As an RTCIceServer takes them. */
      urls: z.array(relayUrl).check(z.minLength(1), z.maxLength(MAX_RELAY_URLS)),
      username: z.string().check(z.maxLength(128)),
      credential: z.string().check(z.maxLength(128)),
      /** Until then something can be begun with them; what was begun goes on. */
      expiresAtMs: timeMs,
    }),
    errors: ["forbidden", "notOffered"],
  },
} as const satisfies Record<string, Operation>;
