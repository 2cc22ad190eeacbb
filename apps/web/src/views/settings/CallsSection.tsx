import { useWords } from "../surroundings.ts";

/** The way to trying calls out. */
export function CallsSection() {
  const { t } = useWords();
  return (
    <section className="stack tight">
      <h2>{t("settings.calls")}</h2>
      <p className="hint">{t("settings.callsLine")}</p>
      <div className="buttons">
        <a className="button plain" href="#/calltest">
          {t("calltest.title")}
        </a>
      </div>
    </section>
  );
}
