// Another node as home, with what may be moved of the conversations at the one before. When that one does not answer, without it.
import type { Client } from "@p2pcrypt/client";

/** @returns names of conversations that stay where they are. @throws {ClientError} */
export async function changeNode(client: Client, nodeUrl: string, withConversations: boolean): Promise<readonly string[]> {
  const { account, conversations } = client;
  const before = account.snapshot().homeNodeUrl;
  const isNodeGone = !client.nodes().some(({ url, state }) => url === before && state.kind === "connected");
  await account.changeNode(nodeUrl);
  if (!withConversations) return [];
  const left: string[] = [];
  for (const { id, name, kind, ownRole, nodeUrls, state } of conversations.list()) {
    if (state !== "active" || !nodeUrls.includes(before)) continue;
    if (kind === "group" && ownRole !== "admin") left.push(name);
    else await conversations.move(id, nodeUrl, { isNodeGone });
  }
  return left;
}
