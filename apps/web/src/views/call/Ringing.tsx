import type { CallEnd, CallSnapshot } from "@p2pcrypt/client";
import { PhoneOff } from "lucide-react";
import type { WordKey } from "../../words/catalogue.ts";
import type { CallWho } from "../call-places.tsx";
import { Button } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { AnswerButtons } from "./AnswerButtons.tsx";
import { CallHead } from "./CallHead.tsx";

const END_WORDS = {
  hungUp: "call.end.hungUp",
  cancelled: "call.end.hungUp",
  missed: "call.end.hungUp",
  elsewhere: "call.end.hungUp",
  replaced: "call.end.hungUp",
  declined: "call.end.declined",
  busy: "call.end.busy",
  noAnswer: "call.end.noAnswer",
  failed: "call.end.failed",
  noRelay: "call.end.noRelay",
  lost: "call.end.lost",
} as const satisfies Record<CallEnd, WordKey>;

export interface RingingProps {
  readonly call: CallSnapshot;
  readonly who: CallWho;
  readonly actions: {
    readonly answer: (withCamera: boolean) => void;
    readonly hangUp: () => void;
    readonly close: () => void;
  };
}

/** Somebody calls, is called, or was: before media and after them. */
export function Ringing({ call, who, actions }: RingingProps) {
  const { t } = useWords();
  const { state, media, end } = call;
  const what = t(`call.of.${media}`);
  return (
    <section className="call quiet-call" aria-label={what} role="alertdialog">
      <CallHead who={who} />
      <p className="call-state" role="status">
        {state === "ringing" ? t("call.incoming") : state === "calling" ? t("call.calling") : t(END_WORDS[end ?? "hungUp"])}
      </p>
      <p className="hint">{what}</p>
      {state === "ended" ? undefined : <p className="hint call-address">{addressOf(call, t)}</p>}
      <div className="call-acts">
        {state === "ended" ? <Button onPress={actions.close}>{t("app.close")}</Button> : undefined}
        {state === "ringing" ? <AnswerButtons media={media} onAnswer={actions.answer} /> : undefined}
        {state === "ended" ? undefined : (
          <Button look="bad" onPress={actions.hangUp}>
            <PhoneOff size={20} aria-hidden />
            {state === "ringing" ? t("call.decline") : t("app.cancel")}
          </Button>
        )}
      </div>
    </section>
  );
}

function addressOf({ hidesAddress }: CallSnapshot, t: ReturnType<typeof useWords>["t"]): string {
  return hidesAddress ? t("call.hidden") : t("call.direct");
}
