import type { ShortCodeRun } from "@p2pcrypt/client";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Notice } from "../kit/Notice.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface ShortActions {
  readonly startShortCode: () => Promise<void>;
  readonly acceptShortCode: () => Promise<void>;
  readonly confirmShortCode: (isEqual: boolean) => Promise<void>;
  readonly cancelShortCode: () => Promise<void>;
}

/** Six digits that both see at the same time, whoever began. */
export function ShortWay({
  run,
  name,
  actions,
}: {
  readonly run: ShortCodeRun | undefined;
  readonly name: string;
  readonly actions: ShortActions;
}) {
  const { t } = useWords();
  const act = useAct((step: () => Promise<void>) => step());
  const start = (
    <Button look="main" onPress={() => act.run(actions.startShortCode)} isPending={act.isRunning}>
      {t("compare.start")}
    </Button>
  );
  const cancel = (
    <Button look="quiet" onPress={() => act.run(actions.cancelShortCode)}>
      {t("app.cancel")}
    </Button>
  );
  return (
    <section className="card" aria-live="polite">
      {step()}
      <Problem text={act.error} />
    </section>
  );

  function step() {
    switch (run?.state) {
      case undefined:
        return start;
      case "waiting":
        return (
          <>
            <p>{run.isInitiator ? t("compare.waiting", { name }) : t("compare.waitingMore", { name })}</p>
            {cancel}
          </>
        );
      case "offered":
        return (
          <>
            <p>{t("compare.offered", { name })}</p>
            <div className="buttons">
              <Button look="main" onPress={() => act.run(actions.acceptShortCode)}>
                {t("compare.join")}
              </Button>
              <Button look="quiet" onPress={() => act.run(actions.cancelShortCode)}>
                {t("compare.notNow")}
              </Button>
            </div>
          </>
        );
      case "compare":
        return (
          <>
            <Code code={run.code ?? ""} label={t("compare.code")} />
            <p>{t("compare.ask", { name })}</p>
            <div className="buttons">
              <Button look="main" onPress={() => act.run(() => actions.confirmShortCode(true))}>
                {t("compare.same")}
              </Button>
              <Button look="quiet danger" onPress={() => act.run(() => actions.confirmShortCode(false))}>
                {t("compare.differ")}
              </Button>
            </div>
          </>
        );
      case "confirmed":
        return (
          <>
            <Code code={run.code ?? ""} label={t("compare.code")} />
            <p>{t("compare.confirmed", { name })}</p>
            {cancel}
          </>
        );
      case "verified":
        return <Notice tone="good">{t("compare.verified", { name })}</Notice>;
      case "failed":
        return (
          <>
            <Notice tone={run.reason === "mismatch" ? "bad" : "warn"}>
              {t(`compare.failed.${run.reason ?? "failed"}`, { name })}
            </Notice>
            {start}
          </>
        );
    }
  }
}

function Code({ code, label }: { readonly code: string; readonly label: string }) {
  return (
    <p className="short-code" dir="ltr">
      <span className="unseen">{label}: </span>
      {code.slice(0, 3)} {code.slice(3)}
    </p>
  );
}
