// p2pcrypt call and answer: calls in a terminal, for tests and bots. Sound comes from a file and goes into one.
import { resolve } from "node:path";
import type { CallSnapshot, Client, ContactSnapshot } from "@p2pcrypt/client";
import type { Command } from "commander";
import { CallRun, type CallRunDeps, type CallWishes } from "../call/call-run.ts";
import { loadLibrary } from "../call/sound-connection.ts";
import { openSound, Recording } from "../call/sound-files.ts";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { settleWithin, withClient } from "../open-client.ts";
import type { RunCommand } from "../run.ts";
import { conversationOf, findContact } from "../who.ts";

const NETWORK_WAIT_MS = 15_000;
const MAX_SECONDS = 86_400;

interface Flags {
  readonly audio?: string;
  readonly record?: string;
  readonly for?: string;
  readonly endWithAudio?: boolean;
}

export function addCallCommands(program: Command, run: RunCommand): void {
  const described = (command: Command): Command =>
    command
      .option("--audio <file>", "an Ogg Opus file that they hear; - for standard input")
      .option("--record <file>", "a new Ogg Opus file of what they say")
      .option("--for <seconds>", "hang up so long after it was answered")
      .option("--end-with-audio", "hang up when the file was played");
  described(program.command("call <who>").description("call somebody; Ctrl-C hangs up")).action((who: string, flags: Flags) =>
    run((context) => inCall(context, flags, (client) => outgoing(client, who))),
  );
  described(program.command("answer [who]").description("wait for a call, of anybody or of one contact, and answer it")).action(
    (who: string | undefined, flags: Flags) =>
      run((context) => inCall(context, flags, (client) => incoming(client, context, who))),
  );
}

interface Begun {
  readonly call: CallSnapshot;
  readonly contact: ContactSnapshot;
  /** After somebody listens: orders come at once. */
  begin?(): Promise<void>;
}

async function inCall(context: CommandContext, flags: Flags, begin: (client: Client) => Promise<Begun>): Promise<void> {
  const forMs = flags.for === undefined ? undefined : seconds(flags.for) * 1_000;
  const library = await loadLibrary();
  const sound = flags.audio === undefined ? undefined : await openSound(flags.audio === "-" ? "-" : resolve(flags.audio));
  await withClient(context, { isOnline: true }, async (client) => {
    await settleWithin(client, NETWORK_WAIT_MS);
    const begun = await begin(client);
    const recording = flags.record === undefined ? undefined : Recording.create(resolve(flags.record));
    const wishes = { sound, recording, forMs, endsWithSound: flags.endWithAudio === true };
    await followed(begun, wishes, { client, output: context.output, library });
    await settleWithin(client, NETWORK_WAIT_MS);
  });
}

async function followed(begun: Begun, wishes: CallWishes, deps: CallRunDeps): Promise<void> {
  const { client } = deps;
  const run = new CallRun(begun.call, begun.contact, wishes, deps);
  const unsubscribe = client.subscribe((event) => {
    if (event.kind === "call" && event.call.id === begun.call.id) run.changed(event.call);
    if (event.kind === "callOrder" && event.callId === begun.call.id) run.order(event.order);
  });
  const hangUp = (): void => run.hangUp();
  process.on("SIGINT", hangUp);
  process.on("SIGTERM", hangUp);
  try {
    const ended = run.ended();
    await begun.begin?.();
    await ended;
  } finally {
    // Both called at once, and theirs goes on (end `replaced`): nobody here would speak in it.
    for (const { id, state } of client.calls.list())
      if (state !== "ringing") await client.calls.hangUp(id).catch(() => undefined);
    process.off("SIGINT", hangUp);
    process.off("SIGTERM", hangUp);
    unsubscribe();
  }
}

async function outgoing(client: Client, who: string): Promise<Begun> {
  const contact = findContact(client, who);
  return { call: await client.calls.start(conversationOf(contact), "voice"), contact };
}

/** Running this command is the answer: nothing is opened before somebody rings. */
async function incoming(client: Client, { output }: CommandContext, who: string | undefined): Promise<Begun> {
  const wanted = who === undefined ? undefined : findContact(client, who).identityId;
  output.note("Waiting for a call … (Ctrl-C ends)");
  output.say([], { kind: "waiting" });
  const call = await rings(client, (one) => wanted === undefined || one.contactId === wanted);
  const contact = client.contacts.get(call.contactId);
  if (contact === undefined) throw new CommandError(EXIT.notFound, "who/unknown", "they are no contact any more");
  return { call, contact, begin: () => client.calls.answer(call.id) };
}

async function rings(client: Client, isWanted: (call: CallSnapshot) => boolean): Promise<CallSnapshot> {
  const found = Promise.withResolvers<CallSnapshot>();
  const look = (call: CallSnapshot): void => {
    if (call.state === "ringing" && isWanted(call)) found.resolve(call);
  };
  const stop = (): void => found.reject(new CommandError(EXIT.failed, "call/interrupted", "nobody called"));
  const unsubscribe = client.subscribe((event) => {
    if (event.kind === "call") look(event.call);
    if (event.kind === "stopped") stop();
  });
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const alive = setInterval(() => undefined, 60_000);
  try {
    client.calls.list().forEach(look);
    return await found.promise;
  } finally {
    clearInterval(alive);
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    unsubscribe();
  }
}

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > MAX_SECONDS)
    throw new CommandError(EXIT.usage, "call/badTime", "--for takes seconds, up to a day");
  return value;
}
