import type { ContactSnapshot, TrustAnswer, TrustPath, TrustStep } from "@p2pcrypt/client";
import { ArrowDown } from "lucide-react";
import { FULL_AMOUNT } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import type { Words } from "../../words/words.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Name } from "../kit/Name.tsx";
import { useWords } from "../surroundings.ts";

type IdentityId = ContactSnapshot["identityId"];

/** Why somebody is believed: from oneself, or from a root, person by person, each step in words. */
export function Chain({
  answer,
  selfId,
  nowMs,
}: {
  readonly answer: TrustAnswer;
  readonly selfId: IdentityId;
  readonly nowMs: number;
}) {
  const { t, number } = useWords();
  const name = shownName(answer.person.name);
  const paths = answer.paths.filter(({ steps }) => steps.length > 0);
  if (paths.length === 0) return <p className="hint">{t("why.none", { name })}</p>;
  return (
    <div className="stack">
      {paths.map((path, at) => (
        <div key={at} className="stack tight">
          {paths.length === 1 && path.amount >= FULL_AMOUNT ? undefined : (
            <p className="hint">{t("why.path", { amount: number(path.amount), full: number(FULL_AMOUNT) })}</p>
          )}
          <Path path={path} selfId={selfId} nowMs={nowMs} />
        </div>
      ))}
    </div>
  );
}

function Path({ path, selfId, nowMs }: { readonly path: TrustPath; readonly selfId: IdentityId; readonly nowMs: number }) {
  const words = useWords();
  const first = path.steps[0]?.issuer;
  return (
    <ol className="chain">
      {first === undefined ? undefined : (
        <li className="chain-person">
          <Avatar identityId={first.identityId} name={first.name} size="small" />
          {first.identityId === selfId ? words.t("why.you") : <Name name={first.name} />}
        </li>
      )}
      {path.steps.map((step, at) => (
        <li key={at} className="chain-step">
          <span className="chain-arrow">
            <ArrowDown size={16} aria-hidden />
          </span>
          <p className="hint">{stepSentence(words, step, selfId, nowMs)}</p>
          <span className="chain-person">
            <Avatar identityId={step.target.identityId} name={step.target.name} size="small" />
            <Name name={step.target.name} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function stepSentence(words: Words, { issuer, target, certification }: TrustStep, selfId: IdentityId, nowMs: number): string {
  const { t, number } = words;
  const name = shownName(target.name);
  if (certification === undefined) return t("why.ownName", { name });
  const { depth, amount, madeAtMs, expiresAtMs } = certification;
  const date = words.date(madeAtMs, nowMs);
  const by = shownName(issuer.name);
  const isOwn = issuer.identityId === selfId;
  const said =
    depth > 0
      ? isOwn
        ? t("why.youIntroducer", { name, date })
        : t("why.introducer", { by, name, date })
      : isOwn
        ? t("why.youVouch", { name, date })
        : t("why.vouches", { by, name, date });
  const weight = amount < FULL_AMOUNT ? t("why.weight", { amount: number(amount), full: number(FULL_AMOUNT) }) : "";
  const until = expiresAtMs === undefined ? "" : t("why.until", { date: words.date(expiresAtMs, nowMs) });
  return [said, weight, until].filter((part) => part !== "").join(" ");
}
