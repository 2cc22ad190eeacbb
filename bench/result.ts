/** One measured figure. `goal` is undefined where there is none to compare with. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: Goal;
  readonly note?: string;
}

export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** What a file in suites/ exports. */
export interface Suite {
  /** Measures. An empty list and a line on standard error when something that it needs is not there. */
  readonly run: () => Promise<readonly Result[]>;
}

export function isMet({ value, goal }: Result): boolean | undefined {
  if (goal === undefined) return undefined;
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}

export function rounded(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}

/** The runs' medians, figure by figure; lowest and highest go into the note. */
export function medians(runs: readonly (readonly Result[])[]): Result[] {
  const [first = []] = runs;
  if (runs.length < 2) return [...first];
  return first.map((result) => {
    const values = runs.flatMap((run) => run.find(({ name }) => name === result.name)?.value ?? []);
    const range = `${values.length} runs: ${Math.min(...values)} to ${Math.max(...values)}`;
    return { ...result, value: percentile(values, 50), note: result.note === undefined ? range : `${result.note}; ${range}` };
  });
}
