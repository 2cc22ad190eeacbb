import type { HistorySnapshot } from "@p2pcrypt/client";
import { shownName } from "../../text/printable.ts";
import { Notice } from "../kit/Notice.tsx";
import { useWords } from "../surroundings.ts";

/** How far what was said is on its way between two own devices. */
export function HistoryProgress({ history }: { readonly history: HistorySnapshot }) {
  const { t, number } = useWords();
  const { direction, deviceName, entries, sent, stored, missing, state, reason = "" } = history;
  const name = deviceName === undefined ? t("settings.deviceNoName") : shownName(deviceName);
  const counts = { all: number(entries), sent: number(sent), stored: number(stored) };
  if (state === "refused") return <Notice tone="warn">{t("history.refused", { name, reason })}</Notice>;
  const isGiving = direction === "giving";
  const going = isGiving ? t("history.giving", { name, ...counts }) : t("history.taking", counts);
  const done = isGiving ? t("history.given", { name, ...counts }) : t("history.taken", counts);
  return (
    <div className="stack tight" aria-live="polite">
      <p className="hint">{state === "done" ? done : going}</p>
      {state === "done" ? undefined : (
        <progress aria-label={t("history.progress")} max={Math.max(1, entries)} value={stored + missing} />
      )}
      {missing === 0 ? undefined : <p className="hint">{t("history.missing", { missing: number(missing) })}</p>}
    </div>
  );
}
