import { deflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { limitAllocations } from "./allocations.ts";

const MAX = 1_000;

/** What a worker has, without changing that of the test. */
function limited() {
  const scope = { Uint8Array, DecompressionStream };
  limitAllocations(scope, MAX);
  return scope;
}

it("B5: no piece of memory is larger than the limit, and everything smaller is as before", () => {
  const { Uint8Array: Bytes } = limited();
  expect(() => new Bytes(MAX + 1)).toThrow(RangeError);
  const made = new Bytes(MAX);
  expect([made.length, made instanceof Uint8Array, made instanceof Bytes]).toEqual([MAX, true, true]);
  expect([...new Bytes([1, 2, 3])]).toEqual([1, 2, 3]);
  expect([...new Bytes(new Uint8Array([5, 6, 7, 8]).buffer, 1, 2)]).toEqual([6, 7]);
  expect([...Bytes.from([4])]).toEqual([4]);
  expect(Uint8Array).not.toBe(Bytes);
});

it("B5: what becomes more than the limit when it is decompressed ends in an error, and the rest comes whole", async () => {
  const { DecompressionStream: Inflate } = limited();
  const inflated = async (bytes: number): Promise<number> => {
    const { readable, writable } = new Inflate("deflate");
    const writer = writable.getWriter();
    writer.write(new Uint8Array(deflateSync(new Uint8Array(bytes)))).catch(() => undefined);
    writer.close().catch(() => undefined);
    return (await new Response(readable).arrayBuffer()).byteLength;
  };
  expect(await inflated(MAX)).toBe(MAX);
  await expect(inflated(MAX + 1)).rejects.toThrow();
});
