// p2pcrypt file: sending, listing and fetching files. What is cut off goes on where it was when the same command runs again.
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Client, FileDeps, FileEntry, TransferFailure, TransferSnapshot } from "@p2pcrypt/client";
import { mediaTypeOf, undatedName } from "@p2pcrypt/files";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { askedNode } from "../direct/asked-node.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { diskFiles, sinkRef } from "../files/disk-files.ts";
import { assertFile, sourceRef } from "../files/disk-source.ts";
import { Progress, sizeText } from "../files/progress.ts";
import { Spool } from "../files/spool.ts";
import { reachedWithin, settleWithin, withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";
import { findPlace } from "../who.ts";
import { addFileStorageCommands, hexOf } from "./file-storage.ts";

const NETWORK_WAIT_MS = 15_000;
const MAX_LISTED = 1_000;
const SHOWN_ID_DIGITS = 8;

export function addFileCommands(program: Command, run: RunCommand): void {
  const file = program.command("file").description("send and fetch files of any size");
  file
    .command("send <who> <paths...>")
    .description("send files; - is standard input. Cut off, the same command goes on where it was")
    .option("--name <name>", "what the file is called there (needed for nothing but standard input)")
    .option("--as-is", "with what a camera wrote into pictures and films: where and when they were taken")
    .option("--stay", "then stay, and give them directly to those who fetch them; Ctrl-C ends it")
    .action((who: string, paths: string[], flags: SendFlags) => run((context) => send(context, who, paths, flags)));
  file
    .command("list <who>")
    .description("files of a conversation, oldest first")
    .action((who: string) => run((context) => withClient(context, { isOnline: true }, (client) => list(client, context, who))));
  file
    .command("get <id>")
    .description("fetch a file by the id in `file list`; it is checked before it gets its name")
    .option("--out <folder>", "where to put it (default: this folder)")
    .action((id: string, { out }: { out?: string }) => run((context) => get(context, id, out ?? ".")));
  addFileStorageCommands(file, run);
}

interface SendFlags {
  readonly name?: string;
  readonly asIs?: boolean;
  readonly stay?: boolean;
}

async function send(context: CommandContext, who: string, paths: readonly string[], flags: SendFlags): Promise<void> {
  const { name, asIs = false, stay } = flags;
  if (name !== undefined && paths.length > 1) throw new CommandError(EXIT.usage, "file/oneName", "--name is for one file");
  for (const path of paths) if (path !== "-") assertFile(path);
  const spool = new Spool(context.home);
  try {
    const files = diskFiles(spool);
    await withClient(context, { isOnline: true, files }, async (client) => {
      if (stay === true) assertGives(client, files);
      await settleWithin(client, NETWORK_WAIT_MS);
      const { id: conversation } = findPlace(client, who);
      for (const path of paths) {
        const ref = path === "-" ? await spool.put(process.stdin) : sourceRef(resolve(path), asIs);
        const own = path === "-" ? "stdin" : basename(resolve(path));
        const called = name ?? (asIs ? own : undatedName(own));
        const type = mediaTypeOf(called);
        const transfer = await client.files.send(conversation, { ref, name: called, ...(type === undefined ? {} : { type }) });
        const sent = await followed(client, context, transfer).catch(async (error: unknown) => {
          // Nobody can give it a second time.
          if (path === "-") await client.files.cancel(transfer.id).catch(() => undefined);
          throw error;
        });
        await settleWithin(client, NETWORK_WAIT_MS);
        const id = sent.messageId === undefined ? undefined : hexOf(sent.messageId);
        const line = `sent ${printable(sent.name)}, ${sizeText(sent.bytes)}`;
        context.output.say(line, { event: "sent", id, name: sent.name, bytes: sent.bytes });
      }
      if (stay === true) await stayed(client, context);
    });
  } finally {
    await spool.close();
  }
}

/** @throws {CommandError} file/noDirect, file/addressHidden */
function assertGives(client: Client, { openDirect }: FileDeps): void {
  if (openDirect === undefined)
    throw new CommandError(
      EXIT.failed,
      "file/noDirect",
      "giving files directly needs the package werift, which this installation was made without: npm install without --omit=optional",
    );
  if (client.account.snapshot().settings.alwaysHidesAddress === true)
    throw new CommandError(
      EXIT.refused,
      "file/addressHidden",
      "your address is hidden from everybody, so nothing is given directly; see: p2pcrypt identity set hide-address off",
    );
}

/** Until Ctrl-C. Whoever fetches what this process sent asks it. */
async function stayed(client: Client, { output }: CommandContext): Promise<void> {
  output.note("Staying: those whom you verified fetch directly from here. Ctrl-C ends it; the node keeps the files.");
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    client.subscribe((event) => {
      if (event.kind === "stopped") resolve();
    });
    output.say([], { event: "staying" });
  });
  clearInterval(alive);
}

async function list(client: Client, { output }: CommandContext, who: string): Promise<void> {
  await settleWithin(client, NETWORK_WAIT_MS);
  const { id } = findPlace(client, who);
  const entries = [...(await client.files.list(id, { limit: MAX_LISTED }))].reverse();
  if (entries.length === 0) output.note("no files yet");
  for (const entry of entries) output.say(fileLine(entry), fileJson(entry));
}

function fileLine(entry: FileEntry): string {
  const { file, isOwn, authorName, atMs } = entry;
  const from = isOwn ? "from you" : `from ${printable(authorName)}`;
  const kept = isExpired(entry) ? "no longer kept" : `kept until ${new Date(file.expiresMs).toLocaleDateString()}`;
  const when = new Date(atMs).toLocaleString([], { dateStyle: "short", timeStyle: "short" });
  return `${hexOf(entry.id).slice(0, SHOWN_ID_DIGITS)}  ${when}  ${printable(file.name)}  ${sizeText(file.bytes)}  ${from}, ${kept}`;
}

function fileJson(entry: FileEntry): Record<string, unknown> {
  const { id, author, authorName, isOwn, atMs, conversationId, file, state } = entry;
  const { name, type, bytes, expiresMs } = file;
  const said = { id: hexOf(id), conversation: conversationId, at: atMs, from: authorName, identity: author, isOwn, state };
  return { ...said, name, type, bytes, expiresAt: expiresMs, isExpired: isExpired(entry) };
}

function isExpired({ file }: FileEntry): boolean {
  return file.expiresMs <= Date.now();
}

async function get(context: CommandContext, given: string, out: string): Promise<void> {
  const folder = resolve(out);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new CommandError(EXIT.notFound, "file/noFolder", `there is no folder ${printable(out)}`);
  const spool = new Spool(context.home);
  const files = diskFiles(spool);
  await withClient(context, { isOnline: true, files }, async (client) => {
    let entry = await found(client, given);
    if (entry === undefined) {
      await settleWithin(client, NETWORK_WAIT_MS);
      entry = await found(client, given);
    }
    if (entry === undefined)
      throw new CommandError(EXIT.notFound, "file/unknown", "there is no such file; see: p2pcrypt file list WHO");
    const nodeUrl = askedNode(client, files, entry);
    if (nodeUrl !== undefined) await reachedWithin(client, nodeUrl, NETWORK_WAIT_MS);
    const ref = sinkRef(folder, hexOf(entry.id), entry.file.name);
    const transfer = await client.files.download(entry.conversationId, entry, ref);
    const { place = "", bytes } = await followed(client, context, transfer);
    context.output.say(`saved ${printable(place)}, ${sizeText(bytes)}`, {
      event: "saved",
      path: place,
      name: entry.file.name,
      bytes,
    });
  });
}

/** @throws {CommandError} file/ambiguous */
async function found(client: Client, given: string): Promise<FileEntry | undefined> {
  const hex = given.toLowerCase();
  if (!/^[0-9a-f]{4,32}$/.test(hex))
    throw new CommandError(EXIT.usage, "file/malformedId", "an id is the hex digits of `file list`");
  const all: FileEntry[] = [];
  for (const { id } of client.conversations.list()) all.push(...(await client.files.list(id, { limit: MAX_LISTED })));
  const fitting = all.filter((entry) => hexOf(entry.id).startsWith(hex));
  if (fitting.length > 1) throw new CommandError(EXIT.ambiguous, "file/ambiguous", "several files fit; give more digits");
  return fitting[0];
}

/** Until it is done. @throws {CommandError} transfer/* */
async function followed(client: Client, { output }: CommandContext, transfer: TransferSnapshot): Promise<TransferSnapshot> {
  const terminal = process.stderr.isTTY ? process.stderr : undefined;
  const progress = new Progress({ output, isJson: output.isJson, terminal, nowMs: () => performance.now() });
  const alive = setInterval(() => progress.tick(), 1_000);
  let interrupt: () => void = () => undefined;
  try {
    return await new Promise<TransferSnapshot>((resolve, reject) => {
      interrupt = () => {
        const sentence = "stopped; the same command goes on where it was";
        reject(new CommandError(EXIT.failed, "transfer/interrupted", sentence));
      };
      process.once("SIGINT", interrupt);
      process.once("SIGTERM", interrupt);
      const look = (now: TransferSnapshot): void => {
        if (now.id !== transfer.id) return;
        progress.told(now);
        if (now.state === "done") resolve(now);
        if (now.state === "failed" && now.failure !== undefined) reject(failureOf(now.failure));
      };
      client.subscribe((event) => {
        if (event.kind === "transfer") look(event.transfer);
        if (event.kind === "stopped") interrupt();
      });
      client.files.transfers().then((all) => all.forEach(look), reject); // what happened before somebody listened
    });
  } finally {
    clearInterval(alive);
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    progress.end();
  }
}

const SENTENCES: Record<TransferFailure["code"], readonly [exit: (typeof EXIT)[keyof typeof EXIT], sentence: string]> = {
  "transfer/expired": [EXIT.notFound, "the node does not have this file any more"],
  "transfer/damaged": [EXIT.failed, "what the node has is not what was sent; nothing was saved"],
  "transfer/sourceGone": [EXIT.notFound, "the file is not there any more"],
  "transfer/sourceChanged": [EXIT.refused, "the file changes while it is sent; send it when it is finished"],
  "transfer/refused": [EXIT.node, "the node does not take this file"],
  "transfer/notStored": [EXIT.failed, "the file could not be written here"],
};

function failureOf({ code, reason }: TransferFailure): CommandError {
  const [exit, sentence] = SENTENCES[code];
  return new CommandError(exit, code, reason === undefined ? sentence : `${sentence} (${reason})`, { reason });
}
