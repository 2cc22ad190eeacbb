import type { Entry, PinnedMessage } from "@p2pcrypt/client";
import { quoteOf } from "@p2pcrypt/client";
import { Pin } from "lucide-react";
import { useEffect, useState } from "react";
import { quoteText } from "../chat/Marks.tsx";
import { useWords } from "../surroundings.ts";

/** What members pinned, one at a time: a press goes there, and the next one is shown. */
export function PinnedLine({
  pinned,
  load,
  onGo,
}: {
  readonly pinned: readonly PinnedMessage[];
  readonly load: (message: PinnedMessage) => Promise<Entry | undefined>;
  readonly onGo: (number: number) => void;
}) {
  const words = useWords();
  const { t, number } = words;
  const [turn, setTurn] = useState(0);
  const at = turn % pinned.length;
  const message = pinned[at];
  const [entry, setEntry] = useState<Entry>();
  useEffect(() => {
    let isWanted = true;
    if (message === undefined) return;
    // Gone meanwhile: the list of pins tells it next.
    load(message).then(
      (found) => (isWanted ? setEntry(found) : undefined),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [message?.id, message?.author, pinned]);
  if (message === undefined) return undefined;
  const go = (): void => {
    onGo(message.number);
    setTurn(at + 1);
  };
  return (
    <button type="button" className="pinned-line" onClick={go}>
      <Pin size={16} aria-hidden />
      <span className="quote-who">
        {pinned.length === 1 ? t("acts.pinned") : t("acts.pinnedOf", { at: number(at + 1), all: number(pinned.length) })}
      </span>
      <span className="quote-text" dir="auto">
        {entry === undefined ? "" : quoteText(words, quoteOf(message, entry))}
      </span>
    </button>
  );
}
