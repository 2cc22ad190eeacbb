// Somebody in a terminal and somebody in a browser talk to each other.
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startProgram } from "./rig/program.ts";
import { useStage } from "./rig/stage.ts";
import { answer, linkOf, openConversation, start } from "./story/begin.ts";
import { expectToRead, messageOf, send } from "./story/talk.ts";

const stage = useStage();

it("a request from a terminal is accepted in a browser, and both read each other", async () => {
  const ana = await stage().person("Ana");
  await start(ana);
  await ben("identity", "create", "--name", "Ben", "--node", stage().node.url);
  await ben("contact", "add", await linkOf(ana), "--hello", "Hi from a terminal");
  await ana.goToPlace("#/requests");
  await ana.read("Hi from a terminal");
  await answer(ana, "Ben", "accept");
  await openConversation(ana, "Ben");
  await send(ana, "Hello, terminal");
  await expect.poll(async () => ben("receive")).toContain("Hello, terminal");
  await ben("send", "Ana", "Hello, browser");
  await expectToRead(ana, "Hello, browser");
  // The terminal's last message, edited and then answered in the browser.
  await ben("message", "edit", "Ana", "last", "Hello, *browser*");
  await ana.see(ana.page.locator("article em").getByText("browser", { exact: true }));
  const said = messageOf(ana, "browser").last();
  await said.hover();
  await said.getByRole("button", { name: ana.words.t("acts.menu"), exact: true }).click();
  await ana.page.getByRole("menuitem", { name: ana.words.t("acts.reply"), exact: true }).click();
  await ana.see(ana.page.locator(".writing-bar"));
  await send(ana, "Fine, thank you");
  await expect.poll(async () => ben("receive")).toContain('"what":"text"');
});

/** Runs one command of Ben's to its end. @returns what it printed. */
async function ben(...args: string[]): Promise<string> {
  const child = startProgram(["--home", join(stage().folder, "ben"), "--json", ...args], { XDG_RUNTIME_DIR: stage().folder });
  child.stdin.end();
  let text = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${errors}`);
  return text;
}
