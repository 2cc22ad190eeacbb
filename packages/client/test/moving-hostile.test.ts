// A conversation that is moved to a node, or with a member, that means no good.
import type { OperationName, RequestOf, ResponseOf } from "@p2pcrypt/api";
import type { NodeTransport } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { toExtensions } from "../../session/src/group/context-rules.ts";
import { stateOf } from "../../session/test/support/forge.ts";
import { founded, groupIdOf, groupOf, Insider, sayIn } from "./support/group-world.ts";
import { faults, heard, World } from "./support/world.ts";

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
