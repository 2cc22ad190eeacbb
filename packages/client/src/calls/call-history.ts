// A call that is over, into the history of everybody, also of who was not there.
import type { CallOutcome } from "@p2pcrypt/content";
import type { CallEnd, CallSnapshot } from "../call-snapshots.ts";
import { queueContent } from "../conversation/outbox.ts";
import type { Core } from "../core.ts";
import type { GroupCall } from "./group-call.ts";

/** Told by who called. */
export async function rememberCall(core: Core, snapshot: CallSnapshot): Promise<void> {
  const outcome = outcomeOf(snapshot);
  if (outcome === undefined || core.isStopped) return;
  const { id, media, conversationId, connectedAtMs } = snapshot;
  const durationS = connectedAtMs === undefined ? 0 : Math.max(0, Math.round((core.nowMs - connectedAtMs) / 1_000));
  await core.ledger.transact(async (tx) => {
    queueContent(core, tx, conversationId, { kind: "call", call: id, media, outcome, durationS });
  });
}

/** Told by who began it, once nobody is in it any more. */
export async function rememberGroupCall(core: Core, { id, media, conversationId, connectedAtMs, end }: GroupCall): Promise<void> {
  if (core.isStopped || end === "replaced") return;
  const outcome: CallOutcome = connectedAtMs !== undefined ? "answered" : end === "declined" ? "declined" : "missed";
  const durationS = connectedAtMs === undefined ? 0 : Math.max(0, Math.round((core.nowMs - connectedAtMs) / 1_000));
  await core.ledger.transact(async (tx) => {
    queueContent(core, tx, conversationId, { kind: "call", call: id, media, outcome, durationS });
  });
}

/** What the history keeps of a call, told by who called. undefined: another call stands for it. */
function outcomeOf({ connectedAtMs, end }: CallSnapshot): CallOutcome | undefined {
  if (connectedAtMs !== undefined) return "answered";
  return end === undefined ? undefined : OUTCOMES[end];
}

const OUTCOMES: Readonly<Record<CallEnd, CallOutcome | undefined>> = {
  hungUp: "missed",
  cancelled: "missed",
  declined: "declined",
  busy: "busy",
  noAnswer: "missed",
  missed: "missed",
  elsewhere: undefined,
  failed: "failed",
  noRelay: "failed",
  lost: "failed",
  replaced: undefined,
};
