// Two people in two terminals, from nothing to verified, with the faults of an ordinary day.
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseCertificate, readKeyring } from "@p2pcrypt/identity";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { killed, linesUntil, type NodeProcess, Place, textUntil } from "./support/processes.ts";

let place: Place;
let node: NodeProcess;
beforeEach(async () => {
  place = new Place();
  node = await place.node();
});
afterEach(() => place.end());

async function person(name: string): Promise<string> {
  const made = await place.run(name, ["identity", "create", "--name", name, "--node", node.url]);
  expect(made.err, "only JSON on a clean run").toBe("");
  expect(made.json()[0]).toMatchObject({ name, isPublished: true });
  return String(made.json()[0]?.["link"]);
}

async function friends(): Promise<void> {
  const link = await person("ana");
  await person("ben");
  const added = await place.run("ben", ["contact", "add", link, "--hello", "Hi, it's Ben"]);
  expect(added.json()[0]).toMatchObject({ state: "requested", delivery: "atNode" });
  expect((await place.run("ana", ["receive"])).json()).toMatchObject([{ kind: "request", from: "ben", text: "Hi, it's Ben" }]);
  expect((await place.run("ana", ["contact", "accept", "ben"])).json()[0]).toMatchObject({ state: "accepted" });
}

describe("two people in terminals", () => {
  it("meet by a link, send, receive, see states, verify, and every message is shown once", async () => {
    await friends();
    expect((await place.run("ben", ["send", "ana", "hello Ana"])).json()).toMatchObject([{ state: "atNode" }]);
    expect((await place.run("ana", ["send", "ben", "-"], { input: "from a pipe\nwith two lines\n" })).json()).toMatchObject([
      { state: "atNode" },
    ]);
    expect((await place.run("ana", ["receive"])).json()).toMatchObject([{ kind: "message", from: "ben", text: "hello Ana" }]);
    expect((await place.run("ana", ["receive"])).json()).toEqual([]);
    expect((await place.run("ben", ["receive"])).json()).toMatchObject([{ text: "from a pipe\nwith two lines" }]);
    const history = (await place.run("ben", ["history", "ana"])).json();
    expect(history.map(({ kind, text, state }) => [kind, text, state])).toEqual([
      ["event", undefined, undefined],
      ["event", undefined, undefined],
      ["message", "hello Ana", "read"],
      ["message", "from a pipe\nwith two lines", undefined],
    ]);
    const code = (await place.run("ben", ["contact", "code", "ana"])).json()[0];
    const wrong = `${String(code?.["digits"]).slice(1)}0`;
    expect((await place.run("ana", ["contact", "verify", "ben", "--code", wrong])).exit).toBe(9);
    expect((await place.run("ana", ["contact", "verify", "ben", "--code", "123"])).exit).toBe(5);
    expect((await place.run("ana", ["contact", "verify", "ben", "--code", String(code?.["digits"])])).exit).toBe(0);
    const [list] = (await place.run("ana", ["contact", "list"])).json<{ contacts: { trust: unknown }[] }>();
    expect(list?.contacts[0]?.trust).toMatchObject({ kind: "verified", method: "digits" });
  });

  it("stand in front of each other: one shows a code, the other gives what was scanned, both are verified", async () => {
    await friends();
    const showing = place.start("ana", ["contact", "qr", "ben"]);
    const [shown = ""] = await linesUntil(showing, (all) => all.length > 0);
    const { code } = JSON.parse(shown) as { code: string };
    const scanned = place.run("ben", ["contact", "scan"], { input: `${code}\n` });
    await textUntil(showing.stderr, "in front of you?");
    const told = linesUntil(showing, (all) => all.some((line) => line.includes('"isVerified":true')));
    showing.stdin.write("yes\n");
    expect(await scanned).toMatchObject({ exit: 0 });
    await told;
    const [list] = (await place.run("ben", ["contact", "list"])).json<{ contacts: { trust: unknown }[] }>();
    expect(list?.contacts[0]?.trust).toMatchObject({ kind: "verified", method: "scan" });
    expect((await place.run("ben", ["contact", "scan"], { input: "web+ptopcrypt:verify#AAAA" })).exit).toBe(5);
  });

  it("come back from a recovery sheet on an empty machine, by the words or by the text of the QR code", async () => {
    await person("ana");
    const [sheet] = (await place.run("ana", ["identity", "recovery"])).json<{
      words: string[];
      text: string;
      identity: string;
    }>();
    const file = join(place.folder, "sheet.txt");
    expect((await place.run("ana", ["identity", "recovery", file])).exit).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toContain(sheet?.text);
    const byWords = ["identity", "recover", "--node", node.url];
    const words = await place.run("ana 2", byWords, { input: `${sheet?.words.join("\n")}\n` });
    expect(words.json()[0]).toMatchObject({ identity: sheet?.identity, name: "ana", isPublished: true });
    const text = await place.run("ana 3", ["identity", "recover", "--sheet-file", file]);
    expect(text.json()[0]).toMatchObject({ identity: sheet?.identity, name: "ana" });
    const wrong = await place.run("ana 4", byWords, { input: "able about nonsense" });
    expect(JSON.parse(wrong.err)).toMatchObject({ error: { code: "recovery/malformed", word: 3 } });
    expect((await place.run("ana 4", ["identity", "show"])).exit).toBe(3);
  });

  it("end an identity by the certificate kept for that day, from a machine without it", async () => {
    await person("ana");
    const [self] = (await place.run("ana", ["identity", "show"])).json<{ fingerprint: string }>();
    const file = join(place.folder, "revocation.txt");
    expect((await place.run("ana", ["identity", "revocation", file])).exit).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const unsure = await place.run("cafe", ["identity", "revoke", file]);
    expect([unsure.exit, JSON.parse(unsure.err).error.code]).toEqual([2, "revocation/unsure"]);
    const bent = join(place.folder, "bent.txt");
    writeFileSync(bent, readFileSync(file, "utf8").replace(/^Link: .*$/m, ""));
    const wrong = await place.run("cafe", ["identity", "revoke", bent, "--yes"]);
    expect([wrong.exit, JSON.parse(wrong.err).error.code]).toEqual([5, "revocation/malformed"]);
    const published = async (): Promise<string> => {
      const answer = await fetch(`${node.url}/pks/lookup?op=get&options=mr&search=0x${self?.fingerprint}`);
      const [certificate] = (await readKeyring(new Uint8Array(await answer.arrayBuffer()))).certificates;
      return (await parseCertificate(certificate ?? new Uint8Array(0), { atMs: Date.now() })).revocation.kind;
    };
    expect(await published()).toBe("none");
    expect((await place.run("cafe", ["identity", "revoke", file, "--yes"])).exit).toBe(0);
    expect(await published()).toBe("hard");
  });

  it("chat live, with states, in both directions; a kill -9 in the middle loses nothing and shows nothing twice", async () => {
    await friends();
    const ana = place.start("ana", ["chat", "ben"]);
    const ben = place.start("ben", ["chat", "ana"]);
    ben.stdin.write("one\n");
    await linesUntil(ana, (all) => all.some((line) => line.includes('"text":"one"')));
    ana.stdin.write("two\n");
    await linesUntil(
      ben,
      (all) => all.some((line) => line.includes('"text":"two"')) && all.some((line) => line.includes('"state":"read"')),
    );
    await killed(ana);
    await killed(node.child);
    ben.stdin.write("three\nfour\n");
    await linesUntil(ben, (all) => all.some((line) => line.includes('"text":"four"')));
    await killed(ben);
    node = await place.node({ port: node.port });
    // A command of Ben's brings what was queued to the node; Ana finds it when she comes back.
    expect((await place.run("ben", ["send", "ana", "five"])).json()).toMatchObject([{ state: "atNode" }]);
    const received = (await place.run("ana", ["receive"])).json().map(({ text }) => text);
    expect(received).toEqual(["three", "four", "five"]);
    const texts = (await place.run("ana", ["history", "ben"])).json().flatMap(({ text }) => (text === undefined ? [] : [text]));
    expect(texts).toEqual(["one", "two", "three", "four", "five"]);
  });

  it("compare a short code inside the chat, and the chat goes on; a slip in the answer is asked again", async () => {
    await friends();
    await place.run("ben", ["receive"]);
    const [ana, ben] = [place.start("ana", ["chat", "ben"]), place.start("ben", ["chat", "ana"])];
    const [anas, bens] = [heardBy(ana), heardBy(ben)];
    ana.stdin.write("/sas\n");
    await bens.until(({ kind, state }) => kind === "shortCode" && state === "offered");
    ben.stdin.write("/sas\n");
    const codes = [await anas.until(({ code }) => code !== undefined), await bens.until(({ code }) => code !== undefined)];
    expect(codes[0]?.["code"]).toBe(codes[1]?.["code"]);
    await anas.until(({ kind }) => kind === "question");
    ana.stdin.write("yse\n");
    await anas.until(() => anas.all.filter(({ kind }) => kind === "question").length === 2);
    ana.stdin.write("yes\n");
    await bens.until(({ kind }) => kind === "question");
    ben.stdin.write("yes\n");
    const isVerified = ({ event }: Heard): boolean => (event as { what?: string } | undefined)?.what === "verified";
    await Promise.all([anas.until(isVerified), bens.until(isVerified)]);
    ben.stdin.write("after it\n");
    await anas.until(({ kind, text, isOwn }) => kind === "message" && text === "after it" && isOwn === false);
    for (const child of [ana, ben]) {
      const exit = once(child, "exit");
      child.stdin.write("/quit\n");
      expect((await exit)[0]).toBe(0);
    }
  });

  it("are told once that the node is gone, and once that it is back, however long that takes", async () => {
    await friends();
    await place.run("ben", ["receive"]);
    const ben = place.start("ben", ["chat", "ana"]);
    const heard = heardBy(ben);
    ben.stdin.write("before\n");
    await heard.until(({ state }) => state === "atNode");
    await killed(node.child);
    await heard.until(({ kind, state }) => kind === "node" && state === "waiting");
    ben.stdin.write("meanwhile\n");
    await heard.until(({ text, state }) => text === "meanwhile" && state === "queued");
    node = await place.node({ port: node.port });
    await heard.until(({ kind, state }) => kind === "node" && state === "connected");
    const { id } = await heard.until(({ text }) => text === "meanwhile");
    await heard.until((one) => one.kind === "state" && one.id === id && one.state === "atNode");
    expect(heard.all.filter(({ kind }) => kind === "node").map(({ state }) => state)).toEqual(["waiting", "connected"]);
    expect(await killed(ben, "SIGTERM")).toBe(0);
  });

  it("C5: a second process on a home is refused and told, and may take over; the first then writes nothing more", async () => {
    await friends();
    const ana = place.start("ana", ["receive", "--follow"]);
    const ended = once(ana, "exit");
    const first = linesUntil(ana, (all) => all.some((line) => line.includes('"text":"before"')));
    await place.run("ben", ["send", "ana", "before"]);
    await first;
    const refused = await place.run("ana", ["contact", "list"]);
    expect([refused.exit, JSON.parse(refused.err)]).toMatchObject([7, { error: { code: "vault/inUse", pid: ana.pid } }]);
    expect((await place.run("ana", ["--take-over", "identity", "show"])).exit).toBe(0);
    await place.run("ben", ["send", "ana", "after"]);
    const received = (await place.run("ana", ["--take-over", "receive"])).json();
    expect(received.map(({ text }) => text)).toEqual(["after"]);
    expect((await ended)[0], "the first process is told, and ends").toBe(7);
  });

  it("locks, unlocks and changes the passphrase; without it nothing opens (C2: never from arguments)", async () => {
    await person("ana");
    const file = join(place.folder, "passphrase");
    writeFileSync(file, "correct horse\n");
    expect((await place.run("ana", ["identity", "passphrase", "--new-passphrase-file", file])).exit).toBe(0);
    expect((await place.run("ana", ["identity", "show"])).exit).toBe(8);
    expect((await place.run("ana", ["--passphrase-file", "-", "identity", "show"], { input: "wrong\n" })).exit).toBe(8);
    expect((await place.run("ana", ["--passphrase-file", file, "identity", "show"])).exit).toBe(0);
    expect((await place.run("ana", ["--passphrase-file", "-", "identity", "unlock"], { input: "correct horse\n" })).exit).toBe(0);
    expect((await place.run("ana", ["identity", "show"])).exit).toBe(0);
    expect((await place.run("ana", ["identity", "lock"])).json()).toEqual([{ wasUnlocked: true }]);
    expect((await place.run("ana", ["identity", "show"])).exit).toBe(8);
  });

  it("exports, imports as a new device, and the contact's program lets it in", async () => {
    await friends();
    await place.run("ben", ["send", "ana", "old"]);
    await place.run("ana", ["receive"]);
    const file = join(place.folder, "ana.export");
    const exported = await place.run("ana", ["identity", "export", file, "--export-passphrase-file", "-"], { input: "travel\n" });
    expect([exported.exit, statSync(file).mode & 0o777]).toEqual([0, 0o600]);
    expect(
      (await place.run("ana", ["identity", "export", file, "--export-passphrase-file", "-"], { input: "travel\n" })).exit,
    ).toBe(5);
    const imported = await place.run("phone", ["identity", "import", file, "--export-passphrase-file", "-"], {
      input: "travel\n",
    });
    expect(imported.exit, imported.err).toBe(0);
    expect(
      (await place.run("other", ["identity", "import", file, "--export-passphrase-file", "-"], { input: "wrong\n" })).exit,
    ).toBe(8);
    await place.run("ben", ["receive"]);
    await place.run("phone", ["receive"]);
    expect((await place.run("phone", ["send", "ben", "from my phone"])).json()).toMatchObject([{ state: "atNode" }]);
    expect((await place.run("ben", ["receive"])).json()).toMatchObject([{ text: "from my phone" }]);
    await place.run("ben", ["send", "ana", "to both"]);
    expect((await place.run("phone", ["receive"])).json()).toMatchObject([{ text: "to both" }]);
    expect((await place.run("ana", ["receive"])).json().map(({ text }) => text)).toContain("to both");
  });

  it("blocks, and deletes: the home is erased and the contact hears it", async () => {
    await friends();
    await place.run("ben", ["send", "ana", "first"]);
    await place.run("ana", ["receive"]);
    expect((await place.run("ana", ["contact", "block", "ben"])).json()[0]).toMatchObject({ state: "blocked" });
    await place.run("ben", ["send", "ana", "unheard"]);
    expect((await place.run("ana", ["receive"])).json()).toEqual([]);
    expect((await place.run("ana", ["send", "ben", "x"])).exit).toBe(5);
    await place.run("ana", ["contact", "unblock", "ben"]);
    expect((await place.run("ana", ["identity", "delete"])).exit).toBe(2);
    expect((await place.run("ana", ["identity", "delete", "--yes"])).json()).toEqual([{ isRevoked: true }]);
    expect((await place.run("ana", ["identity", "show"])).exit).toBe(3);
    const [list] = (await place.run("ben", ["contact", "list"])).json<{ contacts: { state: string }[] }>();
    expect(list?.contacts[0]?.state).toBe("gone");
  });
});

interface Heard {
  readonly [field: string]: unknown;
}

/** What a running command has said so far, and what it says next. */
function heardBy(child: ReturnType<Place["start"]>): {
  readonly all: Heard[];
  until(holds: (one: Heard) => boolean): Promise<Heard>;
} {
  const all: Heard[] = [];
  const waiting = new Set<(one: Heard) => void>();
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const one: Heard = JSON.parse(line);
      all.push(one);
      for (const look of waiting) look(one);
    }
  });
  return {
    all,
    until: (holds) => {
      const before = all.find(holds);
      if (before !== undefined) return Promise.resolve(before);
      return new Promise((resolve) => {
        const look = (one: Heard): void => {
          if (!holds(one)) return;
          waiting.delete(look);
          resolve(one);
        };
        waiting.add(look);
      });
    },
  };
}

describe("input that is wrong", () => {
  it("is named for what is wrong with it, by exit code and code, and changes nothing", async () => {
    const link = await person("ana");
    await person("ben");
    const refusals: [readonly string[], number, string][] = [
      [["contact", "add", "https://example.org"], 5, "link/malformed"],
      [["contact", "add", link.slice(0, -4)], 5, "link/malformed"],
      [["contact", "add", String((await place.run("ben", ["link"])).json()[0]?.["link"])], 5, "link/own"],
      [["contact", "add", link, "--hello", "x".repeat(1025)], 5, "greeting/tooLong"],
      [["contact", "accept", "nobody"], 3, "who/unknown"],
      [["send", "nobody", "x"], 3, "who/unknown"],
      [["history", "nobody"], 3, "who/unknown"],
      [["identity", "create", "--name", "x", "--node", node.url], 5, "identity/exists"],
      [["identity", "import", join(place.folder, "none")], 3, "file/missing"],
    ];
    for (const [args, exit, code] of refusals) {
      const said = await place.run("ben", args);
      expect([args.join(" "), said.exit, JSON.parse(said.err).error.code]).toEqual([args.join(" "), exit, code]);
    }
    expect((await place.run("new", ["identity", "create", "--name", " ", "--node", node.url])).exit).toBe(5);
    expect((await place.run("new", ["identity", "create", "--name", "x", "--node", "http://example.org"])).exit).toBe(5);
    expect((await place.run("new", ["identity", "show"])).exit).toBe(3);
    const usage = await place.run("new", ["nonsense"]);
    expect([usage.exit, usage.out, JSON.parse(usage.err).error.code]).toEqual([2, "", "usage/malformed"]);
    expect((await place.run("ben", ["contact", "list"])).json()).toEqual([{ contacts: [] }]);
  });

  it("each passphrase that standard input gives takes one line; one that is not there never removes protection", async () => {
    await person("ana");
    const change = ["--passphrase-file", "-", "identity", "passphrase", "--new-passphrase-file", "-"];
    const first = ["identity", "passphrase", "--new-passphrase-file", "-"];
    expect((await place.run("ana", first, { input: "old\n" })).json()).toEqual([{ hasPassphrase: true }]);
    expect((await place.run("ana", change, { input: "old\n" })).exit).toBe(8);
    expect((await place.run("ana", ["identity", "show"])).exit).toBe(8);
    expect((await place.run("ana", change, { input: "old\nnew\n" })).json()).toEqual([{ hasPassphrase: true }]);
    expect((await place.run("ana", change, { input: "new\n\n" })).json()).toEqual([{ hasPassphrase: false }]);
    expect((await place.run("ana", ["identity", "show"])).exit).toBe(0);
  });

  it("C1: nothing in a name or message commands the terminal; JSON is exact", async () => {
    await friends();
    const evil = "\u001b]52;c;ZXZpbA==\u0007\u009b31m\r\u202egnp.exe\b";
    await place.run("ben", ["send", "ana", evil]);
    const shown = await place.run("ana", ["receive"], { json: false });
    expect(shown.out).toMatch(/ben: /);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is proved
    expect(shown.out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    const exact = (await place.run("ana", ["history", "ben"])).json().at(-1);
    expect(exact?.["text"]).toBe(evil);
  });

  it("C3: what a home holds is its owner's alone, and no plaintext or name lies in it", async () => {
    await friends();
    await place.run("ben", ["send", "ana", "canary-plaintext"]);
    await place.run("ana", ["receive"]);
    for (const name of ["vault.sqlite", "vault.key"]) expect(statSync(join(place.home("ana"), name)).mode & 0o777).toBe(0o600);
    expect(statSync(place.home("ana")).mode & 0o777).toBe(0o700);
    const stored = readFileSync(join(place.home("ana"), "vault.sqlite"), "latin1");
    expect(stored).not.toContain("canary-plaintext");
    const atNode = readFileSync(join(place.home("node"), "store", "node.sqlite"), "latin1");
    expect(atNode).not.toContain("canary-plaintext");
  });
});
