// What was said, in terminals: found again, put in order, and gone when its time is over.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { importClient } from "@p2pcrypt/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { contextOf } from "../src/context.ts";
import { EXIT } from "../src/exit-codes.ts";
import { createHome } from "../src/home.ts";
import { depsFor } from "../src/open-client.ts";
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

it("messages are found by words, person and day; a conversation is pinned, muted and put away; how long messages stay is agreed", async () => {
  await acquainted();
  await ok("ben", "send", "ana", "Tea at the café on Friday?");
  await ok("ben", "send", "ana", "The teapot broke");
  await ok("ana", "receive");
  const found = (await place.run("ana", ["search", "TEA", "--from", "ben", "--in", "ben", "--after", "2020-01-01"])).json();
  expect(found.map(({ text }) => text)).toEqual(["Tea at the café on Friday?", "The teapot broke"]);
  expect(found[0]).toMatchObject({ kind: "message", from: "ben", place: "ben", marks: [[0, 3]] });
  const around = ["--around", String(found[0]?.["number"]), "--limit", "1"];
  expect((await place.run("ana", ["history", "ben", ...around])).json()).toMatchObject([{ text: "Tea at the café on Friday?" }]);
  expect((await place.run("ana", ["search", "cafe", "--from", "me"])).json()).toEqual([]);

  await ok("ana", "conversation", "pin", "ben");
  await ok("ana", "conversation", "mute", "ben", "8h");
  await ok("ana", "conversation", "folder", "ben", "Friends");
  const inFolder = await place.run("ana", ["conversation", "list", "--folder", "Friends"], { json: false });
  expect(inFolder.out).toMatch(/^ben {2}\w{16} {2}pinned, muted until .*, in Friends\n$/);
  expect(await ok("ben", "conversation", "disappear", "ana", "1d")).toMatchObject({ disappearAfterS: 86_400 });
  await ok("ana", "receive");
  expect((await place.run("ana", ["history", "ben"], { json: false })).out).toContain("ben lets messages disappear 1 day after");
});

it("everything is backed up and restored on an empty home; a conversation is saved as a text, and deleted", async () => {
  await acquainted();
  await ok("ben", "send", "ana", "The teapot broke");
  await ok("ana", "receive");
  const [pass, backup, text] = ["pass", "all.p2pc", "ben.txt"].map((name) => `${place.folder}/${name}`) as [
    string,
    string,
    string,
  ];
  writeFileSync(pass, "correct horse\n");
  const made = await ok("ana", "backup", "auto", backup, "--every", "1h", "--export-passphrase-file", pass);
  expect([made["everyS"], statSync(backup).mode & 0o777]).toEqual([3_600, 0o600]);
  // Killed in the middle: nothing of it is used, and it begins again.
  const half = await createHome(contextOf({ home: place.home("ana2") }));
  const write = half.store.apply.bind(half.store);
  let left = 5;
  half.store.apply = (writes) => (left-- > 0 ? write(writes) : Promise.reject(new Error("killed")));
  const restored = importClient(depsFor(half), { bytes: readFileSync(backup), passphrase: "correct horse" });
  await expect(restored).rejects.toThrow("killed");
  await half.store.close();
  const refused = await place.run("ana2", ["contact", "list"], { json: false });
  expect([refused.exit, refused.err]).toEqual([EXIT.notFound, expect.stringContaining("a restore was not finished here")]);
  const again = await ok("ana2", "backup", "restore", backup, "--export-passphrase-file", pass);
  expect(again).toMatchObject({ name: "ana", conversations: 1 });
  expect((await place.run("ana2", ["search", "teapot"])).json()).toMatchObject([{ text: "The teapot broke" }]);
  // The same at the node, with nothing but the sheet.
  const sheet = `${place.folder}/sheet`;
  await ok("ana", "identity", "recovery", sheet);
  expect(await ok("ana", "backup", "node", "on")).toMatchObject({ isAutomatic: true, node: node.url });
  expect(await ok("ana3", "backup", "find", "--sheet-file", sheet)).toMatchObject({ conversations: 1 });
  expect(await ok("ana3", "backup", "restore", "--sheet-file", sheet)).toMatchObject({ name: "ana" });
  expect((await place.run("ana3", ["search", "teapot"])).json()).toMatchObject([{ text: "The teapot broke" }]);
  expect((await place.run("ana", ["export", "ben", text])).exit).toBe(2);
  await ok("ana", "export", "ben", text, "--yes");
  expect(readFileSync(text, "utf8")).toContain("ben: The teapot broke");
  await ok("ana", "conversation", "clear", "ben", "--yes");
  expect((await place.run("ana", ["history", "ben"])).json()).toEqual([]);
  // W4: nothing of it is on the disk as it was written.
  for (const home of ["ana", "ana2"])
    expect(readFileSync(`${place.home(home)}/vault.sqlite`).toString("latin1")).not.toContain("teapot");
});
