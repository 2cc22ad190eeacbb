// p2pcrypt relay test
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { callNode, createTemporaryStream, refusalOf } from "../doctor/node-calls.ts";
import { type RelayTestResult, testRelay } from "../doctor/relay-test.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { nodeAddress } from "../node-address.ts";
import { withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";

const DEFAULT_COUNT = 50;
const MAX_COUNT = 10_000;

export function addRelayCommands(program: Command, run: RunCommand): void {
  program
    .command("relay")
    .description("the relay that calls can go through")
    .command("test [url]")
    .description("send packets through a node's relay and back, over each way in (default: your own node's)")
    .option("--count <n>", `how many packets (default ${DEFAULT_COUNT})`)
    .action((url: string | undefined, { count }: { count?: string }) =>
      run(async (context) => test(context, url === undefined ? await ownNode(context) : nodeAddress(url), countOf(count))),
    );
}

async function test({ output }: CommandContext, url: string, count: number): Promise<void> {
  output.note(`Sending ${count} packets each way through the relay of ${url} …`);
  const results = await testRelay(await credentialsOf(url), count);
  const isGood = results.every(({ sent, received }) => received === sent && sent > 0);
  output.say(results.map(lineOf), { url, isGood, results });
  if (!isGood)
    throw new CommandError(EXIT.node, "relay/lost", "not every packet came back: p2pcrypt node doctor names what to change");
}

async function credentialsOf(url: string) {
  try {
    const { node } = await callNode(url, "node.describe", {});
    const stream = await createTemporaryStream(url, node);
    try {
      return await callNode(url, "relay.credentials", { stream: stream.stream }, stream.writeToken);
    } finally {
      await stream.remove();
    }
  } catch (cause) {
    const code = refusalOf(cause);
    if (code === "notOffered") throw new CommandError(EXIT.node, "relay/notOffered", "this node has no relay");
    if (code !== undefined) throw new CommandError(EXIT.node, "node/refused", `the node refused: ${code}`);
    throw new CommandError(EXIT.node, "node/unreachable", "the node cannot be reached");
  }
}

async function ownNode(context: CommandContext): Promise<string> {
  return withClient(context, { isOnline: false }, async (client) => client.account.snapshot().homeNodeUrl);
}

function countOf(text: string | undefined): number {
  const count = text === undefined ? DEFAULT_COUNT : Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT)
    throw new CommandError(EXIT.usage, "usage/count", `--count is between 1 and ${MAX_COUNT}`);
  return count;
}

function lineOf({ url, sent, received, medianMs, p99Ms, failure }: RelayTestResult): string {
  if (failure !== undefined) return `FAIL ${printable(url)}: ${failure}`;
  const delays =
    medianMs === undefined || p99Ms === undefined
      ? ""
      : `, there and back in ${medianMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  return `${received === sent ? "ok  " : "FAIL"} ${printable(url)}: ${received} of ${sent} packets came back${delays}`;
}
