// Who else may have the code, stand in between, or run out of time (spec/protocol/linking.md section 6).
import {
  LINKING_MS,
  linkingCommitment,
  linkingDigits,
  linkingInputs,
  linkingKeys,
  linkingShare,
  parseLinkingLink,
  parseTypedCode,
} from "@p2pcrypt/identity";
import { expect, it } from "vitest";
import { LinkingSeal } from "../src/devices/linking-seal.ts";
import { type Person, World } from "./support/world.ts";

async function started(): Promise<{ readonly world: World; readonly ben: Person }> {
  const world = await World.create();
  const ben = await world.person("Ben");
  await world.published(ben);
  return { world, ben };
}

/** How a linking ended, with the time that it takes. */
async function outcome(world: World, person: Promise<Person>): Promise<unknown> {
  let ended: { readonly with: unknown } | undefined;
  person.then(
    (linked) => {
      ended = { with: linked };
    },
    (error: unknown) => {
      ended = { with: error };
    },
  );
  await world.until("ended", () => ended !== undefined);
  return ended?.with;
}

const yes = async (): Promise<boolean> => true;

it("whoever scans second is turned away, while the first is compared and may be refused", async () => {
  const { world, ben } = await started();
  const { code } = await ben.client.devices.startLinking("link");
  const first = await world.linking("Stranger", code, yes);
  await world.until("compared", () => ben.client.devices.linking()?.state === "compare");
  const second = await world.linking("Phone", code, yes);
  expect(await outcome(world, second.person)).toMatchObject({ failure: { code: "linking/failed", reason: "used" } });
  await ben.client.devices.confirmLinking(false);
  expect(await outcome(world, first.person)).toMatchObject({ failure: { reason: "mismatch" } });
  const third = await world.linking("Phone", code, yes);
  expect(await outcome(world, third.person)).toMatchObject({ code: "linking/failed" });
  expect(ben.client.devices.list()).toHaveLength(1);
  await world.close(ben);
});

it("a typed code takes three wrong guesses, and is good for nothing afterwards", async () => {
  const { world, ben } = await started();
  const { code } = await ben.client.devices.startLinking("typed");
  const wrong = code.slice(0, -1) + (code.endsWith("0") ? "1" : "0");
  for (let guess = 1; guess <= 3; guess++) {
    const { person } = await world.linking(`Guess ${guess}`, wrong, yes);
    expect(await outcome(world, person)).toMatchObject({ failure: { reason: "wrongCode" } });
  }
  await world.until("over", () => ben.client.devices.linking()?.state === "failed");
  expect(ben.client.devices.linking()).toMatchObject({ state: "failed", reason: "wrongCode" });
  const right = await world.linking("Phone", code, yes);
  expect(await outcome(world, right.person)).toMatchObject({ code: "linking/failed" });
  await world.close(ben);
});

it("a code is good for three minutes, and a link says so before anybody is asked", async () => {
  const { world, ben } = await started();
  const { code } = await ben.client.devices.startLinking("link");
  await world.pass(LINKING_MS + 1_000);
  expect(ben.client.devices.linking()).toMatchObject({ state: "failed", reason: "expired" });
  const late = await world.linking("Phone", code, yes);
  expect(await outcome(world, late.person)).toMatchObject({ failure: { reason: "expired" } });
  const nobody = await world.linking("Phone", "01234-56789", yes);
  expect(await outcome(world, nobody.person)).toMatchObject({ failure: { reason: "notFound" } });
  const nonsense = await world.linking("Phone", "hello", yes);
  expect(await outcome(world, nonsense.person)).toMatchObject({ code: "linking/malformed" });
  await world.close(ben);
});

it("a new code ends the one before it, and a device that gives up tells the other", async () => {
  const { world, ben } = await started();
  const { code: before } = await ben.client.devices.startLinking("link");
  const { code } = await ben.client.devices.startLinking("link");
  expect(code).not.toBe(before);
  const old = await world.linking("Phone", before, yes);
  expect(await outcome(world, old.person)).toMatchObject({ code: "linking/failed" });
  const tired = await world.linking("Phone", code, () => new Promise(() => undefined));
  await world.until("compared", () => ben.client.devices.linking()?.state === "compare");
  tired.cancel();
  expect(await outcome(world, tired.person)).toMatchObject({ failure: { reason: "cancelled" } });
  await world.until("told", () => ben.client.devices.linking()?.state === "failed");
  expect(ben.client.devices.linking()).toMatchObject({ reason: "declined" });
  await world.close(ben);
});

it("one in between who knows the code is committed before it can choose: the digits differ", async () => {
  const { world, ben } = await started();
  const { code } = await ben.client.devices.startLinking("link");
  const parsed = parseLinkingLink(code);
  const node = "ab".repeat(32);
  const bytes = (fill: number, size = 32): Uint8Array => new Uint8Array(size).fill(fill);
  // Two exchanges: the new device with the one in between, and that one with the old device.
  const digitsOf = (scalars: readonly [number, number], nonces: readonly [number, number]): string => {
    const inputs = linkingInputs(parsed, node, bytes(9, 16));
    const [a, b] = scalars.map((fill) => bytes(fill)) as [Uint8Array, Uint8Array];
    const shares = { joining: linkingShare(inputs, a), offering: linkingShare(inputs, b) };
    const context = linkingKeys(inputs, a, "joining", shares)?.context ?? bytes(0);
    return linkingDigits({ joiningNonce: bytes(nonces[0]), offeringNonce: bytes(nonces[1]), context });
  };
  const between = Array.from({ length: 50 }, (_, n) => digitsOf([3, 4], [n + 1, 2]));
  expect(between).not.toContain(digitsOf([1, 2], [60, 61]));
  // The old device reveals its nonce after the commitment, which fits one nonce only.
  const context = bytes(7);
  expect(linkingCommitment(bytes(1), { context })).not.toEqual(linkingCommitment(bytes(2), { context }));
  await world.close(ben);
});

it("what is sealed opens once, in its turn, for this run and this direction", () => {
  const code = parseTypedCode("01234-56789");
  const run = new Uint8Array(16).fill(1);
  const inputs = linkingInputs(code, "ab".repeat(32), run);
  const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const shares = { joining: linkingShare(inputs, a), offering: linkingShare(inputs, b) };
  const keys = linkingKeys(inputs, a, "joining", shares);
  if (keys === undefined) throw new Error("the shares are good");
  const [joining, offering] = [new LinkingSeal(keys, "joining", run), new LinkingSeal(keys, "offering", run)];
  const records = [joining.seal({ kind: "open", nonce: a }), joining.seal({ kind: "stored" })].map(sealedOf);
  const [first, second] = records as [Sealed, Sealed];
  expect(offering.open(second)).toBe("repeated");
  const changed = { ...first, ciphertext: first.ciphertext.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) };
  expect(offering.open(changed)).toBe("forged");
  expect(offering.open(first)).toEqual({ kind: "open", nonce: a });
  expect(offering.open(first)).toBe("repeated");
  expect(joining.open(second)).not.toEqual({ kind: "stored" });
  expect(offering.open(second)).toEqual({ kind: "stored" });
});

type Sealed = Parameters<LinkingSeal["open"]>[0];

function sealedOf(record: Uint8Array): Sealed {
  const head = 24;
  const number = new DataView(record.buffer, record.byteOffset).getUint32(20);
  return { kind: "sealed", number, associated: record.slice(0, head), ciphertext: record.slice(head) };
}
