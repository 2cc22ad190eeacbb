const MAX_RINGS_A_MINUTE = 6;

/** New calls of one contact that ring in a minute: more are not heard (K5). */
export class RingLimit {
  readonly #rings = new Map<string, readonly number[]>();

  /** Counts this one when it may. */
  mayRing(identityId: string, nowMs: number): boolean {
    const before = (this.#rings.get(identityId) ?? []).filter((atMs) => atMs > nowMs - 60_000);
    const may = before.length < MAX_RINGS_A_MINUTE;
    this.#rings.set(identityId, may ? [...before, nowMs] : before);
    return may;
  }
}
