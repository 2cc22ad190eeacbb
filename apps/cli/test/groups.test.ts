// A group in terminals: founded, talked in, handed over, left. Each command is a process of its own.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
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

async function threePeople(): Promise<void> {
  const made = await Promise.all(
    ["ana", "ben", "carol"].map((name) => ok(name, "identity", "create", "--name", name, "--node", node.url)),
  );
  const links = new Map(made.map(({ name, link }) => [String(name), String(link)]));
  for (const other of ["ben", "carol"]) {
    await ok(other, "contact", "add", links.get("ana") ?? "");
    await ok("ana", "receive");
    await ok("ana", "contact", "accept", other);
    await ok(other, "receive");
  }
}

const rolesOf = ({ members }: Record<string, unknown>): unknown =>
  (members as { name: string; role: string }[]).map(({ name, role }) => `${name} ${role}`).sort();

it("found, talk, hand over, leave", async () => {
  await threePeople();
  const made = await ok("ana", "group", "create", "Garden", "ben", "carol");
  expect(made).toMatchObject({ name: "Garden", role: "admin", pending: [] });
  expect(rolesOf(made)).toEqual(["ana admin", "ben member", "carol member"]);
  await ok("ben", "receive");
  expect(await ok("ben", "send", "Garden", "the beans are up")).toMatchObject({ state: "atNode" });
  const called = await ok("ben", "send", "Garden", "--mention", "carol", "@ana said to water them");
  expect(called).toMatchObject({ state: "atNode", mentions: [expect.any(String), expect.any(String)] });
  const heard = (await place.run("carol", ["receive"])).json();
  expect(heard).toContainEqual(expect.objectContaining({ kind: "message", from: "ben", text: "the beans are up" }));
  const mentions = [expect.objectContaining({ at: 0, length: 6 }), expect.objectContaining({ at: 7, length: 4 })];
  expect(heard).toContainEqual(expect.objectContaining({ text: "@carol @ana said to water them", mentionsYou: true, mentions }));
  const codes = [await ok("ana", "group", "code", "Garden"), await ok("carol", "group", "code", "gard")];
  expect(codes[0]?.["digits"]).toBe(codes[1]?.["digits"]);
  // Ben is no contact of Carol's: she knows him from the group alone, and may not do what administrators do.
  expect(await place.run("carol", ["group", "remove", "Garden", "ben"])).toMatchObject({ exit: 5 });
  expect(rolesOf(await ok("ana", "group", "hand-over", "Garden", "ben"))).toEqual(["ana member", "ben admin", "carol member"]);
  expect(await ok("ana", "group", "leave", "Garden")).toMatchObject({ state: "left" });
  await ok("ben", "receive");
  expect(rolesOf(await ok("ben", "group", "members", "Garden"))).toEqual(["ben admin", "carol member"]);
  expect(await ok("ben", "group", "rename", "Garden", "Allotment")).toMatchObject({ name: "Allotment" });
  const [picture, large] = [join(place.folder, "picture.webp"), join(place.folder, "large.webp")];
  const webp = Buffer.from("RIFF\x08\0\0\0WEBPVP8L", "latin1");
  await writeFile(picture, webp);
  await writeFile(large, Buffer.concat([webp, Buffer.alloc(8_192)]));
  expect((await place.run("ben", ["group", "picture", "Allotment", large])).exit).toBe(5);
  const named = await place.run("nobody", ["group", "picture", "Allotment"]);
  expect([named.exit, JSON.parse(named.err).error.code]).toEqual([2, "usage/picture"]);
  const hash = createHash("sha256").update(webp).digest("hex");
  expect(await ok("ben", "group", "picture", "Allotment", picture)).toMatchObject({ picture: hash, pending: [] });
  await ok("carol", "receive");
  expect(await ok("carol", "group", "members", "Allotment")).toMatchObject({ picture: hash });
  // What a camera wrote stays here (B8), and does not count.
  const [photograph, scan] = [join(place.folder, "photograph.jpg"), Buffer.from([0xff, 0xda, 0, 2, 1, 0xff, 0xd9])];
  const written = Buffer.concat([Buffer.from([0xff, 0xe1, 0x27, 0x10]), Buffer.alloc(9_998, "Exif")]);
  await writeFile(photograph, Buffer.concat([Buffer.from([0xff, 0xd8]), written, scan]));
  const kept = createHash("sha256")
    .update(Buffer.from([0xff, 0xd8]))
    .update(scan)
    .digest("hex");
  expect(await ok("ben", "group", "picture", "Allotment", photograph)).toMatchObject({ picture: kept });
  expect(await ok("ben", "group", "picture", "Allotment", "--remove")).toMatchObject({ picture: null });
  const history = await place.run("ben", ["history", "Allotment"], { json: false });
  expect(history.out).toContain("ben gave the group a picture");
  expect(history.out).toContain("ana left");
  expect(history.out).toContain('ben called the group "Allotment"');
  expect((await place.run("ana", ["send", "Garden", "hello?"])).exit).toBe(5);
});

it("somebody follows a link, and is let in", async () => {
  const made = await ok("ana", "identity", "create", "--name", "ana", "--node", node.url);
  for (const name of ["dan", "eve"]) await ok(name, "identity", "create", "--name", name, "--node", node.url);
  // Told apart from who knocks at the group.
  await ok("eve", "contact", "add", String(made["link"]));
  await ok("ana", "group", "create", "Garden");
  const invited = await ok("ana", "group", "invite", "Garden", "--hours", "2");
  expect(await ok("dan", "group", "join", String(invited["link"]), "--hello", "May I?")).toMatchObject({ group: "Garden" });
  const news = (await place.run("ana", ["receive"])).json();
  expect(news).toContainEqual(expect.objectContaining({ kind: "knock", group: "Garden", from: "dan", text: "May I?" }));
  expect(await ok("ana", "group", "members", "Garden")).toMatchObject({ knocks: [{ name: "dan", text: "May I?" }] });
  expect(news.filter(({ kind }) => kind === "request")).toMatchObject([{ from: "eve" }]);
  expect(await ok("ana", "contact", "decline", "eve")).toMatchObject({ state: "declined" });
  expect(await ok("ana", "contact", "decline", "--all")).toEqual({ declined: 1 });
  expect(await ok("ana", "group", "members", "Garden")).toMatchObject({ knocks: [] });
  expect((await place.run("ana", ["contact", "decline"])).exit).toBe(2);
  await ok("dan", "group", "join", String(invited["link"]), "--hello", "Please");
  await ok("ana", "receive");
  await ok("ana", "group", "admit", "Garden", "dan");
  await ok("dan", "receive");
  await ok("ana", "group", "members", "Garden");
  await ok("ana", "receive");
  await ok("dan", "receive");
  const code = await ok("ana", "group", "code", "Garden");
  expect(rolesOf(await ok("dan", "group", "members", "Garden"))).toEqual(["ana admin", "dan member"]);
  expect((await place.run("dan", ["group", "code", "Garden", "--compare", String(code["digits"])])).exit).toBe(0);
  expect((await place.run("dan", ["group", "code", "Garden", "--compare", "1".repeat(60)])).exit).toBe(9);
  expect((await place.run("dan", ["group", "join", String(invited["link"]).replace(/.{20}$/, "")])).exit).toBe(5);
});
