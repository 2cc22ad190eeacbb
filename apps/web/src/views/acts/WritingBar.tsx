import { quoteOf } from "@p2pcrypt/client";
import { X } from "lucide-react";
import { useEffect } from "react";
import type { Writing } from "../../model/message-acts.ts";
import { shownName } from "../../text/printable.ts";
import { quoteText } from "../chat/Marks.tsx";
import { IconButton } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";

/** Over the field: what is being answered or edited. */
export function WritingBar({ writing, onCancel }: { readonly writing: Writing; readonly onCancel: () => void }) {
  const words = useWords();
  const { t } = words;
  const { kind, entry } = writing;
  useEffect(() => document.getElementById("composer")?.focus(), [writing]);
  const name = entry.isOwn ? t("details.you") : shownName(entry.authorName);
  return (
    <div className="writing-bar">
      <p className="grow quote">
        <span className="quote-who">{kind === "edit" ? t("acts.editing") : t("acts.answering", { name })}</span>
        <span className="quote-text" dir="auto">
          {quoteText(words, quoteOf(entry, entry))}
        </span>
      </p>
      <IconButton label={t("acts.cancelWriting")} icon={<X size={18} aria-hidden />} onPress={onCancel} />
    </div>
  );
}
