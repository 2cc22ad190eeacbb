import type { GroupCallEnd, GroupCallSnapshot } from "@p2pcrypt/client";
import { PhoneOff } from "lucide-react";
import { shownName } from "../../text/printable.ts";
import type { WordKey } from "../../words/catalogue.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { AnswerButtons } from "./AnswerButtons.tsx";

/** The others need no words: the person did it themselves, or goes on elsewhere. */
const GROUP_END_WORDS = {
  declined: "call.end.allDeclined",
  noAnswer: "call.end.noAnswer",
  full: "call.end.full",
  removed: "call.end.removed",
} as const satisfies Partial<Record<GroupCallEnd, WordKey>>;

export function endWordsOf(end: GroupCallEnd | undefined) {
  return end !== undefined && Object.hasOwn(GROUP_END_WORDS, end)
    ? GROUP_END_WORDS[end as keyof typeof GROUP_END_WORDS]
    : undefined;
}

export interface GroupRingingProps {
  readonly call: GroupCallSnapshot;
  readonly title: string;
  readonly picture: string | undefined;
  readonly nameOf: (identityId: string) => string;
  readonly actions: {
    readonly join: (withCamera: boolean) => void;
    readonly leave: () => void;
    readonly close: () => void;
  };
}

/** A group is called, or calls, or nobody came: before media and after them. */
export function GroupRinging({ call, title, picture, nameOf, actions }: GroupRingingProps) {
  const { t } = useWords();
  const { state, media, end, people, by, declined } = call;
  const what = t(`call.of.${media}`);
  const others = people.map(({ identityId }) => shownName(nameOf(identityId))).join(", ");
  return (
    <section className="call quiet-call" aria-label={what} role="alertdialog">
      <Avatar identityId={undefined} name={title} size="large" picture={picture} groupId={call.conversationId} />
      <h2 dir="auto">{title}</h2>
      <p className="call-state" role="status">
        {state === "ringing"
          ? t("call.callsGroup", { name: shownName(nameOf(by)) })
          : state === "calling"
            ? t("call.calling")
            : t(endWordsOf(end) ?? "call.end.hungUp")}
      </p>
      <p className="hint">{what}</p>
      {state === "ringing" && others !== "" ? <p className="hint">{t("call.whoIsIn", { names: others })}</p> : undefined}
      {state === "calling" && declined.length > 0 ? (
        <p className="hint">{t("call.whoDeclined", { names: declined.map((one) => shownName(nameOf(one))).join(", ") })}</p>
      ) : undefined}
      <div className="call-acts">
        {state === "ringing" ? <AnswerButtons media={media} onAnswer={actions.join} /> : undefined}
        {state === "ringing" || state === "calling" ? (
          <Button look="bad" onPress={actions.leave}>
            <PhoneOff size={20} aria-hidden />
            {state === "ringing" ? t("call.decline") : t("app.cancel")}
          </Button>
        ) : (
          <Button onPress={actions.close}>{t("app.close")}</Button>
        )}
      </div>
    </section>
  );
}
