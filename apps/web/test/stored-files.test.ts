// What is kept where, over the real SDK: freed here, freed at the node, and fetched by itself when it is small.
import { expect, it } from "vitest";
import { conversationOf, type Person, World } from "../../../packages/client/test/support/world.ts";
import { fetchArriving } from "../src/model/arriving-files.ts";
import { StoredFiles } from "../src/model/stored-files.ts";

interface Met {
  readonly world: World;
  readonly ana: Person;
  readonly ben: Person;
  readonly send: (name: string, size: number) => Promise<void>;
}

async function met(): Promise<Met> {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const place = conversationOf(ana)?.id ?? "";
  const send = async (name: string, size: number): Promise<void> => {
    world.disk("Ana").sources.set(name, { bytes: new Uint8Array(size).fill(1), version: "1" });
    await ana.client.files.send(place, { ref: name, name });
    await world.until("heard", () =>
      ben.events.some((event) => event.kind === "entry" && event.entry.kind === "file" && event.entry.file.name === name),
    );
  };
  return { world, ana, ben, send };
}

const soon = (run: () => void): void => queueMicrotask(run);

it("what was sent and what came is listed with its size and its end, and can be freed", async () => {
  const { world, ana, ben, send } = await met();
  await send("small", 5_000);
  await send("large", 3_000_000);
  const sent = new StoredFiles(ana.client, soon);
  const came = new StoredFiles(ben.client, soon);
  await world.until("loaded", () => sent.getSnapshot().isLoaded && came.getSnapshot().isLoaded);
  const list = sent.getSnapshot().atNodes;
  expect(list.map(({ name, bytes, conversation }) => [name, bytes, conversation])).toEqual([
    ["large", 3_000_000, "Ben"],
    ["small", 5_000, "Ben"],
  ]);
  const [entry] = await ben.client.files.list(conversationOf(ben)?.id ?? "");
  if (entry === undefined || list[0] === undefined) throw new Error("there is a file");
  expect(list[0].expiresMs).toBe(entry.file.expiresMs);
  expect([sent.getSnapshot().here, came.getSnapshot()]).toEqual([[], { isLoaded: true, here: [], atNodes: [] }]);
  await ben.client.files.download(entry.conversationId, entry, "to");
  await world.until("here", () => came.getSnapshot().here[0]?.bytes === 3_000_000);
  await came.freeAllHere();
  await world.until("freed here", () => came.getSnapshot().here.length === 0);
  expect(await sent.freeAtNode(list[0])).toBe(true);
  await world.until("freed", () => sent.getSnapshot().atNodes.length === 1);
  expect((await world.blobs.usage()).blobs).toBe(1);
  for (const model of [sent, came]) model.dispose();
  await world.close(ana, ben);
});

it("what comes is fetched by itself up to the size that the person set, once, and never by default", async () => {
  const { world, ana, ben, send } = await met();
  let maxBytes = 0;
  let refs = 0;
  const stop = fetchArriving({
    client: ben.client,
    maxBytes: () => maxBytes,
    newRef: () => `ref ${++refs}`,
    nowMs: () => world.time.nowMs(),
  });
  const fetched = async (): Promise<string[]> => (await ben.client.files.transfers()).map(({ name }) => name);
  await send("one", 5_000);
  expect(await fetched()).toEqual([]);
  maxBytes = 10_000;
  await send("two", 10_001);
  await send("three", 10_000);
  await world.until("done", () => ben.events.some((event) => event.kind === "transfer" && event.transfer.state === "done"));
  expect([await fetched(), refs]).toEqual([["three"], 1]);
  stop();
  await send("four", 10);
  expect(await fetched()).toEqual(["three"]);
  await world.close(ana, ben);
});
