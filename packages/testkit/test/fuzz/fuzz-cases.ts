// One test for each decoder. P2PCRYPT_FUZZ_SEED replays a run; P2PCRYPT_FUZZ_KEEP=1 adds what a run learnt to the corpus.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encodeHex } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import { DECODERS } from "./decoders.ts";
import { type Budget, type Decoder, fuzz, readCorpus } from "./fuzzer.ts";
import { RELAY_DECODERS } from "./relay-decoders.ts";

/** What is kept is small enough to be read and plenty to begin with. */
const [MAX_KEPT, MAX_KEPT_BYTES] = [60, 700];

const TIMEOUT_MS = 24 * 3_600_000;

/** `ofRelay`: for each of what a relay reads, which anybody may send it. */
export function decodersAre(budget: Budget, ofRelay: Budget = budget): void {
  const seed = Number(process.env["P2PCRYPT_FUZZ_SEED"] ?? (Date.now() % 2 ** 31) + 1);
  describe("A17: whatever bytes come, nothing is thrown but the decoder's own refusal, and nobody works on it for long", () => {
    it.each(DECODERS)("A17: $name", { timeout: TIMEOUT_MS }, (decoder) => look(decoder, seed, budget));
    it.each(RELAY_DECODERS)("R6: $name", { timeout: TIMEOUT_MS }, (decoder) => look(decoder, seed, ofRelay));
  });
}

async function look(decoder: Decoder, seed: number, budget: Budget): Promise<void> {
  const file = fileURLToPath(new URL(`corpus/${decoder.name.replaceAll(/[ ,]+/g, "-").toLowerCase()}.txt`, import.meta.url));
  const corpus = existsSync(file) ? readCorpus(readFileSync(file, "utf8")) : [];
  const { executions, kept } = await fuzz(decoder, corpus, seed, budget);
  expect(executions).toBeGreaterThan(corpus.length + decoder.seeds.length);
  if (process.env["P2PCRYPT_FUZZ_KEEP"] !== "1") return;
  const small = [...corpus, ...kept].filter(({ length }) => length <= MAX_KEPT_BYTES).slice(0, MAX_KEPT);
  writeFileSync(file, small.map((input) => `${encodeHex(input)}\n`).join(""));
}
