// The nodes this client talks to, one link each.
import type { NodeSnapshot } from "../snapshots.ts";
import { NodeLink, type NodeLinkDeps } from "./node-link.ts";

/** With so many connections, those that nothing needs are closed before another one is made. */
const MAX_LINKS = 48;

export class Links {
  readonly #deps: Omit<NodeLinkDeps, "stateChanged">;
  readonly #links = new Map<string, NodeLink>();
  readonly #stateChanged: (link: NodeLink) => void;
  readonly #needed: () => ReadonlySet<string>;
  readonly #waiting = new Set<() => void>();
  #isStarted = false;

  /** @param needed nodes whose connection is kept */
  constructor(
    deps: Omit<NodeLinkDeps, "stateChanged">,
    stateChanged: (link: NodeLink) => void,
    needed: () => ReadonlySet<string>,
  ) {
    this.#deps = deps;
    this.#stateChanged = stateChanged;
    this.#needed = needed;
  }

  /** The link to a node; made when it is asked for the first time. */
  to(url: string): NodeLink {
    const known = this.#links.get(url);
    if (known !== undefined) return known;
    if (this.#links.size >= MAX_LINKS) this.#closeSpare();
    const link = new NodeLink(url, { ...this.#deps, stateChanged: (changed) => this.#changed(changed) });
    this.#links.set(url, link);
    if (this.#isStarted) link.start();
    return link;
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

  #closeSpare(): void {
    const needed = this.#needed();
    for (const [url, link] of this.#links) {
      if (needed.has(url)) continue;
      this.#links.delete(url);
      link.close();
    }
    this.#wakeWaiting();
  }

  #changed(link: NodeLink): void {
    this.#stateChanged(link);
    this.#wakeWaiting();
  }

  #wakeWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
