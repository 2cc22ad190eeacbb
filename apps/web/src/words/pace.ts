// How a transfer goes, in words: what a person can plan with, and not more exact than it is.
import type { TransferSnapshot } from "@p2pcrypt/client";
import type { PaceReading } from "@p2pcrypt/files";
import { durationIn } from "./durations.ts";
import type { Words } from "./words.ts";

const MINUTE_S = 60;
const HOUR_S = 3_600;

/** @returns undefined when there is nothing to say beside how much is there. */
export function paceText(
  words: Words,
  { state, isDirect }: Pick<TransferSnapshot, "state" | "isDirect">,
  pace: PaceReading | undefined,
): string | undefined {
  const { t } = words;
  if (state === "waiting") return t("file.waiting");
  if (state === "paused") return t("file.paused");
  if (state !== "running" || pace === undefined || pace.kind === "unknown") return undefined;
  if (pace.kind === "stalled") return t("file.stalled");
  const left = durationIn(words, roundedUp(pace.secondsLeft));
  const text = t("file.pace", { speed: speedIn(words, pace.bytesPerSecond), left });
  return isDirect === true ? `${text} · ${t("file.directly")}` : text;
}

/** Seconds in steps of five, then minutes, then hours: it does not flicker. */
export function roundedUp(seconds: number): number {
  if (seconds <= 5) return Math.max(1, seconds);
  const step = seconds <= 90 ? 5 : seconds <= 2 * HOUR_S ? MINUTE_S : HOUR_S;
  return Math.ceil(seconds / step) * step;
}

function speedIn({ language }: Pick<Words, "language">, bytesPerSecond: number): string {
  const [amount, unit] =
    bytesPerSecond >= 1e6 ? [bytesPerSecond / 1e6, "megabyte-per-second"] : [bytesPerSecond / 1e3, "kilobyte-per-second"];
  const maximumFractionDigits = amount >= 10 ? 0 : 1;
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits }).format(amount);
}
