// What own devices write to each other, entry by entry, and which of it is what this program understands: a device may have been stolen,
// and a newer program says things that this one does not know.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import { type Arrangement, MAX_FOLDER_BYTES } from "../arrangement.ts";
import type { HistoryNews } from "../history/letters.ts";
import type { MessageRef } from "../message-snapshots.ts";
import type { Settings } from "../snapshots.ts";
import type { OwnDeviceRow } from "../store/device-rows.ts";
import type { ContactRow } from "../store/rows.ts";
import { decodeStored } from "../store/stored-json.ts";
import type { SharedCertified } from "./own-certified.ts";

export const MAX_DRAFT_BYTES = 262_144;

export type Value =
  | { readonly settings: Settings }
  | {
      readonly device: {
        readonly name?: string;
        readonly inbox: Uint8Array;
        readonly period: number;
        readonly sequence?: string;
        /** Came from a backup or a recovery sheet, and knows what was in it alone. */
        readonly isRestored?: boolean;
      };
    }
  | { readonly contact: SharedContact }
  | { readonly kind: DeviceKind }
  | { readonly read: string }
  | { readonly arranged: Arrangement }
  | { readonly draft: string }
  | { readonly star: MessageRef & { readonly isStarred: boolean } }
  /** Of the identity. The certificate that comes with the letter says the same. */
  | { readonly name: string }
  /** Which node is home now. The profile that comes with the letter has an inbox there. */
  | { readonly home: IdentityId }
  | { readonly certified: SharedCertified }
  | { readonly history: HistoryNews };

/** What keepers say of the other devices. */
export type DeviceKind = Required<Pick<OwnDeviceRow, "kind" | "inbox">> & Pick<OwnDeviceRow, "name">;

export type SharedContact = Pick<ContactRow, (typeof SHARED)[number]> &
  Pick<ContactRow, "certificate" | "profile" | "primaryKey" | "fingerprint">;

/** What own devices say of a contact. The rest each learns in the conversation. */
export const SHARED = [
  "identityId",
  "name",
  "state",
  "trust",
  "addedAtMs",
  "nodeUrls",
  "revokedDevices",
  "isGivenCertifications",
  "theirInboxToken",
  "theirClaimToken",
  "myClaimToken",
] as const satisfies readonly (keyof ContactRow)[];
export const SHARED_STATES: ReadonlySet<ContactRow["state"]> = new Set(["accepted", "blocked", "declined", "gone"]);

export interface Entry {
  readonly key: string;
  readonly atMs: number;
  readonly value: Value;
}

/** @returns what of a letter is understood. */
export function entriesOf(bytes: Uint8Array): readonly Entry[] {
  try {
    const entries = decodeStored<unknown>(bytes);
    return Array.isArray(entries) ? entries.filter(isEntry) : [];
  } catch {
    // Of another version of an own device, and not JSON: nothing in it is understood.
    return [];
  }
}

function isEntry(entry: unknown): entry is Entry {
  if (typeof entry !== "object" || entry === null || !("key" in entry) || !("value" in entry)) return false;
  const { key, value } = entry;
  if (typeof key !== "string" || !isThing(value)) return false;
  const { settings, device, contact, kind, read, arranged, draft, star, certified, history, name, home } = value;
  if (contact !== undefined) return isThing(contact) && isContact(contact);
  if (device !== undefined) return isThing(device) && isInbox(device["inbox"]) && isTextOrAbsent(device["name"]);
  if (kind !== undefined) return isThing(kind) && isInbox(kind["inbox"]) && isTextOrAbsent(kind["name"]);
  if (arranged !== undefined) return isThing(arranged) && isArrangement(arranged);
  if (draft !== undefined) return typeof draft === "string" && encodeUtf8(draft).length <= MAX_DRAFT_BYTES;
  if (star !== undefined) return isThing(star) && areTexts(star, "id", "author") && typeof star["isStarred"] === "boolean";
  if (certified !== undefined) return isThing(certified) && isCertified(certified);
  if (name !== undefined) return typeof name === "string";
  if (home !== undefined) return typeof home === "string" && IDENTITY_ID.test(home);
  if (history !== undefined) return isThing(history) && isNews(history);
  return settings === undefined ? typeof read === "string" : isThing(settings);
}

function isContact(contact: Thing): boolean {
  const { identityId, state, trust, nodeUrls, addedAtMs, certificate, profile } = contact;
  const isKnown = typeof identityId === "string" && IDENTITY_ID.test(identityId) && areTexts(contact, "name");
  const isSet = SHARED_STATES.has(state as ContactRow["state"]) && isThing(trust) && isTrust(trust) && isCount(addedAtMs);
  const areUrls = Array.isArray(nodeUrls) && nodeUrls.every((url) => typeof url === "string");
  const isSigned = [certificate, isThing(profile) ? profile["bytes"] : profile].every(isBytesOrAbsent);
  return isKnown && isSet && areUrls && isSigned && TOKENS.every((name) => contact[name] === undefined || isInbox(contact[name]));
}

const IDENTITY_ID = /^[0-9a-f]{64}$/;
const TOKENS = ["theirInboxToken", "theirClaimToken", "myClaimToken"];

function isTrust({ kind, method, atMs }: Thing): boolean {
  return kind === "unverified" || (kind === "verified" && typeof method === "string" && isCount(atMs));
}

/** As tokens, 32 bytes. */
function isInbox(value: unknown): boolean {
  return value instanceof Uint8Array && value.length === 32;
}

function isBytesOrAbsent(value: unknown): boolean {
  return value === undefined || value instanceof Uint8Array;
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

const SETTINGS: Readonly<Record<keyof Settings, true>> = {
  sendsReceipts: true,
  sendsTyping: true,
  sendsPresence: true,
  alwaysHidesAddress: true,
};

/** Those that this program knows. */
export function knownSettings(said: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(said).filter(([name, value]) => Object.hasOwn(SETTINGS, name) && typeof value === "boolean"),
  );
}

function isArrangement({ isPinned, isArchived, mutedUntilMs, notify, folder }: Thing): boolean {
  const areFlags = [isPinned, isArchived].every((flag) => flag === undefined || typeof flag === "boolean");
  const isMute = mutedUntilMs === undefined || mutedUntilMs === "always" || Number.isSafeInteger(mutedUntilMs);
  const isRule = notify === undefined || notify === "mentions" || notify === "nothing";
  const isFolder = folder === undefined || (typeof folder === "string" && encodeUtf8(folder).length <= MAX_FOLDER_BYTES);
  return areFlags && isMute && isRule && isFolder;
}

function isCertified({ identityId, certificate, own, ownCut, rootAmount, givenTo }: Thing): boolean {
  const isRoot =
    rootAmount === undefined || (Number.isSafeInteger(rootAmount) && Number(rootAmount) >= 0 && Number(rootAmount) <= 255);
  const areBytes = certificate instanceof Uint8Array && (ownCut === undefined || ownCut instanceof Uint8Array);
  return typeof identityId === "string" && areBytes && isRoot && Array.isArray(givenTo) && (own === undefined || isThing(own));
}

function isNews(news: Thing): boolean {
  const { what, run, piece, pieces, entries } = news;
  if (typeof run !== "string") return false;
  if (what === "end") return isCount(pieces);
  if (what === "stored") return isCount(entries) && typeof news["isAll"] === "boolean";
  if (what !== "piece" || !isThing(piece)) return false;
  const areBytes = PIECE_BYTES.every((name) => piece[name] instanceof Uint8Array);
  return areBytes && areTexts(piece, "nodeUrl", "blob") && ["number", "entries", "bytes"].every((name) => isCount(piece[name]));
}

const PIECE_BYTES = ["readToken", "writeToken", "key", "commitment", "hash"];

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function areTexts(thing: Thing, ...names: readonly string[]): boolean {
  return names.every((name) => typeof thing[name] === "string");
}

type Thing = Readonly<Record<string, unknown>>;

function isThing(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
