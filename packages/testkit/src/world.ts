// A whole network from one seed: nodes and people on virtual time, with the faults of years in minutes. The same seed gives the same
// schedule, the same randomness and the same faults.
import type { RandomBytes } from "@p2pcrypt/bytes";
import {
  type Client,
  type ClientDeps,
  type ClientEvent,
  createClient,
  importClient,
  linkClient,
  openClient,
} from "@p2pcrypt/client";
import { createXWingCrypto, type SessionCrypto, type SessionDeps } from "@p2pcrypt/session";
import { Vault } from "@p2pcrypt/vault";
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";
import { FAIR_WEATHER, InProcessNetwork } from "./in-process-network.ts";
import { Life, MortalDisk, mortalTimers, mortalTransport } from "./mortal.ts";
import { Nodes } from "./nodes.ts";
import { NonceWatch } from "./nonce-watch.ts";
import { createInsecureCrypto, seededRandom } from "./structural-crypto.ts";
import { createStructuralIdentity, type StructuralIdentity } from "./structural-identity.ts";
import { VirtualTime, WallClock } from "./virtual-time.ts";

const WORLD_START_MS = Date.UTC(2026, 10, 24, 12);
const KEY = { kind: "key", key: new Uint8Array(32).fill(7) } as const;

export interface WorldOptions {
  readonly seed: string;
  /** Lets everything run that can run without time passing. */
  readonly idle: () => Promise<void>;
  /** real: the product's own suite. structural: the same code on a cheap, insecure one. */
  readonly fidelity: "structural" | "real";
}

/** A device of somebody, with a disk that outlives its processes. */
export interface Person {
  readonly name: string;
  readonly disk: MemoryVaultStore;
  readonly events: ClientEvent[];
  readonly clock: WallClock;
  client: Client | undefined;
  life: Life;
  mortalDisk: MortalDisk;
}

export class World {
  readonly time = new VirtualTime(WORLD_START_MS);
  readonly random: RandomBytes;
  readonly network: InProcessNetwork;
  readonly nonces = new NonceWatch();
  readonly #options: WorldOptions;
  readonly #identity: StructuralIdentity;
  readonly nodes: Nodes;
  #incarnations = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = seededRandom(`${options.seed} world`);
    this.network = new InProcessNetwork(this.time, seededRandom(`${options.seed} network`));
    this.network.tap = (text) => this.nonces.travelled(text);
    this.#identity = createStructuralIdentity(this.#crypto("identities"), seededRandom(`${options.seed} identities`));
    this.nodes = new Nodes({
      seed: options.seed,
      time: this.time,
      network: this.network,
      identity: this.#identity,
      crypto: (seed) => this.#crypto(seed),
    });
  }

  /** 0 to below `limit`, from the seed. */
  dice(limit: number): number {
    const [a = 0, b = 0] = this.random(2);
    return Math.floor(((a * 256 + b) / 65_536) * limit);
  }

  async idle(): Promise<void> {
    await this.#options.idle();
  }

  async person(name: string, homeNodeUrl: string): Promise<Person> {
    const person = this.#newPerson(name);
    this.#begin(person, await createClient(await this.#newDeps(person), { name, homeNodeUrl }));
    return person;
  }

  /** Another device, from an exported backup. */
  async imported(name: string, backup: Uint8Array, passphrase: string): Promise<Person> {
    const person = this.#newPerson(name);
    this.#begin(person, await importClient(await this.#newDeps(person), { bytes: backup, passphrase }));
    return person;
  }

  /** Another device that has a code of the old one. `linked` is true once both compared digits and it was handed everything. */
  async linking(
    name: string,
    code: string,
    homeNodeUrl: string,
  ): Promise<{ readonly person: Person; readonly linked: Promise<boolean>; cancel(): void }> {
    const person = this.#newPerson(name);
    const compare = async (): Promise<boolean> => true;
    const { client, cancel } = linkClient(await this.#newDeps(person), { code, homeNodeUrl, deviceName: name, compare });
    const linked = client.then(
      (opened) => {
        this.#begin(person, opened);
        return true;
      },
      () => false,
    );
    return { person, linked, cancel };
  }

  /** The process ends here and now, without a last word. */
  kill(person: Person): void {
    person.life.end();
    person.client = undefined;
  }

  /** A new process on the same disk. */
  async revive(person: Person): Promise<void> {
    this.kill(person);
    const isFull = person.mortalDisk.isFull;
    person.life = new Life();
    person.mortalDisk = new MortalDisk(person.disk, person.life);
    person.mortalDisk.isFull = isFull;
    const { deps, vaultDeps } = this.#deps(person);
    const vault = await Vault.open(person.mortalDisk, vaultDeps, KEY);
    this.#begin(person, await openClient({ ...deps, vault }));
  }

  isAlive(person: Person): boolean {
    return person.client !== undefined && !person.life.isOver;
  }

  /** Lets time pass, timer by timer. */
  async pass(ms: number): Promise<void> {
    const endMs = this.time.elapsedMs + ms;
    await this.idle();
    while (this.time.elapsedMs + (this.time.nextInMs ?? Number.POSITIVE_INFINITY) <= endMs && this.time.step()) await this.idle();
    this.time.restUntil(endMs);
  }

  /** Lets time pass until it holds. @throws when it does not within `maxMs`. */
  async until(what: string, holds: () => boolean, maxMs = 20 * 60_000): Promise<void> {
    const endMs = this.time.elapsedMs + maxMs;
    await this.idle();
    while (!holds()) {
      if (this.time.elapsedMs > endMs || !this.time.step()) throw new Error(`seed ${this.#options.seed}: never ${what}`);
      await this.idle();
    }
  }

  calm(): void {
    this.network.weather = FAIR_WEATHER;
  }

  /** For a malicious member, who works with sessions beside any client and may use a key as often as it likes. */
  sessionDeps(seed: string): SessionDeps {
    return { crypto: this.#unwatched(seed), verifyCredential: this.#identity.port.verifyCredential };
  }

  #newPerson(name: string): Person {
    const [disk, life] = [new MemoryVaultStore(), new Life()];
    const clock = new WallClock(this.time);
    return { name, disk, events: [], clock, client: undefined, life, mortalDisk: new MortalDisk(disk, life) };
  }

  async #newDeps(person: Person): Promise<ClientDeps> {
    const { deps, vaultDeps } = this.#deps(person);
    return { ...deps, vault: await Vault.create(person.mortalDisk, vaultDeps, KEY) };
  }

  #begin(person: Person, client: Client): void {
    const { life } = person;
    person.client = client;
    client.subscribe((event) => {
      if (!life.isOver) person.events.push(event);
    });
    client.start();
  }

  #deps(person: Person) {
    this.#incarnations += 1;
    const seed = `${this.#options.seed} ${person.name} ${this.#incarnations}`;
    const random = seededRandom(seed);
    const deriveKey = async (): Promise<Uint8Array> => new Uint8Array(32);
    const timers = mortalTimers(this.time, person.life);
    const transport = mortalTransport(this.network.transport(`${person.name} ${this.#incarnations}`), person.life);
    const deps = {
      clock: person.clock,
      timers,
      random,
      crypto: this.#crypto(seed),
      identity: this.#identity.port,
      transport,
      deriveKey,
    };
    return { deps, vaultDeps: { random: seededRandom(`${seed} vault`), deriveKey } };
  }

  #crypto(seed: string): SessionCrypto {
    return this.nonces.watching(this.#unwatched(seed));
  }

  #unwatched(seed: string): SessionCrypto {
    const random = seededRandom(`${this.#options.seed} ${seed} keys`);
    return this.#options.fidelity === "real" ? createXWingCrypto(random) : createInsecureCrypto(random);
  }
}
