// Keeps a conversation where the person looks: at the end while it is in sight, at the same message while older ones are put above.
// Measures with few reads, and only when something moved.

export interface ScrollWishes {
  readonly loadOlder: () => void;
  readonly loadNewer: () => void;
  readonly following: (isFollowing: boolean) => void;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** Closer to the end than this is at the end. */
const NEAR_PX = 64;
/** Fetched before it is seen. */
const AHEAD_PX = 1_200;

export class ScrollKeeper {
  readonly #log: HTMLElement;
  readonly #resized: ResizeObserver;
  #wishes: ScrollWishes | undefined;
  #anchor: { readonly key: string; readonly offset: number } | undefined;
  #isAtEnd = true;
  #isFresh = true;
  /** When it was looked at last. */
  #top = 0;

  constructor(log: HTMLElement) {
    this.#log = log;
    log.addEventListener("scroll", this.#scrolled, { passive: true });
    this.#resized = new ResizeObserver(() => (this.#isAtEnd && !this.#isFresh ? this.#jumpToEnd() : undefined));
    // Also what is in it: pictures come later than the messages they are in.
    for (const element of [log, ...log.children]) this.#resized.observe(element);
  }

  dispose(): void {
    this.#log.removeEventListener("scroll", this.#scrolled);
    this.#resized.disconnect();
  }

  watch(wishes: ScrollWishes): void {
    this.#wishes = wishes;
    this.#log.dataset["isAtEnd"] = String(this.#isAtEnd);
  }

  /** What is shown changed: nothing that the person looks at may have moved. */
  settle(): void {
    if (this.#isFresh) {
      this.#isFresh = false;
      this.#begin();
    } else if (this.#isAtEnd) this.#jumpToEnd();
    else this.#restore();
    this.#look();
  }

  toEnd(newest: () => void): void {
    this.#isAtEnd = true;
    newest();
    this.#jumpToEnd();
    this.#look();
  }

  /** To one message, which is shown to be the one. */
  toKey(key: string): void {
    const element = this.#log.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (element === null) return;
    for (const earlier of this.#log.querySelectorAll("[data-sought-for]")) earlier.removeAttribute("data-sought-for");
    element.dataset["soughtFor"] = "true";
    element.tabIndex = -1;
    [this.#isFresh, this.#isAtEnd] = [false, false];
    this.#log.scrollTop += this.#topOf(element) - this.#log.clientHeight / 3;
    element.focus({ preventScroll: true });
    this.#look();
  }

  /** At the first unread message, if it is not in sight from the end anyway. */
  #begin(): void {
    this.#jumpToEnd();
    const unread = this.#log.querySelector<HTMLElement>("[data-unread-line]");
    const distance = unread === null ? 0 : unread.offsetTop - this.#log.scrollTop;
    if (distance >= 0) return;
    this.#log.scrollTop += distance - NEAR_PX;
    this.#isAtEnd = false;
  }

  #jumpToEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #restore(): void {
    if (this.#anchor === undefined) return;
    const element = this.#log.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.#anchor.key)}"]`);
    if (element === null) return;
    const moved = this.#topOf(element) - this.#anchor.offset;
    if (moved !== 0) this.#log.scrollTop += moved;
  }

  readonly #scrolled = (): void => this.#look();

  #look(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    const below = scrollHeight - scrollTop - clientHeight;
    const { hasOlder = false, hasNewer = false } = this.#wishes ?? {};
    // The end moves away when something grows; only whoever scrolls up leaves it.
    const isLeft = scrollTop < this.#top || !this.#isAtEnd;
    this.#top = scrollTop;
    const isAtEnd = (below < NEAR_PX || !isLeft) && !hasNewer;
    if (isAtEnd !== this.#isAtEnd) {
      this.#isAtEnd = isAtEnd;
      this.#log.dataset["isAtEnd"] = String(isAtEnd);
    }
    this.#wishes?.following(isAtEnd);
    if (!isAtEnd) this.#remember();
    if (hasOlder && scrollTop < AHEAD_PX) this.#wishes?.loadOlder();
    if (hasNewer && below < AHEAD_PX) this.#wishes?.loadNewer();
  }

  /** The first message in sight, found by halving. */
  #remember(): void {
    const keyed = this.#log.querySelectorAll<HTMLElement>("[data-key]");
    let [low, high] = [0, keyed.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const element = keyed[middle];
      if (element === undefined || this.#topOf(element) + element.offsetHeight > 0) high = middle;
      else low = middle + 1;
    }
    const element = keyed[low];
    const key = element?.dataset["key"];
    this.#anchor = element === undefined || key === undefined ? undefined : { key, offset: this.#topOf(element) };
  }

  #topOf(element: HTMLElement): number {
    return element.getBoundingClientRect().top - this.#log.getBoundingClientRect().top;
  }
}
