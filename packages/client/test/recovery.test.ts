import { ApiError, type OperationName } from "@p2pcrypt/api";
import { type IdentityPort, type NodeTransport, openPgpIdentity } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { contactOf, conversationOf, faults, heard, idOf, linkOf, NODE_URL, say, World } from "./support/world.ts";

it("an empty machine and a sheet make a new device of the same identity, which a contact takes in when asked by its link", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ben.client.account.rename("Ben B");
  await world.published(ben);
  await world.until("renamed", () => contactOf(ana, ben)?.name === "Ben B");
  const { words, identityId } = await ben.client.account.recoverySheet();
  const deviceId = ben.client.account.snapshot().deviceId;
  await ben.client.close();

  const again = await world.recovered("Ben", { words: words.join(" "), homeNodeUrl: NODE_URL });
  const self = again.client.account.snapshot();
  expect([self.identityId, self.name]).toEqual([identityId, "Ben B"]);
  expect(self.deviceId).not.toBe(deviceId);
  expect(again.client.contacts.list()).toEqual([]);
  await world.published(again);
  await again.client.contacts.add(linkOf(ana));
  await world.until("taken in", () => conversationOf(again)?.state === "active", 60_000);
  await say(ana, "you are back");
  await world.until("heard", () => heard(again).length === 1);
  await say(again, "with nothing but 28 words");
  await world.until("answered", () => heard(ana).length === 1);
  expect([contactOf(ana, ben)?.alert, contactOf(ana, ben)?.name]).toEqual([undefined, "Ben B"]);
  expect([...faults(ana), ...faults(again)]).toEqual([]);
  await world.close(ana, again);
});

it("the QR text is enough where no node answers; words need a name there", async () => {
  const world = await World.create();
  const ana = await world.person("Ana");
  await world.published(ana);
  const { words, text, identityId } = await ana.client.account.recoverySheet();
  await ana.client.close();
  world.nodeDown();
  const again = await world.recovered("Ana", { text });
  expect(again.client.account.snapshot()).toMatchObject({ identityId, name: "Ana", homeNodeUrl: NODE_URL });
  const byWords = { words: words.join(" "), homeNodeUrl: NODE_URL };
  await expect(world.recovered("Ana 2", byWords)).rejects.toMatchObject({ code: "recovery/nameNeeded" });
  const named = await world.recovered("Ana 3", { ...byWords, name: "Ana again" });
  expect(named.client.account.snapshot()).toMatchObject({ identityId, name: "Ana again" });
  await world.close(again, named);
});

/** A node whose directory has lost an identity. */
const withoutDirectory =
  (lost: string) =>
  (transport: NodeTransport): NodeTransport => {
    const refuseLookup = (name: OperationName, request: object): void => {
      const isLookup = name === "identity.lookup" || name === "profile.lookup";
      if (isLookup && "identity" in request && request.identity === lost) throw new ApiError("notFound");
    };
    return {
      open: async (url, handler) => {
        const socket = await transport.open(url, handler);
        return {
          close: () => socket.close(),
          call: async (name, request, capability) => {
            refuseLookup(name, request);
            return socket.call(name, request, capability);
          },
        };
      },
      call: async (url, name, request, capability) => {
        refuseLookup(name, request);
        return transport.call(url, name, request, capability);
      },
    };
  };

it("contacts take the profile of a recovered device although its node has forgotten the earlier ones", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  for (const name of ["Ben 1", "Ben 2", "Ben 3"]) {
    await ben.client.account.rename(name);
    await world.until("heard of", () => contactOf(ana, ben)?.name === name);
  }
  const { text } = await ben.client.account.recoverySheet();
  await ben.client.close();
  const again = await world.recovered("Ben", { text }, withoutDirectory(idOf(ben)));
  await world.published(again);
  await again.client.contacts.add(linkOf(ana));
  await world.until("taken in", () => conversationOf(again)?.state === "active", 60_000);
  expect(contactOf(ana, ben)?.devices).toContain(again.client.account.snapshot().deviceId);
  await world.close(ana, again);
});

it("a revoked identity does not come back", async () => {
  const world = await World.create();
  const ana = await world.person("Ana");
  await world.published(ana);
  const { text } = await ana.client.account.recoverySheet();
  expect(await ana.client.account.deleteIdentity()).toEqual({ isRevoked: true });
  await expect(world.recovered("Ana", { text })).rejects.toMatchObject({ code: "recovery/revoked" });
});

it("what was given out for safety is remembered with its time", async () => {
  const world = await World.create();
  const ana = await world.person("Ana");
  expect(ana.client.account.snapshot().safety).toEqual({ canHaveRecoverySheet: true });
  await ana.client.account.recoverySheet();
  world.time.jump(5_000);
  await ana.client.account.exportBackup("correct horse");
  await ana.client.close();
  const again = await world.again("Ana", ana.disk);
  const { recoverySheetAtMs = 0, backupAtMs = 0 } = again.client.account.snapshot().safety;
  expect(backupAtMs).toBeGreaterThan(recoverySheetAtMs);
  await world.close(again);
});

it("words that are none are refused by the place of the first", async () => {
  const world = await World.create();
  const wrong = world.recovered("Ana", { words: "able about nonsense", homeNodeUrl: NODE_URL });
  await expect(wrong).rejects.toMatchObject({ failure: { code: "recovery/malformed", word: 3 } });
});

it("an identity whose key does not fit says so, and makes no sheet", async () => {
  const world = await World.create();
  const openSecret: IdentityPort["openSecret"] = async (secret, at) => ({
    ...(await openPgpIdentity.openSecret(secret, at)),
    recoverySeed: () => undefined,
  });
  const ana = await world.person("Ana", undefined, { identity: { ...openPgpIdentity, openSecret } });
  await expect(ana.client.account.recoverySheet()).rejects.toMatchObject({ code: "recovery/notPossible" });
  expect(ana.client.account.snapshot().safety.recoverySheetAtMs).toBeUndefined();
  expect(idOf(ana)).toHaveLength(64);
  await world.close(ana);
});
