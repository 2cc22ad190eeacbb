// What two nodes say of one person: what one keeps back the other tells, and where they contradict each other somebody lies.
import { expect, it } from "vitest";
import type { Core } from "../src/core.ts";
import { type OddProfile, signOddProfile } from "./support/profiles.ts";
import { contactOf, conversationOf, idOf, linkOf, NODE_URL, type Person, World } from "./support/world.ts";

const OTHER_URL = "https://other.example";
const DAY_MS = 86_400_000;

/** Gives a node a profile of Ben's that names both nodes. */
async function publishAt(world: World, core: Core, url: string, odd: OddProfile): Promise<void> {
  const profile = await signOddProfile(core, { ...odd, nodeUrls: [NODE_URL, OTHER_URL] });
  const { certificate } = core.account;
  const transport = world.network.transport("Ben's other program");
  await transport.call(url, "profile.publish", { certificate, profile }, undefined);
}

/** Ben, whose client takes part without its surface. */
async function stage(): Promise<{ world: World; ana: Person; ben: Person; core: Core; end: () => Promise<void> }> {
  const world = await World.create();
  await world.furtherNode(OTHER_URL);
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  await ben.client.close();
  const { core, tasks } = await world.inside("Ben", ben.disk);
  const end = async (): Promise<void> => {
    await tasks.close();
    await world.close(ana);
  };
  return { world, ana, ben, core, end };
}

it("D4: a newer profile that one node keeps back is learned from the other, with what it revokes", async () => {
  const { world, ana, ben, core, end } = await stage();
  const lost = new Uint8Array(16).fill(5);
  await publishAt(world, core, NODE_URL, { ahead: 1n, name: "Ben" });
  await publishAt(world, core, OTHER_URL, { ahead: 2n, name: "Ben B", revokedDevices: [lost] });
  await ana.client.contacts.add(linkOf(ben), "hello");
  await world.until("known", () => contactOf(ana, ben)?.name === "Ben B");
  expect(contactOf(ana, ben)?.alert).toBeUndefined();
  await world.until("delivered", () => core.tables.contacts.get(idOf(ana))?.state === "asking");
  await end();
});

it("D5: two profiles of one number, each at its own node, are told at the first look, and nothing goes out until one decides", async () => {
  const { world, ana, ben, core, end } = await stage();
  await publishAt(world, core, NODE_URL, { ahead: 1n, name: "Ben" });
  await publishAt(world, core, OTHER_URL, { ahead: 1n, name: "Somebody else" });
  await ana.client.contacts.add(linkOf(ben), "hello");
  await world.until("told", () => contactOf(ana, ben)?.alert?.kind === "equivocation");
  expect(contactOf(ana, ben)).toMatchObject({ name: "Ben", delivery: { refused: "undecided" } });
  await world.pass(5_000);
  expect(core.tables.contacts.get(idOf(ana))).toBeUndefined();
  await ana.client.contacts.acceptAlert(idOf(ben));
  await world.until("delivered", () => core.tables.contacts.get(idOf(ana))?.state === "asking");
  expect(conversationOf(ana)?.state).not.toBe("active");
  await end();
});

it("a profile that has expired is asked for again after a while, not in a circle", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  const link = linkOf(ben);
  await ben.client.close();
  await ana.client.close();
  world.time.jump(60 * DAY_MS);
  let asked = 0;
  const again = await world.again("Ana", ana.disk, (transport) => ({
    open: async (url, handler) => {
      const socket = await transport.open(url, handler);
      return {
        close: () => socket.close(),
        call: (name, request, token) => {
          if (name === "profile.lookup" && "identity" in request && request.identity === idOf(ben)) asked += 1;
          return socket.call(name, request, token);
        },
      };
    },
    call: (url, name, request, token) => transport.call(url, name, request, token),
  }));
  await world.published(again);
  await again.client.contacts.add(link, "hello");
  await world.until("told", () => typeof contactOf(again, ben)?.delivery === "object");
  expect(contactOf(again, ben)?.delivery).toEqual({ refused: "expired" });
  await world.pass(1_000);
  expect(asked).toBe(1);
  await world.close(again);
});
