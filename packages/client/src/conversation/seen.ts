// Which content ids each author of a conversation has used, at which entry, and what was done with a message before it came.
import type { IdentityId } from "@p2pcrypt/session";
import { decodeStored, encodeStored } from "../store/stored-json.ts";
import type { Tx } from "../store/tx.ts";
import type { Act } from "./acts.ts";

/** Ids are unique per author only. */
export interface Seen {
  readonly author: IdentityId;
  /** 0: it is not there, and acts on it are. */
  readonly number: number;
  readonly acts?: readonly Act[];
}

export type Values = Pick<Tx, "value">;

const SEEN_STORE = "seen";
/** For one message: more than everybody's reactions would be a flood. */
const MAX_EARLY_ACTS = 64;

export async function seenBy(values: Values, threadId: string, id: string): Promise<readonly Seen[]> {
  const bytes = await values.value(SEEN_STORE, `${threadId}/${id}`);
  return bytes === undefined ? [] : decodeStored<Seen[]>(bytes);
}

export function putSeen(tx: Tx, threadId: string, id: string, seen: readonly Seen[]): void {
  tx.putValue(SEEN_STORE, `${threadId}/${id}`, encodeStored(seen));
}

/** Keeps an act until its message comes, if it ever does. */
export async function keepEarlyAct(
  tx: Tx,
  threadId: string,
  target: { id: string; author: IdentityId },
  act: Act,
): Promise<void> {
  const seen = await seenBy(tx, threadId, target.id);
  const acts = seen.find(({ author }) => author === target.author)?.acts ?? [];
  if (acts.length >= MAX_EARLY_ACTS) return;
  const others = seen.filter(({ author }) => author !== target.author);
  putSeen(tx, threadId, target.id, [...others, { author: target.author, number: 0, acts: [...acts, act] }]);
}
