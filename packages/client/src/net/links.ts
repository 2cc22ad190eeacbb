// The nodes this client talks to, one link each.
import type { NodeSnapshot } from "../snapshots.ts";
import { NodeLink, type NodeLinkDeps } from "./node-link.ts";

/** With more connections, those that nothing needs are closed, the one that was used longest ago first. */
const MAX_LINKS = 48;

interface LinksHearer {
  stateChanged(link: NodeLink): void;
  /** It was closed, and is not among the links any more. Whoever needs the node asks for another one. */
  closed(url: string): void;
}

export class Links {
  readonly #deps: Omit<NodeLinkDeps, "stateChanged">;
  readonly #links = new Map<string, NodeLink>();
  /** Addresses, the one that was asked for last at the end. */
  readonly #used = new Set<string>();
  readonly #hearer: LinksHearer;
  readonly #needed: () => ReadonlySet<string>;
  readonly #waiting = new Set<() => void>();
  #isStarted = false;

  /** @param needed nodes whose connection is kept */
  constructor(deps: Omit<NodeLinkDeps, "stateChanged">, hearer: LinksHearer, needed: () => ReadonlySet<string>) {
    this.#deps = deps;
    this.#hearer = hearer;
    this.#needed = needed;
  }

  /** The link to a node; made when it is asked for the first time. */
  to(url: string): NodeLink {
    this.#used.delete(url);
    this.#used.add(url);
    const known = this.#links.get(url);
    if (known !== undefined) return known;
    const link = new NodeLink(url, { ...this.#deps, stateChanged: (changed) => this.#changed(changed) });
    this.#links.set(url, link);
    this.#closeSpare(url);
    if (this.#isStarted) link.start();
    return link;
  }

  /** The link to a node, if there is one: asking keeps none open. */
  known(url: string): NodeLink | undefined {
    return this.#links.get(url);
  }

  start(): void {
    this.#isStarted = true;
    for (const link of this.#links.values()) link.start();
  }

  retryNow(): void {
    for (const link of this.#links.values()) link.retryNow();
  }

  /** Resolves when no link is trying to connect: each is connected or waits. */
  async settled(): Promise<void> {
    while (this.isConnecting) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  get isConnecting(): boolean {
    return this.#isStarted && [...this.#links.values()].some(({ state }) => state.kind === "connecting");
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#isStarted = false;
    this.#wakeWaiting();
  }

  snapshots(homeNodeUrl: string): readonly NodeSnapshot[] {
    return [...this.#links.values()].map(({ url, state }) => ({ url, state, isHome: url === homeNodeUrl }));
  }

  /** As many as there are too many of. */
  #closeSpare(made: string): void {
    if (this.#links.size <= MAX_LINKS) return;
    const needed = this.#needed();
    const spare = [...this.#used].filter((url) => url !== made && !needed.has(url));
    for (const url of spare.slice(0, this.#links.size - MAX_LINKS)) {
      this.#links.get(url)?.close();
      this.#links.delete(url);
      this.#used.delete(url);
      this.#hearer.closed(url);
    }
    this.#wakeWaiting();
  }

  #changed(link: NodeLink): void {
    this.#hearer.stateChanged(link);
    this.#wakeWaiting();
  }

  #wakeWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
