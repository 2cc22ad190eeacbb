import { COMMANDS } from "../../model/commands.ts";
import { useWords } from "../surroundings.ts";
import { Keys } from "./Palette.tsx";

/** Every command that has keys. */
export function Shortcuts({ isMac }: { readonly isMac: boolean }) {
  const { t } = useWords();
  return (
    <dl className="shortcuts">
      {COMMANDS.map(({ id, title, shortcut }) =>
        shortcut === undefined ? undefined : (
          <div key={id} className="line">
            <dt className="grow">{t(title)}</dt>
            <dd>
              <Keys shortcut={shortcut} isMac={isMac} />
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
