// coturn's client against our relay over real sockets: 10 clients, 1,000 packets each, and none is lost.
import { describe, expect, it } from "vitest";
import { DEFAULT_TURN_QUOTAS } from "../src/index.ts";
import { listenTurn, type RunningTurn } from "../src/node/index.ts";
import { HAS_TURNUTILS, runTurnutils } from "./support/turnutils.ts";

const SECRET = "of this test";
const [CLIENTS, PACKETS, INTERVAL_MS] = [10, 1_000, 10];

// Nearly all of a run is the client's own pauses, so they run beside each other.
describe.skipIf(!HAS_TURNUTILS).concurrent(`turnutils_uclient${HAS_TURNUTILS ? "" : " (coturn is not installed)"}`, () => {
  // Each flag's absence is the other way: UDP, channels. Without -c a client asks for an even port and reserves the one behind it.
  it.each([
    ["UDP, channels, even ports", ["-y"]],
    ["UDP, indications, even ports", ["-y", "-s"]],
    ["TCP, channels, even ports", ["-y", "-t"]],
    ["TCP, indications, single ports", ["-y", "-t", "-s", "-c"]],
  ])("%s", async (_, flags) => {
    await withTurn(async ({ port, counters }) => {
      const load = ["-m", String(CLIENTS), "-n", String(PACKETS), "-z", String(INTERVAL_MS)];
      const report = await runTurnutils(port, SECRET, [...flags, ...load]);
      expect(report.exitCode, report.output.slice(-2_000)).toBe(0);
      expect(report.sent).toBeGreaterThanOrEqual(CLIENTS * PACKETS);
      expect(report.received).toBe(report.sent);
      expect(counters.packetsToPeers).toBe(report.sent);
      expect(counters.droppedOverQuota + counters.droppedWithoutPermission).toBe(0);
      if (!flags.includes("-c")) expect(counters.allocationsMade).toBeGreaterThan(CLIENTS);
    });
  });

  it("with another secret it gets nothing", async () => {
    await withTurn(async ({ port, counters }) => {
      const report = await runTurnutils(port, "another secret", ["-y", "-c", "-n", "1"]);
      expect(report.exitCode).not.toBe(0);
      expect(counters.allocationsMade).toBe(0);
    });
  });
});

async function withTurn(test: (turn: RunningTurn) => Promise<void>): Promise<void> {
  const here = { ipv4: "127.0.0.1" };
  const turn = await listenTurn({
    realm: "p2pcrypt",
    secret: SECRET,
    relayIps: here,
    relayHosts: here,
    hosts: ["127.0.0.1"],
    port: 0,
    ports: { first: 49_152, last: 65_535 },
    quotas: DEFAULT_TURN_QUOTAS,
    allowedPeers: [],
  });
  try {
    await test(turn);
  } finally {
    await turn.close();
  }
}
