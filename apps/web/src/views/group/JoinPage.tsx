import { useState } from "react";
import type { GroupTarget } from "../../model/group-target.ts";
import { shownName } from "../../text/printable.ts";
import { hostOf } from "../../words/failures.ts";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";

/** A link to a group was opened: what it claims, and one thing to do. Whoever made it decides. */
export function JoinPage({
  target,
  isExpired,
  onKnock,
}: {
  readonly target: GroupTarget;
  readonly isExpired: boolean;
  readonly onKnock: (greeting: string) => Promise<void>;
}) {
  const { t } = useWords();
  const [greeting, setGreeting] = useState("");
  const [isAsked, setAsked] = useState(false);
  const knock = useAct(async () => {
    await onKnock(greeting.trim());
    setAsked(true);
  });
  const [group, name] = [shownName(target.groupHint), shownName(target.nameHint)];
  return (
    <Page title={t("join.title")} back="#/">
      <section className="card">
        <h2>{t("landing.group", { group, name })}</h2>
        <p className="hint">
          <bdi>{t("landing.at", { node: hostOf(target.nodeUrl) })}</bdi>
        </p>
        <p className="unsure">{t("join.unsure", { name })}</p>
      </section>
      {isExpired ? (
        <Notice tone="warn">{t("fail.group/invitationExpired")}</Notice>
      ) : isAsked ? (
        <Notice tone="good">{t("join.asked", { name })}</Notice>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            knock.run();
          }}
        >
          <Field
            label={t("landing.first")}
            hint={t("join.firstHint", { name })}
            value={greeting}
            onChange={setGreeting}
            rows={3}
          />
          <Button type="submit" look="main" isPending={knock.isRunning}>
            {t("join.ask")}
          </Button>
          <Problem text={knock.error} />
        </form>
      )}
    </Page>
  );
}
