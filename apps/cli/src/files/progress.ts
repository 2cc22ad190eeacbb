// How a transfer is told: a bar on a terminal, lines of JSON for programs, nothing for a pipe of words.
import type { TransferSnapshot } from "@p2pcrypt/client";
import type { Output } from "../output.ts";
import { printable } from "../printable.ts";

const BAR_CELLS = 20;
const JSON_INTERVAL_MS = 200;
const BAR_INTERVAL_MS = 100;
/** Over how much of the past a speed is taken. */
const WINDOW_MS = 5_000;

export interface ProgressDeps {
  readonly output: Output;
  readonly isJson: boolean;
  /** A terminal that a bar can be drawn on. */
  readonly terminal: { write(text: string): unknown; readonly columns?: number } | undefined;
  readonly nowMs: () => number;
}

export class Progress {
  readonly #deps: ProgressDeps;
  readonly #samples: { readonly atMs: number; readonly bytes: number }[] = [];
  #toldMs = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(deps: ProgressDeps) {
    this.#deps = deps;
  }

  told(transfer: TransferSnapshot): void {
    const { isJson, terminal, output, nowMs } = this.#deps;
    const atMs = nowMs();
    this.#sample(atMs, transfer.doneBytes);
    const intervalMs = isJson ? JSON_INTERVAL_MS : BAR_INTERVAL_MS;
    if (atMs - this.#toldMs < intervalMs) return;
    this.#toldMs = atMs;
    const { bytesPerSecond, secondsLeft } = this.#pace(transfer);
    if (isJson) {
      const { id, direction, name, bytes, doneBytes, state } = transfer;
      output.say([], { event: "progress", transfer: id, direction, name, bytes, doneBytes, state, bytesPerSecond, secondsLeft });
    } else if (terminal !== undefined) {
      const line = barLine(transfer, bytesPerSecond, secondsLeft).slice(0, (terminal.columns ?? 80) - 1);
      terminal.write(`\r\u001b[K${line}`);
      this.#isDrawn = true;
    }
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isDrawn) this.#deps.terminal?.write("\r\u001b[K");
    this.#isDrawn = false;
  }

  #sample(atMs: number, bytes: number): void {
    // An upload that began anew is not faster for it.
    if (bytes < (this.#samples.at(-1)?.bytes ?? 0)) this.#samples.length = 0;
    this.#samples.push({ atMs, bytes });
    while (this.#samples.length > 2 && atMs - (this.#samples[0]?.atMs ?? atMs) > WINDOW_MS) this.#samples.shift();
  }

  #pace({ bytes, doneBytes }: TransferSnapshot): { bytesPerSecond?: number; secondsLeft?: number } {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.atMs <= first.atMs || last.bytes <= first.bytes) return {};
    const bytesPerSecond = Math.round(((last.bytes - first.bytes) * 1_000) / (last.atMs - first.atMs));
    return { bytesPerSecond, secondsLeft: Math.ceil((bytes - doneBytes) / Math.max(1, bytesPerSecond)) };
  }
}

function barLine({ name, bytes, doneBytes }: TransferSnapshot, bytesPerSecond?: number, secondsLeft?: number): string {
  const share = bytes === 0 ? 1 : doneBytes / bytes;
  const full = Math.floor(share * BAR_CELLS);
  const bar = "█".repeat(full) + "░".repeat(BAR_CELLS - full);
  const speed = bytesPerSecond === undefined ? "waiting" : `${sizeText(bytesPerSecond)}/s`;
  const left = secondsLeft === undefined ? "" : `, ${durationText(secondsLeft)} left`;
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${speed}${left}  ${printable(name)}`;
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
