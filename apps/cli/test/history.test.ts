// What was said, in terminals: found again, put in order, and gone when its time is over.
import { readFileSync, statSync, writeFileSync } from "node:fs";
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

async function acquainted(): Promise<void> {
  const [ana] = await Promise.all(
    ["ana", "ben"].map((name) => ok(name, "identity", "create", "--name", name, "--node", node.url)),
  );
  await ok("ben", "contact", "add", String(ana?.["link"]));
  await ok("ana", "receive");
  await ok("ana", "contact", "accept", "ben");
  await ok("ben", "receive");
}

it("messages are found, by words, person and day; conversations are pinned, muted and put away; how long messages stay is agreed", async () => {
  await acquainted();
  for (const text of ["Tea at the café on Friday?", "The teapot broke"]) await ok("ben", "send", "ana", text);
  await ok("ana", "receive");
  const found = await place.run("ana", ["search", "TEA"]);
  expect(found.json().map(({ text }) => text)).toEqual(["Tea at the café on Friday?", "The teapot broke"]);
  expect(found.json()[0]).toMatchObject({ kind: "message", from: "ben", place: "ben", marks: [[0, 3]] });
  const number = String(found.json()[0]?.["number"]);
  expect((await place.run("ana", ["history", "ben", "--around", number, "--limit", "1"])).json()).toMatchObject([
    { text: "Tea at the café on Friday?" },
  ]);
  expect(
    (await place.run("ana", ["search", "cafe", "--from", "ben", "--in", "ben", "--after", "2020-01-01"])).json(),
  ).toHaveLength(1);
  expect((await place.run("ana", ["search", "cafe", "--from", "me"])).json()).toEqual([]);
  expect((await place.run("ana", ["search", "cafe", "--before", "2020-01-01"])).json()).toEqual([]);
  expect((await place.run("ana", ["search", "cafe", "--kind", "song"])).exit).toBe(2);

  expect(await ok("ana", "conversation", "pin", "ben")).toMatchObject({ isPinned: true });
  expect(await ok("ana", "conversation", "mute", "ben", "8h")).toMatchObject({
    isPinned: true,
    mutedUntilMs: expect.any(Number),
  });
  expect(await ok("ana", "conversation", "folder", "ben", "Friends")).toMatchObject({ folder: "Friends" });
  expect(await ok("ana", "conversation", "notify", "ben", "mentions")).toMatchObject({ notify: "mentions" });
  expect(await ok("ana", "conversation", "draft", "ben", "half a")).toMatchObject({ draft: "half a" });
  const inFolder = await place.run("ana", ["conversation", "list", "--folder", "Friends"], { json: false });
  expect(inFolder.out).toMatch(/^ben {2}\w{16} {2}pinned, muted until .*, tells of mentions, in Friends, has a draft\n$/);
  const { disappearAfterS } = await ok("ben", "conversation", "disappear", "ana", "1d");
  expect(disappearAfterS).toBe(86_400);
  await ok("ana", "receive");
  expect((await place.run("ana", ["history", "ben"], { json: false })).out).toContain("ben lets messages disappear 1 day after");
  expect((await place.run("ana", ["conversation", "disappear", "ben", "5s"])).exit).toBe(5);

  const [pass, backup, text] = ["pass", "all.p2pc", "ben.txt"].map((name) => `${place.folder}/${name}`);
  writeFileSync(String(pass), "correct horse\n");
  const passphrase = ["--export-passphrase-file", String(pass)];
  await ok("ana", "backup", "create", String(backup), ...passphrase);
  expect(await ok("ana2", "backup", "restore", String(backup), ...passphrase)).toMatchObject({ name: "ana", conversations: 1 });
  expect((await place.run("ana2", ["search", "teapot"])).json()).toMatchObject([{ text: "The teapot broke" }]);
  expect((await place.run("ana3", ["backup", "restore", String(pass), ...passphrase])).exit).not.toBe(0);
  expect((await place.run("ana", ["export", "ben", String(text)])).exit).toBe(2);
  await ok("ana", "export", "ben", String(text), "--yes");
  expect(readFileSync(String(text), "utf8")).toContain("ben: The teapot broke");
  expect(await ok("ana", "backup", "auto", String(`${backup}.auto`), "--every", "1h", ...passphrase)).toMatchObject({
    everyS: 3_600,
  });
  expect(statSync(`${backup}.auto`).mode & 0o777).toBe(0o600);

  expect((await place.run("ana", ["conversation", "clear", "ben"])).exit).toBe(2);
  await ok("ana", "conversation", "clear", "ben", "--yes");
  expect((await place.run("ana", ["history", "ben"])).json()).toEqual([]);
  expect((await place.run("ana", ["search", "tea"])).json()).toEqual([]);
  // W4: nothing of it is on the disk as it was written.
  const file = readFileSync(`${place.home("ana")}/vault.sqlite`).toString("latin1");
  for (const word of ["teapot", "Friends", "half a"]) expect(file).not.toContain(word);
});
