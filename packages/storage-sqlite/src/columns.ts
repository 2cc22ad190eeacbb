// Reading columns with their types checked, and small structures as JSON with bytes.
import { StorageError } from "@p2pcrypt/storage";

export type Row = Record<string, unknown>;

export function integer(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== "number") throw new StorageError("storage/damaged");
  return value;
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new StorageError("storage/damaged");
  return value;
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new StorageError("storage/damaged");
  return value;
}

export function encodeJson(value: unknown): Buffer {
  return Buffer.from(
    JSON.stringify(value, (_, inner) => (inner instanceof Uint8Array ? { $: Buffer.from(inner).toString("base64url") } : inner)),
  );
}

/** Of what `encodeJson` wrote: its shape is taken as written. */
export function decodeJson<Value>(json: string): Value {
  try {
    const value: Value = JSON.parse(json, (_, inner) =>
      typeof inner === "object" && inner !== null && typeof inner.$ === "string"
        ? new Uint8Array(Buffer.from(inner.$, "base64url"))
        : inner,
    );
    return value;
  } catch (cause) {
    throw new StorageError("storage/damaged", { cause });
  }
}
