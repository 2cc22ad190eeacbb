import { nameHintOf } from "../../text/look-alike.ts";
import { Notice } from "../kit/Notice.tsx";
import { useWords } from "../surroundings.ts";

const SENTENCES = {
  hiddenCharacters: "trust.lookHidden",
  mixedScripts: "trust.lookMixed",
  looksLatin: "trust.lookLatin",
} as const;

/** When a name may stand for another one (I13). */
export function NameWarning({ name, hasTwin }: { readonly name: string; readonly hasTwin: boolean }) {
  const { t } = useWords();
  const hint = nameHintOf(name);
  if (hint === undefined && !hasTwin) return undefined;
  return (
    <Notice tone="warn">
      {hint === undefined ? undefined : <p>{t(SENTENCES[hint])}</p>}
      {hasTwin ? <p>{t("trust.twin")}</p> : undefined}
    </Notice>
  );
}
