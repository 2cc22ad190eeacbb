import { useState } from "react";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface ExportActions {
  /** @throws {ClientError} export/passphraseEmpty */
  readonly exportBackup: (passphrase: string) => Promise<void>;
  readonly exportGpg: (passphrase: string) => Promise<void>;
  readonly exportCertificate: () => Promise<void>;
}

export function ExportSection({ actions }: { readonly actions: ExportActions }) {
  const { t } = useWords();
  const [kind, setKind] = useState<"backup" | "gpg">();
  const certificate = useAct(actions.exportCertificate);
  return (
    <section className="stack tight">
      <h2>{t("settings.export")}</h2>
      <p className="hint">{t("settings.exportBackupHint")}</p>
      <div className="buttons">
        <Button size="small" onPress={() => setKind("backup")}>
          {t("settings.exportBackup")}
        </Button>
        <Button size="small" onPress={() => setKind("gpg")}>
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
          onExport={kind === "backup" ? actions.exportBackup : actions.exportGpg}
          onClose={() => setKind(undefined)}
        />
      )}
    </section>
  );
}

function ExportDialog({
  kind,
  onExport,
  onClose,
}: {
  readonly kind: "backup" | "gpg";
  readonly onExport: (passphrase: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [passphrase, setPassphrase] = useState("");
  const save = useAct(async () => {
    await onExport(passphrase);
    onClose();
  });
  return (
    <Dialog title={kind === "backup" ? t("settings.exportBackup") : t("settings.exportGpg")} onClose={onClose}>
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
