import { isMessage, isMissed } from "@p2pcrypt/client";
import { memo, useMemo } from "react";
import type { ShownEntry } from "../../model/timeline.ts";
import { segmentsOf } from "../../text/links.ts";
import { shownName, shownText } from "../../text/printable.ts";
import { callSentence, STATE_WORDS } from "../../words/entries.ts";
import { Button } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { StateIcon } from "./MessageState.tsx";
import type { SaidActions } from "./TimelineItem.tsx";

export interface BubbleProps {
  readonly shown: ShownEntry;
  readonly isLast: boolean;
  readonly isLastOwn: boolean;
  readonly actions: SaidActions;
}

export const Bubble = memo(
  function Bubble({ shown, isLast, isLastOwn, actions }: BubbleProps) {
    const words = useWords();
    const { t } = words;
    const { entry, key, isSending } = shown;
    if (!isMessage(entry)) return undefined;
    const state = (entry.kind === "text" || entry.kind === "file") && entry.isOwn ? entry.state : undefined;
    const saysState = state !== undefined && (isLastOwn || state === "queued" || state === "refused");
    return (
      <article className={`bubble-row ${isLast ? "last" : ""}`} data-key={key} data-state={state}>
        <div className="bubble">
          <span className="unseen">{entry.isOwn ? t("details.you") : shownName(entry.authorName)}</span>
          {entry.kind === "text" ? (
            <MessageText text={entry.text} />
          ) : entry.kind === "file" ? (
            actions.file(entry)
          ) : entry.kind === "call" ? (
            <>
              <p className={isMissed(entry) ? "text" : "hint"}>{callSentence(words, entry)}</p>
              {isMissed(entry) ? (
                <Button look="quiet" size="small" onPress={() => actions.call(entry.media)}>
                  {t("call.back")}
                </Button>
              ) : undefined}
            </>
          ) : (
            <p className="hint">{t("chat.unknown", { name: shownName(entry.authorName), kind: entry.name })}</p>
          )}
        </div>
        {isLast || saysState ? (
          <p className="bubble-foot">
            <time dateTime={new Date(entry.atMs).toISOString()}>{words.time(entry.atMs)}</time>
            {saysState ? (
              <span>{isSending ? t("chat.state.sending") : t(STATE_WORDS[state])}</span>
            ) : state === undefined ? undefined : (
              <StateIcon state={state} />
            )}
            {state === "queued" && !isSending ? (
              <Button look="quiet" size="small" onPress={() => actions.unsend(entry.id)}>
                {t("chat.unsend")}
              </Button>
            ) : undefined}
            {state === "refused" && entry.kind === "text" ? (
              <Button look="quiet" size="small" onPress={() => actions.copyText(entry.text)}>
                {t("chat.sayAgain")}
              </Button>
            ) : undefined}
          </p>
        ) : undefined}
      </article>
    );
  },
  (before, after) => before.shown === after.shown && before.isLast === after.isLast && before.isLastOwn === after.isLastOwn,
);

/** As it was written. Web addresses can be followed, and tell nobody where from. */
function MessageText({ text }: { readonly text: string }) {
  const segments = useMemo(() => segmentsOf(shownText(text)), [text]);
  return (
    <p className="text" dir="auto">
      {segments.map((segment, at) =>
        segment.kind === "text" ? (
          segment.text
        ) : (
          // the pieces of one text never move
          <a key={at} href={segment.href} target="_blank" rel="noreferrer noopener nofollow" dir="ltr">
            {segment.text}
          </a>
        ),
      )}
    </p>
  );
}
