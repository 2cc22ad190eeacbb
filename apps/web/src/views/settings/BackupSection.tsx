import type { SafetySnapshot } from "@p2pcrypt/client";
import { Button } from "../kit/Button.tsx";
import { Switch } from "../kit/Choice.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface BackupActions {
  readonly setNodeBackup: (isAutomatic: boolean) => Promise<unknown>;
  readonly backUpAtNode: () => Promise<void>;
}

/** A backup that the node keeps and the recovery sheet finds. */
export function BackupSection({
  safety,
  progress,
  nowMs,
  actions,
}: {
  readonly safety: SafetySnapshot;
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly nowMs: number;
  readonly actions: BackupActions;
}) {
  const words = useWords();
  const { t } = words;
  const set = useAct(actions.setNodeBackup);
  const make = useAct(actions.backUpAtNode);
  const { isAutomatic = false, kept, failure } = safety.nodeBackup ?? {};
  const isRunning = set.isRunning || make.isRunning;
  if (!safety.canHaveRecoverySheet)
    return (
      <section className="stack tight">
        <h2>{t("backup.title")}</h2>
        <p className="hint">{t("backup.noSheet")}</p>
      </section>
    );
  return (
    <section className="stack tight">
      <h2>{t("backup.title")}</h2>
      <p className="hint">{t("backup.line")}</p>
      <Switch
        label={t("backup.automatic")}
        hint={t("backup.automaticHint")}
        isOn={isAutomatic}
        onChange={(isOn) => set.run(isOn)}
      />
      <p className="hint" role="status">
        {isRunning && progress !== undefined
          ? t("settings.exportProgress", { done: words.number(progress.done), total: words.number(progress.total) })
          : kept === undefined
            ? t("backup.none")
            : t("backup.kept", {
                made: words.date(kept.madeAtMs, nowMs),
                until: words.date(kept.keptUntilMs, nowMs),
                size: words.bytes(kept.bytes),
              })}
      </p>
      {failure === undefined || isRunning ? undefined : <p className="hint">{t("backup.failed")}</p>}
      {kept !== undefined && safety.recoverySheetAtMs === undefined ? (
        <p>
          <a href="#/sheet">{t("backup.needsSheet")}</a>
        </p>
      ) : undefined}
      <Problem text={set.error ?? make.error} />
      <div className="buttons">
        <Button size="small" onPress={() => make.run()} isPending={isRunning}>
          {t("backup.now")}
        </Button>
      </div>
    </section>
  );
}
