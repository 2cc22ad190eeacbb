import { ClientError, type ClientEvent, type TransferSnapshot } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { Attachments, type AttachmentsDeps } from "./attachments.ts";

it("that nothing moves any more is shown while nothing is told, and nobody looks at the clock once nothing runs", () => {
  let nowMs = 0;
  let hear: (event: ClientEvent) => void = () => undefined;
  const ticks = new Set<() => void>();
  const client = {
    files: { transfers: async () => [] },
    subscribe: (listener: (event: ClientEvent) => void) => {
      hear = listener;
      return () => undefined;
    },
  };
  const attachments = new Attachments("c" as TransferSnapshot["conversationId"], {
    client: client as unknown as AttachmentsDeps["client"],
    files: {} as AttachmentsDeps["files"],
    later: (run) => run(),
    nowMs: () => nowMs,
    everySecond: (run) => {
      ticks.add(run);
      return () => ticks.delete(run);
    },
    newRef: () => "ref",
    keepsCameraNotes: () => false,
    thumbnail: async () => undefined,
  });
  const told = (state: TransferSnapshot["state"], doneBytes: number): void =>
    hear({
      kind: "transfer",
      transfer: {
        id: "t",
        direction: "up",
        conversationId: "c" as TransferSnapshot["conversationId"],
        ref: "r",
        name: "n",
        bytes: 9_000_000,
        doneBytes,
        state,
      },
    });
  const pace = () => attachments.getSnapshot().paces.get("t");
  told("waiting", 0);
  expect([pace(), ticks.size]).toEqual([undefined, 0]);
  told("running", 0);
  nowMs = 1_000;
  told("running", 1_000_000);
  expect([pace(), ticks.size]).toEqual([{ kind: "moving", bytesPerSecond: 1_000_000, secondsLeft: 8 }, 1]);
  nowMs = 9_000;
  for (const tick of ticks) tick();
  expect(pace()).toEqual({ kind: "stalled" });
  told("paused", 1_000_000);
  expect([pace(), ticks.size]).toEqual([undefined, 0]);
});

it("one of many that cannot be read or sent keeps none of the others", async () => {
  const sent: string[] = [];
  const client = {
    files: {
      transfers: async () => [],
      send: async (_: unknown, { name }: { readonly name: string }) => {
        if (name === "bad") throw new ClientError({ code: "file/badName", maxBytes: 1_024 });
        sent.push(name);
        return { id: name, state: "waiting", direction: "up", conversationId: "c", name } as TransferSnapshot;
      },
    },
    subscribe: () => () => undefined,
  };
  const held = new Set<string>();
  const attachments = new Attachments("c" as TransferSnapshot["conversationId"], {
    client: client as unknown as AttachmentsDeps["client"],
    files: {
      offer: async (ref: string) => void held.add(ref),
      letGo: async (ref: string) => void held.delete(ref),
    } as unknown as AttachmentsDeps["files"],
    later: (run) => run(),
    nowMs: () => 0,
    everySecond: () => () => undefined,
    newRef: () => `ref${held.size}`,
    keepsCameraNotes: () => false,
    thumbnail: async () => undefined,
  });
  const folder = Object.assign(new File(["x"], "folder"), {
    slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("", "NotFoundError")) }),
  });
  const given = [new File(["x"], "first"), folder, new File(["x"], "bad"), new File(["x"], "last")];
  await expect(attachments.send(given)).rejects.toMatchObject({ failure: { code: "file/gone" } });
  expect([sent, held.size]).toEqual([["first", "last"], 2]);
});

it("B8: what a camera wrote is left out, its dated name too, unless the person says otherwise", async () => {
  const segment = [0xff, 0xe1, 0, 7, ...[..."Exif!"].map((letter) => letter.charCodeAt(0))];
  const scan = [0xff, 0xda, 0, 2, 1, 0xff, 0xd9];
  const photograph = new File([Uint8Array.from([0xff, 0xd8, ...segment, ...scan])], "IMG_20240503_141233.jpg", {
    type: "image/jpeg",
  });
  const offered = async (keepsCameraNotes: boolean): Promise<[string, number[]]> => {
    let file = new File([], "none");
    const attachments = new Attachments("c" as TransferSnapshot["conversationId"], {
      client: {
        files: { transfers: async () => [], send: async () => ({ id: "t", state: "waiting" }) as TransferSnapshot },
        subscribe: () => () => undefined,
      } as unknown as AttachmentsDeps["client"],
      files: {
        offer: async (_: string, one: File) => {
          file = one;
        },
      } as unknown as AttachmentsDeps["files"],
      later: (run) => run(),
      nowMs: () => 0,
      everySecond: () => () => undefined,
      newRef: () => "ref",
      keepsCameraNotes: () => keepsCameraNotes,
      thumbnail: async () => undefined,
    });
    await attachments.send([photograph]);
    return [file.name, [...new Uint8Array(await file.arrayBuffer())]];
  };
  expect(await offered(false)).toEqual(["picture.jpg", [0xff, 0xd8, ...scan]]);
  expect(await offered(true)).toEqual(["IMG_20240503_141233.jpg", [0xff, 0xd8, ...segment, ...scan]]);
});
