import { VirtualTime } from "@p2pcrypt/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type HeldLock, type IdentityLock, webIdentityLock } from "../src/worker/identity-lock.ts";
import { pass } from "./support/pass.ts";

const held: HeldLock[] = [];
afterEach(() => {
  for (const lock of held.splice(0)) lock.release();
});

function tab(time: VirtualTime, channel: string): IdentityLock {
  return webIdentityLock({
    locks: navigator.locks,
    openChannel: () => new BroadcastChannel(channel),
    timers: time,
  });
}

const nothing = (): void => undefined;

describe("the lock of an identity", () => {
  it("is given to one, and again once it is released", async () => {
    const time = new VirtualTime(0);
    const first = await tab(time, "a").acquire("ifFree", nothing);
    expect(await tab(time, "a").acquire("ifFree", nothing)).toBeUndefined();
    first?.release();
    const second = await tab(time, "a").acquire("takeOver", nothing);
    held.push(second);
    expect(await tab(time, "a").acquire("ifFree", nothing)).toBeUndefined();
  });

  it("M20: whoever wants it waits until the holder has finished", async () => {
    const time = new VirtualTime(0);
    const order: string[] = [];
    const first = await tab(time, "b").acquire("ifFree", () => {
      order.push("asked");
      setImmediate(() => {
        order.push("finished");
        first?.release();
      });
    });
    const second = await tab(time, "b").acquire("takeOver", nothing);
    order.push("taken");
    held.push(second);
    expect(order).toEqual(["asked", "finished", "taken"]);
  });

  it("M20: is taken from a holder who does not answer, and it is told", async () => {
    const time = new VirtualTime(0);
    const told = Promise.withResolvers<string>();
    const first = await tab(time, "deaf holder").acquire("ifFree", () => told.resolve("lost"));
    const taking = tab(time, "another channel").acquire("takeOver", nothing);
    pass(time, 3_000);
    const second = await taking;
    held.push(second);
    expect(await told.promise).toBe("lost");
    first?.release();
    expect(await tab(time, "deaf holder").acquire("ifFree", nothing)).toBeUndefined();
  });
});
