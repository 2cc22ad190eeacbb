import { ChevronDown, FileKey, FileX, HardDrive, KeyRound, ShieldAlert } from "lucide-react";
import { useState } from "react";
import type { SafetySnapshot } from "../../model/safety.ts";
import { Button } from "../kit/Button.tsx";
import { Notice } from "../kit/Notice.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface SafetyActions {
  readonly keepStorage: () => Promise<void>;
}

/** Quiet, until all of it is done. Says what happens if it is left. */
export function SafetyRow({ safety, actions }: { readonly safety: SafetySnapshot; readonly actions: SafetyActions }) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const keep = useAct(actions.keepStorage);
  const { open, storage, wasDenied } = safety;
  if (open.length === 0) return undefined;
  return (
    <section className="safety" aria-labelledby="safety-title">
      <button type="button" className="safety-head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ShieldAlert size={20} aria-hidden />
        <span id="safety-title" className="grow">
          {t("safety.title")}
        </span>
        <span className="badge plain" aria-hidden>
          {open.length}
        </span>
        <ChevronDown className={isOpen ? "turned" : ""} size={18} aria-hidden />
      </button>
      {isOpen ? (
        <ul className="steps">
          {open.includes("passphrase") ? (
            <li className="step">
              <KeyRound size={20} aria-hidden />
              <div className="grow stack tight">
                <a href="#/settings">{t("safety.passphrase")}</a>
                <p className="hint">{t("safety.passphraseWhy")}</p>
              </div>
            </li>
          ) : undefined}
          {open.includes("sheet") ? (
            <li className="step">
              <FileKey size={20} aria-hidden />
              <div className="grow stack tight">
                <a href="#/sheet">{t("safety.sheet")}</a>
                <p className="hint">{t("safety.sheetWhy")}</p>
              </div>
            </li>
          ) : undefined}
          {open.includes("backup") ? (
            <li className="step">
              <FileKey size={20} aria-hidden />
              <div className="grow stack tight">
                <a href="#/settings">{t("safety.backup")}</a>
                <p className="hint">{t("safety.backupWhy")}</p>
              </div>
            </li>
          ) : undefined}
          {open.includes("revocation") ? (
            <li className="step">
              <FileX size={20} aria-hidden />
              <div className="grow stack tight">
                <a href="#/settings">{t("safety.revocation")}</a>
                <p className="hint">{t("safety.revocationWhy")}</p>
              </div>
            </li>
          ) : undefined}
          {open.includes("storage") ? (
            <li className="step">
              <HardDrive size={20} aria-hidden />
              <div className="grow stack tight">
                <Button look="quiet" size="small start" onPress={() => keep.run()} isPending={keep.isRunning}>
                  {t("safety.storage")}
                </Button>
                <p className="hint">{wasDenied ? t("safety.denied") : t("safety.storageWhy")}</p>
              </div>
            </li>
          ) : undefined}
        </ul>
      ) : undefined}
      {storage?.isProbablyPrivate === true ? <Notice tone="warn">{t("safety.private")}</Notice> : undefined}
    </section>
  );
}
