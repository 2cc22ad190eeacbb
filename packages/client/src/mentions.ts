// From what a person writes to whom they mean. Pure.
import { MAX_MENTIONS } from "@p2pcrypt/content";
import type { MentionDraft } from "./message-snapshots.ts";
import type { MemberSnapshot } from "./snapshots.ts";

type Named = Pick<MemberSnapshot, "identityId" | "name">;

/**
 * Members whom a text names as `@name`: the longest name that fits, at the beginning of a word. Of several of one name, the one whom the
 * person picked (`picked`, in the order of the text); where nobody was picked, none.
 */
export function mentionsIn(
  text: string,
  members: readonly (Named & Pick<MemberSnapshot, "isSelf">)[],
  picked: readonly Named[] = [],
): readonly MentionDraft[] {
  const others = members.filter(({ isSelf, name }) => !isSelf && name !== "");
  const byLength = [...others, ...picked].sort((a, b) => b.name.length - a.name.length);
  const waiting = [...picked];
  const found: MentionDraft[] = [];
  for (const { index: at } of text.matchAll(/(?<![\p{L}\p{N}_@.])@(?=\S)/gu)) {
    const last = found.at(-1);
    if (found.length >= MAX_MENTIONS) break;
    if (last !== undefined && at < last.at + last.length) continue;
    const written = byLength.find(({ name }) => isWritten(text, at + 1, name))?.name;
    const who = written === undefined ? undefined : meant(written, others, waiting);
    if (written === undefined || who === undefined) continue;
    found.push({ at, length: written.length + 1, identityId: who.identityId });
  }
  return found;
}

/** As written, whatever the case, and not the beginning of a longer word. */
function isWritten(text: string, from: number, name: string): boolean {
  const there = text.slice(from, from + name.length);
  const after = text.slice(from + name.length);
  return there.toLocaleLowerCase() === name.toLocaleLowerCase() && !/^[\p{L}\p{N}\p{M}_]/u.test(after);
}

function meant(written: string, others: readonly Named[], waiting: Named[]): Named | undefined {
  const isCalled = ({ name }: Named): boolean => name.toLocaleLowerCase() === written.toLocaleLowerCase();
  const at = waiting.findIndex(isCalled);
  const pick = at === -1 ? undefined : waiting.splice(at, 1)[0];
  if (pick !== undefined) return others.find(({ identityId }) => identityId === pick.identityId);
  const fits = others.filter(isCalled);
  return fits.length === 1 ? fits[0] : undefined;
}
