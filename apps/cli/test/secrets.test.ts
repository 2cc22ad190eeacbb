// C2: where a passphrase may come from, and where it never is.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { linesUntil, type NodeProcess, Place } from "./support/processes.ts";

const CANARY = "canary passphrase 5c1e";

let place: Place;
let node: NodeProcess;
beforeEach(async () => {
  place = new Place();
  node = await place.node();
});
afterEach(() => place.end());

it("C2: no passphrase is taken from an argument, and none stands in the process list or the environment", async () => {
  for (const name of ["ana", "ben"]) await place.run(name, ["identity", "create", "--name", name, "--node", node.url]);
  const set = ["identity", "passphrase", "--new-passphrase-file", "-"];
  expect((await place.run("ana", set, { input: `${CANARY}\n` })).exit).toBe(0);
  for (const flag of ["--passphrase", "--password", "--new-passphrase", "--key"]) {
    const refused = await place.run("ana", [flag, CANARY, "identity", "show"]);
    expect(refused.exit, flag).toBe(2);
    // What was typed in the wrong place is not said again.
    expect(refused.out + refused.err, flag).not.toContain(CANARY);
  }
  const shown = await place.run("ana", ["--passphrase-file", "-", "link"], { input: `${CANARY}\n` });
  const [{ link } = { link: "" }] = shown.json<{ link: string }>();
  const file = join(place.folder, "passphrase");
  writeFileSync(file, `${CANARY}\n`, { mode: 0o600 });
  const running = place.start("ana", ["--passphrase-file", file, "receive", "--follow"]);
  const request = linesUntil(running, (lines) => lines.some((line) => line.includes('"kind":"request"')));
  await place.run("ben", ["contact", "add", link]);
  await request;
  for (const what of ["cmdline", "environ"])
    expect(readFileSync(`/proc/${running.pid}/${what}`, "utf8"), what).not.toContain(CANARY);
});
