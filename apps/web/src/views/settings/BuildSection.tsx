import { Button } from "../kit/Button.tsx";
import { Notice } from "../kit/Notice.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface BuildActions {
  readonly update: () => Promise<void>;
  readonly install: () => Promise<void>;
}

/** Which build runs, whether another one waits, and whether the browser can install it. */
export function BuildSection({
  build,
  canInstall,
  actions,
}: {
  readonly build: { readonly hash: string; readonly isUpdateWaiting: boolean };
  readonly canInstall: boolean;
  readonly actions: BuildActions;
}) {
  const { t } = useWords();
  const update = useAct(actions.update);
  const install = useAct(actions.install);
  return (
    <section className="stack tight">
      {build.isUpdateWaiting ? (
        <Notice
          tone="info"
          actions={
            <Button size="small" onPress={() => update.run()} isPending={update.isRunning}>
              {t("settings.updateGo")}
            </Button>
          }
        >
          {t("settings.update")}
        </Notice>
      ) : undefined}
      {canInstall ? (
        <div className="line wrap">
          <p className="grow hint">{t("settings.installHint")}</p>
          <Button size="small" onPress={() => install.run()}>
            {t("settings.install")}
          </Button>
        </div>
      ) : undefined}
      {build.hash === "" ? undefined : (
        <>
          <p className="code">{t("settings.build", { hash: build.hash })}</p>
          <p className="hint">{t("settings.buildHint")}</p>
          <a href="/licences.txt" target="_blank" rel="noreferrer">
            {t("settings.licences")}
          </a>
        </>
      )}
    </section>
  );
}
