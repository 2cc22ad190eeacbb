/**
 * Frees bytes that nobody needs any more, where the platform can; for whoever still looks at them they are gone. Left to the collector,
 * buffers that come and go make it look through everything after each few megabytes. A part of a larger buffer is left alone. Not for a
 * browser: what WebCrypto, a message or a request made there stays in its memory all the same, and the collector, which does not see it
 * any more, is not in a hurry.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (byteLength > 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) (buffer as Freeable).transfer?.(0);
}

/** Node 20 has no `transfer`. */
interface Freeable {
  transfer?(length: number): ArrayBuffer;
}
