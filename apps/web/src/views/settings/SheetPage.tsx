import type { RecoverySheet } from "@p2pcrypt/client";
import { Printer } from "lucide-react";
import { useState } from "react";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Page } from "../kit/Page.tsx";
import { Qr } from "../kit/Qr.tsx";
import { useAct, useWords } from "../surroundings.ts";

/** Words on paper. Shown after a press, forgotten when this leaves the screen. */
export function SheetPage({
  nowMs,
  onMake,
  onPrint,
}: {
  readonly nowMs: number;
  readonly onMake: () => Promise<RecoverySheet>;
  readonly onPrint: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const [sheet, setSheet] = useState<RecoverySheet>();
  const make = useAct(async () => setSheet(await onMake()));
  return (
    <Page title={t("sheet.title")} back="#/">
      <Notice tone="warn">{t("sheet.line")}</Notice>
      <p className="hint no-print">{t("safety.sheetWhy")}</p>
      {sheet === undefined ? (
        <div className="buttons">
          <Button look="main" onPress={() => make.run()} isPending={make.isRunning}>
            {t("sheet.show")}
          </Button>
        </div>
      ) : (
        <article className="sheet">
          <h2>{t("sheet.of", { name: shownName(sheet.name), date: words.date(nowMs, 0) })}</h2>
          <h3>{t("sheet.words")}</h3>
          <ol className="sheet-words" dir="ltr">
            {sheet.words.map((word, at) => (
              // a word may come twice; its place is what it is
              <li key={at}>{word}</li>
            ))}
          </ol>
          <p>
            {t("start.node")}: <span className="code">{sheet.homeNodeUrl}</span>
          </p>
          <p className="hint">
            {t("details.fingerprint")}: <span className="code">{sheet.fingerprint}</span>
          </p>
          <h3>{t("sheet.qr")}</h3>
          <Qr text={sheet.text} label={t("sheet.qr")} />
          <div className="buttons no-print">
            <Button look="main" onPress={onPrint}>
              <Printer size={18} aria-hidden />
              {t("sheet.print")}
            </Button>
            <a className="button quiet" href="#/">
              {t("sheet.kept")}
            </a>
          </div>
        </article>
      )}
      <Problem text={make.error} />
    </Page>
  );
}
