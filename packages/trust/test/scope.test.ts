// OpenPGP's regular expressions (RFC 4880 section 8), and what hostile ones cost.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInScope } from "../src/index.ts";
import { matches } from "../src/regex-machine.ts";
import { parseRegex } from "../src/regex-parser.ts";

describe("I8: scopes", () => {
  it.each<[pattern: string, yes: readonly string[], no: readonly string[]]>([
    ["abc", ["abc", "xabcx"], ["ab", "aBc"]],
    ["^abc$", ["abc"], ["xabc", "abcx", ""]],
    ["a|b", ["a", "b", "xb"], ["c", ""]],
    ["a|", ["", "z"], []],
    ["", ["", "z"], []],
    ["()", ["z"], []],
    ["x(|y)z", ["xz"], ["xyz"]],
    ["xab+y", ["xaby", "xabby"], ["xababy", "xay"]],
    ["x(ab)+y", ["xaby", "xababy"], ["xabby", "xy"]],
    ["x(ab)*y", ["xy", "xababy"], ["xay"]],
    ["xa?y", ["xy", "xay"], ["xaay"]],
    ["a.c", ["abc", "a.c"], ["ac", "a\nc"]],
    ["a\\.c", ["a.c"], ["abc"]],
    ["\\\\", ["\\"], ["/"]],
    ["[abc]", ["b"], ["d"]],
    ["[^abc]", ["d"], ["a", ""]],
    ["[]a]", ["]", "a"], ["b"]],
    ["[^]a]", ["b"], ["]"]],
    ["[a-c]x", ["bx"], ["dx", "-x"]],
    ["[c-a]x", ["bx"], ["dx"]],
    ["^[a-]$", ["a", "-"], ["b"]],
    ["^[*+?().|$\\]$", ["*", "\\", "$"], ["a"]],
    ["a{2}", ["a{2}"], ["aa"]],
    ["^(a|b(c|d)*)+$", ["abcdcda", "b"], ["ac", ""]],
    ["a^b", [], ["ab", "a^b"]],
    [
      "<[^>]+[@.]example\\.com>$",
      ["Ana <ana@example.com>", "<a@x.example.com>"],
      ["<ana@example.com> x", "<ana@notexample.org>"],
    ],
    ["😀+$", ["😀😀"], ["😀x"]],
  ])("%s", (pattern, yes, no) => {
    const program = parseRegex(pattern);
    if (program === undefined) throw new Error("not a regular expression");
    expect(yes.filter((text) => !matches(program, text))).toEqual([]);
    expect(no.filter((text) => matches(program, text))).toEqual([]);
  });

  it.each([
    "*",
    "+a",
    "a**",
    "a|*",
    "(",
    ")",
    "(a",
    "a)",
    "[",
    "[]",
    "[^]",
    "[a",
    "]",
    "\\",
    "(?:a)",
  ])("%s is invalid and matches nothing", (pattern) => {
    expect(parseRegex(pattern)).toBeUndefined();
    expect(isInScope([pattern], "a")).toBe(false);
    expect(isInScope([pattern, "a"], "a")).toBe(true);
  });

  it("agrees with JavaScript's engine on patterns that both read alike", () => {
    const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "^", "$", "\\.");
    const regexOf = (piece: fc.Arbitrary<string>): fc.Arbitrary<string> => {
      const repeated = fc
        .tuple(piece, fc.constantFrom("", "*", "+", "?"))
        // Where ^ or $ may be repeated JavaScript has words of its own.
        .map(([one, how]) => (one === "^" || one === "$" ? one : one + how));
      const branch = fc.array(repeated, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(""));
      return fc.array(branch, { minLength: 1, maxLength: 2 }).map((branches) => branches.join("|"));
    };
    const pattern = regexOf(
      fc.oneof(
        atom,
        regexOf(atom).map((inner) => `(${inner})`),
      ),
    );
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "."), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const program = parseRegex(source);
        expect(program !== undefined && matches(program, subject)).toBe(new RegExp(source, "su").test(subject));
      }),
      { numRuns: 2000 },
    );
  });

  it("control characters in a user ID are matched by no scope and by no absence of one", () => {
    for (const text of ["a\u0000", "a\nb", "a\u007f", "a\u009f"]) {
      expect([isInScope([], text), isInScope(["a"], text), isInScope([""], text)]).toEqual([false, false, false]);
    }
    expect(isInScope([], "a b")).toBe(true);
  });

  it.each<[what: string, pattern: string, text: string]>([
    ["(a+)+$ on what nearly matches", "^(a+)+$", `${"a".repeat(500)}!`],
    ["(a|a)* on what nearly matches", "^((a|a)*)*$", `${"a".repeat(500)}!`],
    ["a?…a… of 300", `^${"a?".repeat(300)}${"a".repeat(300)}$`, "a".repeat(300)],
    ["the longest pattern on the longest user ID", ".*".repeat(512), "a".repeat(1024)],
    ["1,000 groups in each other", "(".repeat(1000) + ")".repeat(1000), "a"],
    ["200 groups in each other, each repeated", `${"(".repeat(200)}a${")*".repeat(200)}$`, "b".repeat(500)],
    ["64 KiB", "a".repeat(65_536), "a".repeat(500)],
    ["a user ID of 1 MiB", "a$", "b".repeat(1_048_576)],
  ])("%s takes steps in proportion to its size", (_, pattern, text) => {
    // Steps and not time: each of at most 1,024 instructions is visited at most once for each character.
    const startedMs = performance.now();
    isInScope([pattern], text);
    const program = parseRegex(pattern);
    expect(program === undefined || program.length <= 2 * pattern.length + 1).toBe(true);
    // Generous beside 10 ms, which an idle machine keeps: this one may be busy.
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  it("refuses patterns over 1,024 characters and over 200 groups in each other", () => {
    expect(parseRegex("a".repeat(1024))).toBeDefined();
    expect(parseRegex("a".repeat(1025))).toBeUndefined();
    expect(parseRegex(`${"(".repeat(200)}a${")".repeat(200)}`)).toBeDefined();
    expect(parseRegex(`${"(".repeat(201)}a${")".repeat(201)}`)).toBeUndefined();
  });
});
