// Pictures of a screen as people have it, and what axe says about it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Page } from "playwright-core";
import type { Person } from "./person.ts";

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

const WIDTHS = [320, 768, 1280] as const;
const THEMES = ["light", "dark"] as const;

export const SCREENSHOTS = fileURLToPath(new URL("../screenshots", import.meta.url));

/** Writes a PNG of what is in view; the folder is not in the repository. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: "disabled", caret: "hide" });
}

export interface Barrier {
  readonly rule: string;
  readonly impact: string;
  readonly where: string;
}

/** What keeps people out: findings of axe that it calls serious or critical. */
export async function findBarriers(page: Page): Promise<Barrier[]> {
  await page.evaluate(axe.source);
  // What is half faded in has no contrast yet.
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY) animation.finish();
  });
  const results = await page.evaluate(() => window.axe?.run());
  if (results === undefined) throw new Error("axe did not run");
  return results.violations.flatMap(({ id, impact, nodes }) =>
    impact === "serious" || impact === "critical"
      ? nodes.map(({ html, failureSummary }) => ({ rule: id, impact, where: `${html.slice(0, 200)} ${failureSummary ?? ""}` }))
      : [],
  );
}

/** A picture for each theme and width; axe once for each theme, at the narrowest and the widest. */
export async function lookAt({ page, words }: Person, screen: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width === 320 ? 640 : 800 });
      await takePicture(page, `${screen}-${colorScheme}-${width}-${words.language}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) found.push(`${screen} at ${width} is ${overflow} px too wide`);
      if (width === 768) continue;
      for (const { rule, where } of await findBarriers(page)) found.push(`${screen} ${colorScheme} ${width}: ${rule} ${where}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
  return found;
}
