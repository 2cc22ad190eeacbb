import { ChevronDown, FileKey, FileX, HardDrive, KeyRound, ShieldAlert } from "lucide-react";
import { useState } from "react";
import type { SafetySnapshot } from "../../model/safety.ts";
import { Button } from "../kit/Button.tsx";
import { Notice } from "../kit/Notice.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface SafetyActions {
  readonly keepStorage: () => Promise<void>;
}

/** Steps that lead to another place, in their order. */
const LINKED = [
  { step: "passphrase", href: "#/settings", Icon: KeyRound, why: "safety.passphraseWhy" },
  { step: "sheet", href: "#/sheet", Icon: FileKey, why: "safety.sheetWhy" },
  { step: "backup", href: "#/settings", Icon: FileKey, why: "safety.backupWhy" },
  { step: "revocation", href: "#/settings", Icon: FileX, why: "safety.revocationWhy" },
] as const;

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
          {LINKED.filter(({ step }) => open.includes(step)).map(({ step, href, Icon, why }) => (
            <li className="step" key={step}>
              <Icon size={20} aria-hidden />
              <div className="grow stack tight">
                <a href={href}>{t(`safety.${step}`)}</a>
                <p className="hint">{t(why)}</p>
              </div>
            </li>
          ))}
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
