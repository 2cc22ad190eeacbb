// What is looked for in all conversations, and what was found. Asked again as one types; of answers that overtake each other the last
// question's counts.
import type { Client, ContactSnapshot, ConversationId, SearchHit, SearchQuery } from "@p2pcrypt/client";
import { Model } from "./model.ts";

export interface SearchFilters {
  readonly from: ContactSnapshot["identityId"] | undefined;
  readonly in: ConversationId | undefined;
  /** Days as a date field has them, both included; empty for none. */
  readonly after: string;
  readonly before: string;
  readonly kind: "all" | "text" | "file";
}

export interface MessageSearchSnapshot extends SearchFilters {
  readonly words: string;
  /** Undefined before the first question. */
  readonly hits: readonly SearchHit[] | undefined;
  readonly total: number;
  /** Older messages are still read for the first time. */
  readonly isComplete: boolean;
}

const PAGE = 30;
const DAY_MS = 86_400_000;

export class MessageSearch extends Model<MessageSearchSnapshot> {
  readonly #client: Pick<Client, "search">;
  #asked = 0;

  constructor(client: Pick<Client, "search">, begin: { readonly words: string; readonly in?: ConversationId | undefined }) {
    const none = { from: undefined, after: "", before: "", kind: "all", hits: undefined, total: 0, isComplete: true } as const;
    super({ ...none, words: begin.words, in: begin.in });
    this.#client = client;
    void this.#ask();
  }

  look(change: Partial<Omit<MessageSearchSnapshot, "hits" | "total" | "isComplete">>): void {
    this.update(change);
    void this.#ask();
  }

  /** Further ones, below those that are shown. */
  async more(): Promise<void> {
    const { hits = [], total } = this.getSnapshot();
    if (hits.length >= total) return;
    const asked = this.#asked;
    const answer = await this.#client.search.find({ ...this.#query(), skip: hits.length });
    if (asked === this.#asked) this.update({ hits: [...hits, ...answer.hits], total: answer.total });
  }

  async #ask(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const query = this.#query();
    if (isEmpty(query)) return this.update({ hits: undefined, total: 0, isComplete: true });
    for (let isComplete = false; !isComplete; ) {
      const answer = await this.#client.search.find(query);
      if (asked !== this.#asked || this.isDisposed) return;
      ({ isComplete } = answer);
      this.update(answer);
    }
  }

  #query(): SearchQuery {
    const { words, from, in: place, after, before, kind } = this.getSnapshot();
    const [afterMs, beforeMs] = [dayMs(after), dayMs(before)];
    return {
      words,
      limit: PAGE,
      ...(from === undefined ? {} : { from }),
      ...(place === undefined ? {} : { in: place }),
      ...(afterMs === undefined ? {} : { afterMs }),
      ...(beforeMs === undefined ? {} : { beforeMs: beforeMs + DAY_MS }),
      ...(kind === "all" ? {} : { kind }),
    };
  }
}

/** Nothing asked is not everything. */
function isEmpty({ words, from, afterMs, beforeMs, kind }: SearchQuery): boolean {
  return words.trim() === "" && [from, afterMs, beforeMs, kind].every((part) => part === undefined);
}

/** Where the day begins here. */
function dayMs(day: string): number | undefined {
  const ms = Date.parse(`${day}T00:00`);
  return day === "" || Number.isNaN(ms) ? undefined : ms;
}
