// A15: what a contact writes into a profile does not make this client connect to this machine.
import { expect, it } from "vitest";
import type { NodeTransport } from "../src/index.ts";
import { contactOf, conversationOf, idOf, linkOf, type Person, PUBLIC_NODE_URL, World } from "./support/world.ts";

function noting(urls: Set<string>): (transport: NodeTransport) => NodeTransport {
  return (transport) => ({
    open: (url, handler) => {
      urls.add(url);
      return transport.open(url, handler);
    },
    call: (url, name, request, capability) => {
      urls.add(url);
      return transport.call(url, name, request, capability);
    },
  });
}

/** Ben's profile names a node at 127.0.0.1, and Ana takes his request. */
async function answered(anasNode: string | undefined): Promise<{ world: World; ana: Person; ben: Person; urls: Set<string> }> {
  const world = await World.create();
  const urls = new Set<string>();
  const ana = await world.person("Ana", noting(urls), anasNode === undefined ? {} : { homeNodeUrl: anasNode });
  const ben = await world.person("Ben");
  await world.published(ana, ben);
  await ben.client.contacts.add(linkOf(ana), "hello");
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
  await ana.client.contacts.accept(idOf(ben));
  return { world, ana, ben, urls };
}

it("A15: a client with a node that everybody reaches is not led to this machine by a contact's profile", async () => {
  const { world, ana, ben, urls } = await answered(PUBLIC_NODE_URL);
  await world.pass(120_000);
  expect(contactOf(ana, ben)?.nodeUrls).toContain("http://127.0.0.1:8787");
  expect([...urls]).toEqual([PUBLIC_NODE_URL]);
  expect(ana.client.nodes().find(({ isHome }) => !isHome)?.state.kind).not.toBe("connected");
  await expect(ana.client.contacts.lookUp(linkOf(ben))).resolves.toMatchObject({ kind: "unreachable" });
  expect([...urls]).toEqual([PUBLIC_NODE_URL]);
  await world.close(ana, ben);
});

it("A15: one whose own node is on this machine talks with others there", async () => {
  const { world, ana, ben } = await answered(undefined);
  await world.until("joined", () => [ana, ben].every((one) => conversationOf(one)?.state === "active"));
  await world.close(ana, ben);
});
