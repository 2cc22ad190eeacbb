import type { ContactSnapshot, TrustStep } from "@p2pcrypt/client";
import { Waypoints } from "lucide-react";
import { formatRoute } from "../../model/routes.ts";
import type { VouchingSnapshot } from "../../model/vouching.ts";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { Switch } from "../kit/Choice.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Chain } from "./Chain.tsx";
import { OwnWord } from "./OwnWord.tsx";
import { RootCard } from "./RootCard.tsx";

export interface PersonTrustActions {
  readonly takeBack: () => Promise<void>;
  readonly share: () => Promise<void>;
  readonly setRoot: (amount: number | undefined) => Promise<void>;
  readonly setSharing: (isAutomatic: boolean) => Promise<void>;
}

/** The part of a person's details that the web of trust fills: why they are believed, one's own word, and giving on. */
export function PersonTrust({
  vouching,
  selfId,
  nowMs,
  canReach,
  actions,
}: {
  readonly vouching: VouchingSnapshot;
  readonly selfId: ContactSnapshot["identityId"];
  readonly nowMs: number;
  /** Their conversation works. */
  readonly canReach: boolean;
  readonly actions: PersonTrustActions;
}) {
  const { t } = useWords();
  const { contact, answer, root } = vouching;
  const share = useAct((run: () => Promise<void>) => run());
  if (contact === undefined) return undefined;
  const name = shownName(contact.name);
  const { identityId } = contact;
  return (
    <>
      {answer === undefined || answer.paths.every(({ steps }) => isNoNews(steps, selfId)) ? undefined : (
        <section className="stack tight">
          <h3>{t("why.title")}</h3>
          <Chain answer={answer} selfId={selfId} nowMs={nowMs} />
        </section>
      )}
      <OwnWord contact={contact} nowMs={nowMs} onTakeBack={actions.takeBack} />
      <section className="stack tight">
        {canReach ? (
          <a className="button" href={formatRoute({ kind: "introduce", identityId })}>
            {t("introduce.open", { name })}
          </a>
        ) : undefined}
        <a className="button quiet start" href={formatRoute({ kind: "trust", identityId })}>
          <Waypoints size={18} aria-hidden />
          {t("map.show")}
        </a>
      </section>
      {canReach ? (
        <section className="stack tight">
          <h3>{t("share.title")}</h3>
          <p className="hint">{t("share.line", { name })}</p>
          <Switch
            label={t("share.always")}
            isOn={contact.isGivenCertifications}
            onChange={(isOn) => share.run(() => actions.setSharing(isOn))}
          />
          {contact.isGivenCertifications ? undefined : (
            <Button look="quiet" onPress={() => share.run(actions.share)} isPending={share.isRunning}>
              {t("share.once")}
            </Button>
          )}
          <Problem text={share.error} />
        </section>
      ) : undefined}
      <section className="stack tight">
        <h3>{t("roots.section")}</h3>
        {root === undefined ? <p className="hint">{t("roots.notOne", { name })}</p> : undefined}
        <RootCard name={name} amount={root?.amount} onSet={actions.setRoot} />
      </section>
    </>
  );
}

/** What one said oneself stands in a card of its own; a root needs no steps. */
function isNoNews([first, ...more]: readonly TrustStep[], selfId: ContactSnapshot["identityId"]): boolean {
  return first === undefined || (more.length === 0 && first.issuer.identityId === selfId);
}
