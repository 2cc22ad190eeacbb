import type { GroupCallSnapshot } from "@p2pcrypt/client";
import { useEffect, useState } from "react";
import { lengthOf } from "../../words/entries.ts";
import { useWords } from "../surroundings.ts";

export interface Ticking {
  readonly nowMs: () => number;
  readonly everySecond: (run: () => void) => () => void;
}

/** How many are in, and for how long. */
export function GroupTime({ call, nowMs, everySecond }: Ticking & { readonly call: GroupCallSnapshot }) {
  const { t, number } = useWords();
  const [atMs, setAtMs] = useState(nowMs);
  useEffect(() => everySecond(() => setAtMs(nowMs())), [everySecond, nowMs]);
  const { connectedAtMs, people } = call;
  return (
    <span className="call-time">
      {connectedAtMs === undefined ? undefined : (
        <span role="timer">{lengthOf(Math.max(0, (atMs - connectedAtMs) / 1_000))}</span>
      )}
      <span className="hint">{t("call.inIt", { people: number(people.length + 1) })}</span>
    </span>
  );
}
