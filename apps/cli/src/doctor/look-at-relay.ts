// The part of the doctor that is about calls: every way into the relay, and the ports that it relays from.
import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import type { ResponseOf } from "@p2pcrypt/api";
import { type TransportAddress, TurnClient } from "@p2pcrypt/turn";
import { systemRandom, systemTimers } from "../platform.ts";
import { bad, type Finding, good, skipped } from "./findings.ts";
import { callNode, refusalOf, type TemporaryStream } from "./node-calls.ts";
import { allocated, failureOf, isRefused, RelayRefusal } from "./relay-test.ts";
import { connectRelay, parseRelayUrl, type RelayUrl, type TurnConnection } from "./turn-connection.ts";

type Credentials = ResponseOf<"relay.credentials">;

const NAMES = { udp: "relayUdp", tcp: "relayTcp", tls: "relayTls" } as const;
const FORBIDDEN = 403;
const ANSWER_MS = 2_000;
const ATTEMPTS = 5;

export async function lookAtRelay(
  url: string,
  services: readonly string[],
  stream: TemporaryStream | undefined,
): Promise<readonly Finding[]> {
  if (!services.includes("relay")) return [skipped("relay", "this node has none: calls need a direct way (--relay on)")];
  if (stream === undefined) return [skipped("relay", "no credentials without storage")];
  let credentials: Credentials;
  try {
    credentials = await callNode(url, "relay.credentials", { stream: stream.stream }, stream.writeToken);
  } catch (cause) {
    return [bad("relay", `gives no credentials: ${refusalOf(cause) ?? "no answer"}`, "look at the node's log")];
  }
  const findings = [good("relay", `${credentials.urls.length} ways in`)];
  for (const text of credentials.urls) {
    const parsed = parseRelayUrl(text);
    if (parsed !== undefined) findings.push(await wayIn(parsed, credentials));
  }
  return [...findings, await relayPorts(credentials)];
}

async function wayIn(url: RelayUrl, { username, credential }: Credentials): Promise<Finding> {
  const name = NAMES[url.transport];
  const place = `${url.host} port ${url.port}`;
  try {
    const connection = await connectRelay(url, { credentials: { username, password: credential } });
    try {
      await allocated(connection);
      await connection.client.refresh(0);
    } finally {
      connection.close();
    }
    return good(name, `${place} relays`);
  } catch (cause) {
    const port = url.transport === "udp" ? "UDP" : "TCP";
    const flag = url.transport === "tls" ? "--relay-tls-port" : "--relay-port";
    const elsewhere = "of a relay elsewhere, look at --relay-urls";
    const advice =
      cause instanceof RelayRefusal && cause.code !== 0
        ? "node and relay have to know the same secret (--relay-secret-file), and their clocks the same time"
        : isRefused(cause)
          ? `at ${port} port ${url.port} no relay runs: look at the node's log and at ${flag}; ${elsewhere}`
          : `open ${port} port ${url.port} in the firewall (${flag}), or say another address with --relay-address; ${elsewhere}`;
    return bad(name, `${place}: ${failureOf(cause)}`, advice);
  }
}

/** Whether a packet from here arrives at a relayed port. Where the relay may not talk to here, two relayed addresses talk to each other. */
async function relayPorts({ urls, username, credential }: Credentials): Promise<Finding> {
  const parsed = urls.map(parseRelayUrl).find((url) => url !== undefined);
  if (parsed === undefined) return skipped("relayPorts", "no way in that is spoken here");
  const credentials = { username, password: credential };
  const heard = Promise.withResolvers<void>();
  let connection: TurnConnection | undefined;
  try {
    connection = await connectRelay(parsed, { credentials, received: () => heard.resolve() });
    const relayed = await allocated(connection);
    const outcome = await reach(connection, parsed, relayed, heard.promise);
    await connection.client.refresh(0);
    if (outcome === "private")
      return skipped("relayPorts", `${relayed.ip}: the relay does not talk to where this command runs; look from outside`);
    return outcome === "reached"
      ? good("relayPorts", `a packet from here arrived at ${relayed.ip} port ${relayed.port}`)
      : bad(
          "relayPorts",
          `nothing arrives at ${relayed.ip} port ${relayed.port}`,
          "open the UDP ports of --relay-ports in the firewall, or say another address with --relay-address",
        );
  } catch (cause) {
    return skipped("relayPorts", `no relayed address: ${failureOf(cause)}`);
  } finally {
    connection?.close();
  }
}

async function reach(
  { client }: TurnConnection,
  { host, port }: RelayUrl,
  relayed: TransportAddress,
  heard: Promise<void>,
): Promise<"reached" | "unreached" | "private"> {
  const socket = createSocket(isIP(relayed.ip) === 6 ? "udp6" : "udp4");
  socket.on("error", () => undefined);
  try {
    const here = new TurnClient(
      { username: "", password: "" },
      {
        timers: systemTimers,
        random: systemRandom,
        isStream: false,
        received: () => undefined,
        send: (bytes) => socket.send(bytes, port, host),
      },
    );
    socket.on("message", (bytes, from) => {
      if (from.port === port) here.received(bytes);
    });
    const mapped = await here.binding();
    if (mapped === undefined) return "private"; // no way over UDP from here: another finding says so
    const permission = await client.permit(mapped);
    if (permission.kind === "error" && permission.code === FORBIDDEN) return "private";
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      socket.send(new Uint8Array([0]), relayed.port, relayed.ip);
      if (await arrives(heard, ANSWER_MS / ATTEMPTS)) return "reached";
    }
    return "unreached";
  } finally {
    socket.close();
  }
}

async function arrives(heard: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([heard.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
