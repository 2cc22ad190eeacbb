import type { MessageEntry } from "@p2pcrypt/client";
import { quoteOf } from "@p2pcrypt/client";
import { formatRoute } from "../../model/routes.ts";
import { shownName } from "../../text/printable.ts";
import { quoteText } from "../chat/Marks.tsx";
import { Page } from "../kit/Page.tsx";
import { useWords } from "../surroundings.ts";

/** What the person starred, in all conversations. */
export function StarredPage({
  entries,
  nameOf,
  nowMs,
}: {
  readonly entries: readonly MessageEntry[] | undefined;
  readonly nameOf: (conversationId: string) => string;
  readonly nowMs: number;
}) {
  const words = useWords();
  const { t } = words;
  return (
    <Page title={t("command.starred")} back="#/">
      {entries?.length === 0 ? <p className="hint">{t("acts.noneStarred")}</p> : undefined}
      <ul className="starred">
        {(entries ?? []).map((entry) => {
          const { conversationId, number, author, id, atMs, isOwn, authorName } = entry;
          const at = number === undefined ? {} : { at: number };
          return (
            <li key={`${conversationId} ${author} ${id}`}>
              <a className="quote" href={formatRoute({ kind: "conversation", id: conversationId, details: false, ...at })}>
                <span className="quote-who">
                  {isOwn ? t("details.you") : shownName(authorName)} · {shownName(nameOf(conversationId))} ·{" "}
                  <time dateTime={new Date(atMs).toISOString()}>{words.date(atMs, nowMs)}</time>
                </span>
                <span className="quote-text" dir="auto">
                  {quoteText(words, quoteOf(entry, entry))}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
    </Page>
  );
}
