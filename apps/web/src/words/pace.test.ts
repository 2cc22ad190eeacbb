import { describe, expect, it } from "vitest";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { paceText, roundedUp } from "./pace.ts";
import { createWords } from "./words.ts";

const words = createWords("en", en);
const moving = { kind: "moving", bytesPerSecond: 2_140_000, secondsLeft: 63 } as const;
/** Values are kept apart from the sentence around them by marks that nobody sees. */
const plain = (text: string | undefined): string => (text ?? "nothing").replace(/[\u2066-\u2069]/g, "");

describe("how a transfer goes, in words", () => {
  it("has a speed and a time left only while bytes move", () => {
    expect(plain(paceText(words, { state: "running" }, moving))).toBe("2.1 MB/s, 65 seconds left");
    expect(plain(paceText(words, { state: "running", isDirect: true }, moving))).toBe(
      "2.1 MB/s, 65 seconds left · directly from their device",
    );
    expect(paceText(words, { state: "running" }, { kind: "unknown" })).toBeUndefined();
    expect(plain(paceText(words, { state: "running" }, { kind: "stalled" }))).toBe("nothing moves just now");
    expect(plain(paceText(words, { state: "paused" }, moving))).toBe("paused");
    expect(plain(paceText(words, { state: "waiting" }, moving))).toBe("waiting");
    expect(paceText(words, { state: "done" }, moving)).toBeUndefined();
  });

  it("is not more exact than it is, and never says less than it takes", () => {
    expect([0, 3, 6, 63, 90, 91, 3_601, 7_300].map(roundedUp)).toEqual([1, 3, 10, 65, 90, 120, 3_660, 10_800]);
  });

  it("is said in Arabic, with its own numbers and units", () => {
    const text = plain(paceText(createWords("ar", ar), { state: "running" }, moving));
    expect(text).toMatch(/بقي/);
    expect(text).not.toMatch(/[a-z]/i);
  });
});
