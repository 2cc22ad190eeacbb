import { CommandError, EXIT } from "./exit-codes.ts";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** 30s, 5m, 8h, 1d, 4w. @throws {CommandError} duration/malformed */
export function parseDurationS(text: string): number {
  const [, number = "", unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(number) * (SECONDS[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(seconds) || seconds === 0)
    throw new CommandError(EXIT.usage, "duration/malformed", "a time is 30s, 5m, 8h, 1d or 4w");
  return seconds;
}

/** In the largest unit that it is whole in. */
export function durationText(seconds: number): string {
  const names = { w: "week", d: "day", h: "hour", m: "minute", s: "second" } as const;
  for (const [unit, name] of Object.entries(names)) {
    const size = SECONDS[unit] ?? 1;
    if (seconds % size !== 0) continue;
    const count = seconds / size;
    return count === 1 ? `1 ${name}` : `${count} ${name}s`;
  }
  return `${seconds} seconds`;
}
