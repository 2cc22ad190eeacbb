import type { CallSnapshot } from "@p2pcrypt/client";
import { useEffect, useState } from "react";
import type { CallSessionSnapshot } from "../../call/call-session.ts";
import { lengthOf } from "../../words/entries.ts";
import type { CallWho } from "../call-places.tsx";
import { useWords } from "../surroundings.ts";

export interface ShownCall {
  readonly call: CallSnapshot;
  readonly who: CallWho;
  readonly media: CallSessionSnapshot;
  readonly nowMs: () => number;
  readonly everySecond: (run: () => void) => () => void;
}

/** How long it has lasted, or what it waits for; and what is wrong with it, in words. */
export function CallTime({ call, media, nowMs, everySecond }: ShownCall) {
  const { t } = useWords();
  const [atMs, setAtMs] = useState(nowMs);
  useEffect(() => everySecond(() => setAtMs(nowMs())), [everySecond, nowMs]);
  const { state, connectedAtMs } = call;
  const isQuiet = media.quality === "silent" && !call.theirs.microphone;
  return (
    <span className="call-time">
      {state === "connected" && connectedAtMs !== undefined ? (
        <span role="timer">{lengthOf(Math.max(0, (atMs - connectedAtMs) / 1_000))}</span>
      ) : undefined}
      <span className="hint" role="status">
        {state !== "connected"
          ? t(state === "reconnecting" ? "call.reconnecting" : "call.connecting")
          : media.quality === "good" || isQuiet
            ? ""
            : t(`call.quality.${media.quality}`)}
      </span>
    </span>
  );
}
