// Whoever sent a file can only be asked for it by way of a node: which one is worth waiting for.
import {
  type ContactSnapshot,
  type ConversationSnapshot,
  type FileDeps,
  type FileEntry,
  MIN_DIRECT_BYTES,
  type Settings,
} from "@p2pcrypt/client";

/** What of a client is looked at. */
export interface AskingClient {
  readonly account: { snapshot(): { readonly settings: Pick<Settings, "alwaysHidesAddress"> } };
  readonly contacts: { get(id: FileEntry["author"]): Pick<ContactSnapshot, "state" | "trust"> | undefined };
  readonly conversations: { list(): readonly Pick<ConversationSnapshot, "state" | "contactId" | "nodeUrls">[] };
}

/** That of the conversation of two with its sender; undefined for a file that comes from no device, whatever node is reached. */
export function askedNode(
  { account, contacts, conversations }: AskingClient,
  { openDirect }: Pick<FileDeps, "openDirect">,
  { author, file }: { readonly author: FileEntry["author"]; readonly file: Pick<FileEntry["file"], "bytes"> },
): string | undefined {
  if (openDirect === undefined || file.bytes < MIN_DIRECT_BYTES) return undefined;
  const contact = contacts.get(author);
  const isShown =
    contact?.state === "accepted" && contact.trust.kind === "verified" && account.snapshot().settings.alwaysHidesAddress !== true;
  if (!isShown) return undefined;
  return conversations.list().find(({ contactId, state }) => contactId === author && state === "active")?.nodeUrls[0];
}
