// Writers that each append to a stream of their own, one record after the other, until the time is over. Frames are prepared, so that
// the node is what is measured and not who asks.
import type { NodeProcess } from "./node-process.ts";
import { applicationRecord, StreamClient } from "./stream-client.ts";

export interface AppendLoad {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  readonly nodeCpuUsPerAppend: number;
  readonly writersCpuUsPerAppend: number;
}

export async function appendsPerSecond(
  node: NodeProcess,
  { writers, durationMs }: { readonly writers: number; readonly durationMs: number },
): Promise<AppendLoad> {
  const clients = await Promise.all(Array.from({ length: writers }, () => StreamClient.open(node.url)));
  const prepared: { client: StreamClient; stream: Awaited<ReturnType<StreamClient["create"]>> }[] = [];
  for (const client of clients) prepared.push({ client, stream: await client.create() });
  const records = Array.from({ length: 32 }, () => applicationRecord(1024).toString("base64url"));
  const nodeCpuMs = node.cpuMs();
  const ownCpu = process.cpuUsage();
  const startedMs = performance.now();
  const latenciesMs: number[] = [];
  await Promise.all(
    prepared.map(async ({ client, stream }, i) => {
      for (let n = i; performance.now() - startedMs < durationMs; n++) {
        const sentMs = performance.now();
        await client.append(stream, records[n % records.length] ?? "");
        latenciesMs.push(performance.now() - sentMs);
      }
    }),
  );
  const elapsedMs = performance.now() - startedMs;
  const own = process.cpuUsage(ownCpu);
  for (const { socket } of clients) socket.close();
  const count = latenciesMs.length;
  return {
    perSecond: (count * 1000) / elapsedMs,
    latenciesMs,
    nodeCpuUsPerAppend: ((node.cpuMs() - nodeCpuMs) * 1000) / count,
    writersCpuUsPerAppend: (own.user + own.system) / count,
  };
}
