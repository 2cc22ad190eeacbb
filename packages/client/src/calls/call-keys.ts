// The base keys of a call, anew in every epoch of its conversation (spec/protocol/call.md section 5). Handed to whoever seals media, and
// kept nowhere.
import { decodeBase64Url, encodeHex } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import { type EpochKeys, kidOf } from "@p2pcrypt/sframe";
import type { Core } from "../core.ts";

/** undefined: the call is over, and nothing opens any more. */
export type CallKeysListener = (keys: EpochKeys | undefined) => void;

/** Who seals media in a call at this moment. */
export interface CallSenders {
  readonly callId: string;
  readonly groupId: string;
  /** Own. */
  readonly join: Uint8Array;
  readonly others: readonly { readonly leaf: number; readonly join: Uint8Array }[];
}

interface Known {
  readonly epoch: bigint;
  readonly joins: string;
  /** Who was in the conversation: leaf and identity. */
  readonly members: readonly { readonly leaf: number; readonly identityId: IdentityId }[];
  readonly keys: EpochKeys;
}

export class CallKeys {
  readonly #core: Core;
  readonly #known = new Map<string, Known>();
  /** One that was overtaken is dropped. */
  readonly #changes = new Map<string, number>();
  /** By call: whoever seals its media. */
  readonly #holders = new Map<string, CallKeysListener>();
  /** By call and own key: who seals with it. */
  readonly #sealing = new Map<string, Map<string, CallKeysListener>>();

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * Of several the last one seals. It is given no key that another one sealed with: it would begin to count again, and use nonces twice (K3).
   */
  watch(callId: string, listener: CallKeysListener): () => void {
    this.#holders.get(callId)?.(undefined);
    this.#holders.set(callId, listener);
    const known = this.#known.get(callId);
    if (known !== undefined) this.#hand(callId, known.keys);
    return () => {
      if (this.#holders.get(callId) === listener) this.#holders.delete(callId);
    };
  }

  /** There may be a new epoch, or somebody joined or left. */
  changed(senders: CallSenders): void {
    const { callId } = senders;
    const change = (this.#changes.get(callId) ?? 0) + 1;
    this.#changes.set(callId, change);
    const isNewest = (): boolean => this.#changes.get(callId) === change;
    this.#derive(senders, isNewest).catch(() => undefined); // the session moved on meanwhile, and says so again
  }

  forget(callId: string): void {
    this.#known.delete(callId);
    this.#changes.delete(callId);
    this.#sealing.delete(callId);
    this.#holders.get(callId)?.(undefined);
    this.#holders.delete(callId);
  }

  close(): void {
    for (const callId of [...this.#holders.keys()]) this.forget(callId);
  }

  #hand(callId: string, keys: EpochKeys): void {
    const holder = this.#holders.get(callId);
    const { kid, baseKey } = keys.own;
    const sealing = this.#sealing.get(callId) ?? new Map<string, CallKeysListener>();
    const own = `${kid} ${encodeHex(baseKey)}`;
    if (holder === undefined || (sealing.get(own) ?? holder) !== holder) return;
    this.#sealing.set(callId, sealing.set(own, holder));
    holder(keys);
  }

  async #derive({ callId, groupId, join, others }: CallSenders, isNewest: () => boolean): Promise<void> {
    const session = await this.#core.sessions.get(groupId);
    const before = this.#known.get(callId);
    if (session === undefined || session.status !== "active" || !isNewest()) return;
    const { epoch } = session;
    const joins = [join, ...others.map((one) => one.join)].map(encodeHex).join();
    if (before !== undefined && (before.epoch > epoch || (before.epoch === epoch && before.joins === joins))) return;
    const call = decodeBase64Url(callId);
    const members = session.roster.map(({ leaf, identityId }) => ({ leaf, identityId }));
    const present = others.filter((other) => members.some(({ leaf }) => leaf === other.leaf));
    const own = await session.callBaseKey(call, join);
    const theirs = await Promise.all(present.map((other) => session.callBaseKey(call, other.join)));
    if (!isNewest()) return;
    const isThere = (one: Known["members"][number]): boolean =>
      members.some((member) => member.leaf === one.leaf && member.identityId === one.identityId);
    const keys: EpochKeys = {
      own: { kid: kidOf(session.self.leaf, epoch), baseKey: own },
      others: present.flatMap(({ leaf }, at) => {
        const baseKey = theirs[at];
        return baseKey === undefined ? [] : [{ kid: kidOf(leaf, epoch), baseKey }];
      }),
      isRemoval: before !== undefined && !before.members.every(isThere),
    };
    this.#known.set(callId, { epoch, joins, members, keys });
    this.#hand(callId, keys);
  }
}
