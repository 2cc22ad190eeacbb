// What a copy of a member's secrets is worth: nothing of before, and nothing from the next refresh on.
import { toStreamId } from "@p2pcrypt/api";
import { expect, it } from "vitest";
import { founded, groupIdOf, groupOf, Insider, namesIn, sayIn } from "./support/group-world.ts";
import { heard, idOf, NODE_URL, type Person, World } from "./support/world.ts";

const DAY_MS = 86_400_000;

/** Everything in the group's stream, as its node has it. */
async function log(world: World, { group }: Insider) {
  const { place, tokens } = group;
  const read = { stream: toStreamId(place.stream), after: 0, limit: 500 };
  const { records } = await world.network.transport("eavesdropper").call(NODE_URL, "stream.read", read, tokens.readToken);
  return records;
}

/** How many messages of the log the stolen session opens, following it as far as it can. */
async function opened(thief: Insider, records: Awaited<ReturnType<typeof log>>): Promise<number> {
  let { session } = thief;
  let count = 0;
  for (const { kind, record, position = 0 } of records) {
    if (session.status !== "active") break;
    if (kind === "handshake") {
      if (position <= session.positions) continue;
      session = (await session.receiveHandshake(record, { position })).session;
    } else {
      const outcome = await session.open(record, { positions: session.positions });
      if ("session" in outcome) session = outcome.session;
      if (outcome.kind === "opened") count += 1;
    }
  }
  return count;
}

const epochOf = (person: Person): bigint => groupOf(person)?.code?.epoch ?? 0n;

it("M18: a member's whole state, stolen, opens nothing that was said before, and nothing after the members' next refresh", async () => {
  const world = await World.create();
  const [ana, ben, carol] = [await world.person("Ana"), await world.person("Ben"), await world.person("Carol")];
  // Nothing travels but what is said here.
  for (const { client } of [ana, ben, carol]) await client.account.updateSettings({ sendsReceipts: false });
  await founded(world, ana, ben, carol);
  for (const text of ["one", "two", "three"]) await sayIn(ana, text);
  await world.until("heard", () => heard(ben).length === 3 && heard(carol).length === 3);
  const [early, stolen] = [await Insider.of(world, ben, groupIdOf(ben)), await Insider.of(world, ben, groupIdOf(ben))];
  expect(await opened(early, await log(world, early))).toBe(0);
  // In this epoch the copy reads along: that is what a refresh ends.
  await sayIn(carol, "four");
  await world.until("heard", () => heard(ana).length === 1);
  expect(await opened(await Insider.of(world, ben, groupIdOf(ben)), await log(world, early))).toBe(0);
  expect(await opened(early, await log(world, early))).toBe(1);
  const before = epochOf(ana);
  // Ten days later, each of the three gives its leaf new keys, once.
  await world.close(ana, ben, carol);
  world.time.restUntil(world.time.elapsedMs + 10 * DAY_MS);
  const [anaAgain, benAgain] = [await world.again("Ana", ana.disk), await world.again("Ben", ben.disk)];
  const carolAgain = await world.again("Carol", carol.disk);
  const all = [anaAgain, benAgain, carolAgain];
  await world.until("refreshed", () => all.every((one) => epochOf(one) === before + 3n), 60_000);
  await sayIn(carolAgain, "five");
  await world.until("heard", () => heard(anaAgain).length === 1 && heard(benAgain).length === 1);
  await world.pass(5_000);
  expect(epochOf(anaAgain)).toBe(before + 3n);
  const records = await log(world, early);
  expect(records.filter(({ kind }) => kind === "application").length).toBeGreaterThanOrEqual(5);
  expect(await opened(await Insider.of(world, carolAgain, groupIdOf(carolAgain)), records)).toBe(0);
  expect(await opened(stolen, records)).toBe(1);
  await world.close(...all);
});

it("M18: who was removed, with a copy of everything from the moment before, opens nothing that is said afterwards", async () => {
  const world = await World.create();
  const [ana, ben, carol] = [await world.person("Ana"), await world.person("Ben"), await world.person("Carol")];
  await founded(world, ana, ben, carol);
  const gone = await Insider.of(world, carol, groupIdOf(carol));
  await ana.client.groups.remove(groupIdOf(ana), idOf(carol));
  await world.until("removed", () => namesIn(ben).length === 2);
  await sayIn(ben, "after");
  await world.until("heard", () => heard(ana).length === 1);
  // The node gives it nothing; and with the records of a member who does read it, it opens nothing.
  const member = await Insider.of(world, ben, groupIdOf(ben));
  const records = await log(world, member);
  expect(records.at(-1)?.kind).toBe("application");
  expect(await opened(gone, records)).toBe(0);
  await world.close(ana, ben, carol);
});
