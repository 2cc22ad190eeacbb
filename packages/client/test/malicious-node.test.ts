// A node that lies to one reader. What it says is changed on the way; the reader opens the conversation anew and reads pages.
import { ed25519 } from "@noble/curves/ed25519.js";
import { checkpointBytes, type OperationName, type RequestOf, type ResponseOf } from "@p2pcrypt/api";
import type { NodeTransport } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { conversationOf, heard, idOf, NODE_URL, type Person, say, World } from "./support/world.ts";

type Page = ResponseOf<"stream.read">;

/** Changes pages that hold application records, as long as `isLying`. */
function lying(change: (page: Page) => Page, state: { isLying: boolean }): (transport: NodeTransport) => NodeTransport {
  return (transport) => ({
    open: (url, handler) => transport.open(url, handler),
    call: async <Name extends OperationName>(
      url: string,
      name: Name,
      request: RequestOf<Name>,
      token: Uint8Array | undefined,
    ) => {
      const answer: unknown = await transport.call(url, name, request, token);
      const isPage = name === "stream.read" && (answer as Page).records.some(({ kind }) => kind === "application");
      return (isPage && state.isLying ? change(answer as Page) : answer) as ResponseOf<Name>;
    },
  });
}

const swapped = <T>(list: readonly T[], a: number, b: number): T[] =>
  list.map((one, at) => (at === a ? list[b] : at === b ? list[a] : one)).filter((one): one is T => one !== undefined);

const renumbered = (page: Page, records: Page["records"]): Page => ({
  ...page,
  records: records.map((record, at) => ({ ...record, seq: page.seqBefore + 1 + at })),
});

const LIES: Record<string, (page: Page) => Page> = {
  "reorders the log": (page) => renumbered(page, [...page.records].reverse()),
  "drops a record": (page) => renumbered(page, page.records.toSpliced(-2, 1)),
  "shows a record twice": (page) => renumbered(page, [...page.records, ...page.records.slice(-1)]),
  "cuts off the end": (page) => ({ ...page, records: page.records.slice(0, -1) }),
  "cuts off the beginning": (page) => ({ ...page, records: page.records.slice(1) }),
  "swaps two records": (page) => renumbered(page, swapped(page.records, page.records.length - 1, page.records.length - 2)),
  "puts in a record of its own": (page) =>
    renumbered(page, [...page.records, { ...(page.records.at(-1) as Page["records"][0]), record: new Uint8Array(700) }]),
  "shows another stream": (page) => ({
    ...page,
    checkpoint: { ...page.checkpoint, stream: `${page.checkpoint.stream.slice(0, -2)}AA` as never },
  }),
};

async function readerAway(): Promise<{ world: World; ana: Person; ben: Person }> {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await world.pass(5_000);
  await ana.client.close();
  for (const text of ["one", "two", "three", "four"]) await say(ben, text);
  await world.until("at the node", () => conversationOf(ben)?.queued === 0);
  return { world, ana, ben };
}

for (const [name, change] of Object.entries(LIES)) {
  it(`T4: a node that ${name} is found out; nothing false is shown, and all is read once it tells the truth`, async () => {
    const { world, ana, ben } = await readerAway();
    const state = { isLying: true };
    const again = await world.again("Ana", ana.disk, lying(change, state));
    await world.until("warned", () => (conversationOf(again)?.warnings.length ?? 0) > 0);
    expect(["brokenChain", "rolledBack", "badSignature"]).toContain(conversationOf(again)?.warnings[0]?.kind);
    expect(conversationOf(again)?.warnings[0]?.nodeUrl).toBe(NODE_URL);
    expect(heard(again)).toEqual([]);
    state.isLying = false;
    await world.until("all", () => heard(again).length === 4, 120_000);
    expect(heard(again)).toEqual(["one", "two", "three", "four"]);
    await world.close(again, ben);
  });
}

it("T4: a node whose head goes back behind what it said before is found out", async () => {
  const { world, ana, ben } = await readerAway();
  let early: Page | undefined;
  const first = await world.again(
    "Ana",
    ana.disk,
    lying(
      (page) => {
        early ??= page;
        return page;
      },
      { isLying: true },
    ),
  );
  await world.until("read", () => heard(first).length === 4);
  await first.client.close();
  await say(ben, "five");
  await world.until("at the node", () => conversationOf(ben)?.queued === 0);
  const second = await world.again(
    "Ana",
    ana.disk,
    lying(() => early as Page, { isLying: true }),
  );
  await world.until("warned", () => (conversationOf(second)?.warnings.length ?? 0) > 0);
  expect(heard(second)).toEqual([]);
  await world.close(second, ben);
});

it("T5: two signed heads that contradict each other are kept as evidence", async () => {
  const { world, ana, ben } = await readerAway();
  const forked = (page: Page): Page => {
    const checkpoint = { ...page.checkpoint, chain: new Uint8Array(32).fill(9) };
    return {
      ...page,
      checkpoint: { ...checkpoint, signature: ed25519.sign(checkpointBytes(checkpoint), world.checkpointSecret) },
    };
  };
  const honest = await world.again("Ana", ana.disk);
  await world.until("read", () => heard(honest).length === 4);
  await honest.client.settled();
  await honest.client.close();
  // The same head once more, with another past.
  const everyPage = (transport: NodeTransport): NodeTransport => ({
    open: (url, handler) => transport.open(url, handler),
    call: async <Name extends OperationName>(
      url: string,
      name: Name,
      request: RequestOf<Name>,
      token: Uint8Array | undefined,
    ) => {
      const answer: unknown = await transport.call(url, name, request, token);
      return (name === "stream.read" ? forked(answer as Page) : answer) as ResponseOf<Name>;
    },
  });
  // Where the conversation lived before, the node did the same.
  const { core, tasks } = await world.inside("Ana", ana.disk);
  const before = { kind: "conflictingCheckpoints", nodeUrl: "https://before.example", atMs: core.nowMs } as const;
  await core.ledger.transact(async (tx) => {
    for (const group of core.tables.groups.all()) tx.put(core.tables.groups, group.groupId, { ...group, warnings: [before] });
  });
  await tasks.close();
  const again = await world.again("Ana", ana.disk, everyPage);
  await world.until("warned", () => (conversationOf(again)?.warnings.length ?? 0) > 1);
  expect(conversationOf(again)?.warnings).toMatchObject([before, { kind: "conflictingCheckpoints", nodeUrl: NODE_URL }]);
  expect(conversationOf(again)?.warnings[1]?.evidence?.length).toBeGreaterThan(100);
  await world.close(again, ben);
});

it("T12: a reader that is away while hundreds of messages come reads each once, in order, from where it stopped", async () => {
  const { world, ana, ben } = await readerAway();
  for (let n = 0; n < 300; n++) await say(ben, String(n));
  await world.until("at the node", () => conversationOf(ben)?.queued === 0, 120_000);
  world.time.jump(24 * 3_600_000);
  const again = await world.again("Ana", ana.disk);
  await world.until("all", () => heard(again).length === 304, 120_000);
  expect(heard(again)).toEqual(["one", "two", "three", "four", ...Array.from({ length: 300 }, (_, n) => String(n))]);
  await world.close(again, ben);
});

it("M12: a node that delivers every letter again joins nobody to anything and changes no conversation", async () => {
  const world = await World.create();
  const letters: { request: RequestOf<"stream.append">; token: Uint8Array | undefined }[] = [];
  const noting = (transport: NodeTransport): NodeTransport => ({
    open: async (url, handler) => {
      const socket = await transport.open(url, handler);
      return {
        close: () => socket.close(),
        call: async (name, request, token) => {
          note(name, request, token);
          return socket.call(name, request, token);
        },
      };
    },
    call: async (url, name, request, token) => {
      note(name, request, token);
      return transport.call(url, name, request, token);
    },
  });
  const note = (name: string, request: unknown, token: Uint8Array | undefined): void => {
    const append = request as RequestOf<"stream.append">;
    if (name === "stream.append" && append.kind === "sealedRequest") letters.push({ request: append, token });
  };
  const [ana, ben] = [await world.person("Ana", noting), await world.person("Ben", noting)];
  await world.acquainted(ben, ana);
  expect(letters).toHaveLength(2);
  const codes = [ana, ben].map((one) => conversationOf(one)?.code?.epoch);
  for (const { request, token } of letters) {
    const idempotencyKey = new Uint8Array(16).fill(77);
    await world.network.transport("replay").call(NODE_URL, "stream.append", { ...request, idempotencyKey }, token);
  }
  await world.pass(20_000);
  await Promise.all([ana.client.settled(), ben.client.settled()]);
  await world.pass(5_000);
  expect([ana, ben].map((one) => conversationOf(one)?.code?.epoch)).toEqual(codes);
  expect([ana, ben].map(({ client }) => client.conversations.list().length)).toEqual([1, 1]);
  await say(ben, "still here");
  await world.until("heard", () => heard(ana).length === 1);
  await world.close(ana, ben);
});

it("M14: strangers get no key package of anybody who does not answer them", async () => {
  const world = await World.create();
  const ana = await world.person("Ana");
  await world.published(ana);
  const stranger = world.network.transport("stranger");
  const claim = stranger.call(NODE_URL, "keyPackage.claim", { identity: idOf(ana) }, new Uint8Array(32));
  await expect(claim).rejects.toMatchObject({ code: "forbidden" });
  await world.close(ana);
});
