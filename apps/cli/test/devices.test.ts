// The devices of one identity from a terminal. What removing one does to conversations is packages/client/test/devices.test.ts.
import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { killed, linesUntil, Place, textUntil } from "./support/processes.ts";

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.end());

it("a device that was lost is taken off the list for ever; the one in use is not, nor what is no device", async () => {
  const node = await place.node();
  await place.run("ana", ["identity", "create", "--name", "ana", "--node", node.url]);
  const file = join(place.folder, "ana.export");
  const passphrase = ["--export-passphrase-file", "-"];
  await place.run("ana", ["identity", "export", file, ...passphrase], { input: "travel\n" });
  const imported = await place.run("phone", ["identity", "import", file, ...passphrase], { input: "travel\n" });
  const { device } = imported.json<{ device: string }>()[0] ?? { device: "" };
  const listed = await place.run("phone", ["identity", "devices"]);
  expect(listed.json()[0]).toMatchObject({ own: device });
  const refusals = [
    [device, 5, "device/own"],
    ["phone", 2, "device/malformed"],
  ] as const;
  for (const [id, exit, code] of refusals) {
    const said = await place.run("phone", ["identity", "remove-device", id]);
    expect([said.exit, JSON.parse(said.err).error.code]).toEqual([exit, code]);
  }
  const removed = await place.run("ana", ["identity", "remove-device", device]);
  expect(removed.exit, removed.err).toBe(0);
  expect(removed.json<{ devices: string[] }>()[0]?.devices).not.toContain(device);
});

it("a new home is linked by a code that is typed, reads what comes, is killed on the way without harm, and hears of its removal", async () => {
  const node = await place.node();
  const create = (name: string) => place.run(name, ["identity", "create", "--name", name, "--node", node.url]);
  const ana = (await create("ana")).json<{ link: string }>()[0];
  await create("ben");
  await place.run("ben", ["contact", "add", ana?.link ?? "", "--hello", "hi"]);
  await place.run("ana", ["contact", "accept", "ben"]);
  await place.run("ben", ["receive"]);
  await place.run("ben", ["send", "ana", "said before"]);
  expect((await place.run("ana", ["note", "buy bread"])).exit).toBe(0);
  await place.run("ana", ["receive"]);

  // Killed before the digits were compared: nothing is left, and the code is good for nobody else.
  const first = await offered("ana");
  const lost = place.start("phone", ["device", "join", "--node", node.url, "--code-file", codeFile(first.code)]);
  await textUntil(lost.stderr, "six digits?");
  await textUntil(first.child.stderr, "six digits?");
  await killed(lost);
  const late = await place.run("phone", ["device", "join", "--node", node.url, "--code-file", codeFile(first.code)]);
  expect([late.exit, JSON.parse(late.err).error]).toMatchObject([5, { code: "linking/failed", reason: "used" }]);
  expect((await place.run("phone", ["identity", "show"])).exit).toBe(3);
  await killed(first.child);

  const join = (home: string, code: string, name: string) =>
    place.start(home, ["device", "join", "--node", node.url, "--code-file", codeFile(code), "--name", name]);
  const second = await offered("ana");
  const joining = join("phone", second.code, "Phone");
  const joined = linesUntil(joining, (lines) => lines.length === 2);
  const linked = linesUntil(second.child, (lines) => lines.some((line) => line.includes("takenInto")));
  await Promise.all([textUntil(joining.stderr, "six digits?"), textUntil(second.child.stderr, "six digits?")]);
  joining.stdin.write("yes\n");
  second.child.stdin.write("yes\n");
  const [theirs = "", self = ""] = await joined;
  const [, ours = "", result = ""] = [...second.lines, ...(await linked)];
  expect(JSON.parse(theirs).digits).toMatch(/^\d{6}$/);
  expect(JSON.parse(ours).digits).toBe(JSON.parse(theirs).digits);
  expect(JSON.parse(self)).toMatchObject({ name: "ana", isPublished: true });
  const { device } = JSON.parse(self) as { device: string };
  expect(JSON.parse(result)).toMatchObject({ device, name: "Phone", conversations: 2, takenInto: 2 });
  const { entries = 0, sent } = (JSON.parse(result) as { history?: { entries: number; sent: number } }).history ?? {};
  expect([entries > 0, sent]).toEqual([true, entries]);
  const there = await place.run("phone", ["device", "history"]);
  expect(there.json<{ histories: object[] }>()[0]?.histories).toMatchObject([
    { direction: "taking", state: "done", stored: entries },
  ]);
  expect((await place.run("phone", ["history", "ben"])).out).toContain("said before");
  expect((await place.run("phone", ["history", "self"])).out).toContain("buy bread");

  await place.run("ben", ["send", "ana", "to both"]);
  for (const name of ["ana", "phone"])
    expect((await place.run(name, ["receive"])).json(), name).toMatchObject([{ kind: "message", from: "ben", text: "to both" }]);
  const listed = await place.run("ana", ["device", "list"]);
  expect(listed.json<{ devices: object[] }>()[0]?.devices).toMatchObject([
    { isThis: true, isKeeper: true, name: hostname() },
    { deviceId: device, name: "Phone", isKeeper: false },
  ]);

  // The phone is limited, until the key is handed to it.
  const refused = await place.run("phone", ["identity", "rename", "eve"]);
  expect([refused.exit, JSON.parse(refused.err).error.code]).toEqual([5, "device/limited"]);
  const given = await place.run("ana", ["device", "keeper", "Phone"]);
  expect(given.exit, given.err).toBe(0);
  const now = await place.run("phone", ["device", "list"]);
  expect(now.json<{ devices: object[] }>()[0]?.devices).toContainEqual(
    expect.objectContaining({ deviceId: device, isKeeper: true }),
  );

  // A third one comes while the phone listens, which says so.
  const listening = place.start("phone", ["receive", "--follow"]);
  const third = await offered("ana");
  const heard = linesUntil(listening, (lines) => lines.some((line) => line.includes("newDevice")));
  const tablet = join("tablet", third.code, "Tablet");
  await Promise.all([textUntil(tablet.stderr, "six digits?"), textUntil(third.child.stderr, "six digits?")]);
  tablet.stdin.write("yes\n");
  third.child.stdin.write("yes\n");
  const news = (await heard).map((line) => JSON.parse(line));
  expect(news).toContainEqual(
    expect.objectContaining({ kind: "newDevice", device: expect.any(String), sinceMs: expect.any(Number) }),
  );
  for (const child of [listening, tablet, third.child]) await killed(child);

  expect((await place.run("ana", ["device", "remove", device])).exit).toBe(0);
  const told = await place.run("phone", ["receive"]);
  expect([told.exit, JSON.parse(told.err).error.code]).toEqual([5, "client/removed"]);
}, 180_000);

function codeFile(code: string): string {
  const file = join(place.folder, "code");
  writeFileSync(file, code);
  return file;
}

async function offered(name: string) {
  const child = place.start(name, ["device", "link", "--typed"]);
  const lines = await linesUntil(child, (all) => all.length > 0);
  return { child, lines, code: (JSON.parse(lines[0] ?? "{}") as { code: string }).code };
}
