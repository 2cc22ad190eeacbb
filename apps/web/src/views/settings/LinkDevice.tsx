import type { HistoryChoice, LinkingRun, LinkingTerms } from "@p2pcrypt/client";
import { MonitorSmartphone } from "lucide-react";
import { useState } from "react";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { Choice, Switch } from "../kit/Choice.tsx";
import { CopyButton } from "../kit/CopyButton.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Qr } from "../kit/Qr.tsx";
import { SixDigits } from "../kit/SixDigits.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface LinkActions {
  /** @returns false for a wrong passphrase. */
  readonly startLinking: (as: LinkingTerms, passphrase: string | undefined) => Promise<boolean>;
  readonly confirmLinking: (isEqual: boolean) => Promise<void>;
  readonly cancelLinking: () => Promise<void>;
}

/** Shows a code for a new device, then the digits, and asks. */
export function LinkDevice({
  run,
  hasPassphrase,
  actions,
}: {
  readonly run: LinkingRun | undefined;
  readonly hasPassphrase: boolean;
  readonly actions: LinkActions;
}) {
  const { t, time } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [passphrase, setPassphrase] = useState("");
  const [isWrong, setWrong] = useState(false);
  const [isKeeper, setKeeper] = useState(false);
  const [history, setHistory] = useState<HistoryChoice>("month");
  const start = useAct(async (form: LinkingRun["form"]) => {
    const isRight = await actions.startLinking({ form, isKeeper, history }, hasPassphrase ? passphrase : undefined);
    setWrong(!isRight);
    if (isRight) setPassphrase("");
  });
  const act = useAct((step: () => Promise<void>) => step());
  const name = shownName(run?.deviceName ?? "");
  const cancel = (
    <Button look="quiet" onPress={() => act.run(actions.cancelLinking)}>
      {t("app.cancel")}
    </Button>
  );
  if (!isOpen)
    return (
      <div className="buttons">
        <Button onPress={() => setOpen(true)}>
          <MonitorSmartphone size={18} aria-hidden />
          {t("linking.start")}
        </Button>
      </div>
    );
  return (
    <section className="card stack" aria-live="polite">
      {step()}
      <Problem text={start.error ?? act.error ?? (isWrong ? t("locked.wrong") : undefined)} />
    </section>
  );

  function choice() {
    return (
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          start.run("link");
        }}
      >
        <p>{t("linking.line")}</p>
        <Switch
          label={t("linking.asKeeper")}
          hint={t(isKeeper ? "linking.asKeeperHint" : "linking.asLimitedHint")}
          isOn={isKeeper}
          onChange={setKeeper}
        />
        {hasPassphrase ? (
          <Field
            label={t("settings.passphrasePresent")}
            type="password"
            value={passphrase}
            onChange={setPassphrase}
            autoComplete="current-password"
            autoFocus
          />
        ) : undefined}
        <Choice
          label={t("history.choice")}
          hint={t("history.choiceLine")}
          value={history}
          options={[
            ["all", t("history.all")],
            ["month", t("history.month")],
            ["none", t("history.none")],
          ]}
          onChange={setHistory}
        />
        <div className="buttons">
          <Button type="submit" look="main" isPending={start.isRunning} isDisabled={hasPassphrase && passphrase === ""}>
            {t("linking.showQr")}
          </Button>
          <Button onPress={() => start.run("typed")} isDisabled={hasPassphrase && passphrase === ""}>
            {t("linking.showTyped")}
          </Button>
          <Button look="quiet" onPress={() => setOpen(false)}>
            {t("app.cancel")}
          </Button>
        </div>
      </form>
    );
  }

  function step() {
    switch (run?.state) {
      case "waiting":
        return (
          <>
            {run.form === "link" ? (
              <Qr text={run.code} label={t("linking.showQr")} />
            ) : (
              <p className="short-code" dir="ltr">
                {run.code}
              </p>
            )}
            <p>{t(run.form === "link" ? "linking.scanHint" : "linking.typeHint", { time: time(run.expiresAtMs) })}</p>
            <div className="buttons">
              <CopyButton text={run.code} label={t("linking.copy")} />
              {cancel}
            </div>
          </>
        );
      case "compare":
        return (
          <>
            <p>{t("linking.compare", { name })}</p>
            <SixDigits digits={run.digits ?? ""} />
            <div className="buttons">
              <Button look="main" onPress={() => act.run(() => actions.confirmLinking(true))}>
                {t("linking.same")}
              </Button>
              <Button look="quiet danger" onPress={() => act.run(() => actions.confirmLinking(false))}>
                {t("linking.differ")}
              </Button>
            </div>
          </>
        );
      case "confirmed":
        return (
          <>
            <p>{t("linking.waitingNew", { name })}</p>
            <SixDigits digits={run.digits ?? ""} />
            {cancel}
          </>
        );
      case "linked":
        return (
          <>
            <Notice tone="good">{t("linking.done", { name })}</Notice>
            {choice()}
          </>
        );
      case "failed":
        return (
          <>
            <Notice tone={run.reason === "mismatch" ? "bad" : "warn"}>{t(`linking.failed.${run.reason ?? "damaged"}`)}</Notice>
            {choice()}
          </>
        );
      default:
        return choice();
    }
  }
}
