import { CommandError, EXIT } from "./exit-codes.ts";

/** Scheme, host and port of a node's address. @throws {CommandError} url/malformed */
export function nodeAddress(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new CommandError(EXIT.usage, "url/malformed", "give the address of a node, like https://talk.example");
  return new URL(text).origin;
}
