import { ClientError, type ClientFailure } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { sentenceOf } from "./failures.ts";
import { createWords, languageOf } from "./words.ts";

const english = createWords("en", en);
const arabic = createWords("ar", ar);

it("counts as each language counts", () => {
  expect([1, 2].map((count) => english.t("list.requests", { count }))).toEqual(["1 request", "2 requests"]);
  expect([1, 2, 5, 11].map((count) => arabic.t("list.requests", { count }).replaceAll(/[\d٠-٩]+/g, "#"))).toEqual([
    "طلب واحد",
    "طلبان",
    "# طلبات",
    "# طلبًا",
  ]);
});

it("I13 W1: what a stranger put into a value stays a value", () => {
  const hostile = "{{name}} $t(who.self) <b>\u202E&amp;";
  expect(english.t("details.block", { name: hostile })).toBe("Block {{name}} $t(who.self) <b>&amp;");
  expect(arabic.t("details.block", { name: "Ana" })).toContain("\u2068Ana\u2069");
});

it("the language follows what the browser asks for, as far as there is one", () => {
  expect([languageOf(["ar-EG", "en"]), languageOf(["fr", "en-GB"]), languageOf(["xx"]), languageOf([])]).toEqual([
    "ar",
    "en",
    "en",
    "en",
  ]);
});

it("a failure is told by its code, also when it crossed a worker as data", () => {
  const failure: ClientFailure = { code: "node/refused", nodeUrl: "https://talk.example", reason: "quota" };
  expect(sentenceOf(english, new ClientError(failure))).toBe("talk.example refused: its space is used up.");
  expect(sentenceOf(english, Object.assign(new Error("x"), { failure: { code: "link/own" } }))).toBe(english.t("fail.link/own"));
  expect(sentenceOf(english, new Error("boom"))).toBe(english.t("fail.unexpected"));
  expect(sentenceOf(english, Object.assign(new Error("x"), { failure: { code: "toString" } }))).toBe(
    english.t("fail.unexpected"),
  );
});
