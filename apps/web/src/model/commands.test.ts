import { expect, it } from "vitest";
import { COMMANDS, commandFor, type KeyPress, type Situation, shortcutKeys } from "./commands.ts";

const situation: Situation = {
  route: { kind: "home" },
  hasConversations: true,
  hasRequests: false,
  hasPassphrase: false,
  isNodeAway: false,
  isUpdateWaiting: false,
  contactId: undefined,
  canLeave: false,
  canBlock: false,
};

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

it("keys run commands; single letters only outside of fields", () => {
  expect(commandFor(press("k", { ctrlKey: true }), situation, true)?.id).toBe("palette");
  expect(commandFor(press("k", { metaKey: true }), situation, false)?.id).toBe("palette");
  expect(commandFor(press("n"), situation, false)?.id).toBe("add");
  expect(commandFor(press("n"), situation, true)).toBeUndefined();
  expect(commandFor(press("?", { shiftKey: true }), situation, false)?.id).toBe("shortcuts");
  expect(commandFor(press("N", { shiftKey: true }), situation, false)).toBeUndefined();
  expect(commandFor(press("n", { ctrlKey: true }), situation, false)).toBeUndefined();
});

it("what cannot be done now does not run", () => {
  expect(commandFor(press("r"), situation, false)).toBeUndefined();
  expect(commandFor(press("r"), { ...situation, hasRequests: true }, false)?.id).toBe("requests");
});

it("no two commands share keys, and keys are written as on the machine", () => {
  const shortcuts = COMMANDS.flatMap(({ shortcut }) => (shortcut === undefined ? [] : [shortcut]));
  expect(new Set(shortcuts).size).toBe(shortcuts.length);
  expect([shortcutKeys("Mod+Shift+L", true), shortcutKeys("Mod+Shift+L", false)]).toEqual([
    ["⌘", "⇧", "L"],
    ["Ctrl", "Shift", "L"],
  ]);
});
