// The keys under which a vault's values lie in its store (spec/protocol/vault.md section 4).
import { ByteReader, ByteWriter, concatBytes, DecodeError } from "@p2pcrypt/bytes";
import { VaultError } from "./vault-error.ts";

/** The header, in the clear. */
export const HEADER_KEY = Uint8Array.of(0);
/** How many batches were stored, in the clear: says nothing that the file's history does not. */
export const COUNTER_KEY = Uint8Array.of(1);

export function valueKey(hiddenName: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(2), hiddenName);
}

export function tailKey(hiddenName: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(3), hiddenName);
}

export function pageKey(hiddenName: Uint8Array, page: number): Uint8Array {
  return new ByteWriter().u8(4).bytes(hiddenName).u64(page).finish();
}

export function encodeCounter(value: number): Uint8Array {
  return new ByteWriter().u64(value).finish();
}

export function decodeCounter(bytes: Uint8Array | undefined): number {
  try {
    return new ByteReader(bytes ?? new Uint8Array(0)).safeU64("counter");
  } catch (cause) {
    if (cause instanceof DecodeError) throw new VaultError({ code: "vault/damaged" }, { cause });
    throw cause;
  }
}
