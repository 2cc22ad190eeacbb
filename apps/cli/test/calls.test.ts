// Calls between terminals: real processes, a real node and its relay. What one plays is what the other records.
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { OggOpusWriter, readOggOpus } from "../src/call/ogg-opus.ts";
import { linesUntil, Place } from "./support/processes.ts";

let place: Place;

beforeAll(async () => {
  place = new Place();
  const node = await place.node({ flags: ["--relay-port", "0"] });
  for (const name of ["Ana", "Ben"]) await done(name, ["identity", "create", "--name", name, "--node", node.url]);
  const [{ link } = { link: "" }] = (await place.run("Ana", ["link"])).json<{ link: string }>();
  await done("Ben", ["contact", "add", link]);
  await done("Ana", ["contact", "accept", "Ben"]);
});
afterAll(() => place.end());

it("K1: what each plays is what the other records, packet for packet, through the relay alone", async () => {
  const [ofAna, ofBen] = [soundFile("ana.opus", 60), soundFile("ben.opus", 40)];
  const [byAna, byBen] = [place.home("heard-by-ana.opus"), place.home("heard-by-ben.opus")];
  const ben = place.start("Ben", ["answer", "Ana", "--audio", "-", "--record", byBen]);
  ben.stdin.write(readFileSync(ofBen.path)); // and stays open, as something live would
  const told = linesUntil(ben, (all) => all.some((line) => line.includes('"ended"')));
  await linesUntil(ben, (all) => all.some((line) => line.includes("waiting")));
  const ana = await place.run("Ana", ["call", "Ben", "--audio", ofAna.path, "--record", byAna, "--end-with-audio"]);
  expect(ana.exit, ana.err).toBe(0);
  const states = ana.json().map(({ state, hidesAddress }) => [state, hidesAddress]);
  expect(states).toEqual(["calling", "connecting", "connected", "ended"].map((state) => [state, true]));
  expect(JSON.parse((await told).at(-1) ?? "")).toMatchObject({ end: "hungUp", sent: 40, received: 60, dropped: 0 });
  if (ben.exitCode === null) await once(ben, "exit");
  expect(await packetsIn(byAna)).toEqual(ofBen.packets);
  expect(await packetsIn(byBen)).toEqual(ofAna.packets);
});

it("a call is taken back by Ctrl-C, and leaves no recording of nothing; what cannot be played calls nobody", async () => {
  const record = place.home("nothing.opus");
  const ana = place.start("Ana", ["call", "Ben", "--record", record]);
  await linesUntil(ana, (all) => all.some((line) => line.includes('"calling"')));
  expect(existsSync(record)).toBe(true);
  const ended = linesUntil(ana, (all) => all.some((line) => line.includes('"cancelled"')));
  ana.kill("SIGINT");
  await ended;
  expect(existsSync(record)).toBe(false);
  writeFileSync(record, "RIFF");
  const wrong = await place.run("Ana", ["call", "Ben", "--audio", record]);
  expect([wrong.exit, wrong.out, wrong.err]).toEqual([5, "", expect.stringContaining("audio/malformed")]);
});

async function done(name: string, args: readonly string[]): Promise<void> {
  const { exit, err } = await place.run(name, args);
  expect(exit, `${args.join(" ")}: ${err}`).toBe(0);
}

/** Packets of 20 ms that differ from each other; of no sound that anybody would want to hear. */
function soundFile(name: string, count: number): { readonly path: string; readonly packets: readonly string[] } {
  const path = place.home(name);
  const pages: Uint8Array[] = [];
  const writer = new OggOpusWriter(1, (page) => pages.push(page));
  const packets = Array.from({ length: count }, (_, at) => Uint8Array.of(0xf8, at, ...new TextEncoder().encode(name)));
  for (const bytes of packets) writer.add({ bytes, samples: 960 });
  writer.end();
  writeFileSync(path, Buffer.concat(pages));
  return { path, packets: packets.map((bytes) => Buffer.from(bytes).toString("hex")) };
}

async function packetsIn(path: string): Promise<string[]> {
  const packets: string[] = [];
  const bytes = async function* () {
    yield new Uint8Array(readFileSync(path));
  };
  for await (const packet of readOggOpus(bytes())) packets.push(Buffer.from(packet.bytes).toString("hex"));
  return packets;
}
