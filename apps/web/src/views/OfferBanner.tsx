import { Scale } from "lucide-react";
import type { Offer } from "../model/offers.ts";
import { formatRoute } from "../model/routes.ts";
import { shownName } from "../text/printable.ts";
import { Button } from "./kit/Button.tsx";
import { useWords } from "./surroundings.ts";

/** Somebody waits for this person to compare with them. */
export function OfferBanner({ offer, onRefuse }: { readonly offer: Offer; readonly onRefuse: () => void }) {
  const { t } = useWords();
  const { kind, contact } = offer;
  const name = shownName(contact.name);
  return (
    <div className="banner calm">
      <Scale size={18} aria-hidden />
      <p className="grow" role="status">
        {kind === "shortCode" ? t("compare.offered", { name }) : t("compare.scanned", { name })}
      </p>
      <a className="button small main" href={formatRoute({ kind: "compare", identityId: contact.identityId })}>
        {t("compare.join")}
      </a>
      <Button size="small" look="quiet" onPress={onRefuse}>
        {t("compare.notNow")}
      </Button>
    </div>
  );
}
