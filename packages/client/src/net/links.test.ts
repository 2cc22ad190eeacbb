import { describe, expect, it } from "vitest";
import { ConnectionError, type NodeSocket } from "../ports.ts";
import { Links } from "./links.ts";

const NEVER = new Promise<never>(() => undefined);

function links(
  needed: ReadonlySet<string>,
  open: (url: string) => Promise<NodeSocket> = () => NEVER,
): { readonly all: Links; readonly closed: string[] } {
  const closed: string[] = [];
  const deps = {
    transport: { call: () => NEVER, open },
    clock: { nowMs: () => 0 },
    timers: { after: () => () => undefined },
    random: (length: number) => new Uint8Array(length),
    identify: () => NEVER,
  };
  const hearer = { stateChanged: () => undefined, closed: (url: string) => closed.push(url) };
  return { all: new Links(deps, hearer, () => needed), closed };
}

function named(at: number): string {
  return `https://named-${at}.example`;
}

describe("connections to nodes", () => {
  it("that nothing needs are closed, however many others named; those that are needed stay the same", () => {
    const needed = new Set(Array.from({ length: 60 }, (_, i) => `https://needed-${i}.example`));
    const { all } = links(needed);
    const kept = [...needed].map((url) => all.to(url));
    for (let i = 0; i < 500; i++) all.to(named(i));
    expect(all.snapshots("").length).toBeLessThanOrEqual(61);
    expect([...needed].map((url) => all.to(url))).toEqual(kept);
    const { all: few } = links(new Set(["https://home.example"]));
    const home = few.to("https://home.example");
    for (let i = 0; i < 500; i++) few.to(named(i));
    expect(few.snapshots("")).toHaveLength(48);
    expect(few.to("https://home.example")).toBe(home);
  });

  it("are closed one for each that is one too many, the one that was used longest ago first, and whoever listens is told", () => {
    const { all, closed } = links(new Set([named(1)]));
    for (let i = 0; i < 48; i++) all.to(named(i));
    const used = all.to(named(0));
    expect(all.known(named(2))?.url).toBe(named(2));
    expect(closed).toEqual([]);
    all.to(named(48));
    all.to(named(49));
    expect(closed).toEqual([named(2), named(3)]);
    expect([all.to(named(0)) === used, all.known(named(2)), all.known(named(3))]).toEqual([true, undefined, undefined]);
    expect(all.snapshots("")).toHaveLength(48);
  });

  it("are not waited for once they are closed", async () => {
    const needed = new Set(Array.from({ length: 48 }, (_, i) => named(i + 1)));
    const refused = () => Promise.reject(new ConnectionError("connection/unreachable"));
    const { all, closed } = links(needed, (url) => (needed.has(url) ? refused() : NEVER));
    all.to(named(0));
    all.start();
    const settled = all.settled();
    for (const url of needed) all.to(url);
    await settled;
    expect([closed, all.isConnecting]).toEqual([[named(0)], false]);
    all.close();
  });
});
