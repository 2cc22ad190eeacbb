// p2pcrypt file storage and file free: what of files is kept where and until when, and letting go of it.
import { decodeBase64Url, encodeHex } from "@p2pcrypt/bytes";
import type { Client, TransferSnapshot } from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { diskFiles } from "../files/disk-files.ts";
import { sizeText } from "../files/progress.ts";
import { Spool } from "../files/spool.ts";
import { withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";

const SHOWN_ID_DIGITS = 8;

export function addFileStorageCommands(file: Command, run: RunCommand): void {
  file
    .command("storage")
    .description("what you sent and nodes still keep, and what is half fetched here")
    .action(() => run((context) => withClient(context, { isOnline: false }, (client) => storage(client, context))));
  file
    .command("free <id>")
    .description("delete what you sent at its node, or throw away what is half fetched")
    .action((id: string) => run((context) => free(context, id)));
}

/** Ids of messages as people type them: no capital letters, no leading hyphen. */
export function hexOf(messageId: string): string {
  return encodeHex(decodeBase64Url(messageId));
}

interface Kept {
  readonly id: string;
  readonly transfer: TransferSnapshot;
}

/** Own files at nodes, and downloads that are not whole. What was fetched is the person's own file and lies where they put it. */
async function kept(client: Client): Promise<readonly Kept[]> {
  return (await client.files.transfers()).flatMap((transfer) => {
    const { messageId, direction, state, atNode } = transfer;
    const isKept = direction === "up" ? atNode !== undefined : state !== "done";
    return isKept && messageId !== undefined ? [{ id: hexOf(messageId), transfer }] : [];
  });
}

async function storage(client: Client, { output }: CommandContext): Promise<void> {
  const all = await kept(client);
  if (all.length === 0) output.note("nothing is kept");
  for (const { id, transfer } of all) {
    const { name, bytes, doneBytes, atNode, conversationId } = transfer;
    const of = client.conversations.get(conversationId)?.name ?? "";
    const where =
      atNode === undefined
        ? `here, ${sizeText(doneBytes)} of it`
        : `at ${printable(new URL(atNode.nodeUrl).host)} until ${new Date(atNode.expiresMs).toLocaleDateString()}`;
    const line = `${id.slice(0, SHOWN_ID_DIGITS)}  ${printable(name)}  ${sizeText(bytes)}  ${printable(of)}, ${where}`;
    const place =
      atNode === undefined ? { where: "here", doneBytes } : { where: "node", node: atNode.nodeUrl, expiresAt: atNode.expiresMs };
    output.say(line, { id, name, bytes, conversation: conversationId, ...place });
  }
}

async function free(context: CommandContext, given: string): Promise<void> {
  const spool = new Spool(context.home);
  await withClient(context, { isOnline: false, files: diskFiles(spool) }, async (client) => {
    const fitting = (await kept(client)).filter(({ id }) => id.startsWith(given.toLowerCase()));
    const [first, second] = fitting;
    if (first === undefined)
      throw new CommandError(EXIT.notFound, "file/unknown", "nothing of that id is kept; see: p2pcrypt file storage");
    if (second !== undefined) throw new CommandError(EXIT.ambiguous, "file/ambiguous", "several files fit; give more digits");
    const { id, transfer } = first;
    if (transfer.atNode === undefined || transfer.messageId === undefined) await client.files.cancel(transfer.id);
    else if (!(await client.files.deleteAtNode(transfer.messageId)))
      throw new CommandError(EXIT.node, "file/notFreed", "the node did not answer; try again later");
    context.output.say(`freed ${printable(transfer.name)}, ${sizeText(transfer.bytes)}`, {
      event: "freed",
      id,
      name: transfer.name,
      bytes: transfer.bytes,
    });
  });
}
