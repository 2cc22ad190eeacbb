import type { IdentityId } from "@p2pcrypt/session";
import { expect, it } from "vitest";
import type { ConversationWarning } from "../snapshots.ts";
import { withWarning } from "./told-limit.ts";

const NODE = "https://node.example";

function found(kind: ConversationWarning["kind"], nodeUrl = NODE): ConversationWarning {
  return { kind, nodeUrl, atMs: 1 };
}

function said(by: number, nodeUrl: string): ConversationWarning {
  return { kind: "fork", nodeUrl, atMs: 1, by: by.toString(16).padStart(64, "0") as IdentityId };
}

function all(warnings: readonly ConversationWarning[]): readonly ConversationWarning[] {
  return warnings.reduce<readonly ConversationWarning[]>(withWarning, []);
}

/** Ten members, ten nodes each. */
const FLOOD = Array.from({ length: 100 }, (_, at) => said(at % 10, `https://said-${at}.example`));

it("T5: what members say of nodes keeps nothing from being told that the node itself did, and is not shown in its place", () => {
  const lies = [...FLOOD, said(1, NODE)];
  const own = [found("brokenChain"), found("fork"), found("rolledBack"), found("badSignature")];
  for (const warnings of [all([...lies, ...own]), all([...own, ...lies])]) expect(warnings.slice(-4)).toEqual(own);
});

it("of what members say of nodes a few of each stand, and not many of all", () => {
  expect(all(FLOOD)).toHaveLength(20);
  expect(all(FLOOD.filter(({ by }) => by === FLOOD[0]?.by))).toHaveLength(3);
  expect(all([found("fork"), said(1, NODE)])).toEqual([found("fork")]);
});

it("T5: a warning is known when it is of the same kind and about the same node: the next node that does it is told of, too", () => {
  const two = [found("conflictingCheckpoints"), found("conflictingCheckpoints", "https://next.example")];
  expect(all([...two, ...two, found("fork")])).toEqual([...two, found("fork")]);
});
