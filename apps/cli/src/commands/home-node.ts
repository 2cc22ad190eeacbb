// identity node: another node as home, with the conversations that lived at the one before.
import { type Client, ClientError, type ConversationSnapshot } from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { nodeAddress } from "../node-address.ts";
import { settleWithin, withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";

const NETWORK_WAIT_MS = 15_000;

interface NodeFlags {
  readonly withConversations?: boolean;
  readonly nodeGone?: boolean;
}

export function addHomeNodeCommand(identity: Command, run: RunCommand): void {
  identity
    .command("node <url>")
    .description("another node as your home: contacts are told, letters to the old one are read for 30 days")
    .option("--with-conversations", "and move there what you may of the conversations at the node before")
    .option("--node-gone", "also when that node does not answer any more")
    .action((url: string, flags: NodeFlags) =>
      run((context) => withClient(context, { isOnline: true }, (client) => changeNode(client, context, nodeAddress(url), flags))),
    );
}

async function changeNode(client: Client, { output }: CommandContext, url: string, flags: NodeFlags): Promise<void> {
  const { withConversations = false, nodeGone = false } = flags;
  await settleWithin(client, NETWORK_WAIT_MS);
  const before = client.account.snapshot().homeNodeUrl;
  await client.account.changeNode(url);
  const there = withConversations ? client.conversations.list().filter((one) => isAt(one, before)) : [];
  const left: { readonly conversation: string; readonly name: string; readonly code: string }[] = [];
  for (const { id, name } of there) {
    try {
      await client.conversations.move(id, url, { isNodeGone: nodeGone });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      left.push({ conversation: id, name, code: error.code });
    }
  }
  await settleWithin(client, NETWORK_WAIT_MS);
  const moved = there.flatMap(({ id }) => client.conversations.get(id) ?? []).filter((one) => isAt(one, url));
  const { link, isPublished } = client.account.snapshot();
  output.say(
    [
      `Your node is ${printable(url)} now${isPublished ? "" : ", as soon as it can be reached"}.`,
      `Link:  ${link}`,
      ...moved.map(({ name, moveLink = "" }) => `moved: ${printable(name)}  ${moveLink}`),
      ...left.map(({ name, code }) => `stays: ${printable(name)}  ${code}`),
    ],
    { node: url, link, isPublished, moved: moved.map(toJson), left },
  );
}

function isAt({ state, nodeUrls }: ConversationSnapshot, url: string): boolean {
  return state === "active" && nodeUrls.includes(url);
}

function toJson({ id, name, moveLink }: ConversationSnapshot): Record<string, unknown> {
  return { conversation: id, name, moveLink };
}
