// What a client finds out about calls before one is needed, on virtual time.
import { ApiError } from "@p2pcrypt/api";
import { expect, it } from "vitest";
import type { NodeTransport } from "../src/index.ts";
import { World } from "./support/world.ts";

/** Refuses one operation over HTTP, as a node would. */
const refusing =
  (refused: string, code: "quota" | "internal") =>
  (transport: NodeTransport): NodeTransport => ({
    ...transport,
    call: async (url, name, request, capability) => {
      if (name === refused) throw new ApiError(code);
      return transport.call(url, name, request, capability);
    },
  });

it("a look at the home node tells answers, clock and credentials, leaves nothing there, and names what is refused", async () => {
  const world = await World.create({ hasRelay: true });
  const called: string[] = [];
  const ana = await world.person("Ana", (transport) => ({
    ...transport,
    call: (url, name, request, capability) => {
      called.push(name);
      return transport.call(url, name, request, capability);
    },
  }));
  await world.published(ana);
  called.length = 0;
  const look = await ana.client.calls.lookAtNode();
  expect(look).toMatchObject({
    node: { clockAheadMs: 0, hasRelay: true },
    hasSocket: true,
    relay: { urls: ["turn:127.0.0.1:3478?transport=udp"], credential: "secret" },
  });
  expect(called).toEqual(["node.describe", "stream.create", "relay.credentials", "stream.delete"]);
  world.nodeDown();
  await world.until("away", () => ana.client.nodes().every(({ state }) => state.kind !== "connected"));
  expect(await ana.client.calls.lookAtNode()).toEqual({ url: look.url, hasSocket: false });
  world.nodeUp();
  const ben = await world.person("Ben", refusing("stream.create", "quota"));
  await world.published(ben);
  expect(await ben.client.calls.lookAtNode()).toMatchObject({ hasSocket: true, notStored: "quota" });
  const eve = await world.person("Eve", refusing("relay.credentials", "internal"));
  await world.published(eve);
  expect(await eve.client.calls.lookAtNode()).toMatchObject({ refused: "internal" });
  await world.close(ana, ben, eve);
});
