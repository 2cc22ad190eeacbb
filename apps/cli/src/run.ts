// How every command runs: global options read once, failures told in words and by exit code.
import type { CommandContext } from "./context.ts";

export type RunCommand = (job: (context: CommandContext) => Promise<void> | void) => Promise<void>;
