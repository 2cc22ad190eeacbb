import { describe, it } from "vitest";
import { BLOB_CONFORMANCE_LIMITS, BLOB_STORE_CASES } from "../src/blob-cases.ts";
import { MemoryBlobStore } from "../src/memory-blobs.ts";

describe("the memory store of blobs", () => {
  it.each(BLOB_STORE_CASES)("$name", ({ run }) => run(new MemoryBlobStore(BLOB_CONFORMANCE_LIMITS)));
});
