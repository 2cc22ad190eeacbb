// A small fuzzer: inputs are made by changing earlier ones, and an input that got an answer which none got before is kept to be changed
// further. What a decoder answers stands in for coverage, so nothing has to be instrumented.
import { decodeHex, encodeHex } from "@p2pcrypt/bytes";

export interface Decoder {
  readonly name: string;
  /** Good inputs to begin with. */
  readonly seeds: readonly Uint8Array[];
  /** @returns what was answered, in few words and without the input's bytes. Throws what it should never throw. */
  readonly run: (bytes: Uint8Array) => string | Promise<string>;
}

export interface Budget {
  readonly executions: number;
  readonly ms: number;
}

export interface FuzzReport {
  readonly executions: number;
  /** Inputs, not among those to begin with, that got a new answer. */
  readonly kept: readonly Uint8Array[];
}

const SLOW_MS = 100;
const MAX_INPUT_BYTES = 20_000;

/** @throws for an input that made the decoder throw, or work for more than 100 ms: with seed, number and bytes. */
export async function fuzz(decoder: Decoder, corpus: readonly Uint8Array[], seed: number, budget: Budget): Promise<FuzzReport> {
  const random = randomFrom(seed);
  const pool = [...decoder.seeds, ...corpus];
  const answers = new Set<string>();
  const kept: Uint8Array[] = [];
  const endMs = performance.now() + budget.ms;
  for (const input of pool) answers.add(await tried(decoder, input, `seed ${seed}, corpus`));
  let executions = pool.length;
  for (; executions < budget.executions && performance.now() < endMs; executions++) {
    const input = mutated(pool, random);
    const answer = await tried(decoder, input, `seed ${seed}, execution ${executions}`);
    if (answers.has(answer)) continue;
    answers.add(answer);
    pool.push(input);
    kept.push(input);
  }
  return { executions, kept };
}

async function tried({ name, run }: Decoder, input: Uint8Array, what: string): Promise<string> {
  const finding = (cause: unknown, fault: string): Error =>
    new Error(`${name}: ${fault} (${what}; input ${encodeHex(input)})`, { cause });
  try {
    let [answer, ms] = await timed(run, input);
    // The first time may pay for compiling and collecting: the cheapest of four counts.
    for (let again = 0; ms > SLOW_MS && again < 3; again++) {
      const [same, laterMs] = await timed(run, input);
      [answer, ms] = [same, Math.min(ms, laterMs)];
    }
    if (ms > SLOW_MS) throw finding(undefined, `works for ${Math.round(ms)} ms`);
    return answer;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(`${name}: `)) throw error;
    throw finding(error, `throws ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  }
}

/** What the thread worked on it, in milliseconds: a busy machine costs none of that. */
async function timed(run: Decoder["run"], input: Uint8Array): Promise<[string, number]> {
  const before = process.threadCpuUsage();
  const answer = await run(input.slice());
  const { user, system } = process.threadCpuUsage(before);
  return [answer, (user + system) / 1000];
}

const TELLING_BYTES = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5b, 0x5c, 0x7b, 0x2c, 0x3a, 0x0a];

function mutated(pool: readonly Uint8Array[], random: (limit: number) => number): Uint8Array {
  let bytes: Uint8Array = (pool[random(pool.length)] ?? new Uint8Array(0)).slice();
  for (let times = 1 + random(4); times > 0; times--) bytes = mutation(bytes, pool, random);
  return bytes.slice(0, MAX_INPUT_BYTES);
}

function mutation(bytes: Uint8Array, pool: readonly Uint8Array[], random: (limit: number) => number): Uint8Array {
  const at = random(bytes.length + 1);
  const length = 1 + random(8);
  const changed = bytes.slice();
  switch (random(9)) {
    case 0:
      changed[at] = (changed[at] ?? 0) ^ (1 << random(8));
      return changed;
    case 1:
      changed[at] = TELLING_BYTES[random(TELLING_BYTES.length)] ?? 0;
      return changed;
    case 2:
      changed[at] = random(256);
      return changed;
    case 3: // a length field becomes one more, one less, or huge
      changed[at] = ((changed[at] ?? 0) + ([1, 255, 128][random(3)] ?? 0)) & 255;
      return changed;
    case 4:
      return bytes.slice(0, at);
    case 5:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 6: // said twice
      return joined(bytes.subarray(0, at + length), bytes.subarray(at));
    case 7:
      return joined(
        bytes.subarray(0, at),
        Uint8Array.from({ length }, () => random(256)),
        bytes.subarray(at),
      );
    default: {
      const other = pool[random(pool.length)] ?? bytes;
      return joined(bytes.subarray(0, at), other.subarray(random(other.length + 1)));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Repeatable and fast; nothing secret comes of it (xorshift32). */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed | 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return limit === 0 ? 0 : (state >>> 0) % limit;
  };
}

/** One input a line, in hex. */
export function readCorpus(text: string): readonly Uint8Array[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : [decodeHex(line)]));
}
