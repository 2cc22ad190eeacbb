import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Block, type Inline, markupOf, plainOf } from "./markup.ts";

/** Written shortly: *i*, **b**, `c`, [link]. */
function brief(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if ("parts" in part) return `<${part.kind === "bold" ? "b" : "i"} ${brief(part.parts)}>`;
      if (part.kind === "code") return `<c ${part.text}>`;
      return part.kind === "link" ? `<a ${part.text}>` : part.text;
    })
    .join("");
}

function briefBlock(block: Block): string {
  if (block.kind === "code") return `code: ${block.text}`;
  if (block.kind === "list") return `list ${block.start ?? "-"}: ${block.items.map(brief).join(" | ")}`;
  return `${block.kind}: ${brief(block.parts)}`;
}

const read = (text: string): readonly string[] => markupOf(text).map(briefBlock);

describe("Markdown-light", () => {
  it.each([
    ["plain words", "lines: plain words"],
    ["**bold** and *italic* and _this too_", "lines: <b bold> and <i italic> and <i this too>"],
    ["**bold with *italic* inside**", "lines: <b bold with <i italic> inside>"],
    ["*italic with **bold** inside*", "lines: <i italic with <b bold> inside>"],
    ["`code with **no** marks`", "lines: <c code with **no** marks>"],
    ["see **https://example.org/a_b_c**", "lines: see <b <a https://example.org/a_b_c>>"],
    ["snake_case_name and 2*3*4", "lines: snake_case_name and 2*3*4"],
    ["a * b * c", "lines: a * b * c"],
    ["** nothing **", "lines: ** nothing **"],
    ["**not closed and *neither", "lines: **not closed and *neither"],
    ["** **", "lines: ** **"],
    ["``", "lines: ``"],
    ["太字は**太字**です", "lines: 太字は<b 太字>です"],
    ["one\ntwo", "lines: one\ntwo"],
    ["**not\nover lines**", "lines: **not\nover lines**"],
    ["<b>x</b> &amp; <img src=x onerror=alert(1)>", "lines: <b>x</b> &amp; <img src=x onerror=alert(1)>"],
  ])("%s", (text, expected) => {
    expect(read(text)).toEqual([expected]);
  });

  it("reads quotes, lists and code by their lines", () => {
    expect(read("> said *she*\n> twice\nno\n- one\n- **two**\n3. three\n4. four\n```ts\nlet *x*\n```\n> ")).toEqual([
      "quote: said <i she>\ntwice",
      "lines: no",
      "list -: one | <b two>",
      "list 3: three | four",
      "code: let *x*",
      "quote: ",
    ]);
  });

  it("leaves a fence that does not end, a lonely dash and an angry face as they are", () => {
    expect(read("```\nnot closed")).toEqual(["lines: ```\nnot closed"]);
    expect(read("-1 degrees\n- \n>:(")).toEqual(["lines: -1 degrees\n- \n>:("]);
  });

  it("loses no word, whatever is written", () => {
    const letters = (text: string): string => text.replaceAll(/[^a-z0-9]/g, "");
    const piece = fc.constantFrom("a", "b1", " ", "*", "**", "_", "`", "```", "\n", "> ", "- ", "1. ", "https://x.org/y");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        const withoutNumbers = text.replaceAll(/^\d{1,9}[.)] (?=\S)/gm, "");
        expect(letters(plainOf(text))).toBe(letters(withoutNumbers));
      }),
    );
  });

  it.each([
    ["openers", "*a ".repeat(20_000)],
    ["signs", "*".repeat(60_000)],
    ["both signs", "**a *b _c `d ".repeat(5_000)],
    ["closed ones", "*a* ".repeat(15_000)],
    ["fences", "```\n".repeat(15_000)],
    ["quotes", "> *\n".repeat(15_000)],
    ["nested", `${"**a *b ".repeat(5_000)}${"* **".repeat(5_000)}`],
  ])("W1: ends soon for what would be slow if anything were read again and again to the text: %s", (_what, text) => {
    const startMs = performance.now();
    expect(markupOf(text).length).toBeGreaterThan(0);
    // Quadratic time would take minutes.
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });
});
