// What an operator's programs may ask: on loopback only, and never by a web page (requests with an Origin are refused).
import { createServer } from "node:http";
import type { Node } from "@p2pcrypt/server";
import type { BlobStore, NodeStore } from "@p2pcrypt/storage";
import type { Registry } from "prom-client";
import type { RunningRelay } from "./relay.ts";

export interface Watched {
  readonly node: Node;
  readonly store: NodeStore;
  readonly blobs: BlobStore | undefined;
  readonly relay: RunningRelay | undefined;
}

export async function listenForOperator(watched: Watched, port: number): Promise<() => Promise<void>> {
  // Made when somebody asks for the first time: a node that nobody watches does not carry it.
  let asked: Promise<Registry> | undefined;
  const registry = (): Promise<Registry> => {
    asked ??= metricsOf(watched);
    return asked;
  };
  const server = createServer((request, response) => {
    const { origin, host = "" } = request.headers;
    // A page whose name was pointed at this machine (DNS rebinding) sends no Origin to itself, but its own name as Host.
    const isAllowed = origin === undefined && LOOPBACK_HOST.test(host) && request.method === "GET";
    if (!isAllowed || request.url !== "/metrics") {
      response.writeHead(isAllowed ? 404 : 403).end();
      return;
    }
    metricsText(registry()).then(
      ({ text, contentType }) => response.writeHead(200, { "content-type": contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  return async () => {
    (await asked)?.clear();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
}

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

async function metricsText(made: Promise<Registry>): Promise<{ readonly text: string; readonly contentType: string }> {
  const registry = await made;
  return { text: await registry.metrics(), contentType: registry.contentType };
}

async function metricsOf({ node, store, blobs, relay }: Watched): Promise<Registry> {
  const { collectDefaultMetrics, Gauge, Registry } = await import("prom-client");
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    new Gauge({
      name: `p2pcrypt_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  };
  gauge("sockets", "Open WebSockets", () => node.stats.sockets);
  gauge("subscriptions", "Subscriptions over WebSockets", () => node.stats.subscriptions);
  gauge("rate_limit_keys", "Keys the rate limiter remembers", () => node.stats.rateKeys);
  gauge("streams", "Streams stored", async () => (await store.usage()).streams);
  gauge("records", "Records stored", async () => (await store.usage()).records);
  gauge("record_bytes", "Bytes of records stored", async () => (await store.usage()).recordBytes);
  gauge("identities", "Identities in the directory", async () => (await store.usage()).identities);
  if (blobs !== undefined) {
    gauge("blobs", "Blobs, whole or being uploaded", async () => (await blobs.usage()).blobs);
    gauge("blob_reserved_bytes", "Bytes reserved for blobs", async () => (await blobs.usage()).reservedBytes);
    gauge("blob_stored_bytes", "Bytes of blobs on the disk", async () => (await blobs.usage()).storedBytes);
    gauge("uploads", "Blobs that are being written to", () => node.stats.uploads);
  }
  const turn = relay?.turn;
  if (turn !== undefined) {
    const { counters } = turn;
    gauge("relay_allocations", "Allocations of the relay now", () => turn.allocations);
    gauge("relay_allocations_total", "Allocations made", () => counters.allocationsMade);
    gauge("relay_packets_to_peers_total", "Packets relayed to peers", () => counters.packetsToPeers);
    gauge("relay_bytes_to_peers_total", "Bytes relayed to peers", () => counters.bytesToPeers);
    gauge("relay_packets_to_clients_total", "Packets relayed to clients", () => counters.packetsToClients);
    gauge("relay_bytes_to_clients_total", "Bytes relayed to clients", () => counters.bytesToClients);
    gauge("relay_dropped_over_quota_total", "Packets not relayed: over a quota of bytes", () => counters.droppedOverQuota);
    gauge("relay_dropped_without_permission_total", "Packets not relayed: not allowed", () => counters.droppedWithoutPermission);
    gauge("relay_malformed_total", "Messages that are none", () => counters.malformed);
    gauge("relay_unanswered_total", "Strangers who asked too often", () => counters.unanswered);
    new Gauge({
      name: "p2pcrypt_relay_refusals_total",
      help: "Refused requests by error number (RFC 8656)",
      labelNames: ["code"],
      registers: [registry],
      collect() {
        for (const [code, count] of counters.refusals) this.set({ code: String(code) }, count);
      },
    });
  }
  new Gauge({
    name: "p2pcrypt_events_total",
    help: "Counts since the start: requests by operation and answer, records appended and pushed",
    labelNames: ["event", "operation", "answer"],
    registers: [registry],
    collect() {
      for (const [name, count] of node.stats.counts) {
        const [event = "", operation = "", answer = ""] = name.split(" ");
        this.set({ event, operation, answer }, count);
      }
    },
  });
  return registry;
}
