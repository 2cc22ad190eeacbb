// What a call test finds about the way to the node, as the terminal's `node doctor` does: one line each.
import type { NodeLook } from "@p2pcrypt/client";
import type { RelayOutcome } from "./relay-loop.ts";

export type FindingName = "http" | "websocket" | "clock" | "storage" | "relay" | "relayUdp" | "relayTcp" | "relayTls";

export interface Finding {
  readonly name: FindingName;
  /** `looking`: not known yet. `skipped`: cannot be looked at, or is not offered. */
  readonly state: "looking" | "good" | "bad" | "skipped";
  /** What of the way into the relay is wrong. */
  readonly outcome?: RelayOutcome["kind"];
  readonly tookMs?: number;
}

/** Signed requests are refused when clocks are five minutes apart; a minute is told. */
const CLOCK_BAD_MS = 60_000;

export function findingsOf({ node, hasSocket, notStored, refused, relay }: NodeLook): readonly Finding[] {
  const websocket: Finding = { name: "websocket", state: hasSocket ? "good" : "bad" };
  if (node === undefined) return [{ name: "http", state: "bad" }, websocket];
  const relayState = relay !== undefined ? "good" : refused !== undefined ? "bad" : "skipped";
  return [
    { name: "http", state: "good", tookMs: node.tookMs },
    websocket,
    { name: "clock", state: Math.abs(node.clockAheadMs) > CLOCK_BAD_MS ? "bad" : "good" },
    { name: "storage", state: notStored === undefined ? "good" : "bad" },
    ...(notStored === undefined ? [{ name: "relay", state: relayState } as const] : []),
    ...waysIn(relay?.urls ?? []).map(({ name }): Finding => ({ name, state: "looking" })),
  ];
}

export interface WayIn {
  readonly name: "relayUdp" | "relayTcp" | "relayTls";
  readonly url: string;
}

/** The ways into a relay, each once. */
export function waysIn(urls: readonly string[]): readonly WayIn[] {
  const all = urls.map((url): WayIn => {
    const isTls = url.startsWith("turns:");
    return { name: isTls ? "relayTls" : /\?transport=tcp$/.test(url) ? "relayTcp" : "relayUdp", url };
  });
  return all.filter(({ name }, at) => all.findIndex((one) => one.name === name) === at);
}

export function foundBy(name: WayIn["name"], outcome: RelayOutcome): Finding {
  if (outcome.kind === "relays") return { name, state: "good", tookMs: outcome.tookMs };
  return { name, state: "bad", outcome: outcome.kind };
}
