import type { CompareSnapshot, CompareWay } from "../../model/compare.ts";
import { formatRoute } from "../../model/routes.ts";
import { shownName } from "../../text/printable.ts";
import { Choice } from "../kit/Choice.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Page } from "../kit/Page.tsx";
import { useWords } from "../surroundings.ts";
import { type DigitsActions, DigitsWay } from "./DigitsWay.tsx";
import { type ScanActions, ScanWay } from "./ScanWay.tsx";
import { type ShortActions, ShortWay } from "./ShortWay.tsx";

export interface ComparePageProps {
  readonly compare: CompareSnapshot;
  readonly nowMs: number;
  readonly actions: ShortActions & DigitsActions & ScanActions & { readonly choose: (way: CompareWay) => void };
}

export function ComparePage({ compare, nowMs, actions }: ComparePageProps) {
  const words = useWords();
  const { t } = words;
  const { contact, way } = compare;
  if (contact === undefined) return <p className="empty hint">{t("chat.notFound")}</p>;
  const name = shownName(contact.name);
  const back =
    contact.conversationId === undefined
      ? "#/"
      : formatRoute({ kind: "conversation", id: contact.conversationId, details: false });
  const hints = { scan: t("compare.scanHint"), short: t("compare.shortHint"), digits: t("compare.digitsHint") };
  return (
    <Page title={t("compare.title", { name })} back={back}>
      <p>{t("compare.why")}</p>
      {contact.trust.kind === "verified" ? (
        <Notice
          tone="good"
          actions={
            contact.certification === undefined ? (
              <a className="button main" href={formatRoute({ kind: "vouch", identityId: contact.identityId })}>
                {t("vouch.go", { name })}
              </a>
            ) : undefined
          }
        >
          {t("compare.already", { date: words.date(contact.trust.atMs, nowMs) })}
        </Notice>
      ) : undefined}
      <Choice
        label={t("compare.ways")}
        value={way}
        onChange={actions.choose}
        options={[
          ["scan", t("compare.scan")],
          ["short", t("compare.short")],
          ["digits", t("compare.digits")],
        ]}
        hint={hints[way]}
      />
      {way === "scan" ? <ScanWay compare={compare} name={name} actions={actions} /> : undefined}
      {way === "short" ? <ShortWay run={compare.shortCode} name={name} actions={actions} /> : undefined}
      {way === "digits" ? <DigitsWay compare={compare} name={name} actions={actions} /> : undefined}
    </Page>
  );
}
