// The list of conversations: everybody one talks to or waits for, newest first; requests apart.
import {
  type Client,
  type ContactSnapshot,
  type ConversationId,
  type ConversationSnapshot,
  type Entry,
  isMuted,
  unreadThatCounts,
} from "@p2pcrypt/client";
import { folded } from "../text/folded.ts";
import { coalesced, type Later, Model } from "./model.ts";
import type { Route } from "./routes.ts";
import { type TrustMark, trustMarkOf } from "./trust-mark.ts";

type IdentityId = ContactSnapshot["identityId"];

export interface RosterRow {
  readonly key: string;
  readonly route: Route;
  readonly identityId: IdentityId | undefined;
  readonly name: string;
  /** Of a group that has one: the hash of its picture. */
  readonly picture: string | undefined;
  /** The conversation with oneself. */
  readonly isSelf: boolean;
  readonly mark: TrustMark | undefined;
  readonly last: Entry | undefined;
  /** Why there is no last line, if so. */
  readonly wait: "waiting" | "queued" | "refused" | "opening" | undefined;
  readonly atMs: number;
  readonly unread: number;
  /** Of those, how many count in the title: of a muted one, those that name the person. */
  readonly counts: number;
  /** Something unread names the person. */
  readonly isMentioned: boolean;
  /** Somebody was introduced there, or agreement is asked for, and the person has not looked yet. */
  readonly calls: boolean;
  readonly isTyping: boolean;
  readonly isPinned: boolean;
  readonly isMuted: boolean;
  readonly isArchived: boolean;
  readonly folder: string | undefined;
  readonly draft: string | undefined;
}

/** Which conversations are listed: those that are not put away, those that are, or those of a folder. A search looks through all. */
export type RosterPlace = { readonly kind: "list" | "archive" } | { readonly kind: "folder"; readonly name: string };

export interface RosterSnapshot {
  /** What the search leaves over. */
  readonly rows: readonly RosterRow[];
  readonly total: number;
  readonly requests: readonly ContactSnapshot[];
  readonly unread: number;
  readonly query: string;
  readonly place: RosterPlace;
  readonly folders: readonly string[];
  readonly archived: number;
}

export class Roster extends Model<RosterSnapshot> {
  readonly #client: Client;
  readonly #nowMs: () => number;
  readonly #selfName: () => string;
  readonly #typing = new Set<ConversationId>();
  /** Where something asks for the person: what came since start, and where they have looked. */
  readonly #calling = new Set<ConversationId>();
  readonly #seen = new Set<ConversationId>();
  #all: readonly RosterRow[] = [];

  /** @param selfName what the conversation with oneself is called here: that is how it is looked for */
  constructor(client: Client, later: Later, nowMs: () => number, selfName: () => string) {
    super({ rows: [], total: 0, requests: [], unread: 0, query: "", place: LIST, folders: [], archived: 0 });
    this.#client = client;
    this.#nowMs = nowMs;
    this.#selfName = selfName;
    const soon = coalesced(later, () => this.#read());
    this.until(
      client.subscribe((event) => {
        if (event.kind === "typing") {
          if (event.isTyping) this.#typing.add(event.conversationId);
          else this.#typing.delete(event.conversationId);
          return soon();
        }
        if (event.kind === "entry" && isCall(event.entry)) this.#calling.add(event.entry.conversationId);
        if (event.kind === "entry" && event.entry.kind === "text") this.#typing.delete(event.entry.conversationId);
        if (event.kind !== "presence" && event.kind !== "node" && event.kind !== "fault") soon();
      }),
    );
    this.#read();
  }

  search(query: string): void {
    this.update({ query, rows: this.#listed(query, this.getSnapshot().place) });
  }

  goTo(place: RosterPlace): void {
    this.update({ place, rows: this.#listed(this.getSnapshot().query, place) });
  }

  /** The person looks at a conversation, or has until now. */
  seen(id: ConversationId): void {
    this.#seen.add(id);
    if (this.#calling.delete(id) || this.#all.some(({ key, calls }) => key === id && calls)) this.#read();
  }

  /** The conversation before or after another in the list; the first one when that is not in it. */
  neighbour(route: Route, step: 1 | -1): Route | undefined {
    const { rows } = this.getSnapshot();
    const at = rows.findIndex((row) => isSamePlace(row.route, route));
    return (at === -1 ? rows[0] : rows[at + step])?.route;
  }

  #read(): void {
    if (this.isDisposed) return;
    const contacts = this.#client.contacts.list();
    const conversations = this.#client.conversations.list();
    const byId = new Map(contacts.map((contact) => [contact.identityId, contact]));
    const talked = conversations.map((conversation) => this.#row(conversation, byId));
    const inList = new Set(conversations.map(({ contactId }) => contactId));
    const waiting = contacts.filter(({ state, identityId }) => state === "requested" && !inList.has(identityId)).map(waitingRow);
    this.#all = [...talked, ...waiting].sort(
      (a, b) => Number(b.isPinned) - Number(a.isPinned) || b.atMs - a.atMs || a.key.localeCompare(b.key),
    );
    const requests = contacts.filter(({ state }) => state === "asking").sort((a, b) => b.addedAtMs - a.addedAtMs);
    const unread = this.#all.reduce((sum, row) => sum + row.counts, 0);
    const folders = [...new Set(this.#all.flatMap(({ folder }) => folder ?? []))].sort((a, b) => a.localeCompare(b));
    const archived = this.#all.filter(({ isArchived }) => isArchived).length;
    const { query, place: before } = this.getSnapshot();
    const isThere = before.kind === "folder" ? folders.includes(before.name) : before.kind === "list" || archived > 0;
    const place = isThere ? before : LIST;
    const rows = this.#listed(query, place);
    this.show({ rows, total: this.#all.length, requests, unread, query, place, folders, archived });
  }

  #listed(query: string, place: RosterPlace): readonly RosterRow[] {
    const wanted = folded(query);
    const rows = this.#all;
    if (wanted !== "") return rows.filter(({ isSelf, name }) => folded(isSelf ? this.#selfName() : name).includes(wanted));
    if (place.kind === "folder") return rows.filter(({ folder, isArchived }) => folder === place.name && !isArchived);
    return rows.filter(({ isArchived }) => isArchived === (place.kind === "archive"));
  }

  /** After a start nobody knows what was seen: an introduction that nothing came of is told again. */
  #isUnanswered(id: ConversationId, last: Entry | undefined): boolean {
    if (this.#seen.has(id) || last?.kind !== "event" || last.event.what !== "introduced") return false;
    return this.#client.contacts.get(last.event.identityId) === undefined;
  }

  #row(conversation: ConversationSnapshot, contacts: ReadonlyMap<IdentityId, ContactSnapshot>): RosterRow {
    const { id, kind, contactId, name, picture, last, unread, mentions, state, arrangement, draft } = conversation;
    const contact = contactId === undefined ? undefined : contacts.get(contactId);
    return {
      key: id,
      route: { kind: "conversation", id, details: false },
      identityId: contactId,
      name,
      picture,
      isSelf: kind === "self",
      mark: contact === undefined ? undefined : trustMarkOf(contact),
      last,
      wait: last === undefined && state === "opening" ? "opening" : undefined,
      atMs: last?.atMs ?? contact?.addedAtMs ?? 0,
      unread: contact?.state === "blocked" ? 0 : unread,
      counts: contact?.state === "blocked" ? 0 : unreadThatCounts(conversation, this.#nowMs()),
      isMentioned: mentions !== undefined,
      calls: contact?.state !== "blocked" && (this.#calling.has(id) || this.#isUnanswered(id, last)),
      isTyping: this.#typing.has(id),
      isPinned: arrangement.isPinned === true,
      isMuted: isMuted(arrangement, this.#nowMs()),
      isArchived: arrangement.isArchived === true,
      folder: arrangement.folder,
      draft,
    };
  }
}

function waitingRow(contact: ContactSnapshot): RosterRow {
  const { identityId, name, addedAtMs, delivery } = contact;
  return {
    key: identityId,
    route: { kind: "person", identityId },
    identityId,
    name,
    picture: undefined,
    isSelf: false,
    mark: trustMarkOf(contact),
    last: undefined,
    wait: delivery === "queued" ? "queued" : typeof delivery === "object" ? "refused" : "waiting",
    atMs: addedAtMs,
    unread: 0,
    counts: 0,
    isMentioned: false,
    calls: false,
    isTyping: false,
    isPinned: false,
    isMuted: false,
    isArchived: false,
    folder: undefined,
    draft: undefined,
  };
}

function isCall(entry: Entry): boolean {
  return entry.kind === "event" && (entry.event.what === "introduced" || entry.event.what === "attestationAsked");
}

const LIST: RosterPlace = { kind: "list" };

function isSamePlace(one: Route, other: Route): boolean {
  if (one.kind === "conversation") return other.kind === "conversation" && one.id === other.id;
  return one.kind === "person" && other.kind === "person" && one.identityId === other.identityId;
}
