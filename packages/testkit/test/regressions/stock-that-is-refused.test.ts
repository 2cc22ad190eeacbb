// A node with a full disk refused key packages, and was asked again at once, without end: each time eight more were made and stored.
import { ApiError } from "@p2pcrypt/api";
import type { NodeTransport } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { World } from "../support/real-world.ts";

it("key packages that the node refuses are offered again after a pause, and none is kept for nothing", async () => {
  const world = await World.create();
  let asked = 0;
  const full = (transport: NodeTransport): NodeTransport => ({
    call: (url, name, request, token) => transport.call(url, name, request, token),
    open: async (url, handler) => {
      const socket = await transport.open(url, handler);
      return {
        close: () => socket.close(),
        call: (name, request, token) => {
          if (name !== "keyPackage.publish") return socket.call(name, request, token);
          asked += 1;
          return Promise.reject(new ApiError("storageFull"));
        },
      };
    },
  });
  const ana = await world.person("Ana", full);
  await world.published(ana);
  await world.until("asked", () => asked > 0);
  for (let turn = 0; turn < 2_000; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBeLessThan(4);
  await ana.client.close();
  const { core, tasks } = await world.inside("Ana", ana.disk);
  const kept = core.tables.keyPackages.all().filter(({ contactId }) => contactId === undefined);
  expect(kept.length).toBeLessThan(9);
  await tasks.close();
});
