// What a case of the conformance suite is made of.
import type { NodeStore } from "./node-store.ts";

export interface NodeStoreCase {
  readonly name: string;
  readonly run: (store: NodeStore) => Promise<void>;
}

export const fill = (value: number, size = 32): Uint8Array => new Uint8Array(size).fill(value);

export function check(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`does not hold: ${what}`);
}
