// Files from one terminal to another past the node: real processes and a real node, which says what it served.
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort, killed, linesUntil, Place } from "./support/processes.ts";

const MIB = 1024 * 1024;

let place: Place;
let operatorPort: number;

beforeAll(async () => {
  place = new Place();
  operatorPort = await freePort();
  const node = await place.node({ flags: ["--operator-port", String(operatorPort)] });
  for (const name of ["ana", "ben"]) await done(name, ["identity", "create", "--name", name, "--node", node.url]);
  const [{ link } = { link: "" }] = (await place.run("ana", ["link"])).json<{ link: string }>();
  await done("ben", ["contact", "add", link]);
  await done("ana", ["receive"]);
  await done("ana", ["contact", "accept", "ben"]);
  await done("ben", ["receive"]);
  const [{ digits } = { digits: "" }] = (await place.run("ana", ["contact", "code", "ben"])).json<{ digits: string }>();
  await done("ana", ["contact", "verify", "ben", "--code", digits]);
  await done("ben", ["contact", "verify", "ana", "--code", digits]);
  mkdirSync(place.home("out"));
});
afterAll(() => place.end());

async function done(name: string, args: readonly string[]): Promise<void> {
  const { exit, err } = await place.run(name, args);
  expect(exit, `${args.join(" ")}: ${err}`).toBe(0);
}

/** Bytes of blobs that the node was asked for so far. */
async function servedBytes(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${operatorPort}/metrics`)).text();
  return Number(/^p2pcrypt_events_total\{event="blob_bytes_served".*\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Ana sends it, and is there: with the same command, or with a later one. Ben has heard of it. */
async function offered(name: string, size: number, by: "file send --stay" | "receive --follow") {
  const bytes = randomBytes(size);
  const path = join(place.folder, name);
  writeFileSync(path, bytes);
  const send = ["file", "send", "ben", path];
  if (by === "receive --follow") await done("ana", send);
  const giver = place.start("ana", by === "receive --follow" ? ["receive", "--follow"] : [...send, "--stay"]);
  const isThere = linesUntil(giver, (all) => all.some((line) => /"staying"|are you there/.test(line)));
  if (by === "receive --follow") await done("ben", ["send", "ana", "are you there"]);
  await isThere;
  const listed = (await place.run("ben", ["file", "list", "ana"])).json<{ id: string; name: string }>();
  return { bytes, giver, id: listed.find((one) => one.name === name)?.id ?? "" };
}

interface Progress {
  readonly event: string;
  readonly isDirect?: boolean;
  readonly doneBytes: number;
}

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const fetchedHash = (name: string): string => hashOf(readFileSync(join(place.home("out"), name)));

it("K1: a file comes from the sender's terminal past the node, unless the address is hidden", async () => {
  const { bytes, giver, id } = await offered("whole.bin", 6 * MIB + 5, "receive --follow");
  const got = await place.run("ben", ["file", "get", id, "--out", place.home("out")]);
  expect(got.exit, got.err).toBe(0);
  expect(got.json<Progress>().some(({ isDirect }) => isDirect === true)).toBe(true);
  expect([fetchedHash("whole.bin"), await servedBytes()]).toEqual([hashOf(bytes), 0]);
  await done("ben", ["identity", "set", "hide-address", "on"]);
  const hidden = await place.run("ben", ["file", "get", id, "--out", place.home("out")]);
  expect(hidden.json<Progress>().some(({ isDirect }) => isDirect === true)).toBe(false);
  expect([fetchedHash("whole (2).bin"), await servedBytes()]).toEqual([hashOf(bytes), expect.closeTo(bytes.length, -6)]);
  await done("ben", ["identity", "set", "hide-address", "off"]);
  expect(await killed(giver, "SIGINT")).toBe(0);
});

it("B3: a sender that is killed with -9 in the middle costs nothing but a moment: the rest comes from the node, and is right", async () => {
  const { bytes, giver, id } = await offered("cut.bin", 12 * MIB, "file send --stay");
  const before = await servedBytes();
  const ben = place.start("ben", ["file", "get", id, "--out", place.home("out")]);
  const saved = linesUntil(ben, (all) => all.some((line) => line.includes('"saved"')));
  await linesUntil(ben, (all) =>
    all.some((line) => {
      const { isDirect, doneBytes } = JSON.parse(line) as Progress;
      return isDirect === true && doneBytes > MIB;
    }),
  );
  await killed(giver);
  await saved;
  expect(fetchedHash("cut.bin")).toBe(hashOf(bytes));
  expect((await servedBytes()) - before).toBeGreaterThan(0);
  expect((await servedBytes()) - before).toBeLessThan(11 * MIB);
});
