// A message of one's own goes out: stored in the outbox, and shown at once.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { type FileContent, MAX_TEXT_BYTES, type TextContent } from "@p2pcrypt/content";
import type { Core } from "../core.ts";
import type { FileEntry, TextEntry } from "../entry-snapshots.ts";
import { ClientError } from "../failure.ts";
import type { ConversationId } from "../snapshots.ts";
import { Tx } from "../store/tx.ts";
import { queuedEntry } from "../views.ts";
import { isAct } from "./acts.ts";
import { assertOpen } from "./open.ts";
import { queueContent, type Unsent } from "./outbox.ts";
import { told } from "./quote.ts";

/** @throws {ClientError} message/empty, message/tooLong */
export function assertText(text: string): void {
  if (text === "" || !text.isWellFormed()) throw new ClientError({ code: "message/empty" });
  if (encodeUtf8(text).length > MAX_TEXT_BYTES) throw new ClientError({ code: "message/tooLong", maxBytes: MAX_TEXT_BYTES });
}

/** @throws {ClientError} conversation/*, client/cloned, contact/* */
export async function sendContent(
  core: Core,
  id: ConversationId,
  content: Unsent<TextContent | FileContent>,
): Promise<TextEntry | FileEntry> {
  assertOpen(core, id);
  const queued = await core.ledger.transact(async (tx) => queueContent(core, tx, id, content));
  const row = queued === undefined ? undefined : core.tables.outbox.get(queued.id);
  const stored = row === undefined ? undefined : queuedEntry(core, row);
  const entry = stored === undefined ? undefined : await told(new Tx(core.deps.vault), stored);
  if (entry?.kind !== "text" && entry?.kind !== "file") throw new ClientError({ code: "conversation/unknown" });
  core.emit({ kind: "entry", entry });
  return entry;
}

/** Takes a message back that no record was sealed for yet. @returns false when it is too late. */
export function unsendContent({ ledger, tables }: Core, id: ConversationId, messageId: string): Promise<boolean> {
  return ledger.transact(async (tx) => {
    const thread = tx.get(tables.threads, id);
    const row = tx.get(tables.outbox, messageId);
    if (thread === undefined || row?.threadId !== id || row.recordHash !== undefined || row.isAtNode) return false;
    // With what was to be done with it afterwards.
    const isAbout = (one: string): boolean => {
      const content = tx.get(tables.outbox, one)?.content;
      return one === messageId || (content !== undefined && isAct(content) && content.target === messageId);
    };
    const dropped = thread.outbox.filter(isAbout);
    for (const one of dropped) tx.delete(tables.outbox, one);
    tx.put(tables.threads, id, { ...thread, outbox: thread.outbox.filter((one) => !dropped.includes(one)) });
    return true;
  });
}
