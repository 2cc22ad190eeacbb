// How a transfer is told: a bar on a terminal, lines of JSON for programs, nothing for a pipe of words.
import type { TransferSnapshot } from "@p2pcrypt/client";
import { Pace, type PaceReading } from "@p2pcrypt/files";
import type { Output } from "../output.ts";
import { printable } from "../printable.ts";

const BAR_CELLS = 20;
const JSON_INTERVAL_MS = 200;
const BAR_INTERVAL_MS = 100;

export interface ProgressDeps {
  readonly output: Output;
  readonly isJson: boolean;
  /** A terminal that a bar can be drawn on. */
  readonly terminal: { write(text: string): unknown; readonly columns?: number } | undefined;
  readonly nowMs: () => number;
}

export class Progress {
  readonly #deps: ProgressDeps;
  readonly #pace = new Pace();
  #last: TransferSnapshot | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(deps: ProgressDeps) {
    this.#deps = deps;
  }

  told(transfer: TransferSnapshot): void {
    const { isJson, terminal, output, nowMs } = this.#deps;
    const atMs = nowMs();
    this.#last = transfer;
    if (transfer.state === "running") this.#pace.take(transfer.doneBytes, atMs);
    else this.#pace.forget();
    const intervalMs = isJson ? JSON_INTERVAL_MS : BAR_INTERVAL_MS;
    if (atMs - this.#toldMs < intervalMs) return;
    this.#toldMs = atMs;
    const pace = this.#pace.read(transfer.bytes, atMs);
    if (isJson) {
      const { bytesPerSecond, secondsLeft } = pace.kind === "moving" ? pace : {};
      const { id, direction, name, bytes, doneBytes, state, isDirect } = transfer;
      const told = { transfer: id, direction, name, bytes, doneBytes, state, isDirect, bytesPerSecond, secondsLeft };
      output.say([], { event: "progress", ...told });
    } else if (terminal !== undefined) {
      const line = barLine(transfer, pace).slice(0, (terminal.columns || 80) - 1);
      terminal.write(`\r\u001b[K${line}`);
      this.#isDrawn = true;
    }
  }

  /** Time passed, whether something came or not. */
  tick(): void {
    if (this.#last !== undefined) this.told(this.#last);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isDrawn) this.#deps.terminal?.write("\r\u001b[K");
    this.#isDrawn = false;
  }
}

function barLine({ name, bytes, doneBytes, state, isDirect }: TransferSnapshot, pace: PaceReading): string {
  const share = bytes === 0 ? 1 : doneBytes / bytes;
  const full = Math.floor(share * BAR_CELLS);
  const bar = "█".repeat(full) + "░".repeat(BAR_CELLS - full);
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${paceText(state, pace)}${isDirect === true ? ", directly" : ""}  ${printable(name)}`;
}

function paceText(state: TransferSnapshot["state"], pace: PaceReading): string {
  if (state !== "running") return state;
  if (pace.kind === "moving") return `${sizeText(pace.bytesPerSecond)}/s, ${durationText(pace.secondsLeft)} left`;
  return pace.kind === "stalled" ? "nothing moves" : "starting";
}

/** As people say it: 1,000 to a step. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function durationText(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
