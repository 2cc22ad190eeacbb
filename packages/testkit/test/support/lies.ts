// What a node says that lies: pages, pushes and answers as nobody who keeps to the rules would give them. All of it can be seen through,
// and none of it is signed into a second history: once the node tells the truth again, everything has to come right.
import { ApiError, checkpointBytes, operations, type PushName, pushes, type ResponseOf, toWire } from "@p2pcrypt/api";
import type { NodeSteps, World } from "../../src/index.ts";

type Page = ResponseOf<"stream.read">;

/** One in this many answers and pushes is a lie. */
const LIES_EVERY = 3;

export function liesOf(world: World, url: string, tally: { lies: number }): NodeSteps {
  const pick = <One>(all: readonly One[]): One => {
    const one = all[world.dice(all.length)];
    if (one === undefined) throw new RangeError("nothing to pick from");
    return one;
  };
  const isLie = (): boolean => {
    const isOne = world.dice(LIES_EVERY) === 0;
    if (isOne) tally.lies += 1;
    return isOne;
  };
  const earlier: Page[] = [];
  return {
    answer(name, answer) {
      if (name === "stream.read") {
        const page = operations[name].response.parse(answer);
        earlier.push(page);
        if (!isLie()) return answer;
        return toWire(
          operations[name].response,
          pick(PAGE_LIES)(page, pick(earlier), (bytes) => world.nodes.signAs(url, bytes)),
        );
      }
      if (!isLie()) return answer;
      if (name === "stream.append")
        return pick([
          answer,
          new ApiError("moved", { positions: world.dice(5) }),
          new ApiError("positionTaken", { positions: world.dice(5) }),
          new ApiError("versionConflict", { version: world.dice(5) }),
          new ApiError("rateLimited", { retryAfterMs: world.dice(60_000) }),
          new ApiError("forbidden"),
          { ...Object(answer), seq: world.dice(100) },
          {},
        ]);
      if (name === "stream.describe" || name === "profile.lookup" || name === "node.describe") return answer;
      return pick([answer, new ApiError("internal"), new ApiError("storageFull"), {}]);
    },
    push(name, params) {
      if (!isLie()) return [params];
      return pick([[], [params, params], [{}], changed(name, params)]);
    },
  };
}

type PageLie = (page: Page, earlier: Page, sign: (bytes: Uint8Array) => Uint8Array) => Page;

const PAGE_LIES: readonly PageLie[] = [
  (page) => renumbered(page, [...page.records].reverse()),
  (page) => renumbered(page, page.records.toSpliced(-2, 1)),
  (page) => renumbered(page, [...page.records, ...page.records.slice(-1)]),
  (page) => ({ ...page, records: page.records.slice(0, -1) }),
  (page) => ({ ...page, records: page.records.slice(1) }),
  (page) => ({ ...page, records: page.records.map((record) => ({ ...record, record: record.record.slice().reverse() })) }),
  (page) => ({ ...page, records: page.records.map((record) => ({ ...record, kind: "sealedRequest" as const })) }),
  (page) => ({ ...page, records: [], hasMore: true }),
  (page) => ({ ...page, chainBefore: new Uint8Array(32) }),
  (_, earlier) => earlier,
  (page, earlier) => ({ ...page, checkpoint: earlier.checkpoint }),
  (page) => ({ ...page, checkpoint: { ...page.checkpoint, seq: page.checkpoint.seq + 1 } }),
  (page, _, sign) => {
    const checkpoint = { ...page.checkpoint, chain: new Uint8Array(32).fill(9) };
    return { ...page, checkpoint: { ...checkpoint, signature: sign(checkpointBytes(checkpoint)) } };
  },
];

function renumbered(page: Page, records: Page["records"]): Page {
  return { ...page, records: records.map((record, at) => ({ ...record, seq: page.seqBefore + 1 + at })) };
}

/** A push of another record, or that says that the subscription is over. */
function changed(name: PushName, params: unknown): readonly unknown[] {
  if (name !== "stream.record") return [params];
  const push = pushes[name].parse(params);
  if (push.record === undefined) return [params];
  return [toWire(pushes[name], { ...push, record: push.record.slice().reverse() })];
}
