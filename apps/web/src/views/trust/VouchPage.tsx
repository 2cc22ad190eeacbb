import type { CertificationTerms, ContactSnapshot } from "@p2pcrypt/client";
import { useState } from "react";
import { formatRoute } from "../../model/routes.ts";
import { draftOf, type Introduces, termsOf, type VouchDraft, withGroup, withIntroduces } from "../../model/vouch-terms.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Choice } from "../kit/Choice.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { VouchAdvanced } from "./VouchAdvanced.tsx";

export interface VouchPageProps {
  readonly contact: ContactSnapshot;
  readonly nowMs: number;
  readonly onVouch: (terms: CertificationTerms) => Promise<void>;
}

/** "I have checked that this is NAME", and how far their word about others counts. */
export function VouchPage({ contact, nowMs, onVouch }: VouchPageProps) {
  const { t } = useWords();
  const { certification: standing, conversationId, identityId } = contact;
  const name = shownName(contact.name);
  const [draft, setDraft] = useState(() => draftOf(standing));
  const outcome = termsOf(draft, standing, nowMs);
  const [isTried, setTried] = useState(false);
  const vouch = useAct(onVouch);
  const back = conversationId === undefined ? "#/" : formatRoute({ kind: "conversation", id: conversationId, details: true });
  return (
    <Page title={t("vouch.title", { name })} back={back}>
      <div className="who-head">
        <Avatar identityId={identityId} name={contact.name} size="large" />
        <p className="lead">{t("vouch.line", { name })}</p>
        <p className="hint">{t("vouch.private", { name })}</p>
      </div>
      {contact.trust.kind === "verified" ? (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (outcome.kind === "terms") vouch.run(outcome.terms);
          }}
        >
          <IntroducesChoice draft={draft} name={name} onChange={setDraft} />
          {draft.introduces === "within" ? (
            <Field
              label={t("vouch.group")}
              hint={t("vouch.groupHint")}
              value={draft.within}
              onChange={(within) => setDraft(withGroup(draft, within))}
              error={isTried && outcome.kind === "bad" && outcome.field === "within" ? t("vouch.groupNeeded") : undefined}
            />
          ) : undefined}
          <VouchAdvanced {...{ draft, standing, name, nowMs }} onChange={setDraft} />
          <Problem text={vouch.error} />
          <Button type="submit" look="main" size="wide" isPending={vouch.isRunning}>
            {standing === undefined ? t("vouch.go", { name }) : t("vouch.save")}
          </Button>
        </form>
      ) : (
        <>
          <Notice tone="info">{t("vouch.needsVerified", { name })}</Notice>
          <a className="button main" href={formatRoute({ kind: "compare", identityId })}>
            {t("details.compare")}
          </a>
        </>
      )}
    </Page>
  );
}

function IntroducesChoice({
  draft,
  name,
  onChange,
}: {
  readonly draft: VouchDraft;
  readonly name: string;
  readonly onChange: (draft: VouchDraft) => void;
}) {
  const { t } = useWords();
  const option = (value: Introduces): readonly [Introduces, React.ReactNode] => [
    value,
    <span key={value} className="grow">
      {t(`vouch.introduces.${value}`)}
      <span className="hint block">{t(`vouch.means.${value}`, { name })}</span>
    </span>,
  ];
  return (
    <Choice
      label={t("vouch.introduces", { name })}
      value={draft.introduces}
      onChange={(next) => onChange(withIntroduces(draft, next))}
      options={[option("no"), option("everyone"), option("within"), option("half")]}
      isColumn
    />
  );
}
