// The system's Chromium: where it is, how it is started, and what to do when there is none. Nothing here downloads a browser.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BrowserContext, chromium, type LaunchOptions } from "playwright-core";

const USUAL = "/usr/bin/chromium";
export const INSTALL_COMMAND = "apt-get install -y --no-install-recommends chromium";

/** @returns undefined when this machine has none. @throws {Error} when CHROME_PATH names no file. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env["CHROME_PATH"];
  if (named === undefined || named === "") return existsSync(USUAL) ? USUAL : undefined;
  if (!existsSync(named)) throw new Error(`CHROME_PATH names ${named}, which does not exist`);
  return named;
}

export interface ProfileOptions extends Pick<LaunchOptions, "args"> {
  readonly folder: string;
  readonly proxyUrl?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  readonly locale?: string;
  readonly reducedMotion?: "reduce" | "no-preference";
  readonly permissions?: readonly string[];
}

/** Opens a profile of its own, kept in `folder`, as one installation of a browser has it. */
export async function openProfile(options: ProfileOptions): Promise<BrowserContext> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(`There is no Chromium. This installs it: ${INSTALL_COMMAND}`);
  withoutSpelling(options.folder);
  return chromium.launchPersistentContext(options.folder, {
    executablePath,
    headless: true,
    args: [...QUIET, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...(options.args ?? [])],
    viewport: options.viewport ?? { width: 1280, height: 800 },
    colorScheme: options.colorScheme ?? "light",
    locale: options.locale ?? "en-GB",
    reducedMotion: options.reducedMotion ?? "reduce",
    timezoneId: "Europe/Berlin",
    ...(options.permissions === undefined ? {} : { permissions: [...options.permissions] }),
    ...(options.proxyUrl === undefined ? {} : { proxy: { server: options.proxyUrl } }),
  });
}

/** A browser fetches a dictionary for the first text that is written in it. */
function withoutSpelling(folder: string): void {
  const preferences = join(folder, "Default", "Preferences");
  if (existsSync(preferences)) return;
  mkdirSync(dirname(preferences), { recursive: true });
  writeFileSync(preferences, JSON.stringify({ browser: { enable_spellchecking: false }, spellcheck: { dictionaries: [] } }));
}

/** A browser that starts no traffic of its own, so that whatever is recorded was the page. Its services get addresses that it refuses. */
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
  "--disable-component-extensions-with-background-pages",
  "--allow-browser-signin=false",
  "--gaia-url=http://127.0.0.1:1",
  "--component-updater=url-source=http://127.0.0.1:1",
  "--autofill-server-url=http://127.0.0.1:1/",
];
