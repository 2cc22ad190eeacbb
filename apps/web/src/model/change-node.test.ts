import type { Client } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { changeNode } from "./change-node.ts";

it("moves what its person may move along, without the node before when that does not answer, and names the rest", async () => {
  const said: unknown[] = [];
  const at = (id: string, more: object) => ({ id, name: id, state: "active", nodeUrls: ["https://old.example"], ...more });
  const client = {
    account: {
      snapshot: () => ({ homeNodeUrl: "https://old.example" }),
      changeNode: async (url: string) => said.push(url),
    },
    nodes: () => [{ url: "https://old.example", isHome: true, state: { kind: "waiting", retryAtMs: 0 } }],
    conversations: {
      list: () => [
        at("direct", { kind: "direct" }),
        at("mine", { kind: "group", ownRole: "admin" }),
        at("theirs", { kind: "group", ownRole: "member" }),
        at("elsewhere", { kind: "direct", nodeUrls: ["https://other.example"] }),
        at("over", { kind: "direct", state: "left" }),
      ],
      move: async (...args: unknown[]) => said.push(args),
    },
  } as unknown as Client;
  expect(await changeNode(client, "https://new.example", false)).toEqual([]);
  expect(said.splice(0)).toEqual(["https://new.example"]);
  expect(await changeNode(client, "https://new.example", true)).toEqual(["theirs"]);
  const moved = (id: string) => [id, "https://new.example", { isNodeGone: true }];
  expect(said).toEqual(["https://new.example", moved("direct"), moved("mine")]);
});
