import type { OwnCertification } from "@p2pcrypt/client";
import { type Ends, termsOf, type VouchDraft } from "../../model/vouch-terms.ts";
import { Choice, Switch } from "../kit/Choice.tsx";
import { Field } from "../kit/Field.tsx";
import { useWords } from "../surroundings.ts";

/** What the plain choices mean in numbers, for those who want others. */
export function VouchAdvanced({
  draft,
  standing,
  name,
  nowMs,
  onChange,
}: {
  readonly draft: VouchDraft;
  readonly standing: OwnCertification | undefined;
  readonly name: string;
  readonly nowMs: number;
  readonly onChange: (draft: VouchDraft) => void;
}) {
  const words = useWords();
  const { t } = words;
  const outcome = termsOf(draft, standing, nowMs);
  const bad = outcome.kind === "bad" ? outcome.field : undefined;
  const ends: readonly (readonly [Ends, string])[] = [
    ["never", t("vouch.ends.never")],
    ["quarter", t("vouch.ends.quarter")],
    ["year", t("vouch.ends.year")],
    ...(standing?.expiresAtMs === undefined
      ? []
      : [["keep", t("vouch.ends.keep", { date: words.date(standing.expiresAtMs, nowMs) })] as const]),
  ];
  return (
    <details className="more">
      <summary>{t("vouch.advanced")}</summary>
      <div className="stack">
        <Choice
          label={t("vouch.ends")}
          value={draft.ends}
          onChange={(next) => onChange({ ...draft, ends: next })}
          options={ends}
        />
        <Switch
          label={t("vouch.public")}
          hint={t("vouch.publicHint", { name })}
          isOn={draft.isPublic}
          onChange={(isPublic) => onChange({ ...draft, isPublic })}
        />
        <Field
          label={t("vouch.depth")}
          hint={t("vouch.depthHint", { name })}
          value={draft.depth}
          onChange={(depth) => onChange({ ...draft, depth })}
          error={bad === "depth" ? t("vouch.badNumber") : undefined}
          isCode
        />
        <Field
          label={t("vouch.amount")}
          hint={t("vouch.amountHint")}
          value={draft.amount}
          onChange={(amount) => onChange({ ...draft, amount })}
          error={bad === "amount" ? t("vouch.badNumber") : undefined}
          isCode
        />
        <Field
          label={t("vouch.scope")}
          hint={t("vouch.scopeHint")}
          value={draft.scope}
          onChange={(scope) => onChange({ ...draft, scope })}
          rows={2}
          isCode
        />
      </div>
    </details>
  );
}
