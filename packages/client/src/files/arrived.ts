// A file in a conversation: what is shown goes into the history and the list of files, what opens it into the vault alone.
import { decodeBase64Url } from "@p2pcrypt/bytes";
import type { FileContent } from "@p2pcrypt/content";
import { MAX_FILE_BYTES } from "@p2pcrypt/files";
import type { IdentityId } from "@p2pcrypt/session";
import { addEntry } from "../conversation/thread.ts";
import type { Core } from "../core.ts";
import type { FileEntry } from "../entry-snapshots.ts";
import type { FileSecretRow } from "../store/file-rows.ts";
import { encodeStored } from "../store/stored-json.ts";
import type { Tx } from "../store/tx.ts";
import type { FileFactsSnapshot } from "../transfer-snapshots.ts";

export const SECRETS = "fileSecrets";

export function filesOf(threadId: string): string {
  return `files/${threadId}`;
}

export function secretName(threadId: string, author: IdentityId, messageId: string): string {
  return `${threadId}/${author}/${messageId}`;
}

type Said = Pick<FileEntry, "id" | "author" | "authorName" | "isOwn" | "atMs" | "wasVerified">;

/** @returns false for a file that nobody could have sealed. */
export async function appendFile(core: Core, tx: Tx, threadId: string, said: Said, content: FileContent): Promise<boolean> {
  if (content.bytes > MAX_FILE_BYTES) return false;
  const forwarded = content.isForwarded === undefined ? {} : { isForwarded: content.isForwarded };
  const entry = { kind: "file", ...said, sentAtMs: content.sentAtMs, file: factsOf(content), ...forwarded } as const;
  const stored = await addEntry(tx, core.tables.threads, threadId, entry);
  if (stored?.kind !== "file") return true; // a repeat, or taken away before it came
  tx.append(filesOf(threadId), stored);
  const name = secretName(threadId, said.author, content.id);
  tx.putValue(SECRETS, name, encodeStored({ name: content.name, secret: secretOf(content) }));
  return true;
}

export function factsOf({ name, type = "", bytes, expiresMs, thumbnail, durationMs, waveform }: FileContent): FileFactsSnapshot {
  return {
    name,
    type,
    bytes,
    expiresMs,
    ...(thumbnail === undefined ? {} : { thumbnail: decodeBase64Url(thumbnail) }),
    ...(durationMs === undefined || waveform === undefined ? {} : { voice: { durationMs, waveform: decodeBase64Url(waveform) } }),
  };
}

function secretOf({ nodeUrl, blob, readToken, key, commitment, hash, bytes, type = "" }: FileContent): FileSecretRow {
  return {
    nodeUrl,
    blob,
    readToken: decodeBase64Url(readToken),
    key: decodeBase64Url(key),
    commitment: decodeBase64Url(commitment),
    hash: decodeBase64Url(hash),
    bytes,
    type,
  };
}
