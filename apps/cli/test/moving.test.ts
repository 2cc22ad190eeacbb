// Two people in terminals, two real nodes: a conversation moves, and goes on when its node is killed for ever.
import { afterEach, beforeEach, expect, it } from "vitest";
import { killed, type NodeProcess, Place } from "./support/processes.ts";

let place: Place;
let first: NodeProcess;
let second: NodeProcess;
beforeEach(async () => {
  place = new Place();
  first = await place.node();
  second = await place.node({ flags: ["--data", place.home("second")] });
});
afterEach(() => place.end());

async function ok(who: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { exit, err, json } = await place.run(who, args);
  expect(exit, `${args.join(" ")}: ${err}`).toBe(0);
  return json()[0] ?? {};
}

it("two people go on at another node after theirs was killed for ever: one takes it as home and moves, the other has a link", async () => {
  const ana = await ok("ana", "identity", "create", "--name", "ana", "--node", first.url);
  await ok("ben", "identity", "create", "--name", "ben", "--node", first.url);
  await ok("ben", "contact", "add", String(ana["link"]));
  await ok("ana", "receive");
  await ok("ana", "contact", "accept", "ben");
  await ok("ben", "receive");
  await killed(first.child);
  expect(await ok("ben", "send", "ana", "said to nobody")).toMatchObject({ state: "queued" });
  const changed = await ok("ana", "identity", "node", second.url, "--with-conversations", "--node-gone");
  expect(changed).toMatchObject({ node: second.url, isPublished: true, left: [], moved: [{ name: "ben" }] });
  const [{ moveLink } = { moveLink: "" }] = changed["moved"] as { moveLink: string }[];
  expect(await ok("ben", "conversation", "follow", moveLink)).toMatchObject({ state: "active", nodeUrls: [second.url] });
  // Whatever the first command had no time for.
  await ok("ben", "receive");
  const told = (await place.run("ana", ["receive"])).json();
  expect(told).toContainEqual(expect.objectContaining({ kind: "message", from: "ben", text: "said to nobody" }));
  const history = await place.run("ben", ["history", "ana"], { json: false });
  expect(history.out).toContain(`ana moved the conversation to ${second.url}`);
});
