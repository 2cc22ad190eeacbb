import { it } from "vitest";
import { useStage } from "./rig/stage.ts";
import { survives } from "./story/large-file.ts";

const stage = useStage();

/** More than what is saved from memory. */
const BYTES = 72 * 2 ** 20;

it("W4: a large file goes on after the node was killed and both pages were loaded again, is saved whole, and lies nowhere in the clear", () =>
  survives(stage(), BYTES));
