// Which entries the search index has to look at again, noted in the transaction that changed them. The index itself follows later, when
// nobody waits for it.
import { decodeStored, encodeStored } from "../store/stored-json.ts";
import type { Tx } from "../store/tx.ts";

export const SEARCH_STORE = "search";
const CHANGED = "changed";

/** By thread: numbers of entries, each once. */
export type Changed = Readonly<Record<string, readonly number[]>>;

/** An entry was put in place of another. What the index knows of the earlier one goes. */
export async function noteChanged(tx: Tx, threadId: string, numbers: readonly number[]): Promise<void> {
  const changed = await changedSoFar(tx);
  const all = [...new Set([...(changed[threadId] ?? []), ...numbers])];
  tx.putValue(SEARCH_STORE, CHANGED, encodeStored({ ...changed, [threadId]: all }));
}

export async function changedSoFar(tx: Tx): Promise<Changed> {
  const bytes = await tx.value(SEARCH_STORE, CHANGED);
  return bytes === undefined ? {} : decodeStored<Changed>(bytes);
}

/** What is left to look at. */
export function keepChanged(tx: Tx, left: Changed): void {
  tx.putValue(SEARCH_STORE, CHANGED, Object.keys(left).length === 0 ? undefined : encodeStored(left));
}
