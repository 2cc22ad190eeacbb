// What a look at a node finds: one line each, and what to do where something is wrong.

export type FindingName =
  | "http"
  | "certificate"
  | "websocket"
  | "clock"
  | "version"
  | "storage"
  | "relay"
  | "relayUdp"
  | "relayTcp"
  | "relayTls"
  | "relayPorts";

export interface Finding {
  readonly name: FindingName;
  /** `skipped`: could not be looked at, or is not offered. */
  readonly state: "good" | "bad" | "skipped";
  readonly text: string;
  /** Which port or setting, when it is bad. */
  readonly advice?: string;
}

export function good(name: FindingName, text: string): Finding {
  return { name, state: "good", text };
}

export function bad(name: FindingName, text: string, advice: string): Finding {
  return { name, state: "bad", text, advice };
}

export function skipped(name: FindingName, text: string): Finding {
  return { name, state: "skipped", text };
}

const LABELS: Record<FindingName, string> = {
  http: "HTTP",
  certificate: "Certificate",
  websocket: "WebSocket",
  clock: "Clock",
  version: "Version",
  storage: "Disk",
  relay: "Relay",
  relayUdp: "Relay, UDP",
  relayTcp: "Relay, TCP",
  relayTls: "Relay, TLS",
  relayPorts: "Relay ports",
};
const MARKS: Record<Finding["state"], string> = { good: "ok  ", bad: "FAIL", skipped: "–   " };

export function linesOf({ name, state, text, advice }: Finding): string[] {
  const line = `${MARKS[state]} ${LABELS[name].padEnd(12)} ${text}`;
  return advice === undefined ? [line] : [line, `${" ".repeat(18)}→ ${advice}`];
}

/** What these are called on the screen. */
export function labelsOf(names: readonly FindingName[]): string {
  return names.map((name) => LABELS[name].replace(", ", " over ")).join(", ");
}
