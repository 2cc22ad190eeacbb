// Files of a group that go from device to device: only between two of its members who verified each other and show each other where they
// are, and nobody else in the group learns of it.
import type { RequestOf } from "@p2pcrypt/api";
import type { NodeTransport } from "@p2pcrypt/client";
import type { ContentId } from "@p2pcrypt/content";
import { seededRandom } from "@p2pcrypt/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { Cable } from "./support/cable.ts";
import { founded, groupIdOf, groupOf } from "./support/group-world.ts";
import { contactOf, faults, idOf, type Person, World } from "./support/world.ts";

const SIZE = 2 * 1024 * 1024 + 5;
/** Timers that are further away do not run: whoever is asked answers at once. */
const SOON_MS = 500;

let world: World;
let cable: Cable;
let [ana, ben, carl]: [Person, Person, Person] = [undefined as never, undefined as never, undefined as never];
/** Streams in which somebody said something that is not kept. */
let said: { readonly name: string; readonly stream: string }[] = [];

beforeAll(async () => {
  await import("../src/direct/direct-runs.ts"); // what takes its time once: here it passes when nothing else happens
  world = await World.create({ hasRelay: true });
  cable = new Cable();
  for (const name of ["Ana", "Ben", "Carl"]) cable.connect(world.disk(name), name);
  [ana, ben, carl] = [await listened("Ana"), await listened("Ben"), await listened("Carl")];
  await founded(world, ana, ben, carl);
  await Promise.all([ana, ben, carl].map(({ client }) => client.settled()));
  await verified(ana, ben);
  await verified(ben, ana);
});
afterAll(() => world.close(ana, ben, carl));
beforeEach(() => {
  cable.ends.length = 0;
  said = [];
  world.time.jump(61_000);
});

/** A person whose records that are not kept are counted by stream. */
function listened(name: string): Promise<Person> {
  const through = (transport: NodeTransport): NodeTransport => ({
    ...transport,
    call: (...asked) => transport.call(...asked),
    open: async (...asked) => {
      const socket = await transport.open(...asked);
      return {
        call: (operation, request, capability) => {
          if (operation === "stream.publish") said.push({ name, stream: (request as RequestOf<"stream.publish">).stream });
          return socket.call(operation, request, capability);
        },
        close: () => socket.close(),
      };
    },
  });
  return world.person(name, through);
}

async function verified(person: Person, other: Person): Promise<void> {
  const { digits } = await person.client.verification.digits(idOf(other));
  await person.client.verification.verifyDigits(idOf(other), digits);
}

/** Ana sends it to the group, and all have heard of it. */
async function sent(ref: string): Promise<Uint8Array> {
  const bytes = seededRandom(ref)(SIZE);
  world.disk("Ana").sources.set(ref, { bytes, version: "1" });
  await ana.client.files.send(groupIdOf(ana), { ref, name: ref });
  await world.until("heard", () => [ben, carl].every((one) => entryOf(one, ref) !== undefined));
  said = [];
  return bytes;
}

const entryOf = ({ events }: Person, name: string) =>
  events
    .flatMap((event) => (event.kind === "entry" && event.entry.kind === "file" ? [event.entry] : []))
    .findLast(({ file, number }) => file.name === name && number !== undefined);

async function fetched(person: Person, name: string) {
  const entry = entryOf(person, name);
  if (entry === undefined) throw new Error("nothing was heard of it");
  const disk = world.disk(person.name);
  disk.reads.length = 0;
  const { id } = await person.client.files.download(groupIdOf(person), entry, name);
  const states = () =>
    person.events.flatMap((event) => (event.kind === "transfer" && event.transfer.id === id ? [event.transfer] : []));
  await world.until("fetched", () => ["done", "failed"].includes(states().at(-1)?.state ?? ""), SOON_MS);
  await world.until("over", () => cable.ends.every(({ isClosed }) => isClosed), 130_000);
  return { reads: [...disk.reads], bytes: disk.sinks.get(name), wasDirect: states().some(({ isDirect }) => isDirect === true) };
}

/** The stream in which this person says that they type. */
async function streamOf(person: Person, conversationId: string): Promise<string> {
  const before = said.length;
  person.client.conversations.setTyping(conversationId, true);
  await world.until("said", () => said.length > before);
  return said.at(-1)?.stream ?? "";
}

it("K1: come directly from a sender who verified each other with the reader, and the group hears nothing of it", async () => {
  const bytes = await sent("whole");
  const result = await fetched(ben, "whole");
  expect([Buffer.compare(result.bytes ?? new Uint8Array(), bytes), result.wasDirect, result.reads]).toEqual([0, true, []]);
  expect(cable.ends.map(({ name }) => name)).toEqual(["Ana", "Ben"]);
  const streams = new Set(said.map(({ stream }) => stream));
  const [ofTwo, ofAll] = [await streamOf(ben, contactOf(ben, ana)?.conversationId ?? ""), await streamOf(ben, groupIdOf(ben))];
  expect([[...streams], ofTwo === ofAll]).toEqual([[ofTwo], false]);
  expect([ana, ben, carl].flatMap(faults)).toEqual([]);
});

it.each<[string, () => Promise<unknown>]>([
  ["whom nobody verified", async () => undefined],
  ["whom only the sender verified", () => verified(ana, carl)],
  [
    "who hides the address",
    async () => {
      await verified(carl, ana);
      await carl.client.account.updateSettings({ alwaysHidesAddress: true });
    },
  ],
])("K1 R11: come from the node for a member %s, and no address is looked for", async (name, prepare) => {
  const bytes = await sent(name);
  await prepare();
  const result = await fetched(carl, name);
  expect([Buffer.compare(result.bytes ?? new Uint8Array(), bytes), result.wasDirect, result.reads]).toEqual([0, false, [0]]);
  expect(cable.ends).toEqual([]);
});

it("K1: are not given to a contact who is not in the group any more, whatever they ask for", async () => {
  await sent("kept");
  const file = entryOf(ben, "kept")?.id ?? ("" as ContentId);
  await ana.client.groups.remove(groupIdOf(ana), idOf(ben));
  await world.until("removed", () => groupOf(ben)?.state === "removed" && groupOf(ana)?.members.length === 2);
  const conversation = contactOf(ben, ana)?.conversationId ?? "";
  await ben.client.close();
  const { core, tasks } = await world.inside("Ben", ben.disk);
  await world.until("online", () => core.links.snapshots(core.account.homeNodeUrl)[0]?.state.kind === "connected");
  said = [];
  tasks.ephemerals.signal(conversation, { kind: "fileSignal", run: `${"A".repeat(21)}A` as ContentId, step: "ask", file });
  await world.until("answered", () => said.some(({ name }) => name === "Ana"));
  await world.pass(1_000);
  expect(cable.ends).toEqual([]);
  await tasks.close();
  await core.close();
});
