// The node goes away in the middle of things and comes back: everything resumes, and whoever waits is told what for.
import { ConnectionError } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import {
  acquaintedWith,
  type Call,
  contactOf,
  conversationOf,
  faults,
  heard,
  idOf,
  linkOf,
  NODE_URL,
  type Person,
  rest,
  say,
  statesTold,
  texts,
  through,
  World,
} from "./support/real-world.ts";

const LONG = 300_000;

function nodeStates({ events }: Person): readonly string[] {
  return events.flatMap((event) => (event.kind === "node" && event.node.url === NODE_URL ? [event.node.state.kind] : []));
}

it("a message says that it is queued, then at the node, and nodes say how they are reached", async () => {
  const { world, ana, ben } = await acquaintedWith();
  world.nodeDown();
  await say(ben, "hello");
  expect(await texts(ben)).toEqual(["me: hello (queued)"]);
  await world.until("noticed", () => ben.client.nodes()[0]?.state.kind === "waiting");
  world.nodeUp();
  ben.client.retryNow();
  await world.until("there", () => statesTold(ben).includes("atNode"));
  expect(ben.client.nodes()).toEqual([{ url: NODE_URL, isHome: true, state: { kind: "connected" } }]);
  expect(nodeStates(ben)).toEqual(expect.arrayContaining(["waiting", "connecting", "connected"]));
  await world.until("heard", () => heard(ana).length === 1, LONG);
  await world.close(ana, ben);
});

it("a request made and accepted without a node goes out when it is back", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  world.nodeDown();
  const link = linkOf(ana);
  await ben.client.contacts.add(link, "are you there?");
  expect(contactOf(ben, ana)).toMatchObject({ state: "requested", delivery: "queued" });
  world.nodeUp();
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking", LONG);
  await world.until("told", () => contactOf(ben, ana)?.delivery === "atNode");
  world.nodeDown();
  await ana.client.contacts.accept(idOf(ben));
  expect(conversationOf(ana)).toMatchObject({ state: "opening", queued: 0 });
  await say(ana, "written before there was a conversation");
  world.nodeUp();
  await world.until("joined", () => conversationOf(ben)?.state === "active", LONG);
  await world.until("heard", () => heard(ben).length === 1, LONG);
  expect([...faults(ana), ...faults(ben)]).toEqual([]);
  await world.close(ana, ben);
});

it("an identity made without a node is published when there is one", async () => {
  const world = await World.create();
  world.nodeDown();
  const ana = await world.person("Ana");
  await world.pass(5_000);
  expect(ana.client.account.snapshot()).toMatchObject({ isPublished: false });
  expect(ana.client.account.snapshot().publishRefusal).toBeUndefined();
  world.nodeUp();
  await world.until("published", () => ana.client.account.snapshot().isPublished, LONG);
  await world.close(ana);
});

/** The node does what it is asked and dies before it answers, for every n-th call that changes something. */
function answersLost(every: number): (call: Call, next: () => Promise<unknown>) => Promise<unknown> {
  let count = 0;
  return async ({ name }, next) => {
    const answer = await next();
    const isChange = name === "stream.append" || name === "stream.create" || name === "profile.publish";
    if (isChange) count += 1;
    if (isChange && count % every === 0) throw new ConnectionError("connection/closed");
    return answer;
  };
}

for (const every of [1, 2, 3]) {
  it(`everything works out when one of ${every + 1} answers to changes is lost`, async () => {
    const world = await World.create();
    const [ana, ben] = [
      await world.person("Ana", through(answersLost(every + 1))),
      await world.person("Ben", through(answersLost(every + 1))),
    ];
    await world.until("published", () => [ana, ben].every(({ client }) => client.account.snapshot().isPublished), LONG);
    await ben.client.contacts.add(linkOf(ana), "hello");
    await world.until("asked", () => contactOf(ana, ben)?.state === "asking", LONG);
    await ana.client.contacts.accept(idOf(ben));
    await world.until("joined", () => [ana, ben].every((one) => conversationOf(one)?.state === "active"), LONG);
    const said = Array.from({ length: 9 }, (_, n) => String(n));
    for (const text of said) await say(ben, text);
    await world.until("heard", () => heard(ana).length >= 9, LONG);
    await world.until("known", () => conversationOf(ben)?.queued === 0, LONG);
    await rest(world, 10_000, ana, ben);
    expect(heard(ana)).toEqual(said);
    expect([...faults(ana), ...faults(ben)]).toEqual([]);
    await world.close(ana, ben);
  });
}

it("a node that takes connections and never answers holds up nothing but what is meant for it", async () => {
  const world = await World.create();
  const SILENT = "http://127.0.0.1:9999";
  const never = (): Promise<never> => new Promise(() => undefined);
  const ben = await world.person("Ben", (transport) => ({
    open: (url, handler) =>
      url === SILENT ? Promise.resolve({ close: () => undefined, call: never }) : transport.open(url, handler),
    call: (url, name, request, token) => (url === SILENT ? never() : transport.call(url, name, request, token)),
  }));
  const ana = await world.person("Ana");
  const stranger = await world.person("Carol");
  await world.published(ana, ben, stranger);
  await ben.client.contacts.add(linkOf(stranger).replace(NODE_URL, SILENT), "nobody will read this");
  await ben.client.contacts.add(linkOf(ana), "hello");
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
  expect(contactOf(ben, stranger)).toMatchObject({ delivery: "queued" });
  expect(ben.client.nodes().map(({ url }) => url)).toContain(SILENT);
  let isSettled = false;
  ben.client.settled().then(() => {
    isSettled = true;
  });
  await world.until("settled all the same", () => isSettled, LONG);
  expect(faults(ben)).toEqual([]);
  await world.close(ana, ben, stranger);
});
