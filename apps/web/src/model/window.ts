// A stretch of a history: what is loaded of it, in order, each entry under a key that it keeps. Own messages that are not in the log yet
// stand at the end.
import { type Entry, isMessage, type MessageState, quoteOf } from "@p2pcrypt/client";
import type { ShownEntry } from "./timeline.ts";

/** Of what is rendered: more would cost a frame, less would show its edges when flinging. */
export const WINDOW = 240;
export const PAGE = 80;

export class HistoryWindow {
  /** In the log, ascending by number. */
  #logged: ShownEntry[] = [];
  /** Own, without a number. */
  #waiting: ShownEntry[] = [];
  #hasOlder = true;
  #isAtEnd = true;
  #sent = 0;

  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** Whether the newest entry is loaded. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  get oldest(): number | undefined {
    return this.#logged[0]?.entry.number;
  }

  get newest(): number | undefined {
    return this.#logged.at(-1)?.entry.number;
  }

  entries(): readonly ShownEntry[] {
    return this.#isAtEnd ? [...this.#logged, ...this.#waiting] : [...this.#logged];
  }

  /** The newest page, newest first, as the client gives it. Replaces what was there, except what is being sent. */
  reset(page: readonly Entry[]): void {
    const keys = new Map(this.#waiting.map(({ entry, key }) => [idOf(entry), key]));
    const ascending = [...page].reverse();
    this.#logged = ascending.filter(isLogged).map((entry) => shown(entry));
    const queued = ascending.filter((entry) => !isLogged(entry)).map((entry) => shown(entry, keys.get(idOf(entry))));
    this.#waiting = [...queued, ...this.#waiting.filter(({ isSending }) => isSending)];
    this.#hasOlder = (this.oldest ?? 1) > 1;
    this.#isAtEnd = true;
  }

  /** Entries came that were not there when it was asked. */
  mayHaveOlder(): void {
    this.#hasOlder = (this.oldest ?? 1) > 1;
  }

  /** A page from the middle, newest first, in place of what was there. */
  show(page: readonly Entry[]): void {
    this.#logged = [...page].reverse().map((entry) => shown(entry));
    this.#hasOlder = (this.oldest ?? 1) > 1;
    this.#isAtEnd = false;
  }

  prepend(page: readonly Entry[]): void {
    const known = this.oldest ?? Number.POSITIVE_INFINITY;
    const older = [...page].reverse().filter(({ number = 0 }) => number < known);
    this.#hasOlder = older.length > 0 && (older[0]?.number ?? 1) > 1;
    this.#logged = [...older.map((entry) => shown(entry)), ...this.#logged];
    if (this.#logged.length > WINDOW) {
      this.#logged = this.#logged.slice(0, WINDOW);
      this.#isAtEnd = false;
    }
  }

  append(page: readonly Entry[], isEnd: boolean): void {
    const known = this.newest ?? 0;
    this.#logged = [
      ...this.#logged,
      ...[...page]
        .reverse()
        .filter(({ number = 0 }) => number > known)
        .map((entry) => shown(entry)),
    ];
    // Whoever went to the newest meanwhile is there.
    this.#isAtEnd ||= isEnd;
    this.#trim();
  }

  /** An own message, before anything is stored. @returns its key. */
  sending(entry: Entry): string {
    const key = `sending ${++this.#sent}`;
    this.#waiting = [...this.#waiting, { key, entry, isSending: true }];
    return key;
  }

  /** The client has it: from here on it goes by its id. */
  stored(key: string, entry: Entry): void {
    if (this.#waiting.some((one) => one.key !== key && idOf(one.entry) === idOf(entry)) || this.#isLogged(entry)) this.drop(key);
    else this.#waiting = this.#waiting.map((one) => (one.key === key ? { key, entry, isSending: false } : one));
  }

  drop(key: string): void {
    this.#waiting = this.#waiting.filter((one) => one.key !== key);
  }

  /** An own message was taken back. */
  forget(id: string): void {
    this.#waiting = this.#waiting.filter(({ entry }) => !isMessage(entry) || entry.id !== id);
  }

  /** Something new, or something known with its number. `isFollowing`: the end is in sight, so what is far above may go. */
  take(entry: Entry, isFollowing: boolean): void {
    const id = idOf(entry);
    // The event may come before the answer of `send`: the oldest one that says the same and has no id yet is the one.
    const at = this.#waiting.findIndex(
      (one) => (id !== undefined && idOf(one.entry) === id) || (one.isSending && isSameText(one.entry, entry)),
    );
    const known = at === -1 ? undefined : this.#waiting[at];
    if (!isLogged(entry)) {
      if (known === undefined) this.#waiting = [...this.#waiting, shown(entry)];
      else this.#waiting = this.#waiting.with(at, { key: known.key, entry, isSending: false });
      return;
    }
    if (known !== undefined) this.#waiting = this.#waiting.toSpliced(at, 1);
    if (!this.#isAtEnd || (entry.number ?? 0) <= (this.newest ?? 0)) return;
    // Whoever reads far above keeps what they read; what comes is fetched when they go down.
    if (!isFollowing && this.#logged.length >= WINDOW * 2) {
      this.#isAtEnd = false;
      return;
    }
    this.#logged.push(shown(entry, known?.key));
    if (isFollowing) this.#trim();
  }

  /** Entries are gone from the history. */
  erase(numbers: readonly number[]): void {
    this.#logged = this.#logged.filter(({ entry }) => entry.number === undefined || !numbers.includes(entry.number));
  }

  /** What is shown of an entry is something else now. */
  change(entry: Entry): void {
    const key = keyOf(entry);
    const isIt = (one: ShownEntry): boolean =>
      entry.number === undefined ? key !== undefined && keyOf(one.entry) === key : one.entry.number === entry.number;
    const changed = (one: ShownEntry): ShownEntry => (isIt(one) ? { ...one, entry } : withQuote(one, entry));
    this.#logged = this.#logged.map(changed);
    this.#waiting = this.#waiting.map(changed).filter((one) => one.entry.kind !== "deleted");
  }

  state(id: string, state: MessageState): void {
    const changed = (one: ShownEntry): ShownEntry =>
      (one.entry.kind === "text" || one.entry.kind === "file") && one.entry.id === id
        ? { ...one, entry: { ...one.entry, state } }
        : one;
    this.#logged = this.#logged.map(changed);
    this.#waiting = this.#waiting.map(changed);
  }

  #isLogged(entry: Entry): boolean {
    const id = idOf(entry);
    return id !== undefined && this.#logged.some((one) => idOf(one.entry) === id);
  }

  #trim(): void {
    if (this.#logged.length <= WINDOW) return;
    this.#logged = this.#logged.slice(-WINDOW);
    this.#hasOlder = true;
  }
}

function shown(entry: Entry, key?: string): ShownEntry {
  return { key: key ?? idOf(entry) ?? `entry ${entry.number}`, entry, isSending: false };
}

function isLogged({ number }: Entry): boolean {
  return number !== undefined;
}

function idOf(entry: Entry): string | undefined {
  return isMessage(entry) ? `${entry.author} ${entry.id}` : undefined;
}

/** Also of a message that was taken away. */
function keyOf(entry: Entry): string | undefined {
  return "author" in entry && "id" in entry ? `${entry.author} ${entry.id}` : undefined;
}

/** Answers show the message that they answer as it is now. */
function withQuote(one: ShownEntry, changed: Entry): ShownEntry {
  const { entry } = one;
  if (entry.kind !== "text" || entry.replyTo === undefined) return one;
  const { id, author } = entry.replyTo;
  return keyOf(changed) === `${author} ${id}` ? { ...one, entry: { ...entry, replyTo: quoteOf({ id, author }, changed) } } : one;
}

function isSameText(one: Entry, other: Entry): boolean {
  return one.kind === "text" && other.kind === "text" && other.isOwn && one.text === other.text;
}
