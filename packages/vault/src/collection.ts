// An ordered collection: entries numbered from 1, in pages of 128 that are written once they are full or every 16 entries, and a short
// tail for the newest, so that an append writes little and a history reads fast.
import { ByteReader, ByteWriter, DecodeError } from "@p2pcrypt/bytes";
import { VaultError } from "./vault-error.ts";

export const PAGE_ENTRIES = 128;
export const TAIL_ENTRIES = 16;

/** The newest entries; `start` of them lie in pages. Always a multiple of TAIL_ENTRIES. */
export interface Tail {
  readonly start: number;
  readonly entries: readonly Uint8Array[];
}

export const EMPTY_TAIL: Tail = { start: 0, entries: [] };

// struct { uint64 start; opaque entries<0..2^32-1>[]; } Tail;      struct { opaque entries<0..2^32-1>[]; } Page;
export function encodeTail({ start, entries }: Tail): Uint8Array {
  return new ByteWriter().u64(start).bytes(encodePage(entries)).finish();
}

export function decodeTail(bytes: Uint8Array): Tail {
  return guarded(() => {
    const reader = new ByteReader(bytes);
    return { start: reader.safeU64("Tail.start"), entries: readEntries(reader) };
  });
}

export function encodePage(entries: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter().u16(entries.length);
  for (const entry of entries) writer.opaque32(entry);
  return writer.finish();
}

export function decodePage(bytes: Uint8Array): Uint8Array[] {
  return guarded(() => readEntries(new ByteReader(bytes)));
}

/** Page that holds entry `number`. */
export function pageOf(number: number): number {
  return Math.floor((number - 1) / PAGE_ENTRIES);
}

function readEntries(reader: ByteReader): Uint8Array[] {
  const count = reader.u16("Page.count");
  const entries = Array.from({ length: count }, () => reader.opaque32("Page.entry"));
  reader.end("Page");
  return entries;
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof DecodeError) throw new VaultError({ code: "vault/damaged" }, { cause });
    throw cause;
  }
}
