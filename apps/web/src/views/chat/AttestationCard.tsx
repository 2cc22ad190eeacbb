import type { ContactSnapshot, ConversationEvent } from "@p2pcrypt/client";
import { BadgePlus } from "lucide-react";
import { useState, useSyncExternalStore } from "react";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import type { People } from "./IntroductionCard.tsx";

/** Somebody would like directories to say that they vouch for one. Nothing happens before one agrees. */
export function AttestationCard({
  event,
  people,
  onAttest,
}: {
  readonly event: ConversationEvent & { readonly what: "attestationAsked" };
  readonly people: People;
  readonly onAttest: (by: ContactSnapshot["identityId"], isAttested: boolean) => Promise<void>;
}) {
  const { t } = useWords();
  const isAgreed = useSyncExternalStore(people.subscribe, () => people.get(event.by)?.isAttested === true);
  const [isPutOff, setPutOff] = useState(false);
  const attest = useAct(async (isAttested: boolean) => {
    await onAttest(event.by, isAttested);
    setPutOff(!isAttested);
  });
  const answer = isAgreed ? "agreed" : isPutOff ? "later" : undefined;
  const name = shownName(event.name);
  return (
    <article className="card log-card">
      <div className="line">
        <span className="row-icon">
          <BadgePlus size={20} aria-hidden />
        </span>
        <div className="grow stack none">
          <h3 className="log-card-name">{t("card.attest", { name })}</h3>
          <p className="hint">{t("card.attestLine", { name })}</p>
        </div>
      </div>
      {answer === undefined ? undefined : <p role="status">{answer === "agreed" ? t("card.agreed") : t("card.later")}</p>}
      <div className="buttons">
        {answer === "agreed" ? undefined : (
          <Button look="main" size="small" onPress={() => attest.run(true)} isPending={attest.isRunning}>
            {t("card.agree")}
          </Button>
        )}
        {answer === undefined ? (
          <Button look="quiet" size="small" onPress={() => setPutOff(true)}>
            {t("card.notNow")}
          </Button>
        ) : undefined}
        {answer === "agreed" ? (
          <Button look="quiet" size="small" onPress={() => attest.run(false)} isPending={attest.isRunning}>
            {t("vouched.takeBack")}
          </Button>
        ) : undefined}
      </div>
      <Problem text={attest.error} />
    </article>
  );
}
