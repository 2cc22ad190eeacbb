// T2, O3: what a power cut leaves of a node's disk, and a disk that is full.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { scaled } from "../../../packages/testkit/test/support/scale.ts";
import { check, type Sent, write } from "./support/appenders.ts";
import { canMount, copyFile, Mounts } from "./support/mounts.ts";
import { applicationRecord, NodeClient, newStream, random } from "./support/node-client.ts";
import { killed, type NodeProcess, Place } from "./support/processes.ts";

const IMAGES = scaled(200);
const [hasImages, hasMemory] = [canMount("image"), canMount("memory")];
const UNLIMITED = ["--rate-limits", "off"];

let place: Place;
let mounts: Mounts;
beforeEach(() => {
  place = new Place();
  mounts = new Mounts();
});
afterEach(async () => {
  await place.end();
  mounts.end();
});

const nodeOn = (folder: string): Promise<NodeProcess> => place.node({ flags: [...UNLIMITED, "--data", join(folder, "node")] });

it.skipIf(!hasImages)(
  `T2: of ${IMAGES} images of a disk under load, each mounts, and has every record that was acknowledged${hasImages ? "" : " (skipped: no loop devices here)"}`,
  { timeout: 120_000 + IMAGES * 30_000 },
  async () => {
    const image = mounts.image("disk.img");
    const node = await nodeOn(mounts.mountImage(image, "disk"));
    const first = await NodeClient.open(node.url);
    const streams = await Promise.all(Array.from({ length: 4 }, () => newStream(first)));
    const sent: Sent[][] = streams.map(() => []);
    let count = 0;
    const clients = await Promise.all(streams.map(() => NodeClient.open(node.url)));
    const writing = streams.map((stream, i) => write(clients[i], stream, sent[i] ?? [], () => (count += 1)));
    let total = 0;
    for (let n = 0; n < IMAGES; n++) {
      const until = count + Math.floor(Math.random() * 60);
      while (count < until) await new Promise((resolve) => setImmediate(resolve));
      // Stopped where it is, with whatever it has not flushed: that is what a power cut finds.
      node.child.kill("SIGSTOP");
      const known = sent.map((list) => list.map((one) => ({ ...one })));
      const copy = join(mounts.folder, "cut.img");
      copyFile(image, copy);
      node.child.kill("SIGCONT");
      const cut = mounts.mountImage(copy, "cut");
      const survivor = await nodeOn(cut);
      const reader = await NodeClient.open(survivor.url);
      for (const [i, stream] of streams.entries()) total += await check(reader, stream, known[i] ?? []);
      await killed(survivor.child);
      mounts.unmount(cut);
      rmSync(copy);
    }
    expect(total).toBeGreaterThan(IMAGES);
    await killed(node.child);
    await Promise.all(writing);
  },
);

it.skipIf(!hasMemory)(
  `O3: a full disk of 16 MiB refuses writes and says so, still reads, and takes them again when there is room, without a restart${hasMemory ? "" : " (skipped: cannot mount here)"}`,
  { timeout: 300_000 },
  async () => {
    const disk = mounts.mountMemory("disk", "16m");
    const ballast = join(disk, "ballast");
    writeFileSync(ballast, new Uint8Array(8 * 1024 * 1024));
    const node = await nodeOn(disk);
    const client = await NodeClient.open(node.url);
    const stream = await newStream(client);
    const sent: Sent[] = [];
    const append = async (): Promise<string | undefined> => {
      const next: Sent = { record: applicationRecord(16_000), idempotencyKey: random(16) };
      const { record, idempotencyKey } = next;
      const request = { stream: stream.stream, kind: "application", record, idempotencyKey, ifHandshake: 0 } as const;
      const answer = await client.call("stream.append", request, stream.writeToken);
      if (typeof answer !== "object") return answer;
      sent.push({ ...next, seq: answer.seq });
      return undefined;
    };
    let refusal: string | undefined;
    for (let n = 0; n < 2_000 && refusal === undefined; n++) refusal = await append();
    expect(refusal).toBe("storageFull");
    expect(await append()).toBe("storageFull");
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
    expect(await check(client, stream, sent, 0)).toBe(sent.length);
    const before = sent.length;
    rmSync(ballast);
    for (let n = 0; n < 20; n++) expect(await append()).toBeUndefined();
    expect(await check(client, stream, sent, 0)).toBe(before + 20);
  },
);
