import type { CallWho } from "../call-places.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Name } from "../kit/Name.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useWords } from "../surroundings.ts";

/** Who it is, and how sure that is. */
export function CallHead({ who, onCompare }: { readonly who: CallWho; readonly onCompare?: () => void }) {
  const { t } = useWords();
  return (
    <header className="call-head">
      <Avatar identityId={who.identityId} name={who.name} size="large" />
      <h2>
        <Name name={who.name} />
      </h2>
      {who.mark === undefined ? undefined : <TrustWord mark={who.mark} />}
      {who.compare === undefined || onCompare === undefined ? undefined : (
        <a className="hint" href={who.compare} onClick={onCompare}>
          {t("call.compare")}
        </a>
      )}
    </header>
  );
}
