// Source that is made, not written: the patched ts-mls. Everything that compiles or runs the packages needs it first.
import { run } from "./process.ts";

if (!run(process.execPath, ["packages/session/scripts/prepare.ts"])) process.exit(1);
