// A conversation that is moved to a node, or with a member, that means no good.
import { ApiError, type OperationName, type RequestOf, type ResponseOf } from "@p2pcrypt/api";
import type { NodeTransport } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { toExtensions } from "../../session/src/group/context-rules.ts";
import { stateOf } from "../../session/test/support/forge.ts";
import { founded, groupIdOf, groupOf, Insider, sayIn } from "./support/group-world.ts";
import { conversationOf, faults, heard, NODE_URL, World } from "./support/world.ts";

const OTHER_URL = "https://other.example";

/** Something happens when the further node took the commit, before whoever moves knows that it did. */
function when(taken: (record: Uint8Array) => Promise<void>): (transport: NodeTransport) => NodeTransport {
  const followed = async <Name extends OperationName>(
    url: string,
    request: { readonly name: Name; readonly value: RequestOf<Name> },
    answer: Promise<ResponseOf<Name>>,
  ): Promise<ResponseOf<Name>> => {
    const result = await answer;
    if (url === OTHER_URL && request.name === "stream.append") await taken((request.value as RequestOf<"stream.append">).record);
    return result;
  };
  return (transport) => ({
    call: (url, name, value, token) => followed(url, { name, value }, transport.call(url, name, value, token)),
    open: async (url, handler) => {
      const socket = await transport.open(url, handler);
      return {
        call: (name, value, token) => followed(url, { name, value }, socket.call(name, value, token)),
        close: () => socket.close(),
      };
    },
  });
}

it("M8 M9: a record that takes the position of a move, and is skipped by all, ends that attempt; the next one leads everybody there", async () => {
  const world = await World.create();
  await world.furtherNode(OTHER_URL);
  let takesPosition = async (): Promise<void> => undefined;
  const ana = await world.person(
    "Ana",
    when(() => takesPosition()),
  );
  const [ben, cleo] = [await world.person("Ben"), await world.person("Cleo")];
  await founded(world, ana, ben, cleo);
  const id = groupIdOf(cleo);
  await Promise.all([ana, ben, cleo].map(({ client }) => client.settled()));
  await cleo.client.close();
  const insider = await Insider.of(world, cleo, id);
  takesPosition = async () => {
    takesPosition = async () => undefined;
    const context = { ...stateOf(insider.session).context, name: "Cleo's" };
    const groupContextExtensions = { extensions: toExtensions(context) };
    const record = await insider.forge({ proposals: [{ proposalType: "group_context_extensions", groupContextExtensions }] });
    expect(await insider.handshake(record)).toMatchObject({ position: insider.session.positions + 1 });
  };
  await ana.client.conversations.move(groupIdOf(ana), OTHER_URL);
  await world.until("moved", () => [ana, ben].every((one) => groupOf(one)?.nodeUrls.join() === OTHER_URL), 60_000);
  await sayIn(ben, "there");
  await world.until("heard", () => heard(ana).includes("there"), 60_000);
  for (const one of [ana, ben]) expect([...faults(one), ...(groupOf(one)?.warnings ?? [])]).toEqual([]);
  await world.close(ana, ben);
});

it("M8: a move that the new node kept and denied, put into the log by a member, leads whoever made it along with everybody", async () => {
  const world = await World.create();
  await world.furtherNode(OTHER_URL);
  const kept: Uint8Array[] = [];
  const ana = await world.person(
    "Ana",
    when(async (record) => {
      if (kept.push(record) === 1) throw new ApiError("quota");
    }),
  );
  const ben = await world.person("Ben");
  await world.acquainted(ben, ana);
  await Promise.all([ana, ben].map(({ client }) => client.settled()));
  await ana.client.conversations.move(conversationOf(ana)?.id ?? "", OTHER_URL);
  await world.until("denied", () => kept.length > 0 && conversationOf(ana)?.pending?.length === 0);
  expect(conversationOf(ana)?.nodeUrls).toEqual([NODE_URL]);
  await ben.client.close();
  const insider = await Insider.of(world, ben, conversationOf(ben)?.id ?? "");
  expect(await insider.handshake(kept[0] ?? new Uint8Array(0))).toMatchObject({ position: insider.session.positions + 1 });
  await world.until("led along", () => conversationOf(ana)?.nodeUrls.join() === OTHER_URL);
  expect(conversationOf(ana)).toMatchObject({ state: "active", warnings: [] });
  expect(faults(ana)).toEqual([]);
  await world.close(ana);
});
