// One question to the search index: the best messages, with what stands in their histories.
import { isOver, readStored } from "../conversation/history.ts";
import { told } from "../conversation/quote.ts";
import type { Core } from "../core.ts";
import type { SearchAnswer, SearchHit, SearchQuery } from "../search-snapshots.ts";
import { Tx } from "../store/tx.ts";
import { withState } from "../views.ts";
import { type Block, type Fit, find, type IndexRow } from "./block.ts";
import { excerptOf, termsOf } from "./fold.ts";
import { type SearchIndex, wordsOf } from "./search-index.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;
/** Read before the first answer; the rest before the next. */
const CAUGHT_UP_AT_ONCE = 4_096;

interface Found {
  readonly row: IndexRow;
  readonly fit: Fit;
}

export async function lookUp(core: Core, index: SearchIndex, query: SearchQuery): Promise<SearchAnswer> {
  const terms = termsOf(query.words);
  const isComplete = await index.catchUp(CAUGHT_UP_AT_ONCE);
  const skip = Math.max(0, query.skip ?? 0);
  const limit = Math.max(1, Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT));
  const { best, total } = bestOf(await index.blocks(), terms, wantedBy(index, query), skip + limit);
  const hits = await Promise.all(best.slice(skip).map(({ row }) => hitOf(core, index.threadId(row), row.number, terms)));
  return { hits: hits.filter((hit) => hit !== undefined), total, isComplete };
}

function wantedBy(index: SearchIndex, query: SearchQuery): (row: IndexRow) => boolean {
  const { afterMs = Number.NEGATIVE_INFINITY, beforeMs = Number.POSITIVE_INFINITY, kind } = query;
  const author = query.from === undefined ? undefined : index.personNumber(query.from);
  const thread = query.in === undefined ? undefined : index.threadNumber(query.in);
  return (row) =>
    row.atMs >= afterMs &&
    row.atMs < beforeMs &&
    (author === undefined || row.author === author) &&
    (thread === undefined || row.thread === thread) &&
    (kind === undefined || row.isFile === (kind === "file"));
}

/** Kept in order while they are found: most of what is found is not among the best. */
function bestOf(
  blocks: readonly Block[],
  terms: readonly string[],
  isWanted: (row: IndexRow) => boolean,
  count: number,
): { readonly best: readonly Found[]; readonly total: number } {
  const best: Found[] = [];
  let total = 0;
  for (const block of blocks) {
    find(block, terms, isWanted, (at, fit) => {
      const row = block.rows[at];
      if (row === undefined) return;
      total += 1;
      const found = { row, fit };
      const worst = best.length < count ? undefined : best[count - 1];
      if (worst !== undefined && !isBetter(found, worst)) return;
      if (best.length === count) best.pop();
      best.splice(placeIn(best, found), 0, found);
    });
  }
  return { best, total };
}

function isBetter(one: Found, other: Found): boolean {
  if (one.fit !== other.fit) return one.fit > other.fit;
  return one.row.atMs === other.row.atMs ? one.row.number > other.row.number : one.row.atMs > other.row.atMs;
}

function placeIn(best: readonly Found[], found: Found): number {
  let [low, high] = [0, best.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = best[middle];
    if (there !== undefined && !isBetter(found, there)) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function hitOf(core: Core, threadId: string, number: number, terms: readonly string[]): Promise<SearchHit | undefined> {
  const thread = core.tables.threads.get(threadId);
  const entry = await readStored(core, threadId, number);
  if (thread === undefined || (entry?.kind !== "text" && entry?.kind !== "file") || isOver(entry, core.nowMs)) return undefined;
  const { text, marks } = excerptOf(wordsOf(entry), terms);
  const said = await told(new Tx(core.deps.vault), entry);
  if (said.kind !== "text" && said.kind !== "file") return undefined;
  return { entry: withState(core, thread, said), excerpt: text, marks };
}
