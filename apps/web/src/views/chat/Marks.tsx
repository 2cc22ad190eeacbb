// What stands at a message besides what it says: what it answers, and who reacted.
import type { MessageEntry, QuoteSnapshot } from "@p2pcrypt/client";
import { plainOf } from "../../text/markup.ts";
import { shownName, shownText } from "../../text/printable.ts";
import type { Words } from "../../words/words.ts";
import { useWords } from "../surroundings.ts";

const MAX_NAMED = 20;

/** The message that another one answers. Leads there. */
export function Quote({ quote, onGo }: { readonly quote: QuoteSnapshot; readonly onGo: (number: number) => void }) {
  const words = useWords();
  const { number, what } = quote;
  const said = (
    <>
      {what === "absent" ? undefined : (
        <span className="quote-who">{quote.isOwn === true ? words.t("details.you") : shownName(quote.authorName ?? "")}</span>
      )}
      <span className="quote-text" dir="auto">
        {quoteText(words, quote)}
      </span>
    </>
  );
  return number === undefined || what === "absent" ? (
    <span className="quote">{said}</span>
  ) : (
    <button type="button" className="quote" onClick={() => onGo(number)}>
      <span className="unseen">{words.t("acts.answers")}</span>
      {said}
    </button>
  );
}

export function quoteText({ t }: Words, { what, excerpt = "", authorName = "" }: QuoteSnapshot): string {
  switch (what) {
    case "text":
      return plainOf(shownText(excerpt)).replaceAll(/\s+/g, " ");
    case "file":
      return t("chat.file", { name: shownText(excerpt) });
    case "deleted":
      return t("acts.quoteDeleted");
    case "absent":
      return t("acts.quoteAbsent");
    case "call":
    case "unknown":
      return t("acts.quoteOther", { name: shownName(authorName) });
  }
}

/** One chip for each symbol. A press adds the own one, or takes it back. */
export function Reactions({
  entry,
  onReact,
}: {
  readonly entry: MessageEntry;
  readonly onReact: (entry: MessageEntry, emoji: string) => void;
}) {
  const { t, number } = useWords();
  const { reactions = [] } = entry;
  if (reactions.length === 0) return undefined;
  const symbols = [...new Set(reactions.map(({ emoji }) => emoji))];
  return (
    <ul className="reactions">
      {symbols.map((emoji) => {
        const given = reactions.filter((one) => one.emoji === emoji);
        const names = given.slice(0, MAX_NAMED).map((one) => (one.isOwn ? t("details.you") : shownName(one.authorName)));
        return (
          <li key={emoji}>
            <button
              type="button"
              className="reaction"
              aria-pressed={given.some(({ isOwn }) => isOwn)}
              title={names.join(", ")}
              onClick={() => onReact(entry, emoji)}
            >
              {emoji} {given.length > 1 ? number(given.length) : ""}
              <span className="unseen">{names.join(", ")}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
