import type { ScanRun, TrustSnapshot } from "@p2pcrypt/client";
import { formatVerificationCode, parseVerificationCode } from "@p2pcrypt/identity";
import { expect, it } from "vitest";
import { contactOf, faults, idOf, type Person, World } from "./support/world.ts";

const MINUTE_MS = 60_000;

async function pair(): Promise<{ readonly world: World; readonly ana: Person; readonly ben: Person }> {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  return { world, ana, ben };
}

/** `shower` shows a code to `to`. */
async function shown(shower: Person, to: Person): Promise<string> {
  return (await shower.client.verification.showScanCode(idOf(to))).text;
}

function runOf(person: Person, other: Person): ScanRun | undefined {
  return person.client.verification.scanRun(idOf(other));
}

function trustOf(person: Person, other: Person): TrustSnapshot["kind"] | undefined {
  return contactOf(person, other)?.trust.kind;
}

function trusts(...pairs: readonly (readonly [Person, Person])[]): readonly (string | undefined)[] {
  return pairs.map(([person, other]) => trustOf(person, other));
}

it("one scan verifies both once the person who showed the code has said who scanned it", async () => {
  const { world, ana, ben } = await pair();
  await ben.client.verification.scan(await shown(ana, ben));
  await world.until("scanned", () => runOf(ana, ben)?.state === "scanned");
  expect(trusts([ana, ben], [ben, ana])).toEqual(["unverified", "unverified"]);
  await ana.client.verification.confirmScan(idOf(ben), true);
  expect(contactOf(ana, ben)?.trust).toMatchObject({ kind: "verified", method: "scan" });
  await world.until("answered", () => runOf(ben, ana)?.state === "verified");
  expect(contactOf(ben, ana)?.trust).toMatchObject({ kind: "verified", method: "scan" });
  const told = ben.events.flatMap((event) => (event.kind === "entry" && event.entry.kind === "event" ? [event.entry.event] : []));
  expect(told).toContainEqual({ what: "verified", name: "Ana", identityId: idOf(ana), method: "scan" });
  expect([...faults(ana), ...faults(ben)]).toEqual([]);
  await world.close(ana, ben);
});

it("two people who scan each other at the same time are both verified", async () => {
  const { world, ana, ben } = await pair();
  const [ofAna, ofBen] = [await shown(ana, ben), await shown(ben, ana)];
  await Promise.all([ben.client.verification.scan(ofAna), ana.client.verification.scan(ofBen)]);
  const scanned = (person: Person): boolean => person.events.some(({ kind, ...event }) => kind === "scan" && isScanned(event));
  await world.until("both scanned", () => scanned(ana) && scanned(ben));
  await ana.client.verification.confirmScan(idOf(ben), true);
  await ben.client.verification.confirmScan(idOf(ana), true);
  await world.until("both verified", () => trusts([ana, ben], [ben, ana]).every((kind) => kind === "verified"));
  expect([contactOf(ana, ben)?.failedRuns, contactOf(ben, ana)?.failedRuns]).toEqual([0, 0]);
  await world.close(ana, ben);
});

function isScanned(event: object): boolean {
  return (
    "run" in event && typeof event.run === "object" && event.run !== null && "state" in event.run && event.run.state === "scanned"
  );
}

it("I14: nothing verifies before the person says so, and nobody when the person says no", async () => {
  const { world, ana, ben } = await pair();
  await expect(ana.client.verification.confirmScan(idOf(ben), true)).rejects.toMatchObject({ code: "verification/noRun" });
  await ben.client.verification.scan(await shown(ana, ben));
  await expect(ana.client.verification.confirmScan(idOf(ben), true)).rejects.toMatchObject({ code: "verification/noRun" });
  await world.until("scanned", () => runOf(ana, ben)?.state === "scanned");
  await world.pass(10_000);
  expect(runOf(ben, ana)?.state).toBe("waiting");
  await ana.client.verification.confirmScan(idOf(ben), false);
  await world.until("told", () => runOf(ben, ana)?.state === "failed");
  expect(trusts([ana, ben], [ben, ana])).toEqual(["unverified", "unverified"]);
  expect(contactOf(ana, ben)?.failedRuns).toBe(1);
  await world.close(ana, ben);
});

it("I14: one changed bit of the secret names another run, and verifies nobody", async () => {
  const { world, ana, ben } = await pair();
  const code = parseVerificationCode(await shown(ana, ben));
  const shownRun = runOf(ana, ben)?.run;
  const secret = code.secret.map((byte, i) => (i === 15 ? byte ^ 1 : byte));
  await ben.client.verification.scan(formatVerificationCode({ ...code, secret }));
  await world.until("ended", () => runOf(ben, ana)?.state === "failed");
  expect(runOf(ben, ana)?.reason).toBe("unknown");
  expect(runOf(ana, ben)).toMatchObject({ run: shownRun, state: "waiting" });
  expect(trusts([ana, ben], [ben, ana])).toEqual(["unverified", "unverified"]);
  await world.close(ana, ben);
});

it("I14: a code of somebody else is refused in this conversation, and one's own in every", async () => {
  const { world, ana, ben } = await pair();
  const carol = await world.person("Carol");
  await world.acquainted(carol, ana);
  const text = await shown(ana, ben);
  await expect(ben.client.verification.scan(text, idOf(carol))).rejects.toMatchObject({ code: "scan/otherPerson" });
  await expect(ana.client.verification.scan(text)).rejects.toMatchObject({ code: "scan/own" });
  const ofCarol = await shown(carol, ana);
  await expect(ben.client.verification.scan(ofCarol)).rejects.toMatchObject({
    failure: { code: "scan/unknownContact", identityId: idOf(carol) },
  });
  await expect(ben.client.verification.scan("web+ptopcrypt:verify#AAAA")).rejects.toMatchObject({ code: "scan/malformed" });
  await world.close(ana, ben, carol);
});

it("I14: a code that was shown to another person proves nothing in this conversation, and stays good for whom it was shown to", async () => {
  const { world, ana, ben } = await pair();
  const carol = await world.person("Carol");
  await world.acquainted(carol, ana);
  const text = await shown(ana, ben);
  await carol.client.verification.scan(text);
  await world.until("refused", () => runOf(carol, ana)?.state === "failed");
  expect(runOf(ana, carol)).toBeUndefined();
  expect(trusts([ana, carol], [carol, ana])).toEqual(["unverified", "unverified"]);
  await ben.client.verification.scan(text);
  await world.until("scanned", () => runOf(ana, ben)?.state === "scanned");
  await world.close(ana, ben, carol);
});

it("I14: a code counts once", async () => {
  const { world, ana, ben } = await pair();
  const text = await shown(ana, ben);
  await ben.client.verification.scan(text);
  await world.until("scanned", () => runOf(ana, ben)?.state === "scanned");
  await ana.client.verification.confirmScan(idOf(ben), true);
  await world.until("verified", () => runOf(ben, ana)?.state === "verified");
  await ana.client.verification.withdraw(idOf(ben));
  await ben.client.verification.withdraw(idOf(ana));
  await ben.client.verification.scan(text);
  await world.until("refused", () => runOf(ben, ana)?.state === "failed");
  expect(trusts([ana, ben], [ben, ana])).toEqual(["unverified", "unverified"]);
  await world.close(ana, ben);
});

it("I14: a code is good for five minutes by the clock of who shows it", async () => {
  const { world, ana, ben } = await pair();
  const text = await shown(ana, ben);
  await world.pass(5 * MINUTE_MS + 1);
  expect(runOf(ana, ben)).toMatchObject({ state: "failed", reason: "expired" });
  await ben.client.verification.scan(text);
  await world.until("refused", () => runOf(ben, ana)?.state === "failed");
  expect(runOf(ben, ana)?.reason).toBe("expired");
  await world.pass(6 * MINUTE_MS);
  await expect(ben.client.verification.scan(text)).rejects.toMatchObject({ code: "scan/expired" });
  expect(trusts([ana, ben], [ben, ana])).toEqual(["unverified", "unverified"]);
  await world.close(ana, ben);
});
