import { it } from "vitest";
import { useStage } from "./rig/stage.ts";
import { survives } from "./story/large-file.ts";

const stage = useStage();

it("W4: a file of 300 MB, added again after a reload, goes on where it was and is saved whole", () =>
  survives(stage(), 300_000_000));
