// The real world of the client's own tests, with what an attacker needs: standing between a client and its node, copying disks,
// writing down what leaves.
import type { OperationName, RequestOf, ResponseOf } from "@p2pcrypt/api";
import type { Entry, MessageState, NodeTransport } from "@p2pcrypt/client";
import { Vault } from "@p2pcrypt/vault";
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";
import { decodeStored } from "../../../client/src/store/stored-json.ts";
import { conversationOf, type Person, World } from "../../../client/test/support/world.ts";

export * from "../../../client/test/support/world.ts";

export interface Call {
  readonly name: OperationName;
  readonly request: unknown;
  readonly token: Uint8Array | undefined;
}

/** Answers in the node's place, or lets the call through with `next`. */
export type Between = (call: Call, next: () => Promise<unknown>) => Promise<unknown>;

/** A transport with somebody in between who sees and may change every call, over the socket or not. */
export function through(between: Between): (transport: NodeTransport) => NodeTransport {
  return (transport) => ({
    open: async (url, handler) => {
      const socket = await transport.open(url, handler);
      return {
        close: () => socket.close(),
        call: <Name extends OperationName>(name: Name, request: RequestOf<Name>, token: Uint8Array | undefined) =>
          between({ name, request, token }, () => socket.call(name, request, token)) as Promise<ResponseOf<Name>>,
      };
    },
    call: <Name extends OperationName>(url: string, name: Name, request: RequestOf<Name>, token: Uint8Array | undefined) =>
      between({ name, request, token }, () => transport.call(url, name, request, token)) as Promise<ResponseOf<Name>>,
  });
}

/** Everything a client asks its nodes. */
export class Recorder {
  readonly calls: Call[] = [];

  readonly through = through((call, next) => {
    this.calls.push(call);
    return next();
  });

  count(name: OperationName): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  /** Everything that puts something where others can see it. */
  get sent(): number {
    return this.count("stream.append") + this.count("stream.publish");
  }
}

/** What a person's vault holds under a name: for tests in which somebody passes on what they should not. */
export async function stored<Row>({ disk }: Person, table: string, name: string): Promise<Row | undefined> {
  const deps = { random: (length: number) => new Uint8Array(length), deriveKey: async () => new Uint8Array(32) };
  const vault = await Vault.open(await copyOf(disk), deps, { kind: "key", key: new Uint8Array(32).fill(7) });
  const bytes = await vault.get(table, name);
  return bytes === undefined ? undefined : decodeStored<Row>(bytes);
}

/** Byte for byte what lies on a disk now. */
export async function copyOf(disk: MemoryVaultStore): Promise<MemoryVaultStore> {
  const copy = new MemoryVaultStore();
  const all = await disk.range({ from: new Uint8Array(0), to: new Uint8Array(65).fill(255), limit: 1_000_000 });
  await copy.apply(all.slice());
  return copy;
}

/** Lets `ms` pass until nobody has anything left to do, so that what did not happen by then was not going to. */
export async function rest(world: World, ms: number, ...people: readonly Person[]): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (const { client } of people) await client.settled();
    await world.pass(ms / 3);
  }
  for (const { client } of people) await client.settled();
}

/** The texts of the only conversation, oldest first; own ones with their state. */
export async function texts(person: Person): Promise<readonly string[]> {
  const entries = await history(person);
  return entries.flatMap((entry) => {
    if (entry.kind !== "text") return [];
    return [entry.isOwn ? `me: ${entry.text} (${entry.state})` : entry.text];
  });
}

/** Oldest first. */
export async function history(person: Person): Promise<readonly Entry[]> {
  const entries = await person.client.conversations.history(conversationOf(person)?.id ?? "", { limit: 1_000 });
  return [...entries].reverse();
}

export function statesTold({ events }: Person): readonly MessageState[] {
  return events.flatMap((event) => (event.kind === "messageState" ? [event.state] : []));
}

export function stopCode({ events }: Person): string | undefined {
  return events.flatMap((event) => (event.kind === "stopped" ? [event.code] : []))[0];
}

/** Ben asked, Ana accepted, both have the conversation. */
export async function acquaintedWith(): Promise<{ readonly world: World; readonly ana: Person; readonly ben: Person }> {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  return { world, ana, ben };
}
