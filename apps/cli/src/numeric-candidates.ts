// What werift is told, wherever it is used: no server but ours, and nobody whose name would have to be asked for (K1).
import { isIP } from "node:net";

/** werift asks a server of its maker's when none is named. Nothing answers here. */
export const NO_STUN_SERVER = "stun:127.0.0.1:9";

/** Without candidates that go by a name: nobody makes this machine ask who that is (K1). */
export function withoutNames(sdp: string): string {
  return sdp
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("a=candidate:") || isNumeric(line.slice(2)))
    .join("\r\n");
}

export function isNumeric(candidate: string): boolean {
  return isIP(candidate.split(" ")[4] ?? "") !== 0;
}
