// The map of trust: who is on it, who of them is looked for, and why the chosen one is believed.
import type { Client, RootSnapshot, TrustAnswer, TrustGraph, TrustGraphPerson } from "@p2pcrypt/client";
import { folded } from "../text/folded.ts";
import { coalesced, type Later, Model } from "./model.ts";
import { layOut, type Placed, type TrustLayout } from "./trust-layout.ts";
import { FULL_AMOUNT } from "./trust-mark.ts";

type IdentityId = TrustGraphPerson["identityId"];

export type MapFilter = "everybody" | "introducers" | "believed";

export interface TrustMapSnapshot {
  /** Undefined until it is known. */
  readonly graph: TrustGraph | undefined;
  readonly layout: TrustLayout;
  readonly query: string;
  readonly filter: MapFilter;
  /** Whom the query and the filter leave, nearest first. */
  readonly shown: readonly Placed[];
  readonly chosen: Placed | undefined;
  readonly answer: TrustAnswer | undefined;
  readonly roots: readonly RootSnapshot[];
}

const NOWHERE: TrustLayout = { places: new Map(), radius: 1 };

export class TrustMap extends Model<TrustMapSnapshot> {
  readonly #client: Client;
  #chosenId: IdentityId | undefined;
  #isReading = false;
  #isStale = false;

  constructor(client: Client, later: Later) {
    const nothing = { graph: undefined, layout: NOWHERE, shown: [], chosen: undefined, answer: undefined, roots: [] };
    super({ ...nothing, query: "", filter: "everybody" });
    this.#client = client;
    const soon = coalesced(later, () => void this.refresh());
    this.until(
      client.subscribe(({ kind }) => {
        if (kind === "contact") soon();
      }),
    );
    void this.refresh();
  }

  choose(id: IdentityId | undefined): void {
    if (id === this.#chosenId) return;
    this.#chosenId = id;
    this.update({ chosen: this.#placed(this.getSnapshot().layout), answer: undefined });
    void this.#ask();
  }

  search(query: string): void {
    this.#filter({ query });
  }

  filter(filter: MapFilter): void {
    this.#filter({ filter });
  }

  /** After what no event tells: an import, a root. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isStale && !this.isDisposed) {
      this.#isStale = false;
      await this.#read();
    }
    this.#isReading = false;
  }

  async #read(): Promise<void> {
    const { trust } = this.#client;
    try {
      const [graph, roots] = await Promise.all([trust.graph(), trust.roots()]);
      const layout = layOut(graph);
      const { query, filter } = this.getSnapshot();
      this.update({ graph, layout, roots, chosen: this.#placed(layout), shown: found(layout, graph, query, filter) });
      await this.#ask();
    } catch {
      // The client has closed: what is on the screen stays until it goes.
    }
  }

  #filter(change: { readonly query?: string; readonly filter?: MapFilter }): void {
    const { layout, graph, ...now } = this.getSnapshot();
    const { query, filter } = { ...now, ...change };
    this.update({ query, filter, shown: graph === undefined ? [] : found(layout, graph, query, filter) });
  }

  async #ask(): Promise<void> {
    const id = this.#chosenId;
    if (id === undefined || this.#placed(this.getSnapshot().layout) === undefined) return;
    try {
      const answer = await this.#client.trust.why(id);
      if (id === this.#chosenId) this.update({ answer });
    } catch {
      if (id === this.#chosenId) this.update({ answer: undefined }); // nothing is known of them
    }
  }

  #placed(layout: TrustLayout): Placed | undefined {
    return this.#chosenId === undefined ? undefined : layout.places.get(this.#chosenId);
  }
}

function found(layout: TrustLayout, graph: TrustGraph, query: string, filter: MapFilter): readonly Placed[] {
  const introducers = filter === "introducers" ? introducersIn(graph) : undefined;
  const wanted = folded(query);
  const fits = ({ person }: Placed): boolean => {
    if (person.kind === "self") return wanted === "" || folded(person.name).includes(wanted);
    if (introducers !== undefined && !introducers.has(person.identityId)) return false;
    if (filter === "believed" && !person.isVerified && person.amount < FULL_AMOUNT) return false;
    return wanted === "" || folded(person.name).includes(wanted);
  };
  return [...layout.places.values()].filter(fits);
}

/** Who is a root, or was trusted by somebody to introduce others. */
function introducersIn({ people, edges }: TrustGraph): ReadonlySet<string> {
  const roots = people.filter(({ rootAmount }) => rootAmount !== undefined);
  const delegates = edges.filter(({ certification }) => certification.depth > 0);
  return new Set([...roots.map(({ identityId }) => identityId), ...delegates.map(({ target }) => target)]);
}
