// Thousands of idle listeners in a process of their own. Prints a line when all listen, and again when all are back after a restart.
import { type BenchStream, StreamClient } from "./stream-client.ts";

const [url = "", count = "0"] = process.argv.slice(2);
const total = Number(count);
let listening = 0;

const first = await StreamClient.open(url);
const streams: BenchStream[] = [];
for (let n = 0; n < 100; n++) streams.push(await first.create());
const pool: Promise<void>[] = [];
for (let n = 0; n < total; n++) {
  const stream = streams[n % streams.length];
  if (stream !== undefined) pool.push(listen(stream));
  if (pool.length % 200 === 0) await Promise.all(pool.splice(0));
}
await Promise.all(pool);

async function listen(stream: BenchStream): Promise<void> {
  const client = await StreamClient.open(url);
  await client.subscribe(stream, 0);
  listening += 1;
  if (listening === total) process.stdout.write("all listen\n");
  client.socket.once("close", () => {
    listening -= 1;
    again(stream, 1);
  });
}

/** As a client does: later each time, and not all at once. */
function again(stream: BenchStream, attempt: number): void {
  const delayMs = Math.min(10_000, 500 * 2 ** attempt) * (0.5 + Math.random());
  setTimeout(() => {
    listen(stream).catch(() => again(stream, attempt + 1));
  }, delayMs);
}
