// Typing, presence and what sets calls up: sealed for the present epoch, handed to whoever listens now, never stored. Typing and presence
// can be switched off; nothing is sent offline, and a lost record is no loss.
import { toStreamId } from "@p2pcrypt/api";
import { type Cancel, encodeHex } from "@p2pcrypt/bytes";
import {
  type CallSignalContent,
  ContentError,
  decodeEphemeral,
  type EphemeralContent,
  encodeEphemeral,
  type FileSignalContent,
} from "@p2pcrypt/content";
import type { IdentityId, Member } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { Lane } from "../run/lane.ts";
import type { GroupRow } from "../store/group-rows.ts";

const TYPING_LASTS_MS = 6_000;
const PRESENCE_LASTS_MS = 90_000;
const MAX_HEARD = 10_000;

type Said = Exclude<EphemeralContent, { kind: "unknown" }>;
export type HearCall = (group: GroupRow, author: Member, signal: CallSignalContent) => void;
export type HearFile = (group: GroupRow, author: Member, signal: FileSignalContent) => void;

export class Ephemerals {
  readonly #core: Core;
  /** Own session id and counter per group and epoch. */
  readonly #sending = new Map<string, { readonly session: Uint8Array; counter: number }>();
  /** Highest counter heard per sender session: a replay is not news. */
  readonly #heard = new Map<string, number>();
  readonly #timers = new Map<string, Cancel>();
  /** One after the other, both ways: a counter that comes behind a later one is taken for a replay. */
  readonly #sendLane = new Lane();
  readonly #openLane = new Lane();
  #hearCall: HearCall | undefined;
  #hearFile: HearFile | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  send(threadId: string, content: Exclude<Said, CallSignalContent | FileSignalContent>): void {
    const { settings } = this.#core.account;
    if (content.kind === "typing" ? settings.sendsTyping : settings.sendsPresence) this.#sendSoon(threadId, content);
  }

  /** Of a call or a file. What depends on it says it again. */
  signal(threadId: string, content: CallSignalContent | FileSignalContent): void {
    this.#sendSoon(threadId, content);
  }

  hearCalls(hear: HearCall): void {
    this.#hearCall = hear;
  }

  hearFiles(hear: HearFile): void {
    this.#hearFile = hear;
  }

  #sendSoon(threadId: string, content: Said): void {
    const core = this.#core;
    // Own devices need not know what the others do.
    if (core.account.isCloned || core.isStopped || core.tables.threads.get(threadId)?.kind === "self") return;
    this.#sendLane.run(() => this.#send(threadId, content)).catch(() => undefined); // nobody waits for it
  }

  async #send(threadId: string, content: Said): Promise<void> {
    const core = this.#core;
    const { contactId, groupId } = core.tables.threads.get(threadId) ?? {};
    if (contactId !== undefined && core.tables.contacts.get(contactId)?.state !== "accepted") return;
    const group = groupId === undefined ? undefined : core.tables.groups.get(groupId);
    const session = group?.state === "active" ? await core.sessions.get(group.groupId) : undefined;
    const link = group === undefined ? undefined : core.links.to(group.place.nodeUrl);
    if (group === undefined || session === undefined || link === undefined || !link.isConnected) return;
    const key = `${group.groupId}/${session.epoch}`;
    const place = this.#sending.get(key) ?? { session: core.deps.random(16), counter: 0 };
    this.#sending.set(key, place);
    place.counter += 1;
    const record = await session.sealEphemeral(encodeEphemeral(content), { session: place.session, counter: place.counter });
    if (record === undefined) return;
    await link.call(
      "stream.publish",
      { stream: toStreamId(group.place.stream), record },
      { capability: group.tokens.writeToken },
    );
  }

  received(groupId: string, record: Uint8Array): void {
    this.#openLane.run(() => this.#open(groupId, record)).catch(() => undefined); // the session may have moved on meanwhile
  }

  async #open(groupId: string, record: Uint8Array): Promise<void> {
    const core = this.#core;
    const group = core.tables.groups.get(groupId);
    const session = group?.state === "active" ? await core.sessions.get(groupId) : undefined;
    if (session === undefined || group === undefined) return;
    const opened = await session.openEphemeral(record);
    if (opened === undefined) return;
    const isOwn = opened.author.identityId === core.account.identityId;
    const contact = core.tables.contacts.get(opened.author.identityId);
    const isKnown = isOwn || contact?.state === "accepted";
    // In a group's call everybody is connected to everybody, whether they are contacts or not.
    const mayCall = core.tables.threads.get(group.threadId)?.kind === "group" && contact?.state !== "blocked";
    if (!isKnown && !mayCall) return;
    if (isOwn && opened.author.leaf === session.self.leaf) return;
    const key = `${groupId}/${opened.author.leaf}/${encodeHex(opened.session)}`;
    if (opened.counter <= (this.#heard.get(key) ?? 0)) return;
    this.#heard.set(key, opened.counter);
    if (this.#heard.size > MAX_HEARD) this.#heard.delete(this.#heard.keys().next().value ?? "");
    const content = decoded(opened.content);
    if (content?.kind === "callSignal") this.#hearCall?.(group, opened.author, content);
    if (content?.kind === "fileSignal" && isKnown) this.#hearFile?.(group, opened.author, content);
    if (isOwn || !isKnown) return;
    if (content?.kind === "typing") this.#typing(group.threadId, opened.author.identityId, content.isTyping);
    if (content?.kind === "presence") this.#presence(group.threadId, opened.author.identityId, content.state);
  }

  #typing(conversationId: string, identityId: IdentityId, isTyping: boolean): void {
    this.#core.emit({ kind: "typing", conversationId, identityId, isTyping });
    this.#later(`typing/${conversationId}`, isTyping ? TYPING_LASTS_MS : undefined, () =>
      this.#core.emit({ kind: "typing", conversationId, identityId, isTyping: false }),
    );
  }

  #presence(conversationId: string, identityId: IdentityId, state: "here" | "away"): void {
    this.#core.emit({ kind: "presence", conversationId, identityId, state });
    this.#later(`presence/${conversationId}`, PRESENCE_LASTS_MS, () =>
      this.#core.emit({ kind: "presence", conversationId, identityId, state: "unknown" }),
    );
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #later(key: string, delayMs: number | undefined, run: () => void): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    if (delayMs !== undefined) this.#timers.set(key, this.#core.deps.timers.after(delayMs, run));
  }
}

function decoded(bytes: Uint8Array): EphemeralContent | undefined {
  try {
    return decodeEphemeral(bytes);
  } catch (error) {
    if (error instanceof ContentError) return undefined;
    throw error;
  }
}
