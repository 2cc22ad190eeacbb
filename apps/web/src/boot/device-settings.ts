// What this device keeps beside the identity, in the clear: needed before anything is unlocked, and nothing of it is about people.
import type { DeviceSettings } from "./boot.ts";

/** The part of localStorage that is used. Every call may throw where the browser forbids storing. */
export interface TextStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const KEY = "p2pcrypt.device";

const DEFAULTS: DeviceSettings = {
  theme: "system",
  language: "",
  lockAfterMs: 0,
  notifications: "off",
  sendsOnEnter: true,
  fetchesUpToBytes: 0,
  keepsCameraNotes: false,
};

const CHOICES = {
  theme: ["system", "light", "dark"],
  notifications: ["off", "hidden", "shown"],
} as const;

export function readSettings(store: TextStore): DeviceSettings {
  const found = parsed(attempt(() => store.getItem(KEY)) ?? "{}");
  const { theme, language, lockAfterMs, notifications, sendsOnEnter, fetchesUpToBytes, keepsCameraNotes } = found;
  return {
    theme: CHOICES.theme.find((choice) => choice === theme) ?? DEFAULTS.theme,
    language: typeof language === "string" && /^[a-zA-Z-]{0,35}$/.test(language) ? language : DEFAULTS.language,
    lockAfterMs: isWhole(lockAfterMs) ? lockAfterMs : DEFAULTS.lockAfterMs,
    fetchesUpToBytes: isWhole(fetchesUpToBytes) ? fetchesUpToBytes : DEFAULTS.fetchesUpToBytes,
    keepsCameraNotes: keepsCameraNotes === true,
    notifications: CHOICES.notifications.find((choice) => choice === notifications) ?? DEFAULTS.notifications,
    sendsOnEnter: typeof sendsOnEnter === "boolean" ? sendsOnEnter : DEFAULTS.sendsOnEnter,
  };
}

/** Where the browser keeps nothing, a setting lasts as long as the page. */
export function writeSettings(store: TextStore, settings: DeviceSettings): void {
  attempt(() => store.setItem(KEY, JSON.stringify(settings)));
}

/**
 * A note that this browser had an identity. When it is there and the vault is not, the browser threw the vault away (W8).
 */
export const identityNote = {
  KEY: "p2pcrypt.identity",
  isThere: (store: TextStore): boolean => attempt(() => store.getItem(identityNote.KEY)) === "1",
  write: (store: TextStore): void => void attempt(() => store.setItem(identityNote.KEY, "1")),
  remove: (store: TextStore): void => void attempt(() => store.removeItem(identityNote.KEY)),
};

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function parsed(text: string): Record<string, unknown> {
  const value: unknown = attempt(() => JSON.parse(text));
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function attempt<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch {
    return undefined; // storage is forbidden or full, or holds what is no JSON: as if nothing were there
  }
}
