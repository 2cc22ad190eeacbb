// One stored record on its way to a thousand subscribers of its stream, until the last of them has it.
import { NodeProcess } from "../node-process.ts";
import { percentile, type Result } from "../result.ts";
import { applicationRecord, StreamClient } from "../stream-client.ts";

const SUBSCRIBERS = 1_000;
const ROUNDS = 20;

export async function run(): Promise<Result[]> {
  const node = await NodeProcess.start();
  try {
    return [await fanOut(node)];
  } finally {
    await node.remove();
  }
}

async function fanOut(node: NodeProcess): Promise<Result> {
  const writer = await StreamClient.open(node.url);
  const stream = await writer.create();
  const listeners = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => StreamClient.open(node.url)));
  await Promise.all(listeners.map((listener) => listener.subscribe(stream, 0)));
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const heard = Promise.all(
      listeners.map(
        (listener) =>
          new Promise<void>((resolve) => {
            listener.pushed = () => resolve();
          }),
      ),
    );
    const sentMs = performance.now();
    await writer.append(stream, applicationRecord(1024).toString("base64url"));
    await heard;
    rounds.push(performance.now() - sentMs);
  }
  for (const { socket } of [writer, ...listeners]) socket.close();
  return { name: `one record to ${SUBSCRIBERS} subscribers, median`, value: Math.round(percentile(rounds, 50)), unit: "ms" };
}
