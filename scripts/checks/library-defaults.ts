// The library's defaults believe everybody and accept everything (M3). One file lets the library in, and no default comes with it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readWorkspaces, root } from "../workspaces.ts";

const DOOR = "packages/session/src/mls/library.ts";
/** What the library does when nobody says otherwise, and the entry that exports all of it. */
const DEFAULTS =
  /\b(?:default(?:AuthenticationService|LifetimeConfig|KeyRetentionConfig|ClientConfig|PaddingConfig|Capabilities)|acceptAll|acceptAllCallback)\b|#ts-mls\/index\.js/;

export function checkLibraryDefaults(): string[] {
  return readWorkspaces()
    .filter(({ path }) => path === "packages/session")
    .flatMap(({ sources }) => sources.flatMap((file) => wrongUses(file, readFileSync(join(root, file), "utf8"))));
}

/** What is wrong with one source file. */
export function wrongUses(file: string, text: string): string[] {
  const found: string[] = [];
  const isDoor = file === DOOR;
  if (!isDoor && /from "(?:#ts-mls|ts-mls)/.test(text)) found.push(`${file}: only ${DOOR} imports the library`);
  const used = DEFAULTS.exec(text.replaceAll(/^\s*\/\/.*$/gm, ""));
  if (used !== null) found.push(`${file}: ${used[0]} is a default of the library`);
  return found;
}
