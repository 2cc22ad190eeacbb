import type { TextEntry } from "./entry-snapshots.ts";
import type { MentionSnapshot } from "./message-snapshots.ts";

/** A text in the pieces it is shown in: what was said, and whom it names, by the name that they have now (`nameOf`), if any. */
export function pieces(
  { text, mentions = [] }: Pick<TextEntry, "text" | "mentions">,
  nameOf: (identityId: MentionSnapshot["identityId"]) => string | undefined,
): readonly { readonly text: string; readonly mention?: MentionSnapshot }[] {
  const result: { readonly text: string; readonly mention?: MentionSnapshot }[] = [];
  let from = 0;
  for (const mention of mentions) {
    const { at, length, identityId } = mention;
    if (at > from) result.push({ text: text.slice(from, at) });
    const name = nameOf(identityId);
    result.push({ text: name === undefined ? text.slice(at, at + length) : `@${name}`, mention });
    from = at + length;
  }
  if (from < text.length) result.push({ text: text.slice(from) });
  return result;
}
