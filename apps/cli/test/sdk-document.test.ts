// The program in docs/sdk.md, run as it stands there, against a node, with somebody in a terminal on the other side.
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { killed, linesUntil, Place } from "./support/processes.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.end());

it("the bot of docs/sdk.md accepts who asks and says back what it hears, also after it was killed", async () => {
  const [program = ""] = /(?<=```ts\n)[\s\S]*?(?=```)/.exec(readFileSync(join(ROOT, "docs", "sdk.md"), "utf8")) ?? [];
  expect(program).toContain("conversations.send");
  const file = join(place.folder, "echo.ts");
  writeFileSync(file, program);
  symlinkSync(join(ROOT, "node_modules"), join(place.folder, "node_modules"));
  const { url } = await place.node();

  const bot = place.program(file, [place.home("bot"), url]);
  const [link = ""] = await linesUntil(bot, (lines) => lines.length > 0);
  await place.run("ana", ["identity", "create", "--name", "Ana", "--node", url]);
  expect((await place.run("ana", ["contact", "add", link])).exit).toBe(0);
  await accepted();
  expect(await conversation("one")).toEqual(["one", "one"]);
  await killed(bot);
  const again = place.program(file, [place.home("bot"), url]);
  expect(await conversation("two")).toEqual(["one", "one", "two", "two"]);
  await killed(again, "SIGTERM");
});

/** Each look reaches the node and takes what has come. */
async function accepted(): Promise<void> {
  for (let state: unknown; state !== "accepted"; ) {
    const [list] = (await place.run("ana", ["contact", "list"])).json<{ contacts: { state: unknown }[] }>();
    state = list?.contacts[0]?.state;
  }
}

/** Says something and waits for the answer. @returns all that was ever said. */
async function conversation(text: string): Promise<unknown[]> {
  const chat = place.start("ana", ["chat", "Echo"]);
  chat.stdin.write(`${text}\n`);
  await linesUntil(chat, (lines) => lines.some((line) => line.includes(`"text":"${text}"`) && line.includes('"from":"Echo"')));
  await killed(chat);
  const history = (await place.run("ana", ["history", "Echo"])).json();
  return history.flatMap(({ text: said }) => (said === undefined ? [] : [said]));
}
