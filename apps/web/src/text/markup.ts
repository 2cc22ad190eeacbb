// Markdown-light: what people write around words to make them bold, italic or code, and lines that are quotes, lists or code. Read into
// plain data in time linear in the text; nothing in it becomes HTML. What does not close is text as it stands.
import { type Segment, segmentsOf } from "./links.ts";
import { namedAt, PLACES } from "./named.ts";

export type Inline =
  | Segment
  /** Somebody is named there: which one of those whom the text names. */
  | { readonly kind: "mention"; readonly at: number; readonly text: "" }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "bold" | "italic"; readonly parts: readonly Inline[] };

export type Block =
  | { readonly kind: "lines" | "quote"; readonly parts: readonly Inline[] }
  | { readonly kind: "list"; readonly start: number | undefined; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: "code"; readonly text: string };

interface Mark {
  readonly sign: "`" | "**" | "*" | "_";
  readonly kind: "code" | "bold" | "italic";
}

/** The longer sign first. */
const MARKS: readonly Mark[] = [
  { sign: "`", kind: "code" },
  { sign: "**", kind: "bold" },
  { sign: "*", kind: "italic" },
  { sign: "_", kind: "italic" },
];
/** Beyond, what is left of a text stands as it was written: a screen does not need more. */
const MAX_MARKED = 1_000;
const SIGN = /[`*_]/g;
const WORD = /[A-Za-z0-9_/]/;
const FENCE = /^```(?:[\w+-]{0,20})$/;
const QUOTE = /^>(?: |$)/;
const ITEM = /^[-*•] (?=\S)/;
const NUMBERED = /^(\d{1,9})[.)] (?=\S)/;

interface Budget {
  left: number;
}

export function markupOf(text: string): readonly Block[] {
  const budget: Budget = { left: MAX_MARKED };
  const lines = text.split("\n");
  const lastFence = lines.lastIndexOf("```");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    if (FENCE.test(line) && lastFence > at) {
      const end = lines.indexOf("```", at + 1);
      blocks.push({ kind: "code", text: lines.slice(at + 1, end).join("\n") });
      at = end + 1;
      continue;
    }
    const kind = kindOf(line);
    let until = at + 1;
    while (until < lines.length && kindOf(lines[until] ?? "") === kind && !(FENCE.test(lines[until] ?? "") && lastFence > until))
      until++;
    blocks.push(blockOf(kind, lines.slice(at, until), budget));
    at = until;
  }
  return blocks;
}

/** The words without the marks, for where there is one line. */
export function plainOf(text: string): string {
  const flat = (parts: readonly Inline[]): string =>
    parts.map((part) => ("parts" in part ? flat(part.parts) : part.text)).join("");
  const lines = markupOf(text).map((block) => {
    if (block.kind === "code") return block.text;
    return block.kind === "list" ? block.items.map(flat).join(" · ") : flat(block.parts);
  });
  return lines.join("\n");
}

type LineKind = "lines" | "quote" | "item" | "numbered";

function kindOf(line: string): LineKind {
  if (QUOTE.test(line)) return "quote";
  if (ITEM.test(line)) return "item";
  return NUMBERED.test(line) ? "numbered" : "lines";
}

function blockOf(kind: LineKind, lines: readonly string[], budget: Budget): Block {
  switch (kind) {
    case "lines":
      return { kind, parts: joined(lines, budget) };
    case "quote": {
      const said = lines.map((line) => line.replace(QUOTE, ""));
      return { kind, parts: joined(said, budget) };
    }
    case "item":
      return { kind: "list", start: undefined, items: lines.map((line) => inlineOf(line.replace(ITEM, ""), MARKS, budget)) };
    case "numbered": {
      const start = Number(NUMBERED.exec(lines[0] ?? "")?.[1] ?? 1);
      return { kind: "list", start, items: lines.map((line) => inlineOf(line.replace(NUMBERED, ""), MARKS, budget)) };
    }
  }
}

function joined(lines: readonly string[], budget: Budget): readonly Inline[] {
  const parts: Inline[] = [];
  for (const [at, line] of lines.entries()) {
    if (at > 0) push(parts, { kind: "text", text: "\n" });
    for (const part of inlineOf(line, MARKS, budget)) push(parts, part);
  }
  return parts;
}

/** Neighbouring texts are one. */
function push(parts: Inline[], part: Inline): void {
  const last = parts.at(-1);
  if (part.kind === "text" && last?.kind === "text") parts[parts.length - 1] = { kind: "text", text: last.text + part.text };
  else parts.push(part);
}

/**
 * One line. A sign that found no end will find none later either, so each sign looks over the line once; what is inside is read again
 * without it, so nothing is read more than four times.
 */
function inlineOf(text: string, marks: readonly Mark[], budget: Budget): readonly Inline[] {
  const parts: Inline[] = [];
  const endless = new Set<Mark>();
  let from = 0;
  let at = nextSign(text, 0);
  while (at !== -1 && budget.left > 0) {
    const mark = marks.find((one) => !endless.has(one) && text.startsWith(one.sign, at) && opens(text, at, one));
    if (mark === undefined) {
      at = nextSign(text, at + 1);
      continue;
    }
    const begin = at + mark.sign.length;
    const end = endOf(text, begin, mark);
    if (end === -1) {
      endless.add(mark);
      continue;
    }
    budget.left -= 1;
    pushSaid(parts, text.slice(from, at));
    const inner = text.slice(begin, end);
    if (mark.kind === "code") parts.push({ kind: "code", text: inner });
    else {
      const others = marks.filter(({ kind }) => kind !== mark.kind);
      parts.push({ kind: mark.kind, parts: inlineOf(inner, others, budget) });
    }
    from = end + mark.sign.length;
    at = nextSign(text, from);
  }
  pushSaid(parts, text.slice(from));
  return parts;
}

/** Whoever is named in an address ends it. */
function pushSaid(parts: Inline[], text: string): void {
  for (const piece of text.split(PLACES)) {
    const at = namedAt(piece);
    if (at === undefined) for (const segment of segmentsOf(piece)) push(parts, segment);
    else parts.push({ kind: "mention", at, text: "" });
  }
}

function nextSign(text: string, from: number): number {
  SIGN.lastIndex = from;
  return SIGN.exec(text)?.index ?? -1;
}

/** Followed by what it marks; a single sign inside of a word or an address is none. */
function opens(text: string, at: number, { sign }: Mark): boolean {
  const next = text[at + sign.length] ?? " ";
  if (sign === "`") return next !== "`";
  if (/\s/.test(next) || next === sign[0]) return false;
  return sign === "**" || !WORD.test(text[at - 1] ?? " ");
}

function endOf(text: string, begin: number, { sign }: Mark): number {
  for (let at = text.indexOf(sign, begin + 1); at !== -1; at = text.indexOf(sign, at + 1)) {
    if (sign === "`") return at;
    const isAfterWord = !/\s/.test(text[at - 1] ?? " ");
    if (sign === "**" && isAfterWord) return at;
    const isAlone = text[at - 1] !== sign && text[at + 1] !== sign;
    if (sign !== "**" && isAfterWord && isAlone && !WORD.test(text[at + sign.length] ?? " ")) return at;
  }
  return -1;
}
