// Sentences as varied as those of people: few words are frequent, most are rare, some are in other scripts. The same ones every time.
import { seededRandom } from "@p2pcrypt/testkit";

const WORDS = 20_000;
const SYLLABLES =
  "ba be bi bo da de di do ga ka ke ki la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se si so ta te ti to va".split(
    " ",
  );
const ELSEWHERE = ["شاي في المقهى غدا", "明日東京で会おう", "Grüße aus Köln und Łódź"];

const random = seededRandom("vocabulary");

function fraction(): number {
  const [a = 0, b = 0, c = 0] = random(3);
  return (a * 65_536 + b * 256 + c) / 16_777_216;
}

function word(rank: number): string {
  let text = "";
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / SYLLABLES.length))
    text += SYLLABLES[rest % SYLLABLES.length] ?? "";
  return text;
}

/** About ninety characters. Ranks are spread so that each doubling of the rank is as likely as any other. */
export function sentence(): string {
  const words = Array.from({ length: 16 }, () => word(Math.floor(WORDS ** fraction())));
  const other = fraction() < 0.06 ? ` ${ELSEWHERE[Math.floor(fraction() * ELSEWHERE.length)] ?? ""}` : "";
  return `${words.join(" ")}${other}.`;
}

export function rareWord(n: number): string {
  return word(WORDS - 1 - n * 7);
}
