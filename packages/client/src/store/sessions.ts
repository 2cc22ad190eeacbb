// The MLS session of each group: the newest one in memory, its parts in the vault. A session can be stepped once, so a transaction
// that fails forgets the one it stepped and the next use reads the stored one again.
import { encodeHex } from "@p2pcrypt/bytes";
import { Session, type SessionDeps } from "@p2pcrypt/session";
import type { Vault } from "@p2pcrypt/vault";
import type { Tx } from "./tx.ts";

const GROUP = "session/group";
const RATCHET = "session/ratchet";
const PENDING = "session/pending";
/** Sessions of large groups are large: the least recently used ones are read again when needed. */
const MAX_IN_MEMORY = 64;

interface Held {
  readonly session: Session;
  readonly epoch: bigint;
  readonly hasPending: boolean;
}

export class Sessions {
  readonly #vault: Pick<Vault, "get">;
  readonly #deps: SessionDeps;
  readonly #held = new Map<string, Held>();
  /** Counts what was staged, stored and forgotten of each group. */
  readonly #changes = new Map<string, number>();
  /** Of the running transaction. */
  readonly #staged = new Map<string, Session>();

  constructor(vault: Pick<Vault, "get">, deps: SessionDeps) {
    this.#vault = vault;
    this.#deps = deps;
  }

  get deps(): SessionDeps {
    return this.#deps;
  }

  /** The session as the running transaction, if any, has it. Step it only inside a transaction, and stage what comes out. */
  async get(groupId: string): Promise<Session | undefined> {
    for (;;) {
      const staged = this.#staged.get(groupId);
      if (staged !== undefined) return staged;
      const held = this.#held.get(groupId);
      if (held !== undefined) {
        this.#hold(groupId, held);
        return held.session;
      }
      const change = this.#changes.get(groupId);
      const read = await this.#read(groupId);
      // What was read may be older than what a transaction made meanwhile, and an older session would seal with keys that were used.
      if (this.#changes.get(groupId) !== change || this.#held.has(groupId)) continue;
      if (read === undefined) return undefined;
      this.#hold(groupId, read);
      return read.session;
    }
  }

  /** Makes a session the newest of its group. */
  stage(tx: Tx, session: Session): void {
    const groupId = encodeHex(session.groupId);
    if (!this.#staged.has(groupId)) {
      tx.afterwards(() => this.#stored(groupId));
      tx.otherwise(() => this.#forget(groupId));
    }
    const before = this.#held.get(groupId);
    const pending = session.encodePending();
    if (before?.epoch !== session.epoch || session.status !== "active") tx.putValue(GROUP, groupId, session.encodeGroup());
    tx.putValue(RATCHET, groupId, session.encodeRatchet());
    if (pending !== undefined || before?.hasPending !== false) tx.putValue(PENDING, groupId, pending);
    this.#staged.set(groupId, session);
    this.#changed(groupId);
  }

  /** A session was stepped and what came out is not kept: the stored one counts. */
  spend(tx: Tx, groupId: string): void {
    tx.otherwise(() => this.#forget(groupId));
  }

  erase(tx: Tx, groupId: string): void {
    for (const store of [GROUP, RATCHET, PENDING]) tx.putValue(store, groupId, undefined);
    tx.afterwards(() => this.#forget(groupId));
  }

  #stored(groupId: string): void {
    this.#changed(groupId);
    const session = this.#staged.get(groupId);
    this.#staged.delete(groupId);
    if (session !== undefined)
      this.#hold(groupId, { session, epoch: session.epoch, hasPending: session.pendingRecord !== undefined });
  }

  #forget(groupId: string): void {
    this.#changed(groupId);
    this.#staged.delete(groupId);
    this.#held.delete(groupId);
  }

  #changed(groupId: string): void {
    this.#changes.set(groupId, (this.#changes.get(groupId) ?? 0) + 1);
  }

  #hold(groupId: string, held: Held): void {
    this.#held.delete(groupId);
    this.#held.set(groupId, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > MAX_IN_MEMORY && oldest !== undefined) this.#held.delete(oldest);
  }

  async #read(groupId: string): Promise<Held | undefined> {
    const group = await this.#vault.get(GROUP, groupId);
    const ratchet = await this.#vault.get(RATCHET, groupId);
    if (group === undefined || ratchet === undefined) return undefined;
    const pending = await this.#vault.get(PENDING, groupId);
    const session = Session.decode(this.#deps, { group, ratchet, pending });
    return { session, epoch: session.epoch, hasPending: pending !== undefined };
  }
}
