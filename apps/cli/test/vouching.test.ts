// Three people in terminals: Ben introduces Ana and Carol to each other, and takes it back.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
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
  const links = new Map<string, string>();
  for (const name of ["ana", "ben", "carol"]) {
    const made = await ok(name, "identity", "create", "--name", name, "--node", node.url);
    links.set(name, String(made["link"]));
  }
  for (const other of ["ana", "carol"]) {
    await ok("ben", "contact", "add", links.get(other) ?? "");
    await ok(other, "receive");
    await ok(other, "contact", "accept", "ben");
  }
  await ok("ben", "receive");
}

async function verify(who: string, other: string): Promise<void> {
  const { digits } = await ok(who, "contact", "code", other);
  await ok(who, "contact", "verify", other, "--code", String(digits));
}

it("vouch, introduce, ask why, and see it fall when it is taken back", async () => {
  await threePeople();
  expect((await place.run("ana", ["trust", "certify", "ben"])).exit).toBe(5);
  await verify("ana", "ben");
  expect(await ok("ana", "trust", "certify", "ben", "--introducer")).toMatchObject({
    certification: { depth: 1, isPublic: false },
  });
  for (const other of ["ana", "carol"]) {
    await verify("ben", other);
    await ok("ben", "trust", "certify", other);
  }
  await ok("ben", "trust", "introduce", "ana", "carol");
  await ok("ana", "receive");
  const received = (await place.run("ana", ["history", "ben"])).json<{ event?: { what: string; link: string } }>();
  const introduction = received.find(({ event }) => event?.what === "introduced");
  expect(introduction?.event).toMatchObject({ name: "carol" });
  await ok("ana", "contact", "add", introduction?.event?.link ?? "");
  const list = await place.run("ana", ["contact", "list"], { json: false });
  expect(list.out).toContain("introduced by ben");
  const why = await ok("ana", "trust", "why", "carol");
  expect(why).toMatchObject({ amount: 120, paths: [{ amount: 120 }] });
  const said = await place.run("ana", ["trust", "why", "carol"], { json: false });
  expect(said.out).toMatch(/ana > ben .*may introduce\n +ben > carol/);
  expect((await place.run("ana", ["trust", "graph", "--dot"], { json: false })).out).toContain('label="carol\\n120 of 120"');
  const svg = join(place.folder, "trust.svg");
  writeFileSync(svg, (await place.run("ana", ["trust", "graph", "--svg"], { json: false })).out);
  expect(execFileSync("grep", ["-c", "<circle", svg]).toString().trim()).toBe("3");
  await ok("ben", "trust", "revoke", "carol");
  await ok("ana", "receive");
  expect(await ok("ana", "trust", "why", "carol")).toMatchObject({ amount: 0, paths: [] });
  expect((await place.run("ana", ["trust", "roots", "add", "ben", "--amount", "300"])).exit).toBe(5);
  await ok("ana", "trust", "roots", "add", "ben", "--amount", "60");
  expect(await ok("ana", "trust", "roots")).toMatchObject({ roots: [{ person: { name: "ben" }, amount: 60 }] });
  await ok("ana", "trust", "roots", "remove", "ben");
  expect(await ok("ana", "trust", "roots")).toEqual({ roots: [] });
});

it("a keyring of gpg is taken in, and its owner-trust suggests roots that one may add by fingerprint", async () => {
  const ana = await ok("ana", "identity", "create", "--name", "ana", "--node", node.url);
  const carol = await ok("carol", "identity", "create", "--name", "carol", "--node", node.url);
  const [keyring, ownerTrust] = [join(place.folder, "carol.asc"), join(place.folder, "trust.txt")];
  await ok("carol", "identity", "export", keyring, "--public");
  const unknown = "0123456789ABCDEF0123456789ABCDEF01234567";
  writeFileSync(ownerTrust, `# by gpg\n${ana["fingerprint"]}:6:\n${carol["fingerprint"]}:4:\n${unknown}:5:\n`);
  const imported = await ok("ana", "trust", "import", keyring, "--owner-trust", ownerTrust);
  const person = { identityId: carol["identity"], fingerprint: carol["fingerprint"], name: "carol" };
  expect(imported).toEqual({ count: 1, suggested: [{ person, amount: 40 }] });
  expect(await ok("ana", "trust", "roots")).toEqual({ roots: [] });
  await ok("ana", "trust", "roots", "add", String(carol["fingerprint"]), "--amount", "40");
  expect(await ok("ana", "trust", "roots")).toEqual({ roots: [{ person, amount: 40 }] });
});

it("D9: a name is found by its owner's wish only, whole, and no longer when the wish ends", async () => {
  await ok("ana", "identity", "create", "--name", "Ana of the Harbour", "--node", node.url);
  const found = async (text: string): Promise<number> =>
    (await fetch(`${node.url}/pks/lookup?op=index&options=mr&search=${encodeURIComponent(text)}`)).status;
  expect(await found("Ana of the Harbour")).toBe(404);
  expect(await ok("ana", "identity", "set", "findable", "on")).toMatchObject({ isFindable: true });
  expect([await found("ana of the harbour"), await found("Ana of the"), await found("Harbour")]).toEqual([200, 404, 404]);
  await ok("ana", "identity", "rename", "Ana of the Hill");
  expect([await found("Ana of the Hill"), await found("Ana of the Harbour")]).toEqual([200, 404]);
  expect(await ok("ana", "identity", "set", "findable", "off")).toMatchObject({ isFindable: false });
  expect(await found("Ana of the Hill")).toBe(404);
});
