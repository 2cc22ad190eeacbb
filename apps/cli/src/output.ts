// What a command says: lines for people, or one JSON value per line for programs. A reader that went away ends the command quietly (C4).
import { printable } from "./printable.ts";

export class Output {
  readonly isJson: boolean;

  constructor(isJson: boolean) {
    this.isJson = isJson;
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }

  /** `lines` are made of printable pieces already; `value` is exact. */
  say(lines: string | readonly string[], value: unknown): void {
    if (this.isJson) process.stdout.write(`${JSON.stringify(value, jsonSafe)}\n`);
    else for (const line of typeof lines === "string" ? [lines] : lines) process.stdout.write(`${line}\n`);
  }

  /** Beside the result: progress and advice. Never in JSON. */
  note(text: string): void {
    if (!this.isJson) process.stderr.write(`${text}\n`);
  }

  failure(code: string, sentence: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.isJson) process.stderr.write(`${JSON.stringify({ error: { code, message: sentence, ...fields } }, jsonSafe)}\n`);
    else process.stderr.write(`${printable(sentence)}\n`);
  }
}

function jsonSafe(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
