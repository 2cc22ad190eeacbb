// The beginning of a file of text, to be shown as text and nothing else: no markup is read, no address is opened.
import { shownText } from "../text/printable.ts";

/** Read for a preview. */
export const PREVIEW_BYTES = 64 * 1_024;
const MAX_LINES = 400;
const MAX_LINE_LETTERS = 500;
const TEXT_NAME = /\.(?:txt|md|markdown|log|csv|tsv|json|yaml|yml|toml|ini|diff|patch)$/i;

/** Whether a look is worth offering. Pages and pictures made of text are not among them: they are saved. */
export function isTextFile({ name, type }: { readonly name: string; readonly type: string }): boolean {
  return type === "text/plain" || type === "text/markdown" || type === "text/csv" || TEXT_NAME.test(name);
}

export interface TextPreview {
  readonly text: string;
  /** There is more of it than is shown. */
  readonly isCut: boolean;
}

/** @returns undefined for what is no text in UTF-8. `bytes`: the beginning of the file; `isWhole`: it is all of it. */
export function textPreviewOf(bytes: Uint8Array, isWhole: boolean): TextPreview | undefined {
  const text = decoded(bytes, isWhole);
  if (text === undefined || text.includes("\0")) return undefined;
  const lines = text.split(/\r\n|\r|\n/);
  const shown = lines.slice(0, MAX_LINES);
  const isCut = !isWhole || lines.length > MAX_LINES || shown.some((line) => line.length > MAX_LINE_LETTERS);
  return { text: shown.map((line) => shownText(line.slice(0, MAX_LINE_LETTERS))).join("\n"), isCut };
}

/** A letter that the beginning cuts off is left out. */
function decoded(bytes: Uint8Array, isWhole: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return undefined; // not text: it can be saved
  }
}
