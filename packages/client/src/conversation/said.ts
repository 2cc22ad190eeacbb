// What a text message says, from its content into its entry.
import type { TextContent } from "@p2pcrypt/content";
import type { TextEntry } from "../entry-snapshots.ts";
import type { MentionSnapshot } from "../message-snapshots.ts";
import { toIdentityId } from "./acts.ts";

/** The message that it answers is named alone: what it said is looked up when it is shown. */
export function textOf(
  { text, replyTo, replyToAuthor, isForwarded }: TextContent,
  named: { readonly mentions?: readonly MentionSnapshot[] },
): Pick<TextEntry, "text" | "replyTo" | "isForwarded" | "mentions"> {
  const isReply = replyTo !== undefined && replyToAuthor !== undefined;
  return {
    text,
    ...named,
    ...(isReply ? { replyTo: { id: replyTo, author: toIdentityId(replyToAuthor), what: "absent" } } : {}),
    ...(isForwarded === undefined ? {} : { isForwarded }),
  };
}
