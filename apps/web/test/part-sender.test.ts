import { expect, it } from "vitest";
import { type PartFolder, PartSender } from "../src/worker/files/part-sender.ts";

const MIB = 2 ** 20;
const FIXED = { redirect: "error", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" } as const;
const asked = (...body: readonly Uint8Array[]) => ({
  method: "PATCH",
  headers: {},
  signal: new AbortController().signal,
  ...FIXED,
  ...(body.length === 0 ? {} : { body }),
});

function sending(put?: PartFolder["put"]) {
  const [files, sent, opened] = [new Map<string, Blob>(), [] as (Blob | undefined)[], [] as string[]];
  const folder: PartFolder = {
    put:
      put ??
      (async (name, pieces) => {
        files.set(name, new File(pieces as Uint8Array<ArrayBuffer>[], name));
        return files.get(name) ?? new Blob();
      }),
    remove: async (name) => void files.delete(name),
  };
  const sender = new PartSender({
    fetch: async (_url, { body }) => {
      sent.push(body instanceof Blob ? body : undefined);
      if (sent.length === 2) throw new TypeError("no network");
      return new Response(null, { status: 204 });
    },
    openFolder: async () => {
      opened.push("folder");
      return folder;
    },
  });
  return { sender, files, sent, opened };
}

it("a part lies in a file while it is sent, under a name of its own, and nowhere afterwards", async () => {
  const { sender, files, sent, opened } = sending();
  const [one, two] = [new Uint8Array(MIB).fill(1), new Uint8Array(MIB).fill(2)];
  await sender.send("/v1/blobs/x", asked(one, two));
  await expect(sender.send("/v1/blobs/x", asked(two))).rejects.toThrow("no network");
  expect(sent.map((body) => (body instanceof File ? body.name : undefined))).toEqual(["part-1", "part-2"]);
  const bytes = new Uint8Array((await sent[0]?.arrayBuffer()) ?? new ArrayBuffer(0));
  expect([bytes.length, bytes[MIB - 1], bytes[MIB]]).toEqual([2 * MIB, 1, 2]);
  expect([files.size, opened]).toEqual([0, ["folder"]]);
});

it("what is small, and what the folder has no room for, is sent from memory; a question has no body", async () => {
  const { sender, sent } = sending(() => Promise.reject(new TypeError("no room")));
  await sender.send("/v1/blobs/x", asked(new Uint8Array(MIB)));
  await expect(sender.send("/v1/blobs/x", asked(new Uint8Array(5)))).rejects.toThrow();
  await sender.send("/v1/blobs/x", asked());
  expect(sent.map((body) => [body instanceof File, body?.size])).toEqual([
    [false, MIB],
    [false, 5],
    [false, undefined],
  ]);
});
