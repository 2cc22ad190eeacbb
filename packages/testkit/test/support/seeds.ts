import { NO_TALLY, type Tally } from "./cast.ts";
import { liveThrough } from "./history.ts";

/** Lives through `count` worlds from `first` on. A failure names its seed. @returns what happened in all of them together. */
export async function liveThroughMany(prefix: "s" | "r", first: number, count: number): Promise<Tally> {
  const sum: Tally = { ...NO_TALLY };
  for (let n = first; n < first + count; n++) {
    const tally = await liveThrough(`${prefix}${n}`, { fidelity: prefix === "r" ? "real" : "structural", steps: 25 });
    sum.worlds += 1;
    for (const what of Object.keys(NO_TALLY) as (keyof Tally)[]) sum[what] += tally[what];
  }
  return sum;
}

/** So many worlds see every kind of trouble. */
const MANY = 400;

/** Every kind of trouble that has not happened once in many worlds. */
export function missingIn(tally: Tally): string[] {
  if (tally.worlds < MANY) return [];
  return Object.entries(tally).flatMap(([what, count]) => (count === 0 ? [what] : []));
}
