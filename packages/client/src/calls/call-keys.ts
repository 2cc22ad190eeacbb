// The base keys of a call, anew in every epoch of its conversation (spec/protocol/call.md section 5). Handed to whoever seals media, and
// kept nowhere.
import { decodeBase64Url } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import { type EpochKeys, kidOf } from "@p2pcrypt/sframe";
import type { Core } from "../core.ts";
import type { Call } from "./call.ts";

/** undefined: the call is over, and nothing opens any more. */
export type CallKeysListener = (keys: EpochKeys | undefined) => void;

interface Known {
  readonly epoch: bigint;
  /** Who was in the conversation: leaf and identity. */
  readonly members: readonly { readonly leaf: number; readonly identityId: IdentityId }[];
  readonly keys: EpochKeys;
}

export class CallKeys {
  readonly #core: Core;
  readonly #known = new Map<string, Known>();
  readonly #listeners = new Map<string, Set<CallKeysListener>>();

  constructor(core: Core) {
    this.#core = core;
  }

  watch(callId: string, listener: CallKeysListener): () => void {
    const listeners = this.#listeners.get(callId) ?? new Set();
    this.#listeners.set(callId, listeners.add(listener));
    const known = this.#known.get(callId);
    if (known !== undefined) listener(known.keys);
    return () => listeners.delete(listener);
  }

  /** The other side's join id is known: now there are keys for both. */
  joined(call: Call, join: string): void {
    call.peerJoin = decodeBase64Url(join);
    this.changed(call);
  }

  /** There may be a new epoch. */
  changed(call: Call): void {
    this.#derive(call).catch(() => undefined); // the session moved on meanwhile, and says so again
  }

  forget(callId: string): void {
    this.#known.delete(callId);
    for (const listener of this.#listeners.get(callId) ?? []) listener(undefined);
    this.#listeners.delete(callId);
  }

  close(): void {
    for (const callId of [...this.#listeners.keys()]) this.forget(callId);
  }

  async #derive(call: Call): Promise<void> {
    const { id } = call.snapshot;
    const { peerJoin, peerLeaf } = call;
    const session = await this.#core.sessions.get(call.groupId);
    const before = this.#known.get(id);
    if (session === undefined || peerJoin === undefined || peerLeaf === undefined || session.status !== "active") return;
    const { epoch } = session;
    if (before !== undefined && before.epoch >= epoch) return;
    const callId = decodeBase64Url(id);
    const [own, theirs] = [await session.callBaseKey(callId, call.join), await session.callBaseKey(callId, peerJoin)];
    if (call.snapshot.state === "ended" || (this.#known.get(id)?.epoch ?? -1n) >= epoch) return;
    const members = session.roster.map(({ leaf, identityId }) => ({ leaf, identityId }));
    const isThere = (one: Known["members"][number]): boolean =>
      members.some((member) => member.leaf === one.leaf && member.identityId === one.identityId);
    const isPeerThere = members.some(({ leaf }) => leaf === peerLeaf);
    const keys: EpochKeys = {
      own: { kid: kidOf(session.self.leaf, epoch), baseKey: own },
      others: isPeerThere ? [{ kid: kidOf(peerLeaf, epoch), baseKey: theirs }] : [],
      isRemoval: before !== undefined && !before.members.every(isThere),
    };
    this.#known.set(id, { epoch, members, keys });
    for (const listener of this.#listeners.get(id) ?? []) listener(keys);
  }
}
