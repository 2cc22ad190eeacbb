import { FileKey, FileX, HardDrive, KeyRound, Lock } from "lucide-react";
import { useState } from "react";
import type { SafetySnapshot } from "../../model/safety.ts";
import { Button } from "../kit/Button.tsx";
import { Choice } from "../kit/Choice.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { PassphraseForm } from "./PassphraseForm.tsx";

export interface SafetySectionActions {
  readonly changePassphrase: (change: { readonly present?: string; readonly next: string }) => Promise<boolean>;
  readonly lockAfter: (lockAfterMs: number) => void;
  readonly lock: () => Promise<void>;
  readonly keepStorage: () => Promise<void>;
  readonly saveRevocation: () => Promise<void>;
}

const LOCK_MINUTES = [0, 5, 30, 240] as const;

export function SafetySection({
  safety,
  hasPassphrase,
  hindrance,
  lockAfterMs,
  actions,
}: {
  readonly safety: SafetySnapshot;
  readonly hasPassphrase: boolean;
  /** Why sheet and revocation are not made here. */
  readonly hindrance: string | undefined;
  readonly lockAfterMs: number;
  readonly actions: SafetySectionActions;
}) {
  const words = useWords();
  const { t } = words;
  const [isChanging, setChanging] = useState(false);
  const keep = useAct(actions.keepStorage);
  const lock = useAct(actions.lock);
  const revocation = useAct(actions.saveRevocation);
  const { storage, wasDenied } = safety;
  return (
    <section className="stack">
      <h2>{t("settings.safety")}</h2>
      <div className="setting">
        <KeyRound size={20} aria-hidden />
        <div className="grow stack tight">
          <h3>{t("settings.passphrase")}</h3>
          <p className="hint">{hasPassphrase ? t("settings.passphraseSet") : t("settings.passphraseNone")}</p>
          {isChanging ? (
            <PassphraseForm hasPassphrase={hasPassphrase} onChange={actions.changePassphrase} onDone={() => setChanging(false)} />
          ) : (
            <div className="buttons">
              <Button size="small" onPress={() => setChanging(true)}>
                {hasPassphrase ? t("settings.passphraseChange") : t("settings.passphraseAdd")}
              </Button>
            </div>
          )}
        </div>
      </div>
      {hasPassphrase ? (
        <div className="setting">
          <Lock size={20} aria-hidden />
          <div className="grow stack tight">
            <Choice
              label={t("settings.lockAfter")}
              value={String(lockAfterMs / 60_000)}
              onChange={(minutes) => actions.lockAfter(Number(minutes) * 60_000)}
              options={LOCK_MINUTES.map((minutes) => [
                String(minutes),
                minutes === 0 ? t("settings.lockNever") : t("settings.minutes", { count: minutes }),
              ])}
            />
            <div className="buttons">
              <Button size="small" onPress={() => lock.run()}>
                {t("settings.lockNow")}
              </Button>
            </div>
          </div>
        </div>
      ) : undefined}
      <div className="setting">
        <FileKey size={20} aria-hidden />
        <div className="grow stack tight">
          <h3>{t("settings.sheet")}</h3>
          <p className="hint">{t("settings.sheetLine")}</p>
          {hindrance === undefined ? (
            <div className="buttons">
              <a className="button small" href="#/sheet">
                {t("settings.sheetOpen")}
              </a>
            </div>
          ) : (
            <p className="hint">{hindrance}</p>
          )}
        </div>
      </div>
      <div className="setting">
        <FileX size={20} aria-hidden />
        <div className="grow stack tight">
          <h3>{t("settings.revocation")}</h3>
          <p className="hint">{t("settings.revocationLine")}</p>
          <div className="buttons">
            <Button
              size="small"
              onPress={() => revocation.run()}
              isPending={revocation.isRunning}
              isDisabled={hindrance !== undefined}
            >
              {t("settings.revocationSave")}
            </Button>
          </div>
          {hindrance === undefined ? undefined : <p className="hint">{hindrance}</p>}
          <Problem text={revocation.error} />
        </div>
      </div>
      {storage === undefined ? undefined : (
        <div className="setting">
          <HardDrive size={20} aria-hidden />
          <div className="grow stack tight">
            <h3>{t("settings.storage")}</h3>
            <p className="hint">
              {storage.isPersistent ? t("settings.storageKept") : wasDenied ? t("safety.denied") : t("settings.storageMay")}
            </p>
            <p className="hint">
              {t("settings.storageUsed", { used: words.bytes(storage.usedBytes), quota: words.bytes(storage.quotaBytes) })}
            </p>
            {storage.isPersistent ? undefined : (
              <div className="buttons">
                <Button size="small" onPress={() => keep.run()} isPending={keep.isRunning}>
                  {t("settings.storageAsk")}
                </Button>
              </div>
            )}
          </div>
        </div>
      )}
    </section>
  );
}
