import { useState } from "react";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface SuccessionActions {
  /** @returns what to give to the old identity. */
  readonly offerSuccession: (oldLink: string) => Promise<string>;
  readonly announceSuccession: (offer: string) => Promise<void>;
  readonly copy: (text: string) => void;
}

/** Both halves of going on under another identity: this may be the new one, or the old one. */
export function SuccessionSection({ actions }: { readonly actions: SuccessionActions }) {
  const { t } = useWords();
  const [oldLink, setOldLink] = useState("");
  const [offer, setOffer] = useState("");
  const [given, setGiven] = useState("");
  const make = useAct(async () => setOffer(await actions.offerSuccession(oldLink)));
  const announce = useAct(async () => {
    await actions.announceSuccession(given);
    setGiven("");
  });
  return (
    <details className="more">
      <summary>{t("settings.succession")}</summary>
      <div className="stack">
        <p className="hint">{t("settings.successionLine")}</p>
        <form
          className="stack tight"
          onSubmit={(event) => {
            event.preventDefault();
            make.run();
          }}
        >
          <Field
            label={t("settings.successionOld")}
            hint={t("settings.successionOldHint")}
            value={oldLink}
            onChange={setOldLink}
            isCode
          />
          <Problem text={make.error} />
          {offer === "" ? undefined : (
            <>
              <p className="hint">{t("settings.successionGive")}</p>
              <p className="code">{offer}</p>
            </>
          )}
          <div className="buttons">
            <Button type="submit" size="small" isDisabled={oldLink.trim() === ""} isPending={make.isRunning}>
              {t("settings.successionOffer")}
            </Button>
            {offer === "" ? undefined : (
              <Button size="small" onPress={() => actions.copy(offer)}>
                {t("chat.sayAgain")}
              </Button>
            )}
          </div>
        </form>
        <form
          className="stack tight"
          onSubmit={(event) => {
            event.preventDefault();
            announce.run();
          }}
        >
          <Field
            label={t("settings.successionText")}
            hint={t("settings.successionTextHint")}
            value={given}
            onChange={setGiven}
            isCode
          />
          <Problem text={announce.error} />
          <div className="buttons">
            <Button type="submit" size="small" isDisabled={given.trim() === ""} isPending={announce.isRunning}>
              {t("settings.successionAnnounce")}
            </Button>
          </div>
        </form>
      </div>
    </details>
  );
}
