import type { CommandContext } from "./context.ts";

/** On a terminal, in place; elsewhere nothing: the result says enough. */
export function progress({ output }: CommandContext, done: string): (count: number, total: number) => void {
  const isScreen = process.stderr.isTTY && !output.isJson;
  return (count, total) => {
    if (isScreen) process.stderr.write(`\r${count} of ${total} messages ${done}${count === total ? "\n" : ""}`);
  };
}
