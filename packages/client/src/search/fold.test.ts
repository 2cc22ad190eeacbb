import { describe, expect, it } from "vitest";
import { excerptOf, folded, termsOf } from "./fold.ts";

describe("folding", () => {
  it.each([
    ["Zoë's  RÉSUMÉ, straße!", "zoes resume strasse"],
    ["Ångström Łódź Œuvre İstanbul ısı", "angstrom lodz oeuvre istanbul isi"],
    ["Ёлка, Ὀδυσσεύς", "елка οδυσσευσ"],
    ["أَحْمَد في المدرســـة ٢٠٢٦", "احمد في المدرسه 2026"],
    ["کتاب آبی", "كتاب ابي"],
    ["שָׁלוֹם", "שלום"],
    ["ｆｕｌｌ　ｗｉｄｔｈ ﾊﾝｶｸ が", "full width ハンカク が"],
    ["東京へ、行こう。", "東京へ 行こう"],
    ["한국어 검색", "한국어 검색"],
    ["हिन्दी में", "हिन्दी में"],
    ["https://example.org/a-b?c=1 🎉", "https example org a b c 1 🎉"],
    [" … ", ""],
  ])("%s", (text, expected) => {
    expect(folded(text)).toBe(expected);
    expect(folded(text.normalize("NFD"))).toBe(expected);
    expect(folded(folded(text))).toBe(expected);
  });

  it("what is looked for is words, and what stands in quotation marks together", () => {
    expect(termsOf('Blue  "Red  House" blue, “قلم أحمر”')).toEqual(["blue", "red house", "قلم احمر"]);
    expect(termsOf(' "" … ')).toEqual([]);
  });
});

describe("an excerpt", () => {
  it("shows what was found in the words of the message, whatever was folded before it", () => {
    const marked = (text: string, words: string): readonly string[] => {
      const excerpt = excerptOf(text, termsOf(words));
      return excerpt.marks.map(([from, until]) => excerpt.text.slice(from, until));
    };
    expect(marked("Die Straße ﬁndet Zoë", "zoe find strasse")).toEqual(["Straße", "ﬁnd", "Zoë"]);
    expect(marked("في المدرســـة اليوم", "مدرسه")).toEqual(["مدرســـة"]);
    expect(marked("東京へ行こう", "京へ")).toEqual(["京へ"]);
    expect(marked("red, house and a red house", '"red house"')).toEqual(["red, house", "red house"]);
  });

  it("is short, begins at a word, and says that there is more", () => {
    const text = `${"before ".repeat(100)}needle 🎉${" behind".repeat(100)}`;
    const excerpt = excerptOf(text, ["needle"]);
    expect(excerpt.text.length).toBeLessThan(230);
    expect(excerpt.text).toMatch(/^…before .*needle 🎉.*…$/);
    const [[from, until] = [0, 0]] = excerpt.marks;
    expect(excerpt.text.slice(from, until)).toBe("needle");
    expect(excerptOf("nothing of it", ["needle"])).toEqual({ text: "nothing of it", marks: [] });
  });
});
