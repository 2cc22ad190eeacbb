import type { ContactSnapshot } from "@p2pcrypt/client";
import { formatRoute } from "../../model/routes.ts";
import { trustMarkOf } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Name } from "../kit/Name.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Page } from "../kit/Page.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface IntroducePageProps {
  readonly contact: ContactSnapshot;
  /** Whom they can be introduced to. */
  readonly others: readonly ContactSnapshot[];
  readonly onIntroduce: (to: ContactSnapshot) => Promise<void>;
}

/** Two contacts get each other's certificate with one's own word. Whoever has no such word yet is said, with the way to give it. */
export function IntroducePage({ contact, others, onIntroduce }: IntroducePageProps) {
  const { t } = useWords();
  const introduce = useAct(onIntroduce);
  const name = shownName(contact.name);
  const back =
    contact.conversationId === undefined
      ? "#/"
      : formatRoute({ kind: "conversation", id: contact.conversationId, details: true });
  const isVouchedFor = contact.certification !== undefined;
  return (
    <Page title={t("introduce.title", { name })} back={back}>
      <p>{t("introduce.line")}</p>
      {isVouchedFor ? undefined : <VouchFirst contact={contact} />}
      {others.length === 0 ? <p className="hint">{t("introduce.nobody")}</p> : undefined}
      <ul className="stack tight">
        {others.map((other) => {
          const otherName = shownName(other.name);
          return (
            <li key={other.identityId} className="person-line">
              <Avatar identityId={other.identityId} name={other.name} />
              <span className="grow stack none">
                <Name name={other.name} />
                <TrustWord mark={trustMarkOf(other)} />
                {other.certification === undefined ? (
                  <span className="hint">{t("introduce.noWord", { name: otherName })}</span>
                ) : undefined}
              </span>
              {other.certification === undefined ? (
                <a className="button small" href={firstStep(other)}>
                  {other.trust.kind === "verified" ? t("introduce.vouch") : t("details.compare")}
                  <span className="unseen">{otherName}</span>
                </a>
              ) : isVouchedFor ? (
                <Button
                  size="small"
                  look="main"
                  label={t("introduce.both", { name, other: otherName })}
                  onPress={() => introduce.run(other)}
                >
                  {t("introduce.go")}
                </Button>
              ) : undefined}
            </li>
          );
        })}
      </ul>
      <Problem text={introduce.error} />
    </Page>
  );
}

function VouchFirst({ contact }: { readonly contact: ContactSnapshot }) {
  const { t } = useWords();
  return (
    <Notice
      tone="info"
      actions={
        <a className="button main" href={firstStep(contact)}>
          {stepWords(t, contact)}
        </a>
      }
    >
      {t("introduce.noWord", { name: shownName(contact.name) })}
    </Notice>
  );
}

/** Vouching needs a comparison first. */
function firstStep({ trust, identityId }: ContactSnapshot): string {
  return formatRoute({ kind: trust.kind === "verified" ? "vouch" : "compare", identityId });
}

function stepWords(t: ReturnType<typeof useWords>["t"], { trust, name }: ContactSnapshot): string {
  const shown = shownName(name);
  return trust.kind === "verified" ? t("vouch.go", { name: shown }) : t("compare.title", { name: shown });
}
