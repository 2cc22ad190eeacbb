// Questions on standard error, answered by a line, for commands that read nothing else.
import { once } from "node:events";
import { createInterface } from "node:readline/promises";

/** The end of the input is the answer no. */
export async function askOnce(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await Promise.race([reader.question(question), once(reader, "close").then(() => "no")]);
  } finally {
    reader.close();
  }
}

/** Only yes is yes. */
export async function askYes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await askOnce(question)).trim());
}
