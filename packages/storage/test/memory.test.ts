import { describe, it } from "vitest";
import { CONFORMANCE_LIMITS, CONFORMANCE_NODE, nodeStoreCases } from "../src/conformance.ts";
import { MemoryNodeStore } from "../src/memory.ts";

describe("the memory store", () => {
  it.each(nodeStoreCases)("$name", ({ run }) =>
    run(new MemoryNodeStore({ nodeId: CONFORMANCE_NODE, limits: CONFORMANCE_LIMITS })));
});
