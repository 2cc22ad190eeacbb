// Everything a person can do from anywhere, as data: one list for the palette, the menus, the keyboard and its help.
import type { WordKey } from "../words/catalogue.ts";
import type { Route } from "./routes.ts";

/** What decides whether a command can run. */
export interface Situation {
  readonly route: Route;
  readonly hasConversations: boolean;
  readonly hasRequests: boolean;
  readonly hasPassphrase: boolean;
  readonly isNodeAway: boolean;
  readonly isUpdateWaiting: boolean;
  /** Of the conversation or person on the screen. */
  readonly contactId: string | undefined;
  readonly canLeave: boolean;
  readonly canBlock: boolean;
}

export type CommandId =
  | "palette"
  | "search"
  | "find"
  | "add"
  | "group"
  | "myLink"
  | "requests"
  | "next"
  | "previous"
  | "compose"
  | "details"
  | "compare"
  | "block"
  | "leave"
  | "starred"
  | "trust"
  | "settings"
  | "theme"
  | "lock"
  | "retry"
  | "sheet"
  | "shortcuts"
  | "update";

export interface Command {
  readonly id: CommandId;
  readonly title: Extract<WordKey, `command.${string}`>;
  /** As `matches` reads it. `Mod` is Ctrl, or ⌘ on a Mac. Single letters only work outside of fields. */
  readonly shortcut?: string;
  readonly isEnabled: (situation: Situation) => boolean;
}

const always = (): boolean => true;
const inConversation = ({ route }: Situation): boolean => route.kind === "conversation";

export const COMMANDS: readonly Command[] = [
  { id: "palette", title: "command.palette", shortcut: "Mod+K", isEnabled: always },
  { id: "search", title: "command.search", shortcut: "/", isEnabled: ({ hasConversations }) => hasConversations },
  { id: "find", title: "command.find", shortcut: "Mod+Shift+F", isEnabled: ({ hasConversations }) => hasConversations },
  { id: "add", title: "command.add", shortcut: "N", isEnabled: always },
  { id: "group", title: "command.group", shortcut: "G", isEnabled: ({ hasConversations }) => hasConversations },
  { id: "myLink", title: "command.myLink", shortcut: "L", isEnabled: always },
  { id: "requests", title: "command.requests", shortcut: "R", isEnabled: ({ hasRequests }) => hasRequests },
  { id: "next", title: "command.next", shortcut: "Alt+ArrowDown", isEnabled: ({ hasConversations }) => hasConversations },
  { id: "previous", title: "command.previous", shortcut: "Alt+ArrowUp", isEnabled: ({ hasConversations }) => hasConversations },
  { id: "compose", title: "command.compose", shortcut: "C", isEnabled: inConversation },
  { id: "details", title: "command.details", shortcut: "Mod+I", isEnabled: inConversation },
  { id: "compare", title: "command.compare", shortcut: "V", isEnabled: ({ contactId }) => contactId !== undefined },
  { id: "block", title: "command.block", isEnabled: ({ canBlock }) => canBlock },
  { id: "leave", title: "command.leave", isEnabled: ({ canLeave }) => canLeave },
  { id: "sheet", title: "command.sheet", isEnabled: always },
  { id: "theme", title: "command.theme", isEnabled: always },
  { id: "starred", title: "command.starred", isEnabled: ({ hasConversations }) => hasConversations },
  { id: "trust", title: "command.trust", shortcut: "T", isEnabled: always },
  { id: "settings", title: "command.settings", shortcut: "Mod+,", isEnabled: always },
  { id: "lock", title: "command.lock", shortcut: "Mod+Shift+L", isEnabled: ({ hasPassphrase }) => hasPassphrase },
  { id: "retry", title: "command.retry", isEnabled: ({ isNodeAway }) => isNodeAway },
  { id: "update", title: "command.update", isEnabled: ({ isUpdateWaiting }) => isUpdateWaiting },
  { id: "shortcuts", title: "command.shortcuts", shortcut: "?", isEnabled: always },
];

/** The part of a KeyboardEvent that counts. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** @param isWriting whether the keys go into a field: then only shortcuts with a modifier count. */
export function commandFor(press: KeyPress, situation: Situation, isWriting: boolean): Command | undefined {
  return COMMANDS.find(({ shortcut, isEnabled }) => {
    if (shortcut === undefined || !matches(press, shortcut)) return false;
    const needsNoModifier = !/^(Mod|Alt)\+/.test(shortcut);
    return !(isWriting && needsNoModifier) && isEnabled(situation);
  });
}

function matches(press: KeyPress, shortcut: string): boolean {
  const keys = shortcut.split("+");
  const wanted = keys.at(-1) ?? "";
  const isMod = press.ctrlKey || press.metaKey;
  if (isMod !== keys.includes("Mod") || press.altKey !== keys.includes("Alt")) return false;
  // "?" and "/" need Shift on some keyboards and not on others.
  const isLetter = /^[A-Z]$/.test(wanted);
  if (isLetter && press.shiftKey !== keys.includes("Shift")) return false;
  return press.key.toLowerCase() === wanted.toLowerCase();
}

/** The shortcut as this machine's people write it. */
export function shortcutKeys(shortcut: string, isMac: boolean): readonly string[] {
  const names: Readonly<Record<string, string>> = {
    Mod: isMac ? "⌘" : "Ctrl",
    Alt: isMac ? "⌥" : "Alt",
    Shift: isMac ? "⇧" : "Shift",
    ArrowDown: "↓",
    ArrowUp: "↑",
  };
  return shortcut.split("+").map((key) => names[key] ?? key);
}
