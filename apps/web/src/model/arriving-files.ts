import type { Client } from "@p2pcrypt/client";

export interface ArrivingFilesDeps {
  readonly client: Pick<Client, "files" | "subscribe">;
  /** What the person set: nothing is fetched by itself from this size on; 0 fetches nothing. */
  readonly maxBytes: () => number;
  readonly newRef: () => string;
  readonly nowMs: () => number;
}

/** Fetches what comes and is small enough, once. Everything else waits until somebody asks. @returns how to stop. */
export function fetchArriving({ client, maxBytes, newRef, nowMs }: ArrivingFilesDeps): () => void {
  const seen = new Set<string>();
  return client.subscribe((event) => {
    if (event.kind !== "entry" || event.entry.kind !== "file" || event.entry.number === undefined) return;
    const { id, author, conversationId, isOwn, file } = event.entry;
    const key = `${conversationId} ${author} ${id}`;
    if (isOwn || seen.has(key) || file.bytes > maxBytes() || file.expiresMs <= nowMs()) return;
    seen.add(key);
    // Not possible now: the person can still ask for it.
    client.files.download(conversationId, { id, author }, newRef()).catch(() => undefined);
  });
}
