// Passphrases come from a prompt, a file or standard input: never from arguments or the environment, where others could read them (C2).
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { CommandError, EXIT } from "./exit-codes.ts";

/** @param file "-" reads the first line of standard input. @throws {CommandError} passphrase/missing */
export async function askPassphrase(question: string, file: string | undefined): Promise<string> {
  if (file !== undefined) return file === "-" ? nextInputLine() : firstLine(readFile(file));
  if (!process.stdin.isTTY) {
    throw new CommandError(
      EXIT.locked,
      "passphrase/missing",
      "a passphrase is needed: give --passphrase-file FILE, or - for standard input",
    );
  }
  return prompt(question);
}

/** Twice, so that a slip does not lock anybody out. */
export async function askNewPassphrase(question: string, file: string | undefined): Promise<string> {
  const first = await askPassphrase(question, file);
  if (file !== undefined) return first;
  const second = await askPassphrase("Once more: ", file);
  if (first !== second)
    throw new CommandError(EXIT.refused, "passphrase/differs", "the two were not the same; nothing was changed");
  return first;
}

/** A secret of several words or lines. @param file "-" reads all of standard input, which is also what happens without a terminal. */
export async function askSecretText(question: string, file: string | undefined): Promise<string> {
  if (file !== undefined && file !== "-") return readFile(file);
  if (file === "-" || !process.stdin.isTTY) return restOfInput();
  process.stderr.write(`${question}\n`);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const lines: string[] = [];
  for await (const line of reader) {
    if (line.trim() === "") break;
    lines.push(line);
  }
  reader.close();
  return lines.join("\n");
}

let inputLines: string[] | undefined;

/** Each question that standard input answers takes one line: an empty one is an empty passphrase, none at all is a mistake. */
function nextInputLine(): string {
  inputLines ??= linesOf(readFileSync(0, "utf8"));
  const line = inputLines.shift();
  if (line === undefined)
    throw new CommandError(EXIT.locked, "passphrase/missing", "standard input has no line for this passphrase");
  return line;
}

/** What the passphrases before it left. */
function restOfInput(): string {
  inputLines ??= linesOf(readFileSync(0, "utf8"));
  return inputLines.splice(0).join("\n");
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new CommandError(EXIT.notFound, "passphrase/noFile", "the passphrase file cannot be read");
  }
}

/** Without echo. */
function prompt(question: string): Promise<string> {
  process.stderr.write(question);
  const reader = createInterface({ input: process.stdin, terminal: true });
  return new Promise((resolve, reject) => {
    reader.once("line", (line) => {
      resolve(line);
      reader.close();
    });
    reader.once("SIGINT", () => reader.close());
    // After a line this changes nothing any more: the end of the input and Ctrl+C come here first.
    reader.once("close", () => {
      process.stderr.write("\n");
      reject(new CommandError(EXIT.locked, "passphrase/cancelled", "cancelled"));
    });
  });
}
