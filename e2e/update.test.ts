// W9: a new build is offered, taken when a person asks for it, and what was being written is finished first.
import { createHash } from "node:crypto";
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { Peer } from "./rig/peer.ts";
import { Stage } from "./rig/stage.ts";
import { openConversation, start } from "./story/begin.ts";
import { expectToRead, send } from "./story/talk.ts";

const BUILT = fileURLToPath(new URL("../apps/cli/dist/web", import.meta.url));

it("W9: a new build waits until it is asked for, in mid-session, with messages on their way", async () => {
  const stage = await Stage.open();
  try {
    const web = join(stage.folder, "web");
    cpSync(BUILT, web, { recursive: true });
    await stage.node.kill();
    stage.node.flags = ["--web", web];
    await stage.node.start();
    const ana = await stage.person("Ana");
    await start(ana);
    const ben = await Peer.create("Ben", stage.node.url);
    await ben.meet(ana);
    await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await ana.page.reload();
    await openConversation(ana, "Ben");
    const before = await buildOf(stage.node.url);

    ana.complaints.expect(/ERR_|WebSocket connection/);
    await stage.node.kill();
    changeBuild(web);
    await stage.node.start();
    const after = await buildOf(stage.node.url);
    expect(after).not.toBe(before);
    await ana.page.evaluate(async () => {
      await (await navigator.serviceWorker.getRegistration())?.update();
    });
    await ana.see(ana.page.getByText(ana.words.t("settings.update")));
    await send(ana, "Said with the old build");
    expect(await shownBuild(ana)).toContain(before);
    await openConversation(ana, "Ben");
    for (const text of ["One", "Two", "Three"]) await send(ana, `${text} while updating`);
    await ana.page
      .getByRole("button", { name: ana.words.t("settings.updateGo") })
      .first()
      .click();
    await ben.heardTexts("Three while updating");
    await openConversation(ana, "Ben");
    await expectToRead(ana, "Said with the old build");
    expect(await shownBuild(ana)).toContain(after);
    expect(ben.texts.filter((text) => text.endsWith("while updating"))).toHaveLength(3);
    await ben.close();
    stage.check();
  } finally {
    await stage.close();
  }

  async function shownBuild(person: Awaited<ReturnType<Stage["person"]>>): Promise<string> {
    await person.goToPlace("#/settings");
    const line = person.page
      .locator(".code")
      .filter({ hasText: /[0-9a-f]{32}/ })
      .last();
    await person.see(line);
    return (await line.textContent()) ?? "";
  }
});

/** The hash that a page shows for the build that a node serves. */
async function buildOf(nodeUrl: string): Promise<string> {
  const manifest = new Uint8Array(await (await fetch(`${nodeUrl}/build.json`)).arrayBuffer());
  return createHash("sha256").update(manifest).digest("hex");
}

/** Another build as the next release would be one: a file differs, and so do its manifest and the service worker that names it. */
function changeBuild(web: string): void {
  for (const file of globSync("**/*.{br,gz}", { cwd: web })) rmSync(join(web, file));
  const icon = join(web, "icon.svg");
  const [before, text] = [sha256(icon), readFileSync(icon, "utf8")];
  writeFileSync(icon, text.replace("</svg>", "<!-- next --></svg>"));
  const after = sha256(icon);
  const worker = join(web, "service-worker.js");
  writeFileSync(worker, readFileSync(worker, "utf8").replaceAll(before, after));
  const manifest = join(web, "build.json");
  const build = JSON.parse(readFileSync(manifest, "utf8")) as { files: Record<string, { sha256: string; bytes: number }> };
  for (const name of ["/icon.svg", "/service-worker.js"]) {
    const bytes = readFileSync(join(web, name));
    build.files[name] = { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length };
  }
  writeFileSync(manifest, JSON.stringify(build));
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
