import { describe, expect, it } from "vitest";
import { Links } from "./links.ts";

const NEVER = new Promise<never>(() => undefined);

function links(needed: ReadonlySet<string>): Links {
  const deps = {
    transport: { call: () => NEVER, open: () => NEVER },
    clock: { nowMs: () => 0 },
    timers: { after: () => () => undefined },
    random: (length: number) => new Uint8Array(length),
    identify: () => NEVER,
  };
  return new Links(
    deps,
    () => undefined,
    () => needed,
  );
}

describe("connections to nodes", () => {
  it("that nothing needs are closed, however many others named; those that are needed stay the same", () => {
    const needed = new Set(Array.from({ length: 60 }, (_, i) => `https://needed-${i}.example`));
    const all = links(needed);
    const kept = [...needed].map((url) => all.to(url));
    for (let i = 0; i < 500; i++) all.to(`https://named-${i}.example`);
    expect(all.snapshots("").length).toBeLessThanOrEqual(61);
    expect([...needed].map((url) => all.to(url))).toEqual(kept);
    const few = links(new Set(["https://home.example"]));
    const home = few.to("https://home.example");
    for (let i = 0; i < 500; i++) few.to(`https://named-${i}.example`);
    expect(few.snapshots("").length).toBeLessThanOrEqual(48);
    expect(few.to("https://home.example")).toBe(home);
  });
});
