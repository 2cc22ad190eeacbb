// Whether this side shows its address to the other one: then, and only then, is anything asked, offered or gathered. There is no relayed
// form: who hides an address takes the node's copy (docs/decisions/0010-direct-files.md).
import { ApiError, toStreamId } from "@p2pcrypt/api";
import type { Core } from "../core.ts";
import { ConnectionError } from "../ports.ts";
import type { GroupRow } from "../store/group-rows.ts";

/** @returns the group of a conversation of two whose other side may learn this address; undefined otherwise (K1, R11). */
export function agreedGroup({ tables, account }: Core, threadId: string): GroupRow | undefined {
  const { contactId, groupId = "" } = tables.threads.get(threadId) ?? {};
  const contact = contactId === undefined ? undefined : tables.contacts.get(contactId);
  const isShown =
    contact?.state === "accepted" && contact.trust.kind === "verified" && account.settings.alwaysHidesAddress !== true;
  const group = isShown ? tables.groups.get(groupId) : undefined;
  return group?.state === "active" ? group : undefined;
}

/** Where a connection learns how it is seen from outside: the conversation's node, which sees it anyway. Nothing is relayed there. */
export async function stunUrlsOf(core: Core, { place, tokens }: GroupRow): Promise<readonly string[]> {
  try {
    const { urls } = await core.links
      .to(place.nodeUrl)
      .call("relay.credentials", { stream: toStreamId(place.stream) }, { capability: tokens.writeToken });
    return urls.filter((url) => /^turn:.*\?transport=udp$/.test(url)).map((url) => url.replace(/^turn:(.*)\?.*$/, "stun:$1"));
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof ApiError) return []; // no relay: ways within one network are left
    throw error;
  }
}
