import type { ContactSnapshot, OwnCertification } from "@p2pcrypt/client";
import { formatRoute } from "../../model/routes.ts";
import { FULL_AMOUNT } from "../../model/trust-mark.ts";
import { daysLeft, groupIn } from "../../model/vouch-terms.ts";
import { shownName } from "../../text/printable.ts";
import type { Words } from "../../words/words.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Notice } from "../kit/Notice.tsx";
import { useAct, useWords } from "../surroundings.ts";

const SOON_DAYS = 30;

/** What one said of a contact oneself, until when, and what can be done about it. */
export function OwnWord({
  contact,
  nowMs,
  onTakeBack,
}: {
  readonly contact: ContactSnapshot;
  readonly nowMs: number;
  readonly onTakeBack: () => Promise<void>;
}) {
  const words = useWords();
  const { t } = words;
  const takeBack = useAct(onTakeBack);
  const { certification, identityId, trust } = contact;
  const name = shownName(contact.name);
  const page = formatRoute({ kind: "vouch", identityId });
  if (certification === undefined) {
    if (trust.kind !== "verified") return undefined;
    return (
      <section className="card">
        <p>{t("vouched.offer", { name })}</p>
        <a className="button main" href={page}>
          {t("vouch.go", { name })}
        </a>
      </section>
    );
  }
  const left = daysLeft(certification, nowMs);
  return (
    <section className="card" aria-label={t("vouched.title")}>
      <div className="stack tight">
        <h3>{t("vouched.title")}</h3>
        <p>{t("vouched.since", { name, date: words.date(certification.madeAtMs, nowMs) })}</p>
        <p className="hint">{meaning(words, certification, name)}</p>
        <p className="hint">{certification.isPublic ? t("vouched.public", { name }) : t("vouched.private")}</p>
        {certification.expiresAtMs === undefined || (left ?? 0) <= SOON_DAYS ? undefined : (
          <p className="hint">{t("vouched.ends", { date: words.date(certification.expiresAtMs, nowMs) })}</p>
        )}
      </div>
      {left === undefined || left > SOON_DAYS || certification.expiresAtMs === undefined ? undefined : (
        <Notice tone="warn">{t("vouched.endsSoon", { count: left, date: words.date(certification.expiresAtMs, nowMs) })}</Notice>
      )}
      <div className="buttons">
        <a className="button" href={page}>
          {t("vouched.change")}
        </a>
        <Button look="quiet danger" onPress={() => takeBack.run()} isPending={takeBack.isRunning}>
          {t("vouched.takeBack")}
        </Button>
      </div>
      <Problem text={takeBack.error} />
    </section>
  );
}

function meaning({ t, number }: Words, { depth, amount, scopes }: OwnCertification, name: string): string {
  if (depth === 0) return t("vouched.only", { name });
  const within = scopes.length === 0 ? "" : t("vouched.within", { group: scopes.map(groupIn).join(", ") });
  const weight = amount === FULL_AMOUNT ? "" : t("why.weight", { amount: number(amount), full: number(FULL_AMOUNT) });
  return [t("vouched.introduces", { name }), within, weight].filter((part) => part !== "").join(" ");
}
