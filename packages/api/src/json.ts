// Reading JSON from strangers: bounded before it is parsed, and no name that could reach a prototype (A6).
import { MAX_JSON_DEPTH, MAX_JSON_VALUES } from "./limits.ts";

const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** @returns undefined for what is not JSON, too deep, too many values, or names that are never ours. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  if (!isBounded(text) || !text.isWellFormed()) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isHarmless(value) ? { value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Looked through afterwards: a reviver would see the same, at several times the cost. The depth is bounded already. */
function isHarmless(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isHarmless);
  return Object.entries(value).every(([key, inner]) => !FORBIDDEN_KEYS.has(key) && key.isWellFormed() && isHarmless(inner));
}

/** One pass over the text, outside strings: counts nesting and separators, so that nothing is built for hostile input. */
function isBounded(text: string): boolean {
  let depth = 0;
  let values = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22:
        i = endOfString(text, i + 1);
        if (i < 0) return false;
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        values += 1;
        if (depth > MAX_JSON_DEPTH) return false;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      case 0x2c:
        values += 1;
        break;
    }
    if (values > MAX_JSON_VALUES) return false;
  }
  return true;
}

/** Index of the closing quote, or -1. */
function endOfString(text: string, from: number): number {
  for (let at = from; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return -1;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c && quote - 1 - backslashes >= from) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}
