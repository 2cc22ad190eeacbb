import { isMessage, isMissed } from "@p2pcrypt/client";
import { MoreHorizontal, Pin, Star } from "lucide-react";
import { type MouseEvent, memo, useMemo, useRef } from "react";
import { keyOf } from "../../model/message-acts.ts";
import type { ShownEntry } from "../../model/timeline.ts";
import { shownName } from "../../text/printable.ts";
import { callSentence, STATE_WORDS } from "../../words/entries.ts";
import { Button } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { longPress } from "./long-press.ts";
import { Quote, Reactions } from "./Marks.tsx";
import { StateIcon } from "./MessageState.tsx";
import { MessageText } from "./MessageText.tsx";
import type { Chosen, SaidActions } from "./TimelineItem.tsx";

export interface BubbleProps {
  readonly shown: ShownEntry;
  readonly isLast: boolean;
  readonly isLastOwn: boolean;
  /** While several are chosen. */
  readonly chosen: Chosen;
  readonly actions: SaidActions;
}

export const Bubble = memo(
  function Bubble({ shown, isLast, isLastOwn, chosen, actions }: BubbleProps) {
    const words = useWords();
    const { t } = words;
    const { entry, key, isSending } = shown;
    const row = useRef<HTMLElement>(null);
    const open = (): void => {
      if (isMessage(entry) && !isSending && row.current !== null) actions.menu(entry, row.current);
    };
    // what a finger began goes on while the bubble is drawn anew
    const held = useRef(open);
    held.current = open;
    const press = useMemo(() => longPress(() => held.current()), []);
    if (!isMessage(entry)) return undefined;
    const openInstead = (event: MouseEvent): void => {
      // A link, a player or chosen words have a menu of the browser's own.
      const isElsewhere = event.target instanceof Element && event.target.closest("a, input, audio, video, img") !== null;
      if (isElsewhere || window.getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      open();
    };
    const state = (entry.kind === "text" || entry.kind === "file") && entry.isOwn ? entry.state : undefined;
    const saysState = state !== undefined && (isLastOwn || state === "queued" || state === "refused");
    const isEdited = entry.kind === "text" && entry.editedAtMs !== undefined;
    const hasMarks = isEdited || entry.isPinned === true || entry.isStarred === true;
    return (
      <article
        ref={row}
        className={`bubble-row ${isLast ? "last" : ""}`}
        data-key={key}
        data-state={state}
        onContextMenu={openInstead}
        {...press}
      >
        {chosen === undefined ? undefined : (
          <label className="choose">
            <input
              type="checkbox"
              checked={chosen.has(keyOf(entry))}
              aria-label={t("acts.chooseThis")}
              onChange={() => actions.toggle(entry)}
            />
          </label>
        )}
        <div className="bubble">
          <span className="unseen">{entry.isOwn ? t("details.you") : shownName(entry.authorName)}</span>
          {entry.isForwarded === true ? <p className="hint small">{t("acts.forwarded")}</p> : undefined}
          {entry.kind === "text" && entry.replyTo !== undefined ? <Quote quote={entry.replyTo} onGo={actions.goTo} /> : undefined}
          {entry.kind === "text" ? (
            <MessageText said={entry} nameOf={actions.nameOf} />
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
        {isSending ? undefined : (
          <button type="button" className="bubble-menu" aria-label={t("acts.menu")} aria-haspopup="menu" onClick={open}>
            <MoreHorizontal size={18} aria-hidden />
          </button>
        )}
        <Reactions entry={entry} onReact={actions.react} />
        {isLast || saysState || hasMarks ? (
          <p className="bubble-foot">
            {entry.isPinned === true ? <Pin size={13} role="img" aria-label={t("acts.isPinned")} /> : undefined}
            {entry.isStarred === true ? <Star size={13} role="img" aria-label={t("acts.isStarred")} /> : undefined}
            {entry.kind === "text" && isEdited ? (
              <button type="button" className="edited" onClick={() => actions.versions(entry)}>
                {t("acts.edited")}
              </button>
            ) : undefined}
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
  (before, after) =>
    before.shown === after.shown &&
    before.isLast === after.isLast &&
    before.isLastOwn === after.isLastOwn &&
    before.chosen === after.chosen,
);
