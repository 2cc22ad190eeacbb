// One conversation as one member holds it. Immutable to read and linear to step: an operation returns the session to go on
// with, and the one it was called on refuses another step, so that no key is used twice.

import { type Prepared, prepareCommit, prepareLeave, selfOf } from "./commit.ts";
import type { CredentialVerifier, IdentityId } from "./credential-verifier.ts";
import { type EphemeralPlace, type OpenedEphemeral, openEphemeral, sealEphemeral } from "./ephemeral.ts";
import {
  conversationDigits,
  exportCallBaseKey,
  exportStreamTokens,
  type StreamTokens,
  verificationContext,
} from "./exporters.ts";
import { type FoundOptions, foundGroup } from "./found.ts";
import type { Place, StreamAdminKey } from "./group/conversation-context.ts";
import type { ConversationKind } from "./group/founding.ts";
import type { Member } from "./group/roster.ts";
import { receive } from "./handshake.ts";
import { type JoinOptions, joinGroup } from "./join.ts";
import { openMessage, ownGeneration, sealMessage, UPDATE_AFTER_MESSAGES } from "./messages.ts";
import type { CommitOutcome, GroupChange, HandshakeOutcome, JoinOutcome, OpenOutcome } from "./outcomes.ts";
import type { SessionCrypto } from "./primitives/session-crypto.ts";
import { SessionError } from "./session-error.ts";
import type { SessionState, SessionStatus } from "./state.ts";
import { decodeState, encodeGroupPart, encodePendingPart, encodeRatchetPart } from "./state-codec.ts";
import type { View } from "./wire/view.ts";

export interface SessionDeps {
  readonly crypto: SessionCrypto;
  readonly verifyCredential: CredentialVerifier;
}

export class Session {
  readonly #deps: SessionDeps;
  readonly #state: SessionState;
  /** Why no step may start here: one is running, or one was made. */
  #use: "free" | "busy" | "spent" = "free";

  private constructor(deps: SessionDeps, state: SessionState) {
    this.#deps = deps;
    this.#state = state;
  }

  /** A new conversation with the founder's device alone in it. */
  static async found(deps: SessionDeps, options: FoundOptions): Promise<Session> {
    return new Session(deps, await foundGroup(deps, options));
  }

  /** Joins by a Welcome. On `joined` the caller erases the key package that was used. */
  static async join(deps: SessionDeps, options: JoinOptions): Promise<JoinOutcome> {
    const joined = await joinGroup(deps, options);
    if (joined.kind === "refused") return joined;
    const { state, usedKeyPackage, addedBy } = joined;
    return { kind: "joined", session: new Session(deps, state), usedKeyPackage, addedBy };
  }

  /** @throws {SessionError} `session/stateDamaged` */
  static decode(
    deps: SessionDeps,
    parts: { readonly group: Uint8Array; readonly ratchet: Uint8Array; readonly pending?: Uint8Array | undefined },
  ): Session {
    return new Session(deps, decodeState(parts));
  }

  get groupId(): Uint8Array {
    return this.#state.mls.groupContext.groupId.slice();
  }

  get epoch(): bigint {
    return this.#state.mls.groupContext.epoch;
  }

  get kind(): ConversationKind {
    return this.#state.context.founding.kind;
  }

  get founder(): IdentityId {
    return this.#state.context.founding.founder;
  }

  get status(): SessionStatus {
    return this.#state.status;
  }

  /** Handshake positions processed so far: the number of the last one. */
  get positions(): number {
    return this.#state.positions;
  }

  get handshakeHead(): Uint8Array {
    return this.#state.handshakeHead.slice();
  }

  get roster(): readonly Member[] {
    return this.#state.roster;
  }

  get self(): Member {
    return selfOf(this.#state);
  }

  get administrators(): readonly IdentityId[] {
    return this.#state.context.administrators;
  }

  get location(): readonly Place[] {
    return this.#state.context.location;
  }

  /** As administrators called it; empty when they did not. */
  get name(): string {
    return this.#state.context.name;
  }

  /** After how many seconds everybody erases a message; 0: never. */
  get disappearAfterS(): number {
    return this.#state.context.disappearAfterS;
  }

  /** A small JPEG or WebP, as administrators chose it. Whether it decodes is nobody's word. */
  get picture(): Uint8Array | undefined {
    const { picture } = this.#state.context;
    return picture.length === 0 ? undefined : picture;
  }

  get streamAdminKeys(): readonly StreamAdminKey[] {
    return this.#state.context.streamAdminKeys;
  }

  /** Members who asked to leave in this epoch; any member may commit it. */
  get leaving(): readonly Member[] {
    const leaves = new Set(this.#state.leaveRequests.map(({ leaf }) => leaf));
    return this.#state.roster.filter(({ leaf }) => leaves.has(leaf));
  }

  /** Whether a sender updates itself before the next message: 150 were sealed in this epoch. */
  get needsUpdate(): boolean {
    return ownGeneration(this.#state.mls) >= UPDATE_AFTER_MESSAGES;
  }

  /** The own commit or leave request that waits for its position. */
  get pendingRecord(): Uint8Array | undefined {
    return this.#state.pending?.record.slice();
  }

  /** Secret. Changes with each epoch. */
  encodeGroup(): Uint8Array {
    return encodeGroupPart(this.#state);
  }

  /** Secret. Changes with every message and every handshake record. */
  encodeRatchet(): Uint8Array {
    return encodeRatchetPart(this.#state);
  }

  /** Secret. Present from `commit` or `requestLeave` until the position is decided. */
  encodePending(): Uint8Array | undefined {
    return this.#state.pending === undefined ? undefined : encodePendingPart(this.#state.pending);
  }

  /** Seals content of at most 70,000 bytes. Store the returned session before the record leaves. */
  async seal(
    content: Uint8Array,
    { view }: { readonly view: View },
  ): Promise<{ readonly session: Session; readonly record: Uint8Array }> {
    this.#assertActive();
    return this.#step(async () => {
      const { state, record } = await sealMessage(this.#deps.crypto, this.#state, content, view);
      return { session: this.#next(state), record };
    });
  }

  /**
   * Opens an application record that stands after `positions` handshakes in the log.
   *
   * @throws {RangeError} when handshakes before it were not processed yet.
   */
  async open(record: Uint8Array, { positions }: { readonly positions: number }): Promise<OpenOutcome> {
    this.#assertActive();
    if (positions !== this.positions)
      throw new RangeError(`processed ${this.positions} positions, the record stands after ${positions}`);
    return this.#step(async (): Promise<OpenOutcome> => {
      const opened = await openMessage(this.#deps.crypto, this.#state, record);
      if (opened.kind === "malformed") {
        const { author, generation } = opened;
        return { kind: "malformed", session: this.#next(opened.state), author, generation };
      }
      if (opened.kind !== "opened") return opened;
      const { author, generation, missing, frame } = opened;
      const session = this.#next(opened.state);
      return {
        kind: "opened",
        session,
        content: frame.content,
        view: frame.view,
        author,
        generation,
        epoch: this.epoch,
        missing,
      };
    });
  }

  /** @throws {SessionError} when receivers would skip it. Nothing pending may be in the way. */
  async commit(change: GroupChange, { nowMs, view }: { readonly nowMs: number; readonly view: View }): Promise<CommitOutcome> {
    return this.#prepare(() => prepareCommit(this.#deps, this.#state, change, { timeMs: nowMs, view }));
  }

  /** Asks that the own leaf be removed. A last administrator names a successor first. */
  async requestLeave({ nowMs, view }: { readonly nowMs: number; readonly view: View }): Promise<CommitOutcome> {
    return this.#prepare(() => prepareLeave(this.#deps, this.#state, { timeMs: nowMs, view }));
  }

  /** Gives a pending commit or request up, when its record can no longer reach a node. Its handshake generation stays used. */
  withoutPending(): Session {
    this.#assertFree();
    this.#use = "spent";
    return this.#next({ ...this.#state, pending: undefined });
  }

  /**
   * Processes the record that took `position`, which must be the next one. Of every outcome the returned session goes on.
   *
   * @throws {RangeError} when another position comes next.
   */
  async receiveHandshake(record: Uint8Array, { position }: { readonly position: number }): Promise<HandshakeOutcome> {
    this.#assertActive();
    return this.#step(async (): Promise<HandshakeOutcome> => {
      const received = await receive(this.#deps, this.#state, record, position);
      const session = this.#next(received.state);
      switch (received.kind) {
        case "applied": {
          const { events, committer, header, isOwn, welcome } = received;
          const { view, timeMs } = header;
          return {
            kind: "applied",
            session,
            events,
            committer,
            view,
            timeMs,
            isOwn,
            ...(welcome === undefined ? {} : { welcome }),
          };
        }
        case "skipped": {
          const { reason, isForkAlarm, committer } = received;
          return { kind: "skipped", session, reason, isForkAlarm, ...(committer === undefined ? {} : { committer }) };
        }
        case "stuck":
          return {
            kind: "stuck",
            session,
            committer: received.committer,
            isClone: received.isClone,
            location: received.location,
          };
        case "removed":
          return { kind: "removed", session, by: received.by };
      }
    });
  }

  /** Read and write token of a stream at one of its configuration versions, as they follow from this epoch. */
  async streamTokens(stream: Uint8Array, configVersion: number): Promise<StreamTokens> {
    this.#assertActive();
    return exportStreamTokens(this.#deps.crypto, this.#state.mls, stream, configVersion);
  }

  /** The tokens as they follow from the epoch that the pending commit starts; undefined when none is pending. */
  async pendingStreamTokens(stream: Uint8Array, configVersion: number): Promise<StreamTokens | undefined> {
    this.#assertActive();
    const { pending } = this.#state;
    if (pending?.kind !== "commit") return undefined;
    return exportStreamTokens(this.#deps.crypto, pending.next.mls, stream, configVersion);
  }

  /** Seals content that no node stores. No step: the session stays usable. @returns undefined for content over 65,532 bytes. */
  async sealEphemeral(content: Uint8Array, place: EphemeralPlace): Promise<Uint8Array | undefined> {
    this.#assertActive();
    return sealEphemeral(this.#deps.crypto, this.#state, place, content);
  }

  /** Opens an ephemeral record of the present epoch. Replays are the caller's to drop, by session and counter. No step. */
  async openEphemeral(record: Uint8Array): Promise<OpenedEphemeral | undefined> {
    this.#assertActive();
    return openEphemeral(this.#deps.crypto, this.#state, record);
  }

  /** What the member who joined the call `call` (16 bytes) under `join` (16 bytes) seals media from in this epoch. Secret. */
  async callBaseKey(call: Uint8Array, join: Uint8Array): Promise<Uint8Array> {
    this.#assertActive();
    return exportCallBaseKey(this.#deps.crypto, this.#state.mls, call, join);
  }

  /** Sixty digits and the epoch: what members compare to know that they see one history. */
  conversationCode(): { readonly digits: string; readonly epoch: bigint } {
    this.#assertActive();
    return { digits: conversationDigits(this.#state.mls), epoch: this.epoch };
  }

  /** What a verification with the device at `leaf` is bound to; the same bytes on both sides of one epoch. */
  verificationContext(leaf: number): Uint8Array {
    this.#assertActive();
    const peer = this.#state.roster.find((member) => member.leaf === leaf);
    if (peer === undefined) throw new RangeError("no member at this leaf");
    return verificationContext(this.#state.mls, this.self, peer);
  }

  async #prepare(prepare: () => Promise<Prepared>): Promise<CommitOutcome> {
    this.#assertActive();
    if (this.#state.pending !== undefined) {
      throw new SessionError({ code: "session/notAllowed", reason: "another commit or request is pending" });
    }
    return this.#step(async () => {
      const { state, pending } = await prepare();
      const welcome = pending.kind === "commit" ? pending.welcome : undefined;
      return { session: this.#next(state), record: pending.record, ...(welcome === undefined ? {} : { welcome }) };
    });
  }

  /** Runs one step alone. The session is spent when the step returned another one, and free again otherwise. */
  async #step<T extends { readonly session?: Session } | object>(run: () => Promise<T>): Promise<T> {
    this.#assertFree();
    this.#use = "busy";
    let outcome: T | undefined;
    try {
      outcome = await run();
      return outcome;
    } finally {
      this.#use = outcome !== undefined && "session" in outcome ? "spent" : "free";
    }
  }

  #next(state: SessionState): Session {
    return new Session(this.#deps, state);
  }

  #assertFree(): void {
    if (this.#use !== "free") throw new SessionError({ code: "session/spent" });
  }

  #assertActive(): void {
    const { status } = this.#state;
    if (status !== "active") throw new SessionError({ code: "session/notActive", status });
  }
}
