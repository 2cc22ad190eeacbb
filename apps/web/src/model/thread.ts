// One conversation on the screen: a window into its history, what is being sent, who types, and up to where the person has read.
import {
  type Client,
  type ContactSnapshot,
  type ConversationId,
  type ConversationSnapshot,
  type Entry,
  isMessage,
  type MentionDraft,
  type MessageEntry,
  quoteOf,
} from "@p2pcrypt/client";
import { coalesced, type Later, Model } from "./model.ts";
import type { ShownEntry } from "./timeline.ts";
import { HistoryWindow, PAGE } from "./window.ts";

type IdentityId = ContactSnapshot["identityId"];

export interface ThreadSnapshot {
  readonly conversation: ConversationSnapshot | undefined;
  readonly contact: ContactSnapshot | undefined;
  readonly entries: readonly ShownEntry[];
  readonly isLoaded: boolean;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  /** Number of the first entry that was unread on opening. */
  readonly unreadFrom: number | undefined;
  /** Key of the entry that the person came for; another object for each coming. */
  readonly soughtFor: { readonly key: string } | undefined;
  /** Numbers of entries that name the person, which were unread and not looked for yet; oldest first. */
  readonly mentions: readonly number[];
  /** Came while the end was out of sight. */
  readonly newBelow: number;
  /** Who types, of several the last who began. */
  readonly typist: IdentityId | undefined;
  readonly presence: "here" | "away" | "unknown";
}

export interface ThreadDeps {
  readonly client: Client;
  readonly later: Later;
  readonly nowMs: () => number;
}

const TYPING_AGAIN_MS = 4_000;

export class Thread extends Model<ThreadSnapshot> {
  readonly id: ConversationId;
  readonly #deps: ThreadDeps;
  readonly #window = new HistoryWindow();
  readonly #soon: () => void;
  #isPaging = false;
  /** The first page. */
  readonly #isBegun: Promise<void>;
  #isFollowing = true;
  #isInSight = false;
  #saidTypingAtMs = Number.NEGATIVE_INFINITY;

  constructor(id: ConversationId, deps: ThreadDeps) {
    super({
      conversation: deps.client.conversations.get(id),
      contact: undefined,
      entries: [],
      isLoaded: false,
      hasOlder: false,
      hasNewer: false,
      unreadFrom: undefined,
      soughtFor: undefined,
      mentions: [],
      newBelow: 0,
      typist: undefined,
      presence: "unknown",
    });
    this.id = id;
    this.#deps = deps;
    this.#soon = coalesced(deps.later, () => this.#render());
    this.#listen();
    this.#isBegun = this.#load();
  }

  /** To an entry of the history, wherever it is. */
  async goTo(number: number): Promise<void> {
    await this.#isBegun;
    const { conversations } = this.#deps.client;
    const before = number + PAGE / 2;
    if (before <= (conversations.get(this.id)?.entries ?? 0)) {
      this.#isFollowing = false;
      this.#window.show(await conversations.history(this.id, { before, limit: PAGE }));
    } else await this.toNewest();
    const key = this.#window.entries().find(({ entry }) => entry.number === number)?.key;
    this.#render();
    const mentions = this.getSnapshot().mentions.filter((one) => one !== number);
    if (key !== undefined) this.update({ soughtFor: { key }, mentions });
  }

  async loadOlder(): Promise<void> {
    const before = this.#window.oldest;
    if (before === undefined || !this.#window.hasOlder) return;
    await this.#page(async () => {
      this.#window.prepend(await this.#deps.client.conversations.history(this.id, { before, limit: PAGE }));
    });
  }

  async loadNewer(): Promise<void> {
    const newest = this.#window.newest;
    if (newest === undefined || this.#window.isAtEnd) return;
    await this.#page(async () => {
      const before = newest + PAGE + 1;
      const { conversations } = this.#deps.client;
      const page = await conversations.history(this.id, { before, limit: PAGE });
      this.#window.append(page, before > (conversations.get(this.id)?.entries ?? 0));
    });
  }

  async toNewest(): Promise<void> {
    this.#isFollowing = true;
    if (!this.#window.isAtEnd) this.#window.reset(await this.#deps.client.conversations.history(this.id, { limit: PAGE }));
    this.update({ newBelow: 0 });
    this.#render();
    this.#read();
  }

  /** Shows the message at once. @throws {ClientError} and takes it away again, so that the words go back to the person. */
  async send(text: string, answered?: MessageEntry, named: readonly MentionDraft[] = []): Promise<void> {
    const { client, nowMs } = this.#deps;
    const { identityId, name } = client.account.snapshot();
    const [atMs, id] = [nowMs(), `sending ${nowMs()}`];
    const said = { author: identityId, authorName: name, isOwn: true, text, sentAtMs: atMs, atMs, wasVerified: true } as const;
    if (!this.#window.isAtEnd) await this.toNewest();
    const reply = answered === undefined ? {} : { replyTo: quoteOf(answered, answered) };
    const mentions = named.map((one) => ({ ...one, isSelf: false }));
    const entry = { kind: "text", conversationId: this.id, id, ...said, ...reply, mentions, state: "queued" } as const;
    const key = this.#window.sending(entry);
    this.#isFollowing = true;
    this.#saidTypingAtMs = Number.NEGATIVE_INFINITY;
    this.#render();
    try {
      const sent =
        answered === undefined
          ? client.conversations.send(this.id, text, named)
          : client.messages.reply(this.id, { author: answered.author, id: answered.id }, text, named);
      this.#window.stored(key, await sent);
    } catch (error) {
      this.#window.drop(key);
      throw error;
    } finally {
      this.#render();
    }
  }

  /** @returns false when it is on its way already. */
  async unsend(messageId: string): Promise<boolean> {
    const isBack = await this.#deps.client.conversations.unsend(this.id, messageId);
    if (isBack) {
      this.#window.forget(messageId);
      this.#render();
    }
    return isBack;
  }

  /** The end of the conversation can be seen, or not. */
  following(isFollowing: boolean): void {
    if (isFollowing === this.#isFollowing) return;
    this.#isFollowing = isFollowing;
    if (!isFollowing) return;
    this.update({ newBelow: 0 });
    this.#read();
  }

  /** The page is in front of a person, or not. */
  inSight(isInSight: boolean): void {
    if (isInSight === this.#isInSight) return;
    this.#isInSight = isInSight;
    this.#deps.client.conversations.setPresence(this.id, isInSight ? "here" : "away");
    if (isInSight) this.#read();
  }

  typing(isTyping: boolean): void {
    const nowMs = this.#deps.nowMs();
    if (isTyping && nowMs - this.#saidTypingAtMs < TYPING_AGAIN_MS) return;
    if (!isTyping && this.#saidTypingAtMs === Number.NEGATIVE_INFINITY) return;
    this.#saidTypingAtMs = isTyping ? nowMs : Number.NEGATIVE_INFINITY;
    this.#deps.client.conversations.setTyping(this.id, isTyping);
  }

  override dispose(): void {
    this.typing(false);
    this.inSight(false);
    super.dispose();
  }

  #listen(): void {
    const { client } = this.#deps;
    this.until(
      client.subscribe((event) => {
        switch (event.kind) {
          case "entry":
            if (event.entry.conversationId === this.id) this.#arrived(event.entry);
            return;
          case "erased":
            if (event.conversationId !== this.id) return;
            this.#window.erase(event.numbers);
            return this.#soon();
          case "filled":
            return event.conversationId === this.id ? void this.#filled() : undefined;
          case "entryChanged":
            if (event.entry.conversationId !== this.id) return;
            this.#window.change(event.entry);
            return this.#soon();
          case "messageState":
            if (event.conversationId !== this.id) return;
            this.#window.state(event.id, event.state);
            return this.#soon();
          case "conversation":
            return event.conversation.id === this.id ? this.#soon() : undefined;
          case "contact":
            return event.contact.identityId === this.getSnapshot().contact?.identityId ? this.#soon() : undefined;
          case "typing":
            return event.conversationId === this.id ? this.#types(event.identityId, event.isTyping) : undefined;
          case "presence":
            return event.conversationId === this.id ? this.update({ presence: event.state }) : undefined;
        }
      }),
    );
  }

  #arrived(entry: Entry): void {
    this.#window.take(entry, this.#isFollowing);
    const isTheirs = isMessage(entry) && !entry.isOwn;
    if (isTheirs) {
      const { newBelow } = this.getSnapshot();
      this.#types(entry.author, false);
      if (!this.#isFollowing) this.update({ newBelow: newBelow + 1 });
      this.#named(entry);
      if (this.#isFollowing) this.#read();
    }
    this.#soon();
  }

  #types(identityId: IdentityId, isTyping: boolean): void {
    if (isTyping) this.update({ typist: identityId });
    else if (this.getSnapshot().typist === identityId) this.update({ typist: undefined });
  }

  /** Who looks at the end sees it come. */
  #named(entry: MessageEntry): void {
    const isNamed = entry.kind === "text" && (entry.mentions ?? []).some(({ isSelf }) => isSelf);
    if (!isNamed || this.#isFollowing || entry.number === undefined) return;
    this.update({ mentions: [...this.getSnapshot().mentions, entry.number] });
  }

  /** Entries came between those that are here, or before them. */
  async #filled(): Promise<void> {
    await this.#isBegun;
    if (this.#isFollowing && this.#window.isAtEnd)
      this.#window.reset(await this.#deps.client.conversations.history(this.id, { limit: PAGE }));
    else this.#window.mayHaveOlder();
    this.#render();
  }

  async #load(): Promise<void> {
    const page = await this.#deps.client.conversations.history(this.id, { limit: PAGE });
    const { unread = 0, mentions = [] } = this.#deps.client.conversations.get(this.id) ?? {};
    this.#window.reset(page);
    this.update({ unreadFrom: firstUnread(page, unread), mentions, isLoaded: true });
    this.#render();
    this.#read();
  }

  async #page(load: () => Promise<void>): Promise<void> {
    if (this.#isPaging) return;
    this.#isPaging = true;
    try {
      await load();
      this.#render();
    } finally {
      this.#isPaging = false;
    }
  }

  #render(): void {
    if (this.isDisposed) return;
    const { client } = this.#deps;
    const conversation = client.conversations.get(this.id);
    const contact = conversation?.contactId === undefined ? undefined : client.contacts.get(conversation.contactId);
    const { hasOlder, isAtEnd } = this.#window;
    this.update({ conversation, contact, entries: this.#window.entries(), hasOlder, hasNewer: !isAtEnd });
  }

  /** Only what a person can have seen counts as read. */
  #read(): void {
    const unread = this.#deps.client.conversations.get(this.id)?.unread ?? 0;
    if (!this.#isInSight || !this.#isFollowing || unread === 0 || !this.getSnapshot().isLoaded || this.isDisposed) return;
    // Nothing is lost if this fails: it is said again with the next message.
    this.#deps.client.conversations.markRead(this.id).catch(() => undefined);
  }
}

/** @param page newest first. */
function firstUnread(page: readonly Entry[], unread: number): number | undefined {
  if (unread === 0) return undefined;
  const theirs = page.filter((entry) => isMessage(entry) && !entry.isOwn);
  return (theirs[unread - 1] ?? page.at(-1))?.number;
}
