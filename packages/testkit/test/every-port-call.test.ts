// A process dies at one call through a port (disk, socket, request; for the node its store), before the call or when it has had its
// effect: once for each call of a short life. Then it is started again, and everything promised must come true.
import { expect, it } from "vitest";
import type { Person } from "../src/index.ts";
import { between, NODE, orDeath } from "./support/cast.ts";
import { atEveryCall, type ShortLife, type Trouble, twoMessages } from "./support/short-life.ts";

type Life = Person["life"];

type Victim = "ana" | "ben" | "node";

function deathOf(of: Victim, afterCalls: number, isDone: boolean): Trouble {
  let victim: Life | undefined;
  return {
    begin(world, people) {
      victim = of === "node" ? world.nodes.process(NODE)?.life : people.find(({ name }) => name === of)?.life;
      if (victim === undefined) throw new RangeError(of);
      victim.death = { afterCalls, isDone };
    },
    end: async () => victim?.isOver === true,
  };
}

async function firstContact(life: ShortLife): Promise<boolean> {
  const people = await life.people();
  const [ana, ben] = people;
  const link = ana.client?.account.snapshot().link ?? "";
  life.begin(people);
  const knows = () => ben.client?.contacts.list().length === 1;
  await orDeath(ben, ben.client?.contacts.add(link, "canary greeting"));
  await life.world.pass(1_000);
  const asking = () => ana.client?.contacts.list().find(({ state }) => state === "asking");
  const first = asking();
  if (first !== undefined) await orDeath(ana, ana.client?.contacts.accept(first.identityId));
  await life.world.pass(10_000);
  const isDead = await life.end(people);
  // What was not answered is asked for again, as a person would.
  if (!knows()) await ben.client?.contacts.add(link, "canary greeting");
  await life.world.until("asked", () => asking() !== undefined || between(ana, ben) !== undefined);
  const again = asking();
  if (again !== undefined) await ana.client?.contacts.accept(again.identityId);
  await life.judge(people, []);
  return isDead;
}

for (const of of ["ana", "ben", "node"] as const) {
  for (const isDone of [false, true]) {
    const when = isDone ? "when it has had its effect" : "before it";
    it(`O15: ${of} dies at every port call of two messages, ${when}`, { timeout: 300_000 }, async () => {
      expect(await atEveryCall((call) => deathOf(of, call, isDone), twoMessages)).toBeGreaterThan(3);
    });
    it(`O15: ${of} dies at every port call of a first contact, ${when}`, { timeout: 300_000 }, async () => {
      expect(await atEveryCall((call) => deathOf(of, call, isDone), firstContact)).toBeGreaterThan(3);
    });
  }
}
