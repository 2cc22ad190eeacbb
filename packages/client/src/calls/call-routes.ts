// How a call's media may travel: through the relay of the conversation's node, and directly only where the address need not be hidden.
import { ApiError, toStreamId } from "@p2pcrypt/api";
import type { CallRoutes, CallSnapshot } from "../call-snapshots.ts";
import type { Core } from "../core.ts";
import { ConnectionError } from "../ports.ts";

/** @returns undefined when the address is to be hidden and nothing hides it (R11). */
export async function routesOf(
  core: Core,
  call: Pick<CallSnapshot, "conversationId" | "hidesAddress">,
): Promise<CallRoutes | undefined> {
  const relay = await relayOf(core, call);
  if (relay === undefined && call.hidesAddress) return undefined;
  return { iceServers: relay === undefined ? [] : [relay], isRelayOnly: call.hidesAddress };
}

/** @returns undefined when the node has none, or does not answer. */
async function relayOf(
  core: Core,
  { conversationId }: Pick<CallSnapshot, "conversationId">,
): Promise<CallRoutes["iceServers"][number] | undefined> {
  const { threads, groups } = core.tables;
  const group = groups.get(threads.get(conversationId)?.groupId ?? "");
  if (group === undefined) return undefined;
  try {
    const { urls, username, credential } = await core.links
      .to(group.place.nodeUrl)
      .call("relay.credentials", { stream: toStreamId(group.place.stream) }, { capability: group.tokens.writeToken });
    return { urls, username, credential };
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof ApiError) return undefined;
    throw error;
  }
}
