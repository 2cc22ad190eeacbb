import { Eye, Timer } from "lucide-react";
import type { ThreadSnapshot } from "../../model/thread.ts";
import { trustMarkOf } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import { durationIn } from "../../words/durations.ts";
import type { Words } from "../../words/words.ts";
import { useWords } from "../surroundings.ts";

/** One permanent line: who can read this, and how sure that is. */
export function WhoReads({ thread }: { readonly thread: ThreadSnapshot }) {
  const words = useWords();
  const { disappearAfterS = 0 } = thread.conversation ?? {};
  return (
    <>
      {disappearAfterS === 0 ? undefined : (
        <p className="who">
          <Timer size={14} aria-hidden />
          <span>{words.t("disappear.banner", { time: durationIn(words, disappearAfterS) })}</span>
        </p>
      )}
      <p className="who">
        <Eye size={14} aria-hidden />
        <span>{whoReads(words, thread)}</span>
      </p>
    </>
  );
}

function whoReads({ t }: Words, { conversation, contact }: ThreadSnapshot): string {
  if (conversation === undefined) return "";
  if (conversation.state === "left" || conversation.state === "removed" || contact?.state === "gone") return t("who.nobody");
  if (conversation.kind === "self") return t("who.self");
  if (conversation.kind === "group") {
    const { members } = conversation;
    const unsure = members.filter(({ isSelf, trust }) => !isSelf && trust?.kind !== "verified").length;
    const all = t("who.group", { count: members.length });
    return unsure === 0 ? all : `${all} ${t("who.groupUnsure", { count: unsure })}`;
  }
  const name = shownName(conversation.name);
  const mark = contact === undefined ? undefined : trustMarkOf(contact);
  if (mark?.kind === "introduced") return t("who.introduced", { name, by: shownName(mark.by) });
  return contact?.trust.kind === "verified" ? t("who.verified", { name }) : t("who.unverified", { name });
}
