import { ArrowDown } from "lucide-react";
import { useLayoutEffect, useMemo, useRef } from "react";
import type { ThreadSnapshot } from "../../model/thread.ts";
import { localDay, timelineOf } from "../../model/timeline.ts";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { Arrivals } from "./Arrivals.tsx";
import { ScrollKeeper } from "./scroll-keeper.ts";
import { type Chosen, type SaidActions, TimelineItemView } from "./TimelineItem.tsx";

export interface TimelineActions extends SaidActions {
  readonly loadOlder: () => void;
  readonly loadNewer: () => void;
  readonly toNewest: () => void;
  readonly following: (isFollowing: boolean) => void;
}

export interface TimelineProps {
  readonly thread: ThreadSnapshot;
  readonly name: string;
  readonly nowMs: number;
  readonly chosen: Chosen;
  readonly actions: TimelineActions;
}

export function Timeline({ thread, name, nowMs, chosen, actions }: TimelineProps) {
  const words = useWords();
  const { t } = words;
  const log = useRef<HTMLElement>(null);
  const keeper = useRef<ScrollKeeper>(undefined);
  const { entries, unreadFrom, isLoaded, hasOlder, hasNewer, newBelow, typist, soughtFor, mentions } = thread;
  const saysWho = thread.conversation?.kind === "group";
  const typistName = thread.conversation?.members.find(({ identityId }) => identityId === typist)?.name;
  const items = useMemo(() => timelineOf(entries, unreadFrom, localDay), [entries, unreadFrom]);
  const lastOwn = entries.findLast(({ entry }) => (entry.kind === "text" || entry.kind === "file") && entry.isOwn)?.key;

  useLayoutEffect(() => {
    if (log.current === null) return;
    const own = new ScrollKeeper(log.current);
    keeper.current = own;
    return () => own.dispose();
  }, []);
  useLayoutEffect(() => keeper.current?.watch({ ...actions, hasOlder, hasNewer }));
  // what is shown moved when these changed
  useLayoutEffect(() => {
    if (isLoaded) keeper.current?.settle();
  }, [items, isLoaded, typist]);
  useLayoutEffect(() => {
    if (soughtFor !== undefined) keeper.current?.toKey(soughtFor.key);
  }, [soughtFor]);

  return (
    <div className="log-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="log" ref={log} aria-label={t("chat.log")} tabIndex={0}>
        <div className="log-inner">
          {isLoaded && !hasOlder ? (
            <p className="log-note">{entries.length === 0 ? t("chat.empty") : t("chat.beginning")}</p>
          ) : undefined}
          {isLoaded && hasOlder ? <p className="log-note slow">{t("chat.older")}</p> : undefined}
          {items.map((item) => (
            <TimelineItemView key={item.key} {...{ item, lastOwn, nowMs, saysWho, chosen, actions }} />
          ))}
          {typist !== undefined ? (
            <p className="typing">
              <span className="dots" aria-hidden>
                <i />
                <i />
                <i />
              </span>
              <span className={saysWho ? "hint" : "unseen"}>
                {t("chat.typing", { name: typistName === undefined ? name : shownName(typistName) })}
              </span>
            </p>
          ) : undefined}
        </div>
      </section>
      <Arrivals thread={thread} />
      {mentions[0] === undefined ? undefined : (
        <div className="to-newest to-mention">
          <Button size="small" onPress={() => actions.goTo(mentions[0] ?? 0)}>
            {t("chat.toMention", { count: mentions.length })}
          </Button>
        </div>
      )}
      <div className="to-newest" data-is-needed={newBelow > 0 || hasNewer}>
        <Button size="small" onPress={() => keeper.current?.toEnd(actions.toNewest)}>
          <ArrowDown size={16} aria-hidden />
          {newBelow > 0 ? t("chat.newMessages", { count: newBelow }) : t("chat.newest")}
        </Button>
      </div>
    </div>
  );
}
