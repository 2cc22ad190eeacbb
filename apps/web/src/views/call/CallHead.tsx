import type { CallWho } from "../call-places.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
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
      {who.mark?.kind === "verified" || onCompare === undefined ? undefined : (
        <Button look="quiet" size="small" onPress={onCompare}>
          {t("call.compare")}
        </Button>
      )}
    </header>
  );
}
