// Sessions are read when they are needed. What is read must never take the place of what a transaction has made meanwhile: an older
// session would seal with keys that were used.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { expect, it } from "vitest";
import { Sessions } from "../src/store/sessions.ts";
import { conversationOf, heard, say, World } from "./support/world.ts";

it("M19: a session that was read before a transaction stored a newer one does not come back", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ben.client.close();
  world.nodeDown();
  const { core, tasks } = await world.inside("Ben", ben.disk);
  const { vault } = core.deps;
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow = {
    get: async (store: string, name: string): Promise<Uint8Array | undefined> => {
      const bytes = await vault.get(store, name);
      await gate;
      return bytes;
    },
  };
  const [groupId = ""] = core.tables.groups.ids();
  const sessions = new Sessions(slow, core.sessions.deps);
  const reading = sessions.get(groupId);
  const before = await core.sessions.get(groupId);
  if (before === undefined) throw new Error("no session");
  const view = { positions: before.positions, handshakeHead: before.handshakeHead, nodes: [] };
  const { session: newest } = await before.seal(encodeUtf8("{}"), { view });
  await core.ledger.transact(async (tx) => sessions.stage(tx, newest));
  open();
  expect(await reading).toBe(newest);
  expect(await sessions.get(groupId)).toBe(newest);
  await tasks.close();
  await world.close(ana);
});

it("two who ask for a session at once get the same one", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ben.client.close();
  world.nodeDown();
  const { core, tasks } = await world.inside("Ben", ben.disk);
  const [groupId = ""] = core.tables.groups.ids();
  const sessions = new Sessions(core.deps.vault, core.sessions.deps);
  const [one, other] = await Promise.all([sessions.get(groupId), sessions.get(groupId)]);
  expect(one).toBeDefined();
  expect(other).toBe(one);
  await tasks.close();
  await world.close(ana);
});

it("a list of conversations says who is in them before any session was read", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const members = conversationOf(ben)?.members;
  await ben.client.close();
  world.nodeDown();
  const again = await world.again("Ben", ben.disk);
  expect(members?.map(({ name, isSelf, deviceIds }) => [name, isSelf, deviceIds.length])).toEqual(
    expect.arrayContaining([
      ["Ana", false, 1],
      ["Ben", true, 1],
    ]),
  );
  expect(conversationOf(again)?.members).toEqual(members);
  world.nodeUp();
  await say(again, "and it goes on");
  await world.until("heard", () => heard(ana).length === 1, 120_000);
  await world.close(ana, again);
});
