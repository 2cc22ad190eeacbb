import type { SelfSnapshot } from "@p2pcrypt/client";
import { QrCode, Share2 } from "lucide-react";
import { useState } from "react";
import { hostOf, reasonOf } from "../../words/failures.ts";
import { Button } from "../kit/Button.tsx";
import { CopyButton } from "../kit/CopyButton.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Qr } from "../kit/Qr.tsx";
import { usePlatform, useWords } from "../surroundings.ts";

/** The one thing to do first: give somebody the link. */
export function ShareCard({
  self,
}: {
  readonly self: Pick<SelfSnapshot, "link" | "isPublished" | "publishRefusal" | "homeNodeUrl">;
}) {
  const words = useWords();
  const { t } = words;
  const { share } = usePlatform();
  const [isLarge, setLarge] = useState(false);
  const { link, isPublished, publishRefusal, homeNodeUrl } = self;
  const node = hostOf(homeNodeUrl);
  return (
    <section className="card share" aria-labelledby="share-title">
      <div className="stack tight">
        <h2 id="share-title">{t("home.shareTitle")}</h2>
        <p className="hint">{t("home.shareLine")}</p>
      </div>
      <Qr text={link} label={t("home.qrLabel")} />
      <label className="field">
        <span className="label">{t("home.link")}</span>
        <input className="code" dir="ltr" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div className="buttons">
        <CopyButton text={link} label={t("home.copyLink")} look="main" />
        {share === undefined ? undefined : (
          <Button onPress={() => void share(link).catch(() => undefined)}>
            <Share2 size={18} aria-hidden />
            {t("home.shareLink")}
          </Button>
        )}
        <Button look="quiet" onPress={() => setLarge(true)}>
          <QrCode size={18} aria-hidden />
          {t("home.showQr")}
        </Button>
      </div>
      {publishRefusal === undefined ? undefined : (
        <Notice tone="bad">{t("home.refused", { node, reason: reasonOf(words, publishRefusal) })}</Notice>
      )}
      {isLoopback(homeNodeUrl) ? <p className="hint">{t("home.loopback")}</p> : undefined}
      {isPublished || publishRefusal !== undefined ? undefined : <p className="hint slow">{t("home.notPublished", { node })}</p>}
      {isLarge ? (
        <Dialog title={t("home.qrLabel")} onClose={() => setLarge(false)}>
          <div className="large-qr">
            <Qr text={link} label={t("home.qrLabel")} />
          </div>
          <p className="hint">{t("home.qrHint")}</p>
          <Button onPress={() => setLarge(false)}>{t("app.close")}</Button>
        </Dialog>
      ) : undefined}
    </section>
  );
}

function isLoopback(nodeUrl: string): boolean {
  return /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|$)/.test(nodeUrl);
}
