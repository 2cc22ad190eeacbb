// How a call is, in one word of a few: what a person can do something about comes first.
import type { FrameCounts } from "../frames/frames.ts";

/** `narrow`: too little room for pictures, so none are sent. */
export type Quality = "good" | "sealed" | "silent" | "loss" | "slow" | "narrow";

/** Of one moment, from a connection's statistics. */
export interface Measured {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly roundTripMs: number;
  readonly frames: FrameCounts;
  /** What the browser thinks the line takes, when it knows. */
  readonly availableBps?: number;
  readonly packetsSent: number;
  /** Of those, as the other side counts them. */
  readonly sentLost: number;
  readonly sendsPictures: boolean;
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
  let measured: Measured = {
    ...{ packetsReceived: 0, packetsLost: 0, roundTripMs: 0, frames },
    ...{ packetsSent: 0, sentLost: 0, sendsPictures: false },
  };
  for (const one of report.values() as Iterable<Readonly<Record<string, unknown>>>) {
    const { packetsReceived, packetsLost, roundTripMs } = measured;
    if (one["type"] === "inbound-rtp" && one["kind"] === "audio") {
      measured = {
        ...measured,
        packetsReceived: packetsReceived + numberIn(one, "packetsReceived"),
        packetsLost: packetsLost + numberIn(one, "packetsLost"),
      };
    }
    if (one["type"] === "outbound-rtp") {
      const isSent = one["kind"] === "video" && numberIn(one, "framesPerSecond") > 0;
      measured = {
        ...measured,
        packetsSent: measured.packetsSent + numberIn(one, "packetsSent"),
        sendsPictures: measured.sendsPictures || isSent,
      };
    }
    if (one["type"] === "remote-inbound-rtp")
      measured = { ...measured, sentLost: measured.sentLost + numberIn(one, "packetsLost") };
    if (one["type"] === "candidate-pair" && one["nominated"] === true) {
      const available = numberIn(one, "availableOutgoingBitrate");
      measured = {
        ...measured,
        roundTripMs: Math.max(roundTripMs, 1_000 * numberIn(one, "currentRoundTripTime")),
        ...(available > 0 ? { availableBps: available } : {}),
      };
    }
  }
  return measured;
}

function numberIn(row: Readonly<Record<string, unknown>>, name: string): number {
  const value = row[name];
  return typeof value === "number" ? value : 0;
}
