// One scan, with somebody who does not keep to the rules on either side: what they send is made with the client's own parts.
import { decodeBase64Url, encodeBase64Url } from "@p2pcrypt/bytes";
import type { ScanRun } from "@p2pcrypt/client";
import { parseVerificationCode, scanProof, scanRunId } from "@p2pcrypt/identity";
import { expect, it } from "vitest";
import { queueContent } from "../../client/src/conversation/outbox.ts";
import type { Core } from "../../client/src/core.ts";
import { acquaintedWith, contactOf, conversationOf, idOf, type Person, through, World } from "./support/real-world.ts";

interface Insider {
  readonly core: Core;
  readonly close: () => Promise<void>;
  /** Says anything at all in the only conversation. */
  readonly say: (content: Parameters<typeof queueContent>[3]) => Promise<void>;
  /** The verification context with Ana as this device has it. */
  readonly context: () => Promise<Uint8Array>;
  readonly epoch: () => Promise<number>;
}

/** Ben's device, without the rules. */
async function insider(world: World, ben: Person, ana: Person): Promise<Insider> {
  await ben.client.close();
  const { core, tasks } = await world.inside("Ben", ben.disk);
  const [group] = core.tables.groups.all();
  const session = async () => {
    const present = await core.sessions.get(group?.groupId ?? "");
    if (present === undefined) throw new Error("no session");
    return present;
  };
  const deviceOfAna = ana.client.account.snapshot().deviceId;
  return {
    core,
    close: () => tasks.close(),
    say: async (content) => {
      await core.ledger.transact(async (tx) => queueContent(core, tx, group?.threadId ?? "", content));
    },
    context: async () => {
      const present = await session();
      const leaf = present.roster.find(({ deviceId }) => Buffer.from(deviceId).toString("hex") === deviceOfAna)?.leaf ?? 0;
      return present.verificationContext(leaf);
    },
    epoch: async () => Number((await session()).epoch),
  };
}

function runOf(person: Person, other: Person): ScanRun | undefined {
  return person.client.verification.scanRun(idOf(other));
}

interface Forgery {
  readonly by?: "scanner" | "shower";
  readonly isSwapped?: boolean;
  readonly flip?: { readonly of: "proof" | "context"; readonly at: number };
}

/** What Ben's device sends for Ana's code, with one thing wrong. */
async function forged(inside: Insider, text: string, ana: Person, ben: Person, forgery: Forgery) {
  const { secret, deviceId } = parseVerificationCode(text);
  const flipped = (bytes: Uint8Array, of: string): Uint8Array =>
    bytes.map((byte, i) => (forgery.flip?.of === of && i === forgery.flip.at ? byte ^ 1 : byte));
  const context = flipped(await inside.context(), "context");
  const sides =
    forgery.isSwapped === true
      ? { shower: idOf(ben), scanner: idOf(ana), context }
      : { shower: idOf(ana), scanner: idOf(ben), context };
  return {
    kind: "scanProof",
    run: encodeBase64Url(scanRunId(secret)),
    device: encodeBase64Url(deviceId),
    epoch: await inside.epoch(),
    proof: encodeBase64Url(flipped(scanProof(secret, forgery.by ?? "scanner", sides), "proof")),
  } as const;
}

/** Where in the context the group's id and the authenticator of its epoch lie: purpose, two sides, group, epoch, authenticator. */
const IN_GROUP_ID = 32 + 2 * 65 + 5;
const IN_AUTHENTICATOR = 32 + 2 * 65 + 32 + 8 + 20;

it.each([
  ["one changed bit", { flip: { of: "proof", at: 31 } }],
  ["the answer's proof in place of the scanner's", { by: "shower" }],
  ["swapped parties", { isSwapped: true }],
  ["another group", { flip: { of: "context", at: IN_GROUP_ID } }],
  ["another epoch's authenticator", { flip: { of: "context", at: IN_AUTHENTICATOR } }],
] satisfies [
  string,
  Forgery,
][])("I14: a scan with %s verifies nobody, is counted, and has no second guess", async (_, forgery) => {
  const { world, ana, ben } = await acquaintedWith();
  const inside = await insider(world, ben, ana);
  const { text } = await ana.client.verification.showScanCode(idOf(ben));
  await inside.say(await forged(inside, text, ana, ben, forgery));
  await world.until("refused", () => runOf(ana, ben)?.state === "failed");
  expect(runOf(ana, ben)?.reason).toBe("mismatch");
  await inside.say(await forged(inside, text, ana, ben, {}));
  await world.pass(5_000);
  expect(runOf(ana, ben)?.state).toBe("failed");
  await expect(ana.client.verification.confirmScan(idOf(ben), true)).rejects.toMatchObject({ code: "verification/noRun" });
  expect(contactOf(ana, ben)).toMatchObject({ trust: { kind: "unverified" }, failedRuns: 1 });
  await inside.close();
  await world.close(ana);
});

it("I14: a proof that is sent again changes nothing while the person is being asked, and nothing afterwards", async () => {
  const { world, ana, ben } = await acquaintedWith();
  const inside = await insider(world, ben, ana);
  const { text } = await ana.client.verification.showScanCode(idOf(ben));
  const proof = await forged(inside, text, ana, ben, {});
  await inside.say(proof);
  await world.until("scanned", () => runOf(ana, ben)?.state === "scanned");
  await inside.say(proof);
  await world.pass(5_000);
  expect(runOf(ana, ben)?.state).toBe("scanned");
  await ana.client.verification.confirmScan(idOf(ben), false);
  await inside.say(proof);
  await world.pass(5_000);
  expect(contactOf(ana, ben)).toMatchObject({ trust: { kind: "unverified" }, failedRuns: 1 });
  await inside.close();
  await world.close(ana);
});

it("I14: only the proof that the code promised verifies whoever scanned it, not an echo of their own", async () => {
  const { world, ana, ben } = await acquaintedWith();
  const { text } = await ben.client.verification.showScanCode(idOf(ana));
  const code = parseVerificationCode(text);
  const inside = await insider(world, ben, ana);
  await ana.client.verification.scan(text);
  await world.until("at Ben's device", () => inside.core.tables.threads.all()[0]?.groupId !== undefined);
  const context = await inside.context();
  const echo = scanProof(code.secret, "scanner", { shower: idOf(ben), scanner: idOf(ana), context });
  await inside.say({ kind: "scanConfirm", run: encodeBase64Url(scanRunId(code.secret)), proof: encodeBase64Url(echo) });
  await world.until("refused", () => runOf(ana, ben)?.state === "failed");
  expect(contactOf(ana, ben)?.trust).toEqual({ kind: "unverified" });
  expect(decodeBase64Url(encodeBase64Url(echo))).toHaveLength(32);
  await inside.close();
  await world.close(ana);
});

it("I14: a proof that waited while the group went on proves nothing, and both are told why", async () => {
  const world = await World.create();
  let holding: Promise<void> | undefined;
  const held = through(async (call, next) => {
    const isMessage = call.name === "stream.append" && (call.request as { kind?: string }).kind === "application";
    if (isMessage) await holding;
    return next();
  });
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben", held)];
  await world.acquainted(ben, ana);
  const { text } = await ana.client.verification.showScanCode(idOf(ben));
  await ben.client.settled();
  const before = conversationOf(ana)?.code?.epoch ?? 0n;
  let release = (): void => undefined;
  holding = new Promise((resolve) => {
    release = resolve;
  });
  await ben.client.verification.scan(text);
  const tablet = await world.imported("Ben", await ben.client.account.exportBackup("correct horse"), "correct horse");
  await world.until("the group went on", () => (conversationOf(ana)?.code?.epoch ?? 0n) > before);
  release();
  await world.until("told", () => runOf(ben, ana)?.state === "failed");
  expect([runOf(ana, ben)?.reason, runOf(ben, ana)?.reason]).toEqual(["epochChanged", "epochChanged"]);
  expect([contactOf(ana, ben)?.trust.kind, contactOf(ben, ana)?.trust.kind]).toEqual(["unverified", "unverified"]);
  await world.close(ana, ben, tablet);
});

it("I14: after the check the group may go on: both proofs are of the epoch of the check", async () => {
  const { world, ana, ben } = await acquaintedWith();
  const { text } = await ana.client.verification.showScanCode(idOf(ben));
  await ben.client.verification.scan(text);
  await world.until("scanned", () => runOf(ana, ben)?.state === "scanned");
  const before = conversationOf(ana)?.code?.epoch ?? 0n;
  const tablet = await world.imported("Ben", await ben.client.account.exportBackup("correct horse"), "correct horse");
  await world.until("the group went on", () => (conversationOf(ben)?.code?.epoch ?? 0n) > before);
  await ana.client.verification.confirmScan(idOf(ben), true);
  await world.until("verified", () => runOf(ben, ana)?.state === "verified");
  expect([contactOf(ana, ben)?.trust.kind, contactOf(ben, ana)?.trust.kind]).toEqual(["verified", "verified"]);
  await world.close(ana, ben, tablet);
});
