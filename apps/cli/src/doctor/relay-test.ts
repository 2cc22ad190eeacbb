// p2pcrypt relay test: sends packets through a node's relay and back, over each way in that it offers.
import type { ResponseOf } from "@p2pcrypt/api";
import type { TransportAddress } from "@p2pcrypt/turn";
import { connectRelay, parseRelayUrl, type TurnConnection } from "./turn-connection.ts";

const PACKET_BYTES = 160;
const INTERVAL_MS = 20;
/** How long the last packet may take. */
const PATIENCE_MS = 1_000;
const CHANNEL = 0x4000;

type Credentials = ResponseOf<"relay.credentials">;

export interface RelayTestResult {
  readonly url: string;
  readonly sent: number;
  readonly received: number;
  readonly medianMs: number | undefined;
  readonly p99Ms: number | undefined;
  /** Why nothing could be sent, in words; undefined when it could. */
  readonly failure: string | undefined;
}

export async function testRelay(credentials: Credentials, count: number): Promise<readonly RelayTestResult[]> {
  const results: RelayTestResult[] = [];
  for (const url of credentials.urls) {
    results.push(await testUrl(url, credentials, count).catch((cause: unknown) => failed(url, failureOf(cause))));
  }
  return results;
}

/** Two clients with a relayed address each: one sends, the other sends back what it hears. */
async function testUrl(url: string, { username, credential }: Credentials, count: number): Promise<RelayTestResult> {
  const parsed = parseRelayUrl(url);
  if (parsed === undefined) return failed(url, "this way in is not spoken here");
  const open: TurnConnection[] = [];
  const sentAtMs = new Map<number, number>();
  const delaysMs: number[] = [];
  let heardAll: () => void = () => undefined;
  const isOver = new Promise<void>((resolve) => {
    heardAll = resolve;
  });
  const connected = async (received: (data: Uint8Array) => void): Promise<TurnConnection> => {
    const connection = await connectRelay(parsed, { credentials: { username, password: credential }, received });
    open.push(connection);
    return connection;
  };
  try {
    const sender = await connected((data) => {
      const number = new DataView(data.buffer, data.byteOffset).getUint32(0);
      const atMs = sentAtMs.get(number);
      if (atMs !== undefined && sentAtMs.delete(number)) delaysMs.push(performance.now() - atMs);
      if (delaysMs.length === count) heardAll();
    });
    const echo: TurnConnection = await connected((data) => echo.client.sendOver(CHANNEL, data));
    const [atSender, atEcho] = [await allocated(sender), await allocated(echo)];
    await bound(sender, atEcho);
    await bound(echo, atSender);
    for (let number = 0; number < count; number++) {
      const data = new Uint8Array(PACKET_BYTES);
      new DataView(data.buffer).setUint32(0, number);
      sentAtMs.set(number, performance.now());
      sender.client.sendOver(CHANNEL, data);
      await passed(INTERVAL_MS);
    }
    await Promise.race([isOver, passed(PATIENCE_MS)]);
    await Promise.all(open.map(({ client }) => client.refresh(0)));
    const sorted = delaysMs.sort((a, b) => a - b);
    const at = (part: number): number | undefined => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    return { url, sent: count, received: sorted.length, medianMs: at(0.5), p99Ms: at(0.99), failure: undefined };
  } finally {
    for (const connection of open) connection.close();
  }
}

export async function allocated({ client }: TurnConnection): Promise<TransportAddress> {
  const outcome = await client.allocate();
  if (outcome.kind === "error") throw new RelayRefusal(outcome.code);
  return outcome.relayed;
}

async function bound({ client }: TurnConnection, peer: TransportAddress): Promise<void> {
  const answer = await client.bind(CHANNEL, peer);
  if (answer.kind === "error") throw new RelayRefusal(answer.code);
}

/** The relay answered with an error of RFC 8656, or not at all (0). */
export class RelayRefusal extends Error {
  override readonly name = "RelayRefusal";
  readonly code: number;

  constructor(code: number) {
    super(code === 0 ? "no answer" : `refused with ${code}`);
    this.code = code;
  }
}

/** Connecting and asking, in a few words. */
export function failureOf(cause: unknown): string {
  if (cause instanceof RelayRefusal) return cause.message;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return FAILURES[code] ?? (/CERT|ALTNAME|SELF_SIGNED|SSL/.test(code) ? "the certificate is not good" : "cannot be reached");
}

/** The machine is there and says no: it is the program that is not, and no firewall is in the way. */
export function isRefused(cause: unknown): boolean {
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ECONNREFUSED";
}

const FAILURES: Readonly<Record<string, string>> = {
  ETIMEDOUT: "no answer",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  ENOTFOUND: "the name leads nowhere",
  EHOSTUNREACH: "no way leads there",
  ENETUNREACH: "no way leads there",
};

function failed(url: string, failure: string): RelayTestResult {
  return { url, sent: 0, received: 0, medianMs: undefined, p99Ms: undefined, failure };
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
