// Looking for messages in all conversations. The index and what asks it are loaded when they are first needed.
import type { Core } from "./core.ts";
import type { Pump, Step } from "./run/pump.ts";
import type { SearchIndex } from "./search/search-index.ts";
import type { SearchAnswer, SearchQuery } from "./search-snapshots.ts";
import type { Search } from "./surface.ts";

/** What came is read for the index once it has been quiet for a while, or when somebody asks. */
const QUIET_MS = 5_000;

export class ClientSearch implements Search {
  readonly pump: Pump;
  readonly #core: Core;
  #index: SearchIndex | undefined;
  #dueMs: number | undefined;

  constructor(core: Core) {
    this.#core = core;
    this.pump = core.pump("search", () => this.#step());
  }

  async find(query: SearchQuery): Promise<SearchAnswer> {
    const { lookUp } = await import("./search/look-up.ts");
    return lookUp(this.#core, await this.#opened(), query);
  }

  close(): void {
    this.#index?.close();
  }

  async #step(): Promise<Step> {
    const { nowMs } = this.#core;
    this.#dueMs ??= nowMs + QUIET_MS;
    if (this.#dueMs > nowMs) return { kind: "wait", delayMs: this.#dueMs - nowMs };
    this.#dueMs = undefined;
    const index = await this.#opened();
    await index.catchUp();
    await index.flush();
    return { kind: "idle" };
  }

  async #opened(): Promise<SearchIndex> {
    const { SearchIndex } = await import("./search/search-index.ts");
    this.#index ??= new SearchIndex(this.#core);
    return this.#index;
  }
}
