import type { ContactSnapshot } from "@p2pcrypt/client";
import { formatRoute } from "../../model/routes.ts";
import { FULL_AMOUNT, trustMarkOf } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import type { Words } from "../../words/words.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { NameWarning } from "./NameWarning.tsx";

export interface TrustCardProps {
  readonly contact: ContactSnapshot;
  readonly hasTwin: boolean;
  readonly nowMs: number;
  readonly canCompare: boolean;
  readonly onWithdraw: () => Promise<void>;
}

/** How sure we are, why, and what would make it surer. */
export function TrustCard({ contact, hasTwin, nowMs, canCompare, onWithdraw }: TrustCardProps) {
  const words = useWords();
  const { t } = words;
  const withdraw = useAct(onWithdraw);
  const { trust, failedRuns, name, identityId } = contact;
  const isVerified = trust.kind === "verified";
  return (
    <section className="card" aria-label={t("details.trust")}>
      <div className="stack tight">
        <TrustWord mark={trustMarkOf(contact)} />
        <p>{trustLine(words, contact, nowMs)}</p>
        {failedRuns > 0 ? <p className="hint">{t("trust.failedRuns", { count: failedRuns })}</p> : undefined}
      </div>
      <NameWarning name={name} hasTwin={hasTwin} />
      {canCompare ? (
        <a className={`button ${isVerified ? "" : "main"}`} href={formatRoute({ kind: "compare", identityId })}>
          {t("details.compare")}
        </a>
      ) : (
        <p className="hint">{t("compare.needsConversation", { name: shownName(name) })}</p>
      )}
      {isVerified ? (
        <Button look="quiet" onPress={() => withdraw.run()}>
          {t("details.withdraw")}
        </Button>
      ) : undefined}
      <Problem text={withdraw.error} />
    </section>
  );
}

function trustLine(words: Words, contact: ContactSnapshot, nowMs: number): string {
  const { t } = words;
  const { trust } = contact;
  const name = shownName(contact.name);
  if (trust.kind === "verified") return t(`trust.by.${trust.method}`, { date: words.date(trust.atMs, nowMs) });
  const mark = trustMarkOf(contact);
  if (mark.kind === "introduced") return t("trust.introducedLine", { name, by: shownName(mark.by) });
  if (mark.kind === "partly")
    return t("trust.partlyLine", { name, amount: words.number(mark.amount), full: words.number(FULL_AMOUNT) });
  return t("trust.unverifiedLine", { name });
}
