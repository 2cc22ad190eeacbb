// Acts on messages in terminals. Each command is a process of its own.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type NodeProcess, Place } from "./support/processes.ts";

let place: Place;
let node: NodeProcess;
beforeEach(async () => {
  place = new Place();
  node = await place.node();
});
afterEach(() => place.end());

async function ok(who: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { exit, err, json } = await place.run(who, args);
  expect(exit, `${args.join(" ")}: ${err}`).toBe(0);
  return json()[0] ?? {};
}

it("answer, react, edit, pin, delete: said to the other, shown in history and as changes", async () => {
  for (const name of ["ana", "ben"]) await ok(name, "identity", "create", "--name", name, "--node", node.url);
  const { link } = await ok("ana", "link");
  await ok("ben", "contact", "add", String(link));
  await ok("ana", "receive");
  await ok("ana", "contact", "accept", "ben");
  await ok("ben", "receive");
  const { id } = await ok("ben", "send", "ana", "dinner at seven?");
  await ok("ana", "receive");
  expect(await ok("ana", "message", "react", "ben", "last", "👍")).toMatchObject({
    id,
    reactions: [{ emoji: "👍", from: "ana" }],
  });
  await ok("ana", "message", "reply", "ben", String(id).slice(0, 6), "gladly");
  await ok("ana", "message", "pin", "ben", String(id));
  const heard = (await place.run("ben", ["receive"])).json();
  expect(heard).toContainEqual(expect.objectContaining({ id, isChange: true, isPinned: true }));
  expect(heard).toContainEqual(
    expect.objectContaining({ text: "gladly", replyTo: expect.objectContaining({ id, what: "text" }) }),
  );
  expect(await ok("ben", "message", "edit", "ana", String(id), "dinner at eight?")).toMatchObject({ text: "dinner at eight?" });
  const refused = await place.run("ben", ["message", "edit", "ana", "last", "mine now"]);
  expect(JSON.parse(refused.err)).toMatchObject({ error: { code: "message/notOwn" } });
  await ok("ana", "receive");
  const history = await place.run("ana", ["history", "ben", "--numbers"], { json: false });
  expect(history.out).toMatch(/#\d+ .*ben: dinner at eight\? \(edited\) {2}\{👍 you; pinned\}/);
  expect(history.out).toContain('you: (answers ben: "dinner at eight?") gladly');
  await ok("ana", "message", "delete", "ben", "last");
  await ok("ben", "receive");
  const after = await place.run("ben", ["history", "ana"], { json: false });
  expect(after.out).toContain("ana deleted a message");
  expect(after.out).not.toContain("gladly");
});
