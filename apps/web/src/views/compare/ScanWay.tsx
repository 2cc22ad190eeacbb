import { useState } from "react";
import type { CompareSnapshot } from "../../model/compare.ts";
import { Scanner } from "../add/Scanner.tsx";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Qr } from "../kit/Qr.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface ScanActions {
  readonly showCode: () => Promise<void>;
  readonly scanned: (text: string) => Promise<void>;
  readonly confirmScan: (isThem: boolean) => Promise<void>;
  readonly cancelScan: () => Promise<void>;
}

/** In one room: one shows a code, the other scans it, the first says that it is them. */
export function ScanWay({
  compare,
  name,
  actions,
}: {
  readonly compare: CompareSnapshot;
  readonly name: string;
  readonly actions: ScanActions;
}) {
  const { t, time } = useWords();
  const [isScanning, setScanning] = useState(false);
  const act = useAct((step: () => Promise<void>) => step());
  const { shown, scan } = compare;
  const found = (text: string): void => {
    setScanning(false);
    act.run(() => actions.scanned(text));
  };
  const cancel = (
    <Button look="quiet" onPress={() => act.run(actions.cancelScan)}>
      {t("app.cancel")}
    </Button>
  );
  const choice = (
    <div className="buttons">
      <Button look="main" onPress={() => act.run(actions.showCode)} isPending={act.isRunning}>
        {t("compare.show")}
      </Button>
      <Button onPress={() => setScanning(true)}>{t("compare.scanTheirs")}</Button>
    </div>
  );
  return (
    <section className="card" aria-live="polite">
      {isScanning ? <Scanner onFound={found} onStop={() => setScanning(false)} /> : step()}
      <Problem text={act.error} />
    </section>
  );

  function step() {
    if (scan?.state === "scanned") {
      return (
        <>
          <p>{t("compare.scanned", { name })}</p>
          <div className="buttons">
            <Button look="main" onPress={() => act.run(() => actions.confirmScan(true))}>
              {t("compare.yesInFront", { name })}
            </Button>
            <Button look="quiet danger" onPress={() => act.run(() => actions.confirmScan(false))}>
              {t("compare.noInFront")}
            </Button>
          </div>
        </>
      );
    }
    if (scan?.state === "verified") return <Notice tone="good">{t("compare.verified", { name })}</Notice>;
    if (scan?.state === "failed") {
      return (
        <>
          <Notice tone={scan.reason === "mismatch" ? "bad" : "warn"}>
            {t(`compare.scanFailed.${scan.reason ?? "unknown"}`)}
          </Notice>
          {choice}
        </>
      );
    }
    if (shown !== undefined) {
      return (
        <>
          <Qr text={shown.text} label={t("compare.show")} />
          <p>{t("compare.showHint", { name, time: time(shown.run.endsAtMs) })}</p>
          {cancel}
        </>
      );
    }
    if (scan?.state === "waiting" && !scan.isShowing) {
      return (
        <>
          <p>{t("compare.scanWaiting", { name })}</p>
          {cancel}
        </>
      );
    }
    return choice;
  }
}
