// Which files a browser keeps, as its client's transfers come and go.

import type { ClientEvent, TransferSnapshot } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { HeldFiles } from "../src/worker/files/held-files.ts";
import { LocalFiles } from "../src/worker/files/local-files.ts";
import { followTransfers } from "../src/worker/files/transfer-files.ts";

const transfer = (ref: string, change: Partial<TransferSnapshot>): TransferSnapshot => ({
  id: ref,
  ref,
  direction: "down",
  conversationId: "c",
  name: ref,
  bytes: 1,
  doneBytes: 1,
  state: "done",
  place: ref,
  ...change,
});

it("a copy goes when it was sent, what came when it is freed or its message disappears, and leftovers at the start", async () => {
  const hold = new HeldFiles();
  const files = new LocalFiles(async () => hold);
  files.unlock(Promise.resolve(new Uint8Array(32)));
  const keep = async (ref: string): Promise<void> => {
    const sink = await hold.openSink(ref);
    await sink.write(0, Uint8Array.of(1));
    await sink.finish();
  };
  const refs = ["leftover", "copy", "freed", "disappeared", "kept"];
  for (const ref of refs) await keep(ref);
  const here = async (): Promise<string[]> => {
    const sizes = await Promise.all(refs.map((ref) => hold.sizeOf(ref)));
    return refs.filter((_, at) => sizes[at] !== undefined);
  };
  let transfers = [transfer("copy", { direction: "up", state: "running" }), ...refs.slice(2).map((ref) => transfer(ref, {}))];
  let tell: (event: ClientEvent) => void = () => undefined;
  followTransfers(
    {
      files: { transfers: async () => transfers },
      subscribe: (listener) => {
        tell = listener;
        return () => undefined;
      },
    },
    files,
  );
  await expect.poll(here).toEqual(["copy", "freed", "disappeared", "kept"]);
  tell({ kind: "transfer", transfer: transfer("copy", { direction: "up", state: "done" }) });
  tell({ kind: "transfer", transfer: transfer("freed", { state: "canceled" }) });
  await expect.poll(here).toEqual(["disappeared", "kept"]);
  transfers = [transfer("kept", {})];
  tell({ kind: "erased", conversationId: "c", numbers: [1] });
  await expect.poll(here).toEqual(["kept"]);
});
