import { useState } from "react";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface ExportActions {
  /** @throws {ClientError} export/passphraseEmpty */
  readonly exportBackup: (passphrase: string, withMessages: boolean) => Promise<void>;
  readonly exportGpg: (passphrase: string) => Promise<void>;
  readonly exportCertificate: () => Promise<void>;
}

export function ExportSection({
  progress,
  hindrance,
  actions,
}: {
  /** Of a backup that is being made, in entries. */
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  /** Why nothing with the key in it is taken out of here. */
  readonly hindrance: string | undefined;
  readonly actions: ExportActions;
}) {
  const { t } = useWords();
  const [kind, setKind] = useState<"full" | "backup" | "gpg">();
  const certificate = useAct(actions.exportCertificate);
  const isDisabled = hindrance !== undefined;
  return (
    <section className="stack tight">
      <h2>{t("settings.export")}</h2>
      <p className="hint">{hindrance ?? t("settings.exportBackupHint")}</p>
      <div className="buttons">
        <Button size="small" isDisabled={isDisabled} onPress={() => setKind("full")}>
          {t("settings.exportFull")}
        </Button>
        <Button size="small" isDisabled={isDisabled} onPress={() => setKind("backup")}>
          {t("settings.exportBackup")}
        </Button>
        <Button size="small" isDisabled={isDisabled} onPress={() => setKind("gpg")}>
          {t("settings.exportGpg")}
        </Button>
        <Button size="small" onPress={() => certificate.run()}>
          {t("settings.exportCertificate")}
        </Button>
      </div>
      <Problem text={certificate.error} />
      {kind === undefined ? undefined : (
        <ExportDialog
          kind={kind}
          progress={progress}
          onExport={(passphrase) =>
            kind === "gpg" ? actions.exportGpg(passphrase) : actions.exportBackup(passphrase, kind === "full")
          }
          onClose={() => setKind(undefined)}
        />
      )}
    </section>
  );
}

const TITLES = {
  full: "settings.exportFull",
  backup: "settings.exportBackup",
  gpg: "settings.exportGpg",
} as const;

function ExportDialog({
  kind,
  progress,
  onExport,
  onClose,
}: {
  readonly kind: "full" | "backup" | "gpg";
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly onExport: (passphrase: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t, number } = useWords();
  const [passphrase, setPassphrase] = useState("");
  const save = useAct(async () => {
    await onExport(passphrase);
    onClose();
  });
  return (
    <Dialog title={t(TITLES[kind])} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save.run();
        }}
      >
        <Field
          label={t("settings.exportPassphrase")}
          hint={t("settings.exportPassphraseHint")}
          type="password"
          autoComplete="new-password"
          value={passphrase}
          onChange={setPassphrase}
          autoFocus
        />
        <Problem text={save.error} />
        <p className="hint" role="status">
          {save.isRunning && progress !== undefined
            ? t("settings.exportProgress", { done: number(progress.done), total: number(progress.total) })
            : kind === "full"
              ? t("settings.exportFullHint")
              : ""}
        </p>
        <div className="buttons">
          <Button type="submit" look="main" isDisabled={passphrase === ""} isPending={save.isRunning}>
            {t("settings.exportSave")}
          </Button>
          <Button look="quiet" onPress={onClose}>
            {t("app.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
