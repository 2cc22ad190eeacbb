// Whether this side shows its address to the other one: then, and only then, is anything asked, offered or gathered. There is no relayed
// form: who hides an address takes the node's copy (docs/decisions/0010-direct-files.md).
import { ApiError, toStreamId } from "@p2pcrypt/api";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { ConnectionError } from "../ports.ts";
import type { GroupRow } from "../store/group-rows.ts";

/**
 * @returns the group of the conversation of two with whom this person shows their address to; undefined for everybody else (K1, R11).
 * Whatever is said of a direct way is said there, also of a file of a larger group, whose members would all read it.
 */
export function agreedGroup({ tables, account }: Core, contactId: IdentityId | undefined): GroupRow | undefined {
  const contact = contactId === undefined ? undefined : tables.contacts.get(contactId);
  const isShown =
    contact?.state === "accepted" && contact.trust.kind === "verified" && account.settings.alwaysHidesAddress !== true;
  const { groupId = "" } = (isShown ? tables.threads.get(contact.conversationId ?? "") : undefined) ?? {};
  const group = tables.groups.get(groupId);
  return group?.state === "active" ? group : undefined;
}

/** Whether what is said in a conversation now is said to them, too. */
export function isTalkingTo({ tables }: Core, threadId: string, contactId: IdentityId): boolean {
  const thread = tables.threads.get(threadId);
  if (thread?.kind !== "group") return thread?.contactId === contactId;
  const group = tables.groups.get(thread.groupId ?? "");
  return group?.state === "active" && group.roster.some(({ identityId }) => identityId === contactId);
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
