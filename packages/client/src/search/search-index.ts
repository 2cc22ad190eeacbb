// The search index: follows the histories of all conversations, block by block, in the vault. Derived: what a crash loses is read again.
// Stored formats: spec/protocol/vault.md section 7.
import type { Cancel } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import { historyOf } from "../conversation/history.ts";
import type { Core } from "../core.ts";
import type { Entry, FileEntry, TextEntry } from "../entry-snapshots.ts";
import { decodeStored, encodeStored } from "../store/stored-json.ts";
import type { Tx } from "../store/tx.ts";
import {
  BLOCK_MESSAGES,
  type Block,
  decodeBlock,
  EMPTY_BLOCK,
  encodeBlock,
  type IndexRow,
  withMessages,
  without,
} from "./block.ts";
import { changedSoFar, keepChanged, SEARCH_STORE } from "./changed.ts";
import { folded } from "./fold.ts";

const INDEX = "index";
const VERSION = 1;
/** Entries read in one transaction: others do not wait long for theirs. */
const STEP_ENTRIES = 512;
/** A block of long messages is full before it has many. */
const BLOCK_LETTERS = 262_144;
const ADDED_AT_ONCE = 32;
/** So few may be read once more after a crash. */
const UNWRITTEN_ROWS = 64;
const READS_AT_ONCE = 32;
/** Blocks stay in memory this long after the last search. */
const KEPT_MS = 300_000;

interface IndexState {
  readonly version: number;
  readonly threads: readonly { readonly id: string; readonly upTo: number }[];
  readonly people: readonly IdentityId[];
  /** Of each full block: thread, smallest and largest number of its messages. */
  readonly blocks: readonly (readonly (readonly [thread: number, from: number, until: number])[])[];
}

/** One that is being changed: stored and remembered together. */
interface Draft {
  threads: { id: string; upTo: number }[];
  people: IdentityId[];
  blocks: (readonly (readonly [number, number, number])[])[];
  tail: Block;
  readonly full: Map<number, Block>;
  isWritten: boolean;
}

export class SearchIndex {
  readonly #core: Core;
  #state: IndexState = { version: VERSION, threads: [], people: [], blocks: [] };
  #tail: Block = EMPTY_BLOCK;
  readonly #full = new Map<number, Block>();
  #unwritten = 0;
  #loaded: Promise<void> | undefined;
  #forgetBlocks: Cancel | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Reads what histories have and the index has not, at most so many entries. @returns whether that is all. */
  async catchUp(most = Number.POSITIVE_INFINITY): Promise<boolean> {
    await this.#load();
    for (let left = most; left > 0; ) {
      const read = await this.#core.ledger.transact((tx) => this.#step(tx));
      if (read === 0) return true;
      left -= read;
    }
    return false;
  }

  /** Stores what was only remembered. */
  async flush(): Promise<void> {
    if (this.#unwritten === 0) return;
    await this.#core.ledger.transact((tx) =>
      this.#change(tx, async (draft) => {
        draft.isWritten = true;
      }),
    );
  }

  /** Every block, with the number of a thread and of a person as rows name them. */
  async blocks(): Promise<readonly Block[]> {
    await this.#load();
    const missing = this.#state.blocks.flatMap((_, at) => (this.#full.has(at) ? [] : [at]));
    for (let at = 0; at < missing.length; at += READS_AT_ONCE)
      await Promise.all(missing.slice(at, at + READS_AT_ONCE).map((number) => this.#read(number)));
    this.#forgetBlocks?.();
    this.#forgetBlocks = this.#core.deps.timers.after(KEPT_MS, () => this.#full.clear());
    return [...this.#state.blocks.map((_, at) => this.#full.get(at) ?? EMPTY_BLOCK), this.#tail];
  }

  threadNumber(id: string): number {
    return this.#state.threads.findIndex((thread) => thread.id === id);
  }

  personNumber(id: IdentityId): number {
    return this.#state.people.indexOf(id);
  }

  threadId({ thread }: IndexRow): string {
    return this.#state.threads[thread]?.id ?? "";
  }

  close(): void {
    this.#forgetBlocks?.();
    this.#full.clear();
  }

  #load(): Promise<void> {
    this.#loaded ??= this.#open();
    return this.#loaded;
  }

  async #open(): Promise<void> {
    const { vault } = this.#core.deps;
    const bytes = await vault.get(SEARCH_STORE, INDEX);
    const state = bytes === undefined ? undefined : decodeStored<IndexState>(bytes);
    if (state?.version !== VERSION) return;
    const tail = await vault.get(SEARCH_STORE, blockName(state.blocks.length));
    this.#state = state;
    this.#tail = tail === undefined ? EMPTY_BLOCK : decodeBlock(tail);
  }

  async #read(number: number): Promise<void> {
    const bytes = await this.#core.deps.vault.get(SEARCH_STORE, blockName(number));
    // One that was changed meanwhile is the newer one.
    if (bytes !== undefined && !this.#full.has(number)) this.#full.set(number, decodeBlock(bytes));
  }

  /** @returns how many entries were looked at. */
  #step(tx: Tx): Promise<number> {
    return this.#change(tx, async (draft) => {
      const changed = await this.#lookAgain(tx, draft);
      if (changed > 0) return changed;
      const known = new Map(draft.threads.map(({ id, upTo }) => [id, upTo]));
      for (const thread of this.#core.tables.threads.all()) {
        const from = known.get(thread.id) ?? 0;
        if (thread.entries <= from) continue;
        const until = Math.min(thread.entries, from + STEP_ENTRIES);
        const range = { before: until + 1, limit: until - from };
        const entries = (await this.#core.deps.vault.readPage(historyOf(thread.id), range)).map(({ bytes }) =>
          decodeStored<Entry>(bytes),
        );
        const at = threadAt(draft, thread.id);
        add(draft, at, entries.reverse());
        draft.threads[at] = { id: thread.id, upTo: until };
        return until - from;
      }
      return 0;
    });
  }

  async #lookAgain(tx: Tx, draft: Draft): Promise<number> {
    const all = await changedSoFar(tx);
    const changed = Object.entries(all);
    if (changed.length === 0) return 0;
    let count = 0;
    const later: Record<string, readonly number[]> = {};
    for (const [threadId, noted] of changed) {
      const numbers = noted.slice(0, Math.max(0, STEP_ENTRIES - count));
      if (numbers.length < noted.length) later[threadId] = noted.slice(numbers.length);
      if (numbers.length === 0) continue;
      const thread = threadAt(draft, threadId);
      const { upTo = 0 } = draft.threads[thread] ?? {};
      const known = new Set(numbers.filter((number) => number <= upTo));
      await this.#takeOut(draft, thread, known);
      for (const number of known) {
        const [found] = await this.#core.deps.vault.readPage(historyOf(threadId), { before: number + 1, limit: 1 });
        if (found !== undefined) add(draft, thread, [decodeStored<Entry>(found.bytes)]);
      }
      count += numbers.length;
    }
    keepChanged(tx, later);
    draft.isWritten = true;
    return Math.max(1, count);
  }

  async #takeOut(draft: Draft, thread: number, numbers: ReadonlySet<number>): Promise<void> {
    const isGone = (row: IndexRow): boolean => row.thread === thread && numbers.has(row.number);
    draft.tail = without(draft.tail, isGone);
    const list = [...numbers];
    for (const [at, spans] of draft.blocks.entries()) {
      if (!spans.some(([one, from, until]) => one === thread && list.some((number) => number >= from && number <= until)))
        continue;
      if (!this.#full.has(at)) await this.#read(at);
      const block = draft.full.get(at) ?? this.#full.get(at);
      const left = block === undefined ? undefined : without(block, isGone);
      if (left !== undefined && left !== block) draft.full.set(at, left);
    }
  }

  /** Changes a draft, stores it when enough has changed, and remembers it once it is stored. */
  async #change<Result>(tx: Tx, change: (draft: Draft) => Promise<Result>): Promise<Result> {
    const { threads, people, blocks } = this.#state;
    const draft: Draft = {
      threads: [...threads],
      people: [...people],
      blocks: [...blocks],
      tail: this.#tail,
      full: new Map(),
      isWritten: false,
    };
    const result = await change(draft);
    const added = Math.abs(draft.tail.rows.length - this.#tail.rows.length);
    const isDue = draft.isWritten || draft.full.size > 0 || this.#unwritten + added >= UNWRITTEN_ROWS;
    const state: IndexState = { version: VERSION, threads: draft.threads, people: draft.people, blocks: draft.blocks };
    if (isDue) {
      for (const [at, block] of draft.full) tx.putValue(SEARCH_STORE, blockName(at), encodeBlock(block));
      tx.putValue(SEARCH_STORE, blockName(draft.blocks.length), encodeBlock(draft.tail));
      tx.putValue(SEARCH_STORE, INDEX, encodeStored(state));
    }
    tx.afterwards(() => {
      this.#state = state;
      this.#tail = draft.tail;
      for (const [at, block] of draft.full) this.#full.set(at, block);
      this.#unwritten = isDue ? 0 : this.#unwritten + added;
    });
    return result;
  }
}

function blockName(number: number): string {
  return `block/${number}`;
}

function threadAt(draft: Draft, id: string): number {
  const known = draft.threads.findIndex((thread) => thread.id === id);
  return known === -1 ? draft.threads.push({ id, upTo: 0 }) - 1 : known;
}

function personAt(draft: Draft, id: IdentityId): number {
  const known = draft.people.indexOf(id);
  return known === -1 ? draft.people.push(id) - 1 : known;
}

/** @param entries oldest first. */
function add(draft: Draft, thread: number, entries: readonly Entry[]): void {
  const messages = entries.filter((entry) => entry.kind === "text" || entry.kind === "file");
  const added = messages.map((entry) => [rowOf(draft, thread, entry), folded(wordsOf(entry))] as const);
  while (added.length > 0) {
    const room = BLOCK_MESSAGES - draft.tail.rows.length;
    draft.tail = withMessages(draft.tail, added.splice(0, Math.min(room, ADDED_AT_ONCE)));
    if (draft.tail.rows.length < BLOCK_MESSAGES && draft.tail.text.length < BLOCK_LETTERS) continue;
    draft.full.set(draft.blocks.length, draft.tail);
    draft.blocks.push(spansOf(draft.tail));
    draft.tail = EMPTY_BLOCK;
  }
}

function rowOf(draft: Draft, thread: number, entry: TextEntry | FileEntry): IndexRow {
  const { author, number = 0, atMs, kind } = entry;
  return { thread, author: personAt(draft, author), number, atMs, isFile: kind === "file" };
}

/** What of a message is looked through. */
export function wordsOf(entry: TextEntry | FileEntry): string {
  return entry.kind === "text" ? entry.text : entry.file.name;
}

function spansOf({ rows }: Block): readonly (readonly [number, number, number])[] {
  const spans = new Map<number, [number, number, number]>();
  for (const { thread, number } of rows) {
    const [, from, until] = spans.get(thread) ?? [thread, number, number];
    spans.set(thread, [thread, Math.min(from, number), Math.max(until, number)]);
  }
  return [...spans.values()];
}
