// Rows of the vault as JSON, with bytes and big numbers. What is read was written by this package and authenticated by the vault,
// so its shape is taken as written; the vault's format number (store/format.ts) guards against another version's shape.
import { decodeBase64Url, decodeUtf8, encodeBase64Url, encodeUtf8 } from "@p2pcrypt/bytes";

export function encodeStored(value: unknown): Uint8Array {
  return encodeUtf8(JSON.stringify(value, replaceRich));
}

export function decodeStored<Row>(bytes: Uint8Array): Row {
  const row: Row = JSON.parse(decodeUtf8(bytes));
  return revived(row);
}

function replaceRich(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: encodeBase64Url(value) };
  if (typeof value === "bigint") return { $bigint: value.toString() };
  return value;
}

/** In place: a third of the time that a reviver of JSON.parse takes, and opening a vault is mostly this. */
function revived<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  return rich(value) as Value;
}

function rich(value: object): unknown {
  if ("$bytes" in value && typeof value.$bytes === "string") return decodeBase64Url(value.$bytes);
  if ("$bigint" in value && typeof value.$bigint === "string") return BigInt(value.$bigint);
  const fields = value as Record<string, unknown>;
  for (const name in fields) {
    const field = fields[name];
    if (typeof field === "object" && field !== null) fields[name] = rich(field);
  }
  return value;
}
