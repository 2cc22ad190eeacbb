// Own acts that wait to be sent show at once: they are laid over what the history has.
import type { Core } from "../core.ts";
import { isMessage } from "../message-kinds.ts";
import type { MarkedEntry, MarkedMessage } from "../store/entry-rows.ts";
import type { OutboxRow, ThreadRow } from "../store/rows.ts";
import { type Act, acted, isAct, targetOf } from "./acts.ts";
import { shownMentions } from "./mentions.ts";

export function withWaitingActs(core: Core, thread: ThreadRow, entry: MarkedEntry): MarkedEntry {
  let result: MarkedEntry = entry;
  for (const id of thread.outbox) {
    const act = actOf(core, core.tables.outbox.get(id));
    if (act === undefined || !isMessage(result)) continue;
    const target = targetOf(act);
    if (target.id === result.id && target.author === result.author) result = acted(result, act);
  }
  return result;
}

/** What a queued act will be once it is in the log. */
function actOf(core: Core, row: OutboxRow | undefined): Act | undefined {
  if (row === undefined || row.refusal !== undefined || !isAct(row.content)) return undefined;
  const { identityId, name } = core.account;
  const { content } = row;
  const named = content.kind === "edit" ? shownMentions(core, content, undefined) : {};
  return { content, author: identityId, authorName: name, isOwn: true, atMs: content.sentAtMs, ...named };
}

/** Of a message: the own acts of one kind that no record was sealed for yet. A later one takes their place. */
export function unsealedActs(
  core: Core,
  thread: ThreadRow,
  kind: Act["content"]["kind"],
  entry: MarkedMessage,
): readonly string[] {
  return thread.outbox.filter((id) => {
    const row = core.tables.outbox.get(id);
    const act = actOf(core, row);
    if (act === undefined || row?.recordHash !== undefined || row?.isAtNode === true || act.content.kind !== kind) return false;
    const target = targetOf(act);
    return target.id === entry.id && target.author === entry.author;
  });
}
