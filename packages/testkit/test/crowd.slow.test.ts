import { expect, it } from "vitest";
import { liveInCrowd } from "./support/crowd.ts";
import { scaled } from "./support/scale.ts";

const COUNT = scaled(2_000);

it(`O15 M9: ${COUNT} groups of 3 to 20 people`, { timeout: 24 * 3_600_000 }, async () => {
  let changes = 0;
  for (let n = 0; n < COUNT; n++) changes += (await liveInCrowd(`g${n}`, { size: 3 + (n % 18), steps: 40 })).changes;
  expect(changes).toBeGreaterThan(COUNT);
});

it(`O15 M9: ${COUNT} groups of 3 to 20 people with second devices`, { timeout: 24 * 3_600_000 }, async () => {
  let devices = 0;
  for (let n = 0; n < COUNT; n++) {
    const { restored, linked } = await liveInCrowd(`d${n}`, { size: 3 + (n % 18), steps: 60, hasDevices: true });
    devices += restored + linked;
  }
  expect(devices).toBeGreaterThan(COUNT);
});
