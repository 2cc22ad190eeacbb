import type { TransferSnapshot } from "@p2pcrypt/client";
import type { PaceReading } from "@p2pcrypt/files";
import { paceText } from "../../words/pace.ts";
import { useWords } from "../surroundings.ts";

export interface ProgressProps {
  readonly transfer: TransferSnapshot;
  readonly pace: PaceReading | undefined;
  readonly label: string;
}

/** How much of a file is there, as a bar and in words, and how it goes. */
export function Progress({ transfer, pace, label }: ProgressProps) {
  const words = useWords();
  const { bytes, doneBytes } = transfer;
  const done = words.t("file.progress", { done: words.bytes(doneBytes), all: words.bytes(bytes) });
  const going = paceText(words, transfer, pace);
  return (
    <span className="stack none">
      <progress max={Math.max(1, bytes)} value={doneBytes} aria-label={label} />
      <span className="hint">{going === undefined ? done : `${done} · ${going}`}</span>
    </span>
  );
}
