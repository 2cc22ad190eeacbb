import { run } from "./process.ts";

process.exit(run("biome", ["check", "--write", "."]) ? 0 : 1);
