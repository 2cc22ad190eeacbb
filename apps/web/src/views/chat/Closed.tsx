import type { ReactNode } from "react";
import type { ThreadSnapshot } from "../../model/thread.ts";
import { shownName } from "../../text/printable.ts";
import type { Words } from "../../words/words.ts";
import { Button } from "../kit/Button.tsx";
import { useAct, useWords } from "../surroundings.ts";

/** Instead of the composer: why nothing can be written, and the way out. */
export function Closed({
  thread,
  onUnblock,
  onRejoin,
  onStayOut,
  children,
}: {
  readonly thread: ThreadSnapshot;
  readonly onUnblock: () => Promise<void>;
  readonly onRejoin: () => Promise<void>;
  readonly onStayOut: () => Promise<void>;
  readonly children: ReactNode;
}) {
  const words = useWords();
  const unblock = useAct(onUnblock);
  const rejoin = useAct(onRejoin);
  const stayOut = useAct(onStayOut);
  const reason = reasonOf(words, thread);
  if (reason === undefined) return <>{children}</>;
  return (
    <div className="closed">
      <p>{reason}</p>
      {thread.contact?.state === "blocked" ? (
        <Button size="small" onPress={() => unblock.run()}>
          {words.t("chat.unblock")}
        </Button>
      ) : undefined}
      {thread.conversation?.invitedBy === undefined ? undefined : (
        <>
          <Button size="small" onPress={() => rejoin.run()} isPending={rejoin.isRunning}>
            {words.t("chat.rejoin")}
          </Button>
          <Button size="small" look="quiet" onPress={() => stayOut.run()}>
            {words.t("chat.stayOut")}
          </Button>
        </>
      )}
    </div>
  );
}

function reasonOf({ t }: Words, { conversation, contact }: ThreadSnapshot): string | undefined {
  const name = shownName(conversation?.name ?? "");
  if (contact?.state === "blocked") return t("chat.closed.blocked", { name });
  if (conversation?.state === "stopped") return t("chat.closed.stopped");
  if (conversation?.invitedBy !== undefined) return t("chat.closed.invited");
  if (conversation?.state === "left") return t("chat.closed.left");
  if (conversation?.state === "removed") return t("chat.closed.removed");
  if (contact?.state === "gone") return t("chat.closed.gone", { name });
  return contact?.alert?.isDecided === false ? t("chat.closed.undecided", { name }) : undefined;
}
