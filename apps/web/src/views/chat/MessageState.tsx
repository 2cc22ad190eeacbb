import type { MessageState } from "@p2pcrypt/client";
import { Check, CheckCheck, CircleAlert, Clock } from "lucide-react";
import { STATE_WORDS } from "../../words/entries.ts";
import { useWords } from "../surroundings.ts";

const SHAPES = {
  queued: Clock,
  atNode: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  refused: CircleAlert,
} as const satisfies Record<MessageState, unknown>;

/** Where an own message is. */
export function StateIcon({ state }: { readonly state: MessageState }) {
  const { t } = useWords();
  const Shape = SHAPES[state];
  return (
    <span className={`state ${state}`}>
      <Shape size={16} aria-hidden />
      <span className="unseen">{t(STATE_WORDS[state])}</span>
    </span>
  );
}
