import type { ThreadSnapshot } from "../../model/thread.ts";
import { shownName, shownText } from "../../text/printable.ts";

const MAX_SPOKEN = 300;

/** Says the newest message of others aloud, and nothing of what older pages bring. */
export function Arrivals({ thread }: { readonly thread: ThreadSnapshot }) {
  const last = thread.entries.at(-1)?.entry;
  const isNews = last?.kind === "text" && !last.isOwn && !thread.hasNewer;
  return (
    <div className="unseen" aria-live="polite" aria-atomic>
      {isNews ? `${shownName(last.authorName)}: ${shownText(last.text).slice(0, MAX_SPOKEN)}` : ""}
    </div>
  );
}
