import { shownName } from "../../text/printable.ts";
import { useWords } from "../surroundings.ts";

/** A name that a stranger chose: alone with its direction, at most one line. */
export function Name({ name }: { readonly name: string }) {
  const { t } = useWords();
  const shown = shownName(name);
  return <bdi className="name">{shown === "" ? t("app.noName") : shown}</bdi>;
}
