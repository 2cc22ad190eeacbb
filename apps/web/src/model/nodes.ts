// Whether the home node is there, and when it is tried again.
import type { Client, NodeSnapshot } from "@p2pcrypt/client";
import { Model } from "./model.ts";

export interface NodesSnapshot {
  readonly nodes: readonly NodeSnapshot[];
  /** Not reached for a while: said in the banner. */
  readonly unreachable: { readonly url: string; readonly seconds: number } | undefined;
}

export interface NodesDeps {
  readonly client: Client;
  readonly nowMs: () => number;
  /** Runs every second until stopped. */
  readonly everySecond: (run: () => void) => () => void;
}

/** A blink of the network is nobody's business. */
const PATIENCE_MS = 2_000;

export class Nodes extends Model<NodesSnapshot> {
  readonly #deps: NodesDeps;
  readonly #goneSinceMs = new Map<string, number>();
  #stop: (() => void) | undefined;

  constructor(deps: NodesDeps) {
    super({ nodes: deps.client.nodes(), unreachable: undefined });
    this.#deps = deps;
    this.until(deps.client.subscribe(({ kind }) => (kind === "node" || kind === "nodeForgotten" ? this.#look() : undefined)));
    this.until(() => this.#stop?.());
    this.#look();
  }

  retry(): void {
    this.#deps.client.retryNow();
  }

  /** A node that conversations have left is not missed. */
  #isLeft({ url, isHome }: NodeSnapshot): boolean {
    if (isHome) return false;
    const conversations = this.#deps.client.conversations.list();
    return (
      conversations.some((one) => one.otherNodeUrls.includes(url)) && !conversations.some((one) => one.nodeUrls.includes(url))
    );
  }

  #look(): void {
    const { client, nowMs, everySecond } = this.#deps;
    const nodes = client.nodes();
    for (const url of this.#goneSinceMs.keys()) if (!nodes.some((node) => node.url === url)) this.#goneSinceMs.delete(url);
    for (const { url, state } of nodes) {
      if (state.kind === "connected") this.#goneSinceMs.delete(url);
      else if (!this.#goneSinceMs.has(url)) this.#goneSinceMs.set(url, nowMs());
    }
    const isAnyGone = this.#goneSinceMs.size > 0;
    if (isAnyGone) this.#stop ??= everySecond(() => this.#look());
    else {
      this.#stop?.();
      this.#stop = undefined;
    }
    const gone = nodes.find(
      (node) =>
        node.state.kind !== "connected" && nowMs() - (this.#goneSinceMs.get(node.url) ?? 0) >= PATIENCE_MS && !this.#isLeft(node),
    );
    const retryAtMs = gone?.state.kind === "waiting" ? gone.state.retryAtMs : nowMs();
    const seconds = Math.max(0, Math.ceil((retryAtMs - nowMs()) / 1_000));
    this.show({ nodes, unreachable: gone === undefined ? undefined : { url: gone.url, seconds } });
  }
}
