// The devices of one identity from a terminal. What removing one does to conversations is packages/client/test/devices.test.ts.
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Place } from "./support/processes.ts";

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
