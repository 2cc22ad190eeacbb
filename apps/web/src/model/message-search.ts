// What is looked for in all conversations, and what was found. Asked again as one types and as messages come; of answers that overtake
// each other the last question's counts.
import {
  type Client,
  type ContactSnapshot,
  type ConversationId,
  isMessage,
  type SearchHit,
  type SearchQuery,
} from "@p2pcrypt/client";
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
/** That one question is answered with at most. */
const MOST = 200;
const DAY_MS = 86_400_000;

export class MessageSearch extends Model<MessageSearchSnapshot> {
  readonly #client: Pick<Client, "search" | "subscribe">;
  #asked = 0;
  #answered = 0;
  /** Something came while a question was not answered yet. */
  #isStale = false;

  constructor(
    client: Pick<Client, "search" | "subscribe">,
    begin: { readonly words: string; readonly in?: ConversationId | undefined },
  ) {
    const none = { from: undefined, after: "", before: "", kind: "all", hits: undefined, total: 0, isComplete: true } as const;
    super({ ...none, words: begin.words, in: begin.in });
    this.#client = client;
    this.until(
      client.subscribe((event) => {
        if (event.kind === "entry" && event.entry.number !== undefined && isMessage(event.entry)) this.#askAgain();
      }),
    );
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
    const answer = await this.#client.search.find({ ...this.#query(), limit: PAGE, skip: hits.length });
    if (asked === this.#asked) this.update({ hits: [...hits, ...answer.hits], total: answer.total });
  }

  /** As many as are shown. Whoever reads beyond what one question gives keeps what there is. */
  #askAgain(): void {
    const shown = this.getSnapshot().hits?.length ?? 0;
    this.#isStale = this.#asked !== this.#answered;
    if (!this.#isStale && shown <= MOST) void this.#ask(Math.max(PAGE, shown));
  }

  async #ask(limit = PAGE): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const query = { ...this.#query(), limit };
    if (isEmpty(query)) {
      this.#answered = asked;
      return this.update({ hits: undefined, total: 0, isComplete: true });
    }
    for (let isComplete = false; !isComplete; ) {
      const answer = await this.#client.search.find(query).catch(() => undefined); // the client ends: what is shown stays
      if (answer === undefined) break;
      if (asked !== this.#asked || this.isDisposed) return;
      ({ isComplete } = answer);
      this.update(answer);
    }
    this.#answered = asked;
    if (this.#isStale) this.#askAgain();
  }

  #query(): SearchQuery {
    const { words, from, in: place, after, before, kind } = this.getSnapshot();
    const [afterMs, beforeMs] = [dayMs(after), dayMs(before)];
    return {
      words,
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
