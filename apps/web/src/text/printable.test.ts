import fc from "fast-check";
import { expect, it } from "vitest";
import { initialsOf, isolated, shownName, shownText } from "./printable.ts";

it("I13: a name has no controls, no invisible characters, no bidi controls, one line and an end", () => {
  expect(shownName("An\u202Ea\u200B\u0000\u2066 \n Torres\uFEFF")).toBe("Ana Torres");
  expect([...shownName("long name ".repeat(512))].length).toBe(64);
  expect(shownName("\u202E\u200B")).toBe("");
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
      const shown = shownName(name);
      expect(shown).not.toMatch(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069\n]/u);
      expect([...shown].length).toBeLessThanOrEqual(64);
      expect(shownName(shown)).toBe(shown);
    }),
  );
});

it("I13: marks that pile up on one letter are cut", () => {
  expect(shownName(`q${"\u0336".repeat(1_500)}x`)).toBe(`q${"\u0336".repeat(4)}x`);
});

it("a message keeps its lines and emoji, and loses what turns the direction of others", () => {
  expect(shownText("a\nb\t\u202Ec\u2067")).toBe("a\nb\tc");
  expect(shownText("👩‍👩‍👧 ok")).toBe("👩‍👩‍👧 ok");
  expect(shownText("می‌خواهم")).toBe("می‌خواهم");
});

it("a value in a sentence is isolated only where its direction differs", () => {
  expect(isolated("Ana", "ltr")).toBe("Ana");
  expect(isolated("ليلى", "ltr")).toBe("\u2068ليلى\u2069");
  expect(isolated("Ana", "rtl")).toBe("\u2068Ana\u2069");
  expect(isolated("12", "rtl")).toBe("12");
  expect(isolated("\u2069\u202Eevil\u2068", "ltr")).toBe("evil");
});

it("initials are of the first and the last word", () => {
  expect([initialsOf("Ana Maria Torres"), initialsOf("ليلى"), initialsOf("\u202E"), initialsOf("  ")]).toEqual([
    "AT",
    "ل",
    "",
    "",
  ]);
});
