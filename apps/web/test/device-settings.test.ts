import { describe, expect, it } from "vitest";
import { identityNote, readSettings, type TextStore, writeSettings } from "../src/boot/device-settings.ts";
import { MemoryTexts } from "./support/browser.ts";

const FORBIDDEN: TextStore = {
  getItem: () => {
    throw new TypeError("forbidden");
  },
  setItem: () => {
    throw new TypeError("forbidden");
  },
  removeItem: () => {
    throw new TypeError("forbidden");
  },
};

describe("settings of the device", () => {
  it("come back as they were written", () => {
    const texts = new MemoryTexts();
    const settings = {
      theme: "dark",
      language: "ar",
      lockAfterMs: 60_000,
      notifications: "hidden",
      sendsOnEnter: false,
      fetchesUpToBytes: 1_000_000,
      keepsCameraNotes: true,
    } as const;
    writeSettings(texts, settings);
    expect(readSettings(texts)).toEqual(settings);
  });

  it("fall back one by one where the stored text makes no sense", () => {
    const texts = new MemoryTexts();
    const defaults = readSettings(texts);
    for (const text of [
      "",
      "{",
      "null",
      "[]",
      '{"theme":"pink","lockAfterMs":-1,"language":"<b>","notifications":1,"fetchesUpToBytes":0.5,"keepsCameraNotes":1}',
    ]) {
      texts.setItem("p2pcrypt.device", text);
      expect(readSettings(texts)).toEqual(defaults);
    }
  });

  it("W8: last as long as the page where the browser forbids storing", () => {
    writeSettings(FORBIDDEN, readSettings(FORBIDDEN));
    identityNote.write(FORBIDDEN);
    expect(identityNote.isThere(FORBIDDEN)).toBe(false);
  });
});
