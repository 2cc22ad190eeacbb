import fc from "fast-check";
import { expect, it } from "vitest";
import { segmentsOf } from "./links.ts";

const hrefs = (text: string): readonly string[] => segmentsOf(text).flatMap((one) => (one.kind === "link" ? [one.href] : []));

it("W1: only http and https become links", () => {
  const others = ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https:", "http://", "ftp://a.example"];
  for (const text of others) expect(hrefs(text)).toEqual([]);
  expect(hrefs("see http://a.example and https://b.example/x?y#z")).toEqual(["http://a.example/", "https://b.example/x?y#z"]);
});

it("what ends a sentence is not part of an address, and a bracket of the address is", () => {
  expect(hrefs("(https://en.example/wiki/A_(b)). And https://x.example/?q=1, or “https://y.example/”!")).toEqual([
    "https://en.example/wiki/A_(b)",
    "https://x.example/?q=1",
    "https://y.example/",
  ]);
});

it("W1: an address that hides where it leads is no link, or shows it", () => {
  expect(hrefs("https://bank.example@evil.example/")).toEqual([]);
  const [link] = segmentsOf("https://раураl.example/");
  expect(link).toMatchObject({ kind: "link", text: "https://xn--l-7sba6dbr.example/" });
  expect(hrefs("https://a.example/\u202Egpj.exe")).toEqual(["https://a.example/"]);
});

it("the pieces of any text are that text, unless an address shows its encoded form", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom("https://a.example/x ", "http://", ")", "https://[", "\u202E"))),
      (parts) => {
        const text = parts.join("");
        const segments = segmentsOf(text);
        fc.pre(segments.every((one) => one.kind === "text" || one.text !== one.href || text.includes(one.href)));
        expect(segments.map((segment) => segment.text).join("")).toBe(text);
      },
    ),
  );
});
