// What this device would tell its owner's others, by key, and what of it makes a letter worth writing.
import { recordHash } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import type { Core } from "../core.ts";
import type { AccountRow, ContactRow, ThreadRow } from "../store/rows.ts";
import { encodeStored } from "../store/stored-json.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import { certifiedKey, sharedCertified } from "./own-certified.ts";
import { SHARED, SHARED_STATES, type SharedContact, type Value } from "./own-entry.ts";
import { starHash, threadName, threadNamed } from "./own-threads.ts";

/** How often a device says that it is there. */
export const SEEN_EVERY_MS = 12 * 3_600_000;

export function shownValue(core: Core, tx: Tx, key: string): Value | undefined {
  const { account: accounts, contacts, ownStates } = core.tables;
  const account = tx.get(accounts, SELF);
  if (account === undefined) return undefined;
  const [kind = "", id = ""] = key.split("/");
  switch (kind) {
    case "settings":
      return { settings: account.settings };
    case "device": {
      if (key !== deviceKey(account)) return undefined;
      const period = Math.floor(core.nowMs / SEEN_EVERY_MS);
      const name = account.deviceName === undefined ? {} : { name: account.deviceName };
      // The letter has the profile itself: limited devices take it over.
      const { profile, secret } = account;
      const isTold = secret !== undefined && profile?.isPublished === true;
      const sequence = isTold ? { sequence: String(profile.sequence) } : {};
      const restored = account.isRestored === true ? { isRestored: true } : {};
      return { device: { ...name, inbox: account.inbox.stream, period, ...sequence, ...restored } };
    }
    case "kind": {
      const { kind, inbox, name } = tx.get(core.tables.devices, id) ?? {};
      const isSaid = account.secret !== undefined && kind !== undefined && inbox !== undefined;
      return isSaid ? { kind: { kind, inbox, ...(name === undefined ? {} : { name }) } } : undefined;
    }
    case "contact": {
      const row = tx.get(contacts, id);
      return row === undefined || !SHARED_STATES.has(row.state) ? undefined : { contact: sharedOf(row) };
    }
    case "certified": {
      const certified = sharedCertified(core, tx, id);
      return certified === undefined ? undefined : { certified };
    }
    default: {
      const thread = threadNamed(core, tx, key.slice(kind.length + 1));
      return thread === undefined ? undefined : shownOfThread(kind, thread, tx.get(ownStates, key) !== undefined);
    }
  }
}

/** Of what never was, nothing is told. */
function shownOfThread(kind: string, { read, arrangement, draft }: ThreadRow, wasTold: boolean): Value | undefined {
  switch (kind) {
    case "read":
      return read === undefined ? undefined : { read: read.id };
    case "arranged":
      return arrangement === undefined && !wasTold ? undefined : { arranged: arrangement ?? {} };
    case "draft":
      return draft === undefined && !wasTold ? undefined : { draft: draft ?? "" };
    default:
      return undefined;
  }
}

function sharedOf(row: ContactRow): SharedContact {
  const said = Object.fromEntries(SHARED.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));
  const { fingerprint, certificate, profile, primaryKey } = row;
  return {
    ...(said as Pick<ContactRow, (typeof SHARED)[number]>),
    fingerprint,
    ...(certificate === undefined ? {} : { certificate }),
    ...(profile === undefined ? {} : { profile }),
    ...(primaryKey === undefined ? {} : { primaryKey }),
  };
}

/**
 * Certificates and profiles come to each device by themselves, and each device says its own name: a change of them alone is not worth a
 * letter.
 */
export function hashOf(value: Value): string {
  if ("certified" in value) {
    const { own, ownName, rootAmount } = value.certified;
    return encodeHex(recordHash(encodeStored({ own, ownName, rootAmount })));
  }
  if ("kind" in value) {
    const { kind, inbox } = value.kind;
    return encodeHex(recordHash(encodeStored({ kind: { kind, inbox } })));
  }
  const told =
    "contact" in value
      ? { contact: SHARED.map((name) => value.contact[name] ?? null).filter((_, at) => !COMES_BY_ITSELF.has(SHARED[at] ?? "")) }
      : value;
  return encodeHex(recordHash(encodeStored(told)));
}

const COMES_BY_ITSELF: ReadonlySet<string> = new Set([
  "name",
  "nodeUrls",
  "revokedDevices",
  "theirInboxToken",
  "theirClaimToken",
]);

export function allKeys({ tables }: Core, tx: Tx): readonly string[] {
  const { account: accounts, contacts, threads, certified } = tables;
  const account = tx.get(accounts, SELF);
  const own = account === undefined ? [] : ["settings", deviceKey(account)];
  const names = tx.ids(threads).flatMap((id) => threadName(tx.get(threads, id)) ?? []);
  return [
    ...own,
    ...tx.ids(tables.devices).map((id) => `kind/${id}`),
    ...tx.ids(contacts).map((id) => `contact/${id}`),
    ...tx.ids(certified).map(certifiedKey),
    ...names.flatMap((name) => [`read/${name}`, `arranged/${name}`, `draft/${name}`]),
  ];
}

export function deviceKey({ device }: Pick<AccountRow, "device">): string {
  return `device/${encodeHex(device.deviceId)}`;
}

/** A star may come before its message. */
export function hashNow(value: Value): string {
  return "star" in value ? starHash(value.star.isStarred) : "";
}
