// One node and any number of clients in one process, on time that passes only when told to. Keys and cryptography are the real ones.
import { ed25519 } from "@noble/curves/ed25519.js";
import {
  type Client,
  type ClientDeps,
  type ClientEvent,
  type ContactSnapshot,
  type ConversationSnapshot,
  createClient,
  type IdentityPort,
  importClient,
  type LinkingOffer,
  linkClient,
  type NodeTransport,
  openClient,
  openPgpIdentity,
  type Recovery,
  recoverClient,
} from "@p2pcrypt/client";
import { createNodeKeyCertificate, createSecretIdentity } from "@p2pcrypt/identity";
import { createNode, DEFAULT_RATE_LIMITS, type Node, openPgpChecks } from "@p2pcrypt/server";
import { createXWingCrypto, type IdentityId } from "@p2pcrypt/session";
import { DEFAULT_STORE_LIMITS } from "@p2pcrypt/storage";
import { MemoryNodeStore } from "@p2pcrypt/storage/memory";
import { MemoryBlobStore } from "@p2pcrypt/storage/memory-blobs";
import { InProcessNetwork, seededRandom, VirtualTime } from "@p2pcrypt/testkit";
import { Vault } from "@p2pcrypt/vault";
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";
import { Core } from "../../src/core.ts";
import { loadTables } from "../../src/store/tables.ts";
import { Tasks } from "../../src/tasks.ts";
import { FileDisk } from "./file-disk.ts";

export const NODE_URL = "http://127.0.0.1:8787";
/** The same node, as everybody reaches it. */
export const PUBLIC_NODE_URL = "https://talk.example";
const START_MS = Date.UTC(2026, 10, 24, 12);
const KEY = new Uint8Array(32).fill(7);
const PATIENCE_MS = 60_000;
const DERIVE = async ({ passphrase }: { readonly passphrase: string }): Promise<Uint8Array> =>
  new Uint8Array(32).fill(passphrase.length);

const RELAY = { urls: ["turn:127.0.0.1:3478?transport=udp"], username: "1:lease", credential: "secret" };

/** A client with all that its person heard, and the disk it lives on. */
export interface Person {
  readonly name: string;
  readonly client: Client;
  readonly events: ClientEvent[];
  readonly disk: MemoryVaultStore;
}

export class World {
  readonly time = new VirtualTime(START_MS);
  readonly network = new InProcessNetwork(this.time, seededRandom("network"));
  /** Of the node's checkpoints: what a lying node signs with. */
  readonly checkpointSecret = seededRandom("checkpoints")(32);
  readonly blobs = new MemoryBlobStore({ totalBytes: 1e9, freeFloorBytes: 0 });
  readonly #disks = new Map<string, FileDisk>();
  #node: Node | undefined;
  #opened = 0;

  /** `hasRelay`: whether the node says where a relay is. Nothing listens there. */
  static async create({ hasRelay = false }: { readonly hasRelay?: boolean } = {}): Promise<World> {
    const world = new World();
    world.#node = await startNode(world.time, world.checkpointSecret, world.blobs, hasRelay);
    world.nodeUp();
    return world;
  }

  /** Files of one person, which outlive clients. */
  disk(name: string): FileDisk {
    const disk = this.#disks.get(name) ?? new FileDisk();
    this.#disks.set(name, disk);
    return disk;
  }

  /** What a node might do to what it holds. */
  async spoilBlobs(spoil: (bytes: Uint8Array) => void): Promise<void> {
    this.blobs.unsafeChange(spoil);
  }

  nodeUp(): void {
    if (this.#node === undefined) return;
    for (const url of [NODE_URL, PUBLIC_NODE_URL]) this.network.attach(url, this.#node);
  }

  nodeDown(): void {
    for (const url of [NODE_URL, PUBLIC_NODE_URL]) this.network.detach(url);
  }

  /** Another node, which shares nothing with the first. */
  async furtherNode(url: string): Promise<void> {
    this.network.attach(url, await startNode(this.time, seededRandom(`checkpoints ${url}`)(32), undefined, false, url));
  }

  async person(
    name: string,
    through: (transport: NodeTransport) => NodeTransport = (same) => same,
    { identity = openPgpIdentity, homeNodeUrl = NODE_URL }: { identity?: IdentityPort; homeNodeUrl?: string } = {},
  ): Promise<Person> {
    const disk = new MemoryVaultStore();
    const deps = { ...(await this.#deps(name, await newVault(disk, name), through)), identity };
    return this.#started(name, disk, await createClient(deps, { name, homeNodeUrl }));
  }

  /** The same disk, opened by a new process. */
  async again(
    name: string,
    disk: MemoryVaultStore,
    through: (transport: NodeTransport) => NodeTransport = (same) => same,
  ): Promise<Person> {
    const random = seededRandom(`${name} vault ${this.#opened}`);
    const vault = await Vault.open(disk, { random, deriveKey: DERIVE }, { kind: "key", key: KEY });
    return this.#started(name, disk, await openClient(await this.#deps(name, vault, through)));
  }

  /** A new device from an exported backup. */
  async imported(name: string, bytes: Uint8Array, passphrase: string): Promise<Person> {
    const disk = new MemoryVaultStore();
    const deps = await this.#deps(name, await newVault(disk, `${name} 2`));
    return this.#started(name, disk, await importClient(deps, { bytes, passphrase }));
  }

  /** An empty machine with nothing but what stood on a sheet. */
  async recovered(
    name: string,
    recovery: Recovery,
    through: (transport: NodeTransport) => NodeTransport = (same) => same,
  ): Promise<Person> {
    const disk = new MemoryVaultStore();
    const deps = await this.#deps(name, await newVault(disk, `${name} recovered`), through);
    return this.#started(name, disk, await recoverClient(deps, recovery));
  }

  /** A new device that has a code of another one. `person` is there once it was confirmed on both sides. */
  async linking(
    name: string,
    code: string,
    compare: (offer: LinkingOffer) => Promise<boolean>,
    through: (transport: NodeTransport) => NodeTransport = (same) => same,
  ): Promise<{ readonly person: Promise<Person>; readonly disk: MemoryVaultStore; cancel(): void }> {
    const disk = new MemoryVaultStore();
    const deps = await this.#deps(name, await newVault(disk, name), through);
    const { client, cancel } = linkClient(deps, { code, homeNodeUrl: NODE_URL, deviceName: name, compare });
    const person = client.then((opened) => this.#started(name, disk, opened));
    person.catch(() => undefined); // looked at by whoever waits for it
    return { person, disk, cancel };
  }

  /** A new device of somebody's, with digits that are the same. */
  async linked(
    old: Person,
    name: string,
    { form = "link", isKeeper = false }: { readonly form?: "link" | "typed"; readonly isKeeper?: boolean } = {},
  ): Promise<Person> {
    const { code } = await old.client.devices.startLinking(form, { isKeeper });
    const { person } = await this.linking(name, code, async () => true);
    await this.until("compared", () => old.client.devices.linking()?.state === "compare");
    await old.client.devices.confirmLinking(true);
    await this.until("linked", () => old.client.devices.linking()?.state === "linked");
    return person;
  }

  /** The same disk without the surface: a member who does not keep to the rules. */
  async inside(
    name: string,
    disk: MemoryVaultStore,
    through: (transport: NodeTransport) => NodeTransport = (same) => same,
  ): Promise<{ readonly core: Core; readonly tasks: Tasks }> {
    const random = seededRandom(`${name} vault ${this.#opened}`);
    const vault = await Vault.open(disk, { random, deriveKey: DERIVE }, { kind: "key", key: KEY });
    const core = new Core(await this.#deps(name, vault, through));
    await loadTables(core.ledger, core.tables);
    const tasks = new Tasks(core);
    tasks.start();
    return { core, tasks };
  }

  /** Lets everything happen until it holds; timers due within `withinMs` of now run when nothing else does. */
  async until(what: string, holds: () => boolean, withinMs = 10_000): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (let turn = 1; !holds(); turn++) {
      if (performance.now() > deadlineMs) throw new Error(`never: ${what}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (turn % 400 === 0 && (this.time.nextInMs ?? Number.POSITIVE_INFINITY) < withinMs) this.time.step();
    }
  }

  /** Lets everything happen that happens by itself, and time pass for `ms`. */
  async pass(ms: number): Promise<void> {
    const endMs = this.time.elapsedMs + ms;
    do {
      for (let turn = 0; turn < 2_000; turn++) await new Promise((resolve) => setImmediate(resolve));
    } while (this.time.elapsedMs + (this.time.nextInMs ?? Number.POSITIVE_INFINITY) <= endMs && this.time.step());
  }

  /** `asker` sends a request to `asked`, who accepts; both have a working conversation afterwards. */
  async acquainted(asker: Person, asked: Person): Promise<void> {
    await this.published(asker, asked);
    await asker.client.contacts.add(linkOf(asked), "hello");
    await this.until("asked", () => contactOf(asked, asker)?.state === "asking");
    await asked.client.contacts.accept(idOf(asker));
    await this.until("joined", () => [asker, asked].every((one) => conversationOf(one)?.state === "active"));
  }

  async published(...people: readonly Person[]): Promise<void> {
    await this.until("published", () => people.every(({ client }) => client.account.snapshot().isPublished));
  }

  /** Of a machine that has nothing yet. */
  async depsFor(name: string): Promise<ClientDeps> {
    return this.#deps(name, await newVault(new MemoryVaultStore(), name));
  }

  /** Of a machine with a vault, whatever is in it. */
  async depsOn(name: string, disk: MemoryVaultStore): Promise<ClientDeps> {
    const random = seededRandom(`${name} vault ${this.#opened}`);
    return this.#deps(name, await Vault.open(disk, { random, deriveKey: DERIVE }, { kind: "key", key: KEY }));
  }

  async close(...people: readonly Person[]): Promise<void> {
    for (const { client } of people) await client.close();
  }

  async #deps(
    name: string,
    vault: Vault,
    through: (transport: NodeTransport) => NodeTransport = (same) => same,
  ): Promise<ClientDeps> {
    this.#opened += 1;
    const random = seededRandom(`${name} ${this.#opened}`);
    return {
      clock: this.time,
      timers: this.time,
      random,
      vault,
      crypto: createXWingCrypto(random),
      identity: openPgpIdentity,
      transport: through(this.network.transport(name)),
      deriveKey: DERIVE,
      files: this.disk(name).deps(() => this.#running(), this.time),
    };
  }

  #running(): Node {
    if (this.#node === undefined) throw new Error("the node is started first");
    return this.#node;
  }

  #started(name: string, disk: MemoryVaultStore, client: Client): Person {
    const events: ClientEvent[] = [];
    client.subscribe((event) => events.push(event));
    client.start();
    return { name, client, events, disk };
  }
}

/** Two who talk with each other: Ben asked, Ana accepted. */
export async function acquaintedPair(): Promise<{ readonly world: World; readonly ana: Person; readonly ben: Person }> {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  return { world, ana, ben };
}

/** With nothing in it. */
export async function newVault(disk: MemoryVaultStore, seed: string): Promise<Vault> {
  return Vault.create(disk, { random: seededRandom(`${seed} vault`), deriveKey: DERIVE }, { kind: "key", key: KEY });
}

async function startNode(
  time: VirtualTime,
  checkpointSecret: Uint8Array,
  blobs?: MemoryBlobStore,
  hasRelay = false,
  publicUrl = NODE_URL,
): Promise<Node> {
  const random = seededRandom("node");
  const secret = await createSecretIdentity({ name: "node", nowMs: time.nowMs() });
  const validity = { notBeforeMs: time.nowMs(), notAfterMs: time.nowMs() + 400 * 86_400_000 };
  const checkpointKey = ed25519.getPublicKey(checkpointSecret);
  const nodeId = secret.certificate.id;
  const options = {
    nodeId,
    certificate: secret.certificate.bytes(),
    nodeKey: await createNodeKeyCertificate(secret, { checkpointKey, ...validity }, time.nowMs()),
    publicUrl,
    version: "test",
    rateLimits: DEFAULT_RATE_LIMITS,
    streamQuotaBytes: 1e9,
  };
  return createNode(options, {
    clock: time,
    timers: time,
    random,
    store: new MemoryNodeStore({ nodeId, limits: DEFAULT_STORE_LIMITS }),
    ...(hasRelay ? { relay: { credentials: (_stream, expiresAtMs) => ({ ...RELAY, expiresAtMs }) } } : {}),
    blobs: blobs && { store: blobs, maxBytes: 1e9, retentionMs: 30 * 86_400_000 },
    checks: openPgpChecks,
    signCheckpoint: (bytes) => ed25519.sign(bytes, checkpointSecret),
    report: (fault) => {
      throw fault.cause;
    },
  });
}

export function idOf({ client }: Person): IdentityId {
  return client.account.snapshot().identityId;
}

export function linkOf({ client }: Person): string {
  return client.account.snapshot().link;
}

export function contactOf({ client }: Person, other: Person): ContactSnapshot | undefined {
  return client.contacts.get(idOf(other));
}

/** The only conversation. */
export function conversationOf({ client }: Person): ConversationSnapshot | undefined {
  return client.conversations.list()[0];
}

export async function say(person: Person, text: string): Promise<void> {
  await person.client.conversations.send(conversationOf(person)?.id ?? "", text);
}

/** What others said, in the order in which this person was shown it. */
export function heard({ events }: Person): readonly string[] {
  return events.flatMap((event) =>
    event.kind === "entry" && event.entry.kind === "text" && !event.entry.isOwn ? [event.entry.text] : [],
  );
}

export function faults({ events }: Person): readonly ClientEvent[] {
  return events.filter(({ kind }) => kind === "fault");
}
