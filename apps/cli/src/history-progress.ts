// How far what was said before is on its way between two own devices, in a terminal.
import type { Client, HistorySnapshot } from "@p2pcrypt/client";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";

/** The other device may be away: then the rest follows another time. */
const QUIET_MS = 20_000;
const NOTE_EVERY_MS = 1_000;

/** Everything is at the node: the new device fetches it from there, also without this one. */
export function isSent({ direction, state, sent, entries }: HistorySnapshot): boolean {
  return direction === "taking" || state !== "going" || sent >= entries;
}

export function isArrived(history: HistorySnapshot): boolean {
  return history.state !== "going" || (history.direction === "giving" && isSent(history));
}

/** Until all of them are, or nothing happens for a while. Says how far they are. */
export async function historiesEnd(client: Client, output: Output, isEnd: (history: HistorySnapshot) => boolean): Promise<void> {
  const isOver = (): boolean => client.devices.histories().every(isEnd);
  let saidAtMs = 0;
  if (!isOver())
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        unsubscribe();
        resolve();
      };
      const unsubscribe = client.subscribe((event) => {
        if (event.kind !== "histories") return;
        timer.refresh();
        if (isOver()) return finish();
        if (Date.now() - saidAtMs < NOTE_EVERY_MS) return;
        saidAtMs = Date.now();
        for (const history of event.histories) output.note(historyLine(history));
      });
      const timer = setTimeout(finish, QUIET_MS);
    });
  await client.settled();
}

export function historyLine({ direction, deviceName, entries, sent, stored, missing, state, reason }: HistorySnapshot): string {
  const name = deviceName === undefined ? "your other device" : printable(deviceName);
  const lost = missing === 0 ? "" : `; ${missing} cannot be had any more`;
  if (state === "refused") return `The node takes no more of what was said before for ${name}: ${reason ?? ""}.`;
  if (direction === "taking")
    return `What was said before: ${stored} of ${entries} are here${lost}${state === "done" ? "." : "; the rest follows while this program runs."}`;
  return state === "done"
    ? `${name} has what was said before: ${stored}.`
    : `What was said before, for ${name}: ${sent} of ${entries} are at the node, ${stored} are there.`;
}
