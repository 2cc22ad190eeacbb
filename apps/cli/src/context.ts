import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Output } from "./output.ts";

export interface GlobalFlags {
  readonly home?: string;
  readonly json?: boolean;
  readonly takeOver?: boolean;
  readonly passphraseFile?: string;
}

/** What every command has. */
export interface CommandContext {
  readonly home: string;
  readonly output: Output;
  readonly takeOver: boolean;
  /** A file whose first line is the vault's passphrase; "-" is standard input. */
  readonly passphraseFile: string | undefined;
}

export function contextOf(flags: GlobalFlags): CommandContext {
  return {
    home: resolve(flags.home ?? process.env["P2PCRYPT_HOME"] ?? join(homedir(), ".p2pcrypt")),
    output: new Output(flags.json === true),
    takeOver: flags.takeOver === true,
    passphraseFile: flags.passphraseFile,
  };
}
