import type { GroupInvitation, Knock } from "@p2pcrypt/client";
import { useState } from "react";
import { shownName, shownText } from "../../text/printable.ts";
import { grouped } from "../details/Fingerprints.tsx";
import { NameWarning } from "../details/NameWarning.tsx";
import { Button } from "../kit/Button.tsx";
import { Choice } from "../kit/Choice.tsx";
import { CopyButton } from "../kit/CopyButton.tsx";
import { Problem } from "../kit/Field.tsx";
import { Name } from "../kit/Name.tsx";
import { Qr } from "../kit/Qr.tsx";
import { useAct, useWords } from "../surroundings.ts";

const DAY_MS = 86_400_000;
const VALIDITIES = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;
type Validity = keyof typeof VALIDITIES;

export interface InvitationActions {
  readonly invite: (validForMs: number) => Promise<void>;
  readonly revoke: (invitation: GroupInvitation) => Promise<void>;
  readonly admit: (knock: Knock) => Promise<void>;
  readonly turnAway: (knock: Knock) => Promise<void>;
}

/** An administrator's links to the group, and who followed one and waits. */
export function Invitations({
  invitations,
  knocks,
  twins,
  nowMs,
  actions,
}: {
  readonly invitations: readonly GroupInvitation[];
  readonly knocks: readonly Knock[];
  readonly twins: ReadonlySet<string>;
  readonly nowMs: number;
  readonly actions: InvitationActions;
}) {
  const { t, date } = useWords();
  const [validity, setValidity] = useState<Validity>("week");
  const act = useAct((run: () => Promise<void>) => run());
  return (
    <>
      {knocks.length === 0 ? undefined : (
        <section className="stack tight">
          <h3>{t("join.waiting", { count: knocks.length })}</h3>
          {knocks.map((knock) => (
            <KnockCard key={knock.identityId} knock={knock} hasTwin={twins.has(knock.identityId)} actions={actions} />
          ))}
        </section>
      )}
      <section className="stack tight">
        <h3>{t("join.links")}</h3>
        <p className="hint">{t("join.linksHint")}</p>
        {invitations.map((invitation) => (
          <article key={invitation.id} className="card">
            <Qr text={invitation.link} label={t("join.qr")} />
            <label className="field">
              <span className="label">{t("join.link")}</span>
              <input
                className="code"
                dir="ltr"
                readOnly
                value={invitation.link}
                onFocus={(event) => event.currentTarget.select()}
              />
            </label>
            <p className="hint">{t("join.until", { date: date(invitation.expiresAtMs, nowMs) })}</p>
            <div className="buttons">
              <CopyButton text={invitation.link} label={t("landing.copyLink")} size="small" />
              <Button size="small" look="quiet danger" onPress={() => act.run(() => actions.revoke(invitation))}>
                {t("join.revoke")}
              </Button>
            </div>
          </article>
        ))}
        <Choice<Validity>
          label={t("join.validity")}
          value={validity}
          onChange={setValidity}
          options={[
            ["day", t("join.day")],
            ["week", t("join.week")],
            ["month", t("join.month")],
          ]}
        />
        <Button size="small" onPress={() => act.run(() => actions.invite(VALIDITIES[validity]))} isPending={act.isRunning}>
          {t("join.make")}
        </Button>
        <Problem text={act.error} />
      </section>
    </>
  );
}

function KnockCard({
  knock,
  hasTwin,
  actions,
}: {
  readonly knock: Knock;
  readonly hasTwin: boolean;
  readonly actions: InvitationActions;
}) {
  const { t } = useWords();
  const answer = useAct((act: (knock: Knock) => Promise<void>) => act(knock));
  const { name, greeting, fingerprint } = knock;
  return (
    <article className="card">
      <h4>
        <Name name={name} />
      </h4>
      <p className="hint">{t("trust.unverifiedLine", { name: shownName(name) })}</p>
      {greeting === "" ? undefined : (
        <p className="greeting" dir="auto">
          {shownText(greeting)}
        </p>
      )}
      <NameWarning name={name} hasTwin={hasTwin} />
      <p className="hint">
        {t("details.fingerprint")}: <span className="code">{grouped(fingerprint)}</span>
      </p>
      <div className="buttons">
        <Button size="small" look="main" onPress={() => answer.run(actions.admit)} isPending={answer.isRunning}>
          {t("join.admit", { name: shownName(name) })}
        </Button>
        <Button size="small" onPress={() => answer.run(actions.turnAway)}>
          {t("join.turnAway")}
        </Button>
      </div>
      <Problem text={answer.error} />
    </article>
  );
}
