import type { TransferSnapshot } from "@p2pcrypt/client";
import { useWords } from "../surroundings.ts";

/** How much of a file is there, as a bar and in words. */
export function Progress({ transfer, label }: { readonly transfer: TransferSnapshot; readonly label: string }) {
  const words = useWords();
  const { bytes, doneBytes } = transfer;
  const text = words.t("file.progress", { done: words.bytes(doneBytes), all: words.bytes(bytes) });
  return (
    <span className="stack none">
      <progress max={Math.max(1, bytes)} value={doneBytes} aria-label={label} />
      <span className="hint">{text}</span>
    </span>
  );
}
