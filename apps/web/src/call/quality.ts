// How a call is, in one word of a few: what a person can do something about comes first.
import type { FrameCounts } from "../frames/frames.ts";

export type Quality = "good" | "sealed" | "silent" | "loss" | "slow";

/** Of one moment, from a connection's statistics. */
export interface Measured {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly roundTripMs: number;
  readonly frames: FrameCounts;
}

const MUCH_LOSS = 0.08;
const SLOW_MS = 700;

/** `before` is some seconds older. */
export function qualityOf(before: Measured, now: Measured): Quality {
  const received = now.packetsReceived - before.packetsReceived;
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const opened = now.frames.opened - before.frames.opened;
  if (now.frames.dropped > before.frames.dropped && opened === 0) return "sealed";
  if (received === 0) return "silent";
  if (lost / (received + lost) > MUCH_LOSS) return "loss";
  return now.roundTripMs > SLOW_MS ? "slow" : "good";
}

export function measuredIn(report: RTCStatsReport, frames: FrameCounts): Measured {
  let measured: Measured = { packetsReceived: 0, packetsLost: 0, roundTripMs: 0, frames };
  for (const one of report.values() as Iterable<Readonly<Record<string, unknown>>>) {
    const { packetsReceived, packetsLost, roundTripMs } = measured;
    if (one["type"] === "inbound-rtp" && one["kind"] === "audio") {
      measured = {
        ...measured,
        packetsReceived: packetsReceived + numberIn(one, "packetsReceived"),
        packetsLost: packetsLost + numberIn(one, "packetsLost"),
      };
    }
    if (one["type"] === "candidate-pair" && one["nominated"] === true)
      measured = { ...measured, roundTripMs: Math.max(roundTripMs, 1_000 * numberIn(one, "currentRoundTripTime")) };
  }
  return measured;
}

function numberIn(row: Readonly<Record<string, unknown>>, name: string): number {
  const value = row[name];
  return typeof value === "number" ? value : 0;
}
