// Sound files of calls: what is written is read again, in pieces of any size, and nothing that is not such a file is taken for one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fuzz } from "../../../packages/testkit/test/fuzz/fuzzer.ts";
import { OggOpusWriter, readOggOpus, type SoundPacket } from "../src/call/ogg-opus.ts";
import { OggError } from "../src/call/ogg-pages.ts";
import { lostPackets, opusSamples } from "../src/call/opus-packet.ts";
import { Recorder } from "../src/call/recorder.ts";
import { RtpOrder } from "../src/call/rtp-order.ts";

/** 20 ms of CELT, with one frame in it. */
const TOC = 0xf8;

function fileOf(packets: readonly Uint8Array[], serial = 7): Uint8Array {
  const pages: Uint8Array[] = [];
  const writer = new OggOpusWriter(serial, (page) => pages.push(page));
  for (const bytes of packets) writer.add({ bytes, samples: opusSamples(bytes) ?? 0 });
  writer.end();
  return Buffer.concat(pages);
}

async function read(bytes: Uint8Array, pieceBytes = bytes.length): Promise<SoundPacket[]> {
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.slice(at, at + pieceBytes);
  };
  const packets: SoundPacket[] = [];
  for await (const packet of readOggOpus(pieces())) packets.push(packet);
  return packets;
}

const packetArb = fc.uint8Array({ maxLength: 1_300 }).map((bytes) => Uint8Array.of(TOC, ...bytes));

describe("an Ogg Opus file", () => {
  it("is read as it was written, in pieces of any size", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(packetArb, { maxLength: 120 }),
        fc.integer({ min: 1, max: 5_000 }),
        async (packets, pieceBytes) => {
          const found = await read(fileOf(packets), pieceBytes);
          expect(found.map(({ bytes }) => [...bytes])).toEqual(packets.map((bytes) => [...bytes]));
          expect(found.every(({ samples }) => samples === 960)).toBe(true);
        },
      ),
      { numRuns: 30 },
    ));

  it("may have packets that go on in the next page, other streams between its pages, and a second one after the first", async () => {
    const long = Uint8Array.of(TOC, ...Array.from({ length: 300 }, (_, at) => at & 0xff));
    const head = fileOf([]).slice(0, 47); // 27 + 1 + 19
    const tags = fileOf([]).slice(47, 47 + 52); // 27 + 1 + 24
    const begun = page({ lacing: [1, 255], body: [TOC, ...long.slice(0, 255)], flags: 0, serial: 7 });
    const foreign = page({ lacing: [2], body: [1, 2], flags: 2, serial: 8 });
    const rest = page({ lacing: [46], body: [...long.slice(255)], flags: 1 | 4, serial: 7 });
    const found = await read(Buffer.concat([foreign, head, tags, begun, foreign, rest, fileOf([Uint8Array.of(TOC, 9)], 12)]));
    expect(found.map(({ bytes }) => [...bytes])).toEqual([[TOC], [...long], [TOC, 9]]);
  });

  it("A17: whatever bytes come, nothing is thrown but the reader's own refusal", async () => {
    const seeds = [fileOf([Uint8Array.of(TOC, 1, 2)]), fileOf([Uint8Array.of(TOC), Uint8Array.of(0x0b, 3)])];
    const run = async (bytes: Uint8Array): Promise<string> => {
      try {
        const packets = await read(withChecksums(bytes), 1_000);
        return `${packets.length} packets of ${new Set(packets.map(({ samples }) => samples)).size} lengths`;
      } catch (error) {
        if (error instanceof OggError) return error.message;
        throw error;
      }
    };
    const seed = Number(process.env["P2PCRYPT_FUZZ_SEED"] ?? (Date.now() % 2 ** 31) + 1);
    const { executions } = await fuzz({ name: "Ogg Opus", seeds, run }, [], seed, { executions: 1_000_000, ms: 1_000 });
    expect(executions).toBeGreaterThan(100);
    await expect(read(fileOf([Uint8Array.of(TOC)]).fill(0x41, 60, 61))).rejects.toThrow("damaged");
    await expect(read(fileOf([Uint8Array.of(TOC)]).slice(0, -1))).rejects.toThrow("inside of a page");
    await expect(read(new TextEncoder().encode("RIFF"))).rejects.toThrow("no Ogg");
    await expect(read(foreignFile())).rejects.toThrow("no Opus");
  });
});

describe("Opus packets", () => {
  it.each([
    [[0x08], 960], // SILK 20 ms
    [[0x18], 2_880], // SILK 60 ms
    [[0x60], 480], // hybrid 10 ms
    [[0xe0], 120], // CELT 2.5 ms
    [[0xf9], 1_920], // two frames
    [[0xfb, 3], 2_880], // three frames
    [[], undefined],
    [[0xfb], undefined],
    [[0xfb, 0], undefined],
    [[0x1b, 3], undefined], // 180 ms
  ])("%j sounds for %j samples", (bytes, samples) => {
    expect(opusSamples(Uint8Array.from(bytes))).toBe(samples);
  });

  it("that are missing are as long as the gap", () => {
    expect(lostPackets(Uint8Array.of(0xf9, 1, 2), 2_000).map((bytes) => [...bytes])).toEqual([[TOC], [TOC]]);
  });
});

describe("a recording", () => {
  const heard = (sequenceNumber: number, timestamp: number, ...bytes: number[]) => ({
    sequenceNumber: sequenceNumber & 0xff_ff,
    timestamp: timestamp >>> 0,
    bytes: Uint8Array.of(TOC, ...bytes),
  });

  it("is in order, each packet once, with silence for what did not come, and around the ends of counting", () => {
    const written: number[][] = [];
    let nowMs = 0;
    const recorder = new Recorder({ add: ({ bytes }) => written.push([...bytes]) }, { nowMs: () => nowMs });
    for (const at of [-2, 0, -1, -1, 1, 4]) recorder.heard(heard(at, at * 960, at & 0xff));
    nowMs += 100;
    recorder.end();
    expect(written).toEqual([[TOC, 254], [TOC, 255], [TOC, 0], [TOC, 1], [TOC], [TOC], [TOC, 4]]);
  });

  it("does not grow faster than time, whatever the other side says of time", () => {
    let written = 0;
    let nowMs = 0;
    const recorder = new Recorder({ add: () => (written += 1) }, { nowMs: () => nowMs });
    for (let at = 0; at < 100; at++, nowMs += 20) recorder.heard(heard(at, at * 100_000_000));
    recorder.end();
    expect(written).toBe(100);
  });

  it("A17: leaves out what is larger than any Opus packet, which no page holds", () => {
    const pages: Uint8Array[] = [];
    const writer = new OggOpusWriter(7, (page) => pages.push(page));
    const recorder = new Recorder(writer, { nowMs: () => 0 });
    for (const [at, size] of [10, 65_400, 61_000, 10].entries()) recorder.heard({ ...heard(at, at * 960), bytes: largeOf(size) });
    recorder.end();
    writer.end();
    expect(pages.at(-1)?.length).toBeGreaterThan(61_000);
  });

  it("waits for one that was overtaken, and not for ever", () => {
    const order = new RtpOrder<{ readonly sequenceNumber: number }>();
    const taken = [5, 7, 8, 9, 10, 11, 12, 13, 14].flatMap((sequenceNumber) => order.take({ sequenceNumber }));
    expect(taken.map((one) => one.sequenceNumber)).toEqual([5]);
    expect(order.take({ sequenceNumber: 15 }).length).toBe(9);
    expect(order.take({ sequenceNumber: 6 })).toEqual([]);
  });
});

function largeOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes[0] = TOC;
  return bytes;
}

interface TestPage {
  readonly lacing: readonly number[];
  readonly body: readonly number[];
  readonly flags: number;
  readonly serial: number;
}

function page({ lacing, body, flags, serial }: TestPage): Uint8Array {
  const start = [0x4f, 0x67, 0x67, 0x53, 0, flags, 0, 0, 0, 0, 0, 0, 0, 0, serial, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  return withChecksums(Uint8Array.from([...start, lacing.length, ...lacing, ...body]));
}

function foreignFile(): Uint8Array {
  return page({ lacing: [2], body: [1, 2], flags: 2 | 4, serial: 8 });
}

/** Every page gets the checksum that it should have, bit by bit after RFC 3533. */
function withChecksums(file: Uint8Array): Uint8Array {
  const bytes = file.slice();
  for (let at = 0; at + 27 <= bytes.length; ) {
    const segments = bytes[at + 26] ?? 0;
    const table = bytes.subarray(at + 27, at + 27 + segments);
    const end = at + 27 + segments + table.reduce((sum, length) => sum + length, 0);
    bytes.fill(0, at + 22, at + 26);
    let crc = 0n;
    for (const byte of bytes.subarray(at, end)) {
      crc ^= BigInt(byte) << 24n;
      for (let bit = 0; bit < 8; bit++) crc = (crc << 1n) ^ ((crc >> 31n) & 1n ? 0x1_04_c1_1d_b7n : 0n);
    }
    new DataView(bytes.buffer).setUint32(at + 22, Number(crc), true);
    at = end;
  }
  return bytes;
}
