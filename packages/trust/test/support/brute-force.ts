// The same answers by trying everything: every path without a repetition, each rule looked at on the whole path. Exponential, and for
// graphs of a few people only.
import { type Edge, FULL_AMOUNT, isInScope, type Question, type TrustNetwork } from "../../src/index.ts";

export interface PlainGraph {
  readonly edges: readonly Edge[];
  /** By fingerprint; the first is the user ID in question where there is a choice. */
  readonly userIds: ReadonlyMap<string, readonly string[]>;
}

export function graphOf(network: TrustNetwork, atMs: number): PlainGraph {
  const certificates = [...network.values()];
  return {
    edges: certificates.flatMap(({ fingerprint }) => network.edgesInto(fingerprint, atMs)),
    userIds: new Map(certificates.map(({ fingerprint, userIds }) => [fingerprint, userIds.map(({ text }) => text)])),
  };
}

interface Found {
  readonly steps: readonly Edge[];
  readonly certificates: readonly string[];
  readonly amount: number;
}

/** For networks in which everybody is alive, unrevoked and bound. */
export function bruteForce({ edges, userIds }: PlainGraph, question: Question): { amount: number; paths: string[] } {
  const { roots, target, sought = FULL_AMOUNT } = question;
  const taken = new Map<string, number>();
  const rootTaken = new Map<string, number>();
  const capOf = new Map(roots.map(({ fingerprint, amount }) => [fingerprint, amount]));
  const left = (issuer: string, to: string, amount: number): number => {
    const cap = capOf.get(issuer) ?? 120;
    const most = cap === 120 ? amount : Math.min(amount, cap);
    return Math.max(0, most - (taken.get(`${issuer}>${to}`) ?? 0) - (rootTaken.get(issuer) ?? 0));
  };
  const present = roots.filter(({ fingerprint }) => userIds.has(fingerprint));
  const paths: string[] = [];
  let total = 0;
  while (total < sought && userIds.get(target.fingerprint)?.includes(target.userId) === true) {
    const round = (isSelfSigned: boolean): Found | undefined => {
      const found = present.flatMap(({ fingerprint }) => bestOf(allPaths(fingerprint, isSelfSigned)) ?? []);
      return found.sort(
        (a, b) =>
          b.amount - a.amount ||
          a.certificates.length - b.certificates.length ||
          ((a.certificates[0] ?? "") > (b.certificates[0] ?? "") ? -1 : 1),
      )[0];
    };
    const best = round(true) ?? round(false);
    if (best === undefined) break;
    if (best.certificates.length === 1)
      rootTaken.set(best.certificates[0] ?? "", (rootTaken.get(best.certificates[0] ?? "") ?? 0) + best.amount);
    best.certificates.slice(1).forEach((to, i) => {
      const key = `${best.certificates[i]}>${to}`;
      taken.set(key, (taken.get(key) ?? 0) + best.amount);
    });
    total += best.amount;
    paths.push(`${best.amount} ${best.certificates.join(">")}`);
  }
  return { amount: total, paths };

  function allPaths(root: string, isSelfSigned: boolean): Found[] {
    if (root === target.fingerprint) {
      const amount = left(root, root, FULL_AMOUNT);
      return isSelfSigned && amount > 0 ? [{ steps: [], certificates: [root], amount }] : [];
    }
    const found: Found[] = [];
    const walk = (at: string, steps: readonly Edge[]): void => {
      if (at === target.fingerprint) {
        const whole = judged(root, steps, isSelfSigned);
        if (whole !== undefined) found.push(whole);
        return;
      }
      for (const edge of edges) {
        const isNew = edge.target !== root && steps.every((step) => step.target !== edge.target);
        if (edge.issuer === at && isNew) walk(edge.target, [...steps, edge]);
      }
    };
    walk(root, []);
    return found;
  }

  function judged(root: string, steps: readonly Edge[], isSelfSigned: boolean): Found | undefined {
    const behind = isSelfSigned ? 1 : 0;
    if (!isSelfSigned && steps.at(-1)?.userId !== target.userId) return undefined;
    const isAllowed = steps.every(
      (step, i) => step.depth >= steps.length - 1 - i + behind && isInScope(step.scopes, target.userId),
    );
    const amount = Math.min(FULL_AMOUNT, ...steps.map((step) => left(step.issuer, step.target, step.amount)));
    if (!isAllowed || amount === 0) return undefined;
    const certificates = [root, ...steps.map((step) => step.target)];
    if (steps.at(-1)?.userId !== target.userId) certificates.push(target.fingerprint);
    return { steps, certificates, amount };
  }

  /** Fewest steps, then strongest, then the smallest names from the target backwards, then the one that certifies the user ID itself. */
  function bestOf(found: readonly Found[]): Found | undefined {
    return [...found].sort(
      (a, b) =>
        a.steps.length - b.steps.length ||
        b.amount - a.amount ||
        compareForwards(a, b) ||
        a.certificates.length - b.certificates.length,
    )[0];
  }

  function compareForwards(a: Found, b: Found): number {
    for (const [i, step] of a.steps.entries()) {
      // Each on the way takes the strongest continuation, and among equals the smallest name.
      const [restA, restB] = [a, b].map(({ steps }) =>
        Math.min(FULL_AMOUNT, ...steps.slice(i).map((one) => left(one.issuer, one.target, one.amount))),
      );
      if (restA !== restB) return (restB ?? 0) - (restA ?? 0);
      const other = b.steps[i]?.target ?? "";
      if (step.target !== other) return step.target < other ? -1 : 1;
    }
    return 0;
  }
}

/** What could flow at most from the roots to a binding if depth and length did not matter (Ford and Fulkerson). */
export function maximumFlow({ edges, userIds }: PlainGraph, { roots, target }: Question): number {
  const capacity = new Map<string, Map<string, number>>();
  const add = (from: string, to: string, amount: number): void => {
    const row = capacity.get(from) ?? new Map<string, number>();
    capacity.set(from, row.set(to, Math.max(row.get(to) ?? 0, amount)));
  };
  const caps = new Map(roots.map(({ fingerprint, amount }) => [fingerprint, amount]));
  for (const edge of edges) {
    if (!isInScope(edge.scopes, target.userId)) continue;
    const cap = caps.get(edge.issuer) ?? 120;
    add(edge.issuer, edge.target, cap === 120 ? edge.amount : Math.min(cap, edge.amount));
  }
  for (const { fingerprint } of roots) if (userIds.has(fingerprint)) add("source", fingerprint, Number.POSITIVE_INFINITY);
  let flow = 0;
  for (;;) {
    const from = new Map<string, string>([["source", ""]]);
    const queue = ["source"];
    for (const at of queue) {
      for (const [to, amount] of capacity.get(at) ?? []) {
        if (amount > 0 && !from.has(to)) {
          from.set(to, at);
          queue.push(to);
        }
      }
    }
    if (!from.has(target.fingerprint)) return flow;
    const way: [string, string][] = [];
    for (let at = target.fingerprint; at !== "source"; at = from.get(at) ?? "source") way.push([from.get(at) ?? "source", at]);
    const amount = Math.min(...way.map(([a, b]) => capacity.get(a)?.get(b) ?? 0));
    for (const [a, b] of way) {
      capacity.get(a)?.set(b, (capacity.get(a)?.get(b) ?? 0) - amount);
      const back = capacity.get(b) ?? new Map<string, number>();
      capacity.set(b, back.set(a, (back.get(a) ?? 0) + amount));
    }
    flow += amount;
  }
}
