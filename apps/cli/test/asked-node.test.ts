// Which node `file get` waits for before it fetches, and for how long.
import type { ClientEvent, FileEntry, NodeSnapshot } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { askedNode } from "../src/direct/asked-node.ts";
import { directDeps } from "../src/direct/open-direct.ts";
import { reachedWithin } from "../src/open-client.ts";

const ANA = "a1" as FileEntry["author"];
const [HERS, OTHER] = ["https://hers.example", "https://other.example"];
const LARGE = { author: ANA, file: { bytes: 1024 * 1024 } };
const VERIFIED = { state: "accepted", trust: { kind: "verified", method: "digits", atMs: 1 } } as const;

function client(contact: ReturnType<Parameters<typeof askedNode>[0]["contacts"]["get"]>, alwaysHidesAddress = false) {
  return {
    account: { snapshot: () => ({ settings: { alwaysHidesAddress } }) },
    contacts: { get: (id: string) => (id === ANA ? contact : undefined) },
    conversations: {
      list: () => [
        { state: "active", nodeUrls: [OTHER] } as const,
        { state: "removed", contactId: ANA, nodeUrls: [] } as const,
        { state: "active", contactId: ANA, nodeUrls: [HERS] } as const,
      ],
    },
  };
}

it("only a file that may come from its sender's device is worth waiting for, and only the node of the talk with them", () => {
  const deps = directDeps();
  expect(askedNode(client(VERIFIED), deps, LARGE)).toBe(HERS);
  expect(askedNode(client(VERIFIED), {}, LARGE)).toBeUndefined();
  expect(askedNode(client(VERIFIED), deps, { ...LARGE, file: { bytes: 1024 * 1024 - 1 } })).toBeUndefined();
  expect(askedNode(client(VERIFIED, true), deps, LARGE)).toBeUndefined();
  expect(askedNode(client({ ...VERIFIED, trust: { kind: "unverified" } }), deps, LARGE)).toBeUndefined();
  expect(askedNode(client(undefined), deps, LARGE)).toBeUndefined();
});

it("a node that answers is not kept waiting for another one that swallows what it is sent", async () => {
  let hear: (event: ClientEvent) => void = () => undefined;
  let state: NodeSnapshot["state"] = { kind: "connecting" };
  const nodes = (): NodeSnapshot[] => [
    { url: OTHER, isHome: true, state: { kind: "connecting" } },
    { url: HERS, isHome: false, state },
  ];
  const subscribe = (listener: (event: ClientEvent) => void) => {
    hear = listener;
    return () => undefined;
  };
  let isReached = false;
  const reached = reachedWithin({ nodes, subscribe }, HERS, 60_000).then(() => {
    isReached = true;
  });
  hear({ kind: "node", node: { url: OTHER, isHome: true, state } });
  await Promise.resolve();
  expect(isReached).toBe(false);
  state = { kind: "connected" };
  hear({ kind: "node", node: { url: HERS, isHome: false, state } });
  await reached;
});
