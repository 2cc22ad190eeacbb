// The nodes of a world: each a place that outlives its processes, honest or not, with one history or two.
import { createNode, DEFAULT_RATE_LIMITS, type RateLimits } from "@p2pcrypt/server";
import type { SessionCrypto } from "@p2pcrypt/session";
import { DEFAULT_STORE_LIMITS } from "@p2pcrypt/storage";
import { MemoryNodeStore, MemoryRows } from "@p2pcrypt/storage/memory";
import type { AttachedNode, InProcessNetwork } from "./in-process-network.ts";
import { MaliciousNode, type NodeSteps } from "./malicious-node.ts";
import { Life, mortalTimers } from "./mortal.ts";
import { MortalStore, type Write } from "./mortal-store.ts";
import { seededRandom } from "./structural-crypto.ts";
import type { StructuralIdentity } from "./structural-identity.ts";
import { type VirtualTime, WallClock } from "./virtual-time.ts";

const FREE = { perMinute: 1e9, burst: 1e9 };
/** What is proved here is not how much a node lets through. */
const RATES: RateLimits = {
  ...DEFAULT_RATE_LIMITS,
  address: FREE,
  verification: FREE,
  creation: FREE,
  appends: FREE,
  strangersByAddress: FREE,
};

export interface NodesDeps {
  readonly seed: string;
  readonly time: VirtualTime;
  readonly network: InProcessNetwork;
  readonly identity: StructuralIdentity;
  readonly crypto: (seed: string) => SessionCrypto;
}

/** What outlives a node's processes, and what its present process holds. */
interface NodePlace {
  readonly rows: MemoryRows;
  readonly written: Write[];
  readonly clock: WallClock;
  steps: NodeSteps | undefined;
  process: { readonly life: Life; readonly store: MortalStore; readonly node: MaliciousNode } | undefined;
}

export class Nodes {
  /** What nodes report of themselves and should not have to. */
  readonly faults: string[] = [];
  readonly #deps: NodesDeps;
  readonly #places = new Map<string, NodePlace>();
  #incarnations = 0;

  constructor(deps: NodesDeps) {
    this.#deps = deps;
  }

  start(url: string): void {
    const place = this.#place(url);
    if (this.isUp(url)) return;
    place.process = this.#newProcess(url, place);
    place.process.node.steps = place.steps;
    this.#deps.network.attach(url, place.process.node);
    place.process.life.onDeath(() => this.#deps.network.detach(url));
  }

  /** Without a last word; what it stored stays. */
  kill(url: string): void {
    this.#place(url).process?.life.end();
  }

  isUp(url: string): boolean {
    return this.#places.get(url)?.process?.life.isOver === false;
  }

  /** The process of a node that runs, to have it die at a call of its store, or its disk fill up. */
  process(url: string): { readonly life: Life; readonly store: MortalStore } | undefined {
    return this.#places.get(url)?.process;
  }

  clock(url: string): WallClock {
    return this.#place(url).clock;
  }

  /** What every process at this place overrides from now on. Undefined: honest. */
  corrupt(url: string, steps: NodeSteps | undefined): void {
    const place = this.#place(url);
    place.steps = steps;
    if (place.process !== undefined) place.process.node.steps = steps;
  }

  isCorrupt(url: string): boolean {
    return this.#place(url).steps !== undefined;
  }

  /** What the node's checkpoints are signed with: for one that lies. */
  signAs(url: string, message: Uint8Array): Uint8Array {
    return now(this.#deps.crypto(`node ${url}`).sign(checkpointSecret(url), message));
  }

  /** From here on the node shows two histories: this one, and to whoever `isElsewhere` another, from the same past. */
  async fork(url: string, isElsewhere: (address: string) => boolean): Promise<void> {
    const place = this.#place(url);
    const here = place.process;
    if (here === undefined) throw new RangeError("no node");
    const twin: NodePlace = { rows: new MemoryRows(), written: [], clock: place.clock, steps: undefined, process: undefined };
    const there = this.#newProcess(url, twin);
    for (const write of place.written) await write(there.store);
    const at = (address: string): AttachedNode => (isElsewhere(address) ? there.node : here.node);
    this.#deps.network.detach(url);
    this.#deps.network.attach(url, {
      handle: (request) => at(request.address).handle(request),
      socket: (peer) => at(peer.address).socket(peer),
    });
  }

  /** One history again, the first one. */
  join(url: string): void {
    const { process } = this.#place(url);
    this.#deps.network.detach(url);
    if (process !== undefined) this.#deps.network.attach(url, process.node);
  }

  #place(url: string): NodePlace {
    const known = this.#places.get(url);
    if (known !== undefined) return known;
    const place: NodePlace = {
      rows: new MemoryRows(),
      written: [],
      clock: new WallClock(this.#deps.time),
      steps: undefined,
      process: undefined,
    };
    this.#places.set(url, place);
    return place;
  }

  #newProcess(url: string, { rows, written, clock }: NodePlace): NonNullable<NodePlace["process"]> {
    const crypto = this.#deps.crypto(`node ${url}`);
    const secret = checkpointSecret(url);
    const papers = this.#deps.identity.nodePapers(url, now(crypto.signaturePublicKey(secret)));
    const life = new Life();
    const memory = new MemoryNodeStore({ nodeId: papers.nodeId, limits: DEFAULT_STORE_LIMITS }, rows);
    const store = new MortalStore(memory, life, (write) => written.push(write));
    const node = createNode(
      { ...papers, publicUrl: url, version: "world", rateLimits: RATES, streamQuotaBytes: DEFAULT_STORE_LIMITS.streamBytes },
      {
        clock,
        timers: mortalTimers(this.#deps.time, life),
        random: seededRandom(`${this.#deps.seed} ${url} ${this.#incarnations++}`),
        store,
        checks: this.#deps.identity.checks,
        signCheckpoint: (message) => now(crypto.sign(secret, message)),
        report: ({ where, cause }) => this.faults.push(`${where}: ${cause instanceof Error ? cause.message : "unknown"}`),
      },
    );
    return { life, store, node: new MaliciousNode(node) };
  }
}

function checkpointSecret(url: string): Uint8Array {
  return seededRandom(`checkpoints ${url}`)(32);
}

/** Of the suites here, which answer at once. */
function now<Value>(value: Value | Promise<Value>): Value {
  if (value instanceof Promise) throw new TypeError("the suite of a world answers at once");
  return value;
}
