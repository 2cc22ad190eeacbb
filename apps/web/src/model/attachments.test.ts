import { ClientError, type ClientEvent, type TransferSnapshot } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import type { PageFiles } from "../boot/boot.ts";
import { Attachments, type AttachmentsDeps } from "./attachments.ts";

type FakedClient = Partial<AttachmentsDeps["client"]["files"]> & Partial<Pick<AttachmentsDeps["client"], "subscribe">>;

/** A client without transfers that knows nothing but what is given. */
function clientWith({ subscribe = () => () => undefined, ...given }: FakedClient): AttachmentsDeps["client"] {
  const unknown = async (): Promise<never> => {
    throw new ClientError({ code: "transfer/unknown" });
  };
  const files = { transfers: async () => [], send: unknown, download: unknown, pause: unknown, resume: unknown, cancel: unknown };
  return { subscribe, files: { ...files, ...given } };
}

/** What is held for a client. */
function pageFiles(held: Map<string, File>): PageFiles {
  return {
    offer: async (ref, file) => void held.set(ref, file),
    letGo: async (ref) => void held.delete(ref),
    take: async (ref) => held.get(ref),
    sizeOf: async (ref) => held.get(ref)?.size,
    pieces: async () => {
      throw new RangeError("nothing is saved here");
    },
    read: async (ref, at, size) => {
      const part = await held
        .get(ref)
        ?.slice(at, at + size)
        .arrayBuffer();
      return part === undefined ? undefined : new Uint8Array(part);
    },
  };
}

it("that nothing moves any more is shown while nothing is told, and nobody looks at the clock once nothing runs", () => {
  let nowMs = 0;
  let hear: (event: ClientEvent) => void = () => undefined;
  const ticks = new Set<() => void>();
  const client = clientWith({
    subscribe: (listener) => {
      hear = listener;
      return () => undefined;
    },
  });
  const attachments = new Attachments("c" as TransferSnapshot["conversationId"], {
    client,
    files: pageFiles(new Map()),
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
  const client = clientWith({
    send: async (_, { name }) => {
      if (name === "bad") throw new ClientError({ code: "file/badName", maxBytes: 1_024 });
      sent.push(name);
      return { id: name, state: "waiting", direction: "up", conversationId: "c", name } as TransferSnapshot;
    },
  });
  const held = new Map<string, File>();
  const attachments = new Attachments("c" as TransferSnapshot["conversationId"], {
    client,
    files: pageFiles(held),
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
    const held = new Map<string, File>();
    const attachments = new Attachments("c" as TransferSnapshot["conversationId"], {
      client: clientWith({ send: async () => ({ id: "t", state: "waiting" }) as TransferSnapshot }),
      files: pageFiles(held),
      later: (run) => run(),
      nowMs: () => 0,
      everySecond: () => () => undefined,
      newRef: () => "ref",
      keepsCameraNotes: () => keepsCameraNotes,
      thumbnail: async () => undefined,
    });
    await attachments.send([photograph]);
    const [file = new File([], "none")] = held.values();
    return [file.name, [...new Uint8Array(await file.arrayBuffer())]];
  };
  expect(await offered(false)).toEqual(["picture.jpg", [0xff, 0xd8, ...scan]]);
  expect(await offered(true)).toEqual(["IMG_20240503_141233.jpg", [0xff, 0xd8, ...segment, ...scan]]);
});
