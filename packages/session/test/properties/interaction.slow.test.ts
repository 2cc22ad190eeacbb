// The same for long, and what the largest groups and records cost.
import { describe, expect, it } from "vitest";
import { createXWingCrypto, MAX_CONTENT_BYTES, Session } from "../../src/index.ts";
import { Conversation, End } from "../support/conversation.ts";
import { interact } from "../support/interaction.ts";
import { Person, packageOf, structuralDeps, verifyCredential } from "../support/people.ts";
import { seededRandom } from "../support/structural-crypto.ts";

const SCALE = Number(process.env["P2PCRYPT_SCALE"] ?? 1);
const STEPS = Math.max(1_000, Math.round(1_000_000 * SCALE));
const OF_ONE = 10_000;
const MEMBERS = 500;
const COMMIT_MS = 2_000;

it("M26: a million steps of three members, from a seed each ten thousand", { timeout: 12 * 3_600_000 }, async () => {
  for (let from = 0; from < STEPS; from += OF_ONE) {
    const seed = `interaction ${from}`;
    const run = interact(structuralDeps(seed), seededRandom(seed), Math.min(OF_ONE, STEPS - from));
    await expect(run, seed).resolves.toBeDefined();
  }
});

describe("M23: what is large", () => {
  it("a record of 64 KiB to 16 MiB that is no message is refused without a word, and the next one is read", {
    timeout: 300_000,
  }, async () => {
    const deps = structuralDeps("large");
    const conversation = await Conversation.found(deps, new Person("ana"));
    const ana = conversation.end("ana");
    const ben = await conversation.addPerson(ana, deps, new Person("ben"));
    const record = await ana.seal("true");
    for (let size = 65_536; size <= 16 * 1024 * 1024; size *= 4) {
      const padded = new Uint8Array(size);
      padded.set(record);
      for (const bytes of [padded, seededRandom(`${size}`)(size)]) expect((await ben.open(bytes)).kind).not.toBe("opened");
    }
    expect((await ben.open(record)).kind).toBe("opened");
    await expect(ana.seal("x".repeat(MAX_CONTENT_BYTES + 1))).rejects.toMatchObject({ code: "session/contentTooLarge" });
  });

  it("a commit in a group of 500 is followed in two seconds, under the product's own suite", { timeout: 1_800_000 }, async () => {
    const deps = { crypto: createXWingCrypto(seededRandom("five hundred")), verifyCredential };
    const conversation = await Conversation.found(deps, new Person("p0"));
    const founder = conversation.end("p0");
    const watcher = new Person("p1");
    const device = await watcher.device(deps);
    const bundle = await packageOf(deps, device, conversation.nowMs);
    const packages = [bundle.publicPackage];
    for (let n = 2; n < MEMBERS; n++)
      packages.push((await packageOf(deps, await new Person(`p${n}`).device(deps), conversation.nowMs)).publicPackage);
    const { record, welcome } = await founder.commit({ kind: "add", keyPackages: packages }, conversation.tick());
    await conversation.post(record);
    if (welcome === undefined) throw new RangeError("no welcome");
    const joined = await Session.join(deps, {
      ...welcome,
      keyPackages: [bundle],
      signatureSecretKey: device.signatureSecretKey,
      heldGroups: [],
      positions: conversation.position,
      handshakeHead: conversation.head,
      atMs: conversation.nowMs,
    });
    if (joined.kind !== "joined") throw new RangeError(joined.reason);
    const end = new End(deps, watcher.name, device, joined.session);
    conversation.ends.push(end);
    expect(end.session.roster).toHaveLength(MEMBERS);
    const times: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const made = await founder.commit({ kind: "update" }, conversation.tick());
      const from = performance.now();
      expect((await end.receive(made.record, conversation.position + 1)).kind).toBe("applied");
      times.push(performance.now() - from);
      conversation.position += 1;
      await founder.receive(made.record, conversation.position);
    }
    expect(Math.min(...times)).toBeLessThan(COMMIT_MS);
  });
});
