import { expect, it } from "vitest";
import { LocalFiles } from "../src/worker/local-files.ts";

const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

it("an offered file is read from where it is; one of a page that is gone is not there", async () => {
  const files = new LocalFiles();
  files.offer("a", new File([bytes(1, 2, 3, 4, 5)], "numbers", { lastModified: 7 }));
  const source = await files.openSource("a");
  expect([source?.bytes, source?.version]).toEqual([5, "7 5"]);
  expect(await source?.read(1, 3)).toEqual(bytes(2, 3, 4));
  expect(await source?.read(4, 10)).toEqual(bytes(5));
  expect(await files.openSource("b")).toBeUndefined();
  files.letGo("a");
  expect(await files.openSource("a")).toBeUndefined();
});

it("what comes is given out whole and not before, goes on where it was, and can be thrown away", async () => {
  const files = new LocalFiles();
  const first = await files.openSink("x");
  await first.write(0, bytes(1, 2));
  await first.close();
  expect(files.take("x")).toBeUndefined();
  const again = await files.openSink("x");
  expect(again.bytes).toBe(2);
  await expect(again.write(5, bytes(9))).rejects.toMatchObject({ code: "store/failed" });
  await again.write(2, bytes(3));
  const place = await again.finish();
  expect(new Uint8Array((await files.take(place)?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(bytes(1, 2, 3));
  const other = await files.openSink("y");
  await other.write(0, bytes(1));
  await other.discard();
  expect((await files.openSink("y")).bytes).toBe(0);
});
