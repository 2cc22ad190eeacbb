// A group against a node that shows two histories, and against a member who rebuilds it.
import { describe, expect, it } from "vitest";
import { World } from "../src/index.ts";
import { NODE } from "./support/cast.ts";
import { Crowd } from "./support/crowd.ts";
import { groupOf, historyOf } from "./support/crowd-views.ts";

const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function crowdOf(seed: string, size: number): Promise<{ world: World; crowd: Crowd }> {
  const world = new World({ seed, idle, fidelity: "structural" });
  const crowd = new Crowd(world);
  await crowd.gather(size);
  return { world, crowd };
}

describe("M5: a node that shows half of a group another history", () => {
  it("is noticed by whoever hears somebody of the other half, and their codes differ until then", async () => {
    const { world, crowd } = await crowdOf("two histories", 8);
    const isElsewhere = (name: string): boolean => Number(name.slice(1)) >= 4;
    await world.nodes.fork(NODE, (address) => isElsewhere(address.split(" ")[0] ?? ""));
    const [here, there] = [crowd.people.slice(0, 4), crowd.people.slice(4)];
    const [first, last] = [here[0], there[3]];
    if (first === undefined || last === undefined) throw new RangeError("nobody");
    // One half goes on with a commit of the administrator, the other without.
    await first.client?.groups.rename(groupOf(first)?.id ?? "", "canary here");
    await crowd.speak(first);
    await crowd.speak(last);
    await world.pass(30_000);
    const codes = (people: typeof here): Set<string | undefined> => new Set(people.map((one) => groupOf(one)?.code?.digits));
    expect([codes(here).size, codes(there).size, codes([...here, ...there]).size]).toEqual([1, 1, 2]);
    expect([...here, ...there].flatMap((one) => groupOf(one)?.warnings ?? [])).toEqual([]);
    world.nodes.join(NODE);
    await crowd.speak(first);
    const hasNoticed = (one: (typeof here)[0]): boolean => (groupOf(one)?.warnings.length ?? 0) > 0;
    await world.until("the other half noticed", () => there.every(hasNoticed));
    for (const one of there) {
      expect(groupOf(one)?.warnings[0]).toMatchObject({ nodeUrl: NODE });
      // What was said in the other history is not mixed in.
      const texts = (await historyOf(one)).flatMap((entry) => (entry.kind === "text" ? [entry.text] : []));
      expect(texts.filter((text) => text.endsWith(" p0"))).toEqual([]);
    }
    for (const { client } of crowd.people) await client?.close();
  });
});

describe("M6: a node that withholds a commit", () => {
  it("and what follows keeps its members behind, never out of step: all of it is read in its order once it is there", async () => {
    const { world, crowd } = await crowdOf("withheld", 5);
    const [first, , , , last] = crowd.people;
    if (first === undefined || last === undefined) throw new RangeError("nobody");
    let isWithholding = true;
    world.nodes.corrupt(NODE, {
      answer: (_name, answer) => answer,
      push: (name, params) => (isWithholding && name === "stream.record" ? [] : [params]),
    });
    await first.client?.groups.rename(groupOf(first)?.id ?? "", "canary renamed");
    await crowd.speak(first);
    await world.pass(10_000);
    isWithholding = false;
    world.nodes.corrupt(NODE, undefined);
    await crowd.speak(first);
    await world.until("all read on", () => crowd.people.every((one) => groupOf(one)?.name === "canary renamed"));
    await world.pass(5_000);
    for (const one of crowd.people) {
      const shown = (await historyOf(one)).flatMap((entry) => (entry.kind === "text" ? [entry.text] : [])).reverse();
      expect(shown).toEqual(["canary 1 p0", "canary 2 p0"]);
      expect(groupOf(one)?.warnings).toEqual([]);
    }
    for (const { client } of crowd.people) await client?.close();
  });
});

describe("M6: a node that leaves a commit out", () => {
  it("and hands over what follows: the gap is told, nothing behind it is opened, and all is read once the commit is there", async () => {
    const { world, crowd } = await crowdOf("left out", 4);
    const [first, ...others] = crowd.people;
    if (first === undefined) throw new RangeError("nobody");
    const before = groupOf(first);
    const isCommit = (one: unknown): boolean => (one as { kind?: unknown }).kind === "handshake";
    const isFirst = (address: string): boolean => address.split(" ")[0] === first.name;
    world.nodes.corrupt(NODE, {
      answer: (name, answer, address) => {
        const page = answer as { readonly records: readonly unknown[] };
        if (name !== "stream.read" || isFirst(address)) return answer;
        return { ...page, records: page.records.filter((one) => !isCommit(one)) };
      },
      push: (name, params, address) => (name === "stream.record" && !isFirst(address) && isCommit(params) ? [] : [params]),
    });
    await first.client?.groups.rename(before?.id ?? "", "canary renamed");
    await world.until("committed", () => groupOf(first)?.name === "canary renamed");
    await crowd.speak(first);
    const warned = (one: (typeof others)[0]): boolean => (groupOf(one)?.warnings.length ?? 0) > 0;
    await world.until("the gap is told", () => others.every(warned));
    const textsOf = async (one: (typeof others)[0]): Promise<readonly string[]> =>
      (await historyOf(one)).flatMap((entry) => (entry.kind === "text" ? [entry.text] : []));
    for (const one of others) {
      expect(groupOf(one)).toMatchObject({ name: before?.name, code: before?.code });
      expect(groupOf(one)?.warnings[0]).toMatchObject({ kind: "brokenChain", nodeUrl: NODE });
      expect(await textsOf(one)).toEqual([]);
    }
    world.nodes.corrupt(NODE, undefined);
    await world.until("all read on", () => others.every((one) => groupOf(one)?.name === "canary renamed"));
    await world.pass(60_000);
    for (const one of others) expect(await textsOf(one)).toEqual(["canary 1 p0"]);
    for (const { client } of crowd.people) await client?.close();
  });
});

it("M13: a group made anew under the same name is another group, whoever makes it", async () => {
  const { world, crowd } = await crowdOf("hijack", 3);
  const [ana, mallory] = crowd.people;
  if (ana === undefined || mallory === undefined) throw new RangeError("nobody");
  // Mallory's own contact is the founder: the only one whom she could bring into anything.
  const anaId = ana.client?.account.snapshot().identityId;
  if (anaId === undefined) throw new RangeError("nobody");
  const before = groupOf(ana);
  await mallory.client?.groups.create(before?.name ?? "", [anaId]);
  const groups = (): readonly string[] =>
    ana.client?.conversations.list().flatMap(({ kind, id }) => (kind === "group" ? [id] : [])) ?? [];
  await world.until("another one came", () => groups().length === 2);
  expect(ana.client?.conversations.get(before?.id ?? "")).toMatchObject({
    code: before?.code,
    members: before?.members,
    warnings: [],
  });
  for (const { client } of crowd.people) await client?.close();
});
