import { describe, expect, it } from "vitest";
import { obstacleIn, type Surroundings } from "./environment.ts";

const WHOLE: Surroundings = {
  isSecureContext: true,
  indexedDB: {},
  Worker: {},
  navigator: { locks: {} },
  crypto: { subtle: {} },
};

describe("obstacleIn", () => {
  it("finds nothing in the way in a whole browser", () => expect(obstacleIn(WHOLE)).toBeUndefined());

  it("names the insecure context first, because it hides the others", () => {
    const bare: Surroundings = { isSecureContext: false, navigator: {} };
    expect(obstacleIn(bare)).toEqual({ kind: "insecureContext" });
  });

  it.each([
    ["crypto", { ...WHOLE, crypto: {} }],
    ["indexedDb", { ...WHOLE, indexedDB: null }],
    ["worker", { ...WHOLE, Worker: undefined }],
    ["locks", { ...WHOLE, navigator: {} }],
  ] as const)("names what is missing: %s", (missing, window) => {
    expect(obstacleIn(window)).toEqual({ kind: "unsupported", missing });
  });
});
