import { describe, expect, it } from "vitest";
import { findingsOf, foundBy, waysIn } from "./node-findings.ts";

const NODE = { tookMs: 20, clockAheadMs: 0, software: "p2pcrypt", version: "0.1.0", hasRelay: true };
const LOOK = { url: "https://talk.example", node: NODE, hasSocket: true };
const RELAY = {
  urls: ["turn:talk.example:3478?transport=udp", "turn:talk.example:3478?transport=tcp", "turns:talk.example:5349?transport=tcp"],
  username: "1:lease",
  credential: "secret",
};
const statesOf = (...args: Parameters<typeof findingsOf>) => findingsOf(...args).map(({ name, state }) => `${name} ${state}`);

describe("what a call test finds", () => {
  it("is one line for each thing that calls need, and for each way into the relay one that is still looked at", () => {
    expect(statesOf({ ...LOOK, relay: RELAY })).toEqual([
      "http good",
      "websocket good",
      "clock good",
      "storage good",
      "relay good",
      "relayUdp looking",
      "relayTcp looking",
      "relayTls looking",
    ]);
  });

  it("names what is wrong", () => {
    expect(statesOf({ url: LOOK.url, hasSocket: false })).toEqual(["http bad", "websocket bad"]);
    expect(statesOf({ ...LOOK, node: { ...NODE, clockAheadMs: -61_000 } })).toContain("clock bad");
    expect(statesOf({ ...LOOK, notStored: "quota" })).toEqual(["http good", "websocket good", "clock good", "storage bad"]);
    expect(statesOf({ ...LOOK, refused: "internal" })).toContain("relay bad");
    expect(statesOf({ ...LOOK, node: { ...NODE, hasRelay: false } })).toContain("relay skipped");
  });

  it("knows each way into a relay once, and what became of it", () => {
    const twice = waysIn([...RELAY.urls, "turn:other.example"]);
    expect(twice.map(({ name }) => name)).toEqual(["relayUdp", "relayTcp", "relayTls"]);
    expect(foundBy("relayUdp", { kind: "relays", tookMs: 3 })).toEqual({ name: "relayUdp", state: "good", tookMs: 3 });
    expect(foundBy("relayTcp", { kind: "noWay" })).toEqual({ name: "relayTcp", state: "bad", outcome: "noWay" });
  });
});
