// Messages that the person marked, of all conversations. One value: they are few, and read together.
import type { StarRow } from "../store/entry-rows.ts";
import { decodeStored, encodeStored } from "../store/stored-json.ts";
import type { Tx } from "../store/tx.ts";
import type { Values } from "./seen.ts";

const STORE = "stars";
const NAME = "all";

/** Newest first. */
export async function starsOf(values: Values): Promise<readonly StarRow[]> {
  const bytes = await values.value(STORE, NAME);
  return bytes === undefined ? [] : decodeStored<StarRow[]>(bytes);
}

export async function addStar(tx: Tx, star: StarRow): Promise<void> {
  tx.putValue(STORE, NAME, encodeStored([star, ...(await starsOf(tx))]));
}

export async function dropStars(tx: Tx, threadId: string, numbers: readonly number[]): Promise<void> {
  const stars = await starsOf(tx);
  const left = stars.filter((star) => star.threadId !== threadId || !numbers.includes(star.number));
  if (left.length < stars.length) tx.putValue(STORE, NAME, encodeStored(left));
}
