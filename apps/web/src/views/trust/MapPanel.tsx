import type { TrustAnswer } from "@p2pcrypt/client";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import type { Placed } from "../../model/trust-layout.ts";
import { FULL_AMOUNT, type TrustMark } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { IconButton } from "../kit/Button.tsx";
import { Name } from "../kit/Name.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useWords } from "../surroundings.ts";
import { Chain } from "./Chain.tsx";

type IdentityId = Placed["person"]["identityId"];

/** About whoever is chosen on the map: how far they are believed, through whom, and what can be done. */
export function MapPanel({
  place,
  mark,
  answer,
  selfId,
  nowMs,
  openAt,
  root,
  onClose,
}: {
  readonly place: Placed;
  readonly mark: TrustMark | undefined;
  /** Undefined while it is computed. */
  readonly answer: TrustAnswer | undefined;
  readonly selfId: IdentityId;
  readonly nowMs: number;
  /** Where more is known of them. */
  readonly openAt: string | undefined;
  readonly root: ReactNode;
  readonly onClose: () => void;
}) {
  const { t, number } = useWords();
  const { person } = place;
  const isSelf = person.kind === "self";
  return (
    <aside className="map-panel" aria-label={shownName(person.name)}>
      <div className="line">
        <Avatar identityId={person.identityId} name={person.name} />
        <div className="grow stack none">
          <h2 className="log-card-name">
            <Name name={person.name} />
          </h2>
          {mark === undefined ? undefined : <TrustWord mark={mark} />}
          <span className="hint">
            {isSelf ? t("why.you") : t("map.amount", { amount: number(person.amount), full: number(FULL_AMOUNT) })}
          </span>
        </div>
        <IconButton label={t("app.close")} icon={<X size={20} aria-hidden />} onPress={onClose} />
      </div>
      {isSelf || answer === undefined ? undefined : <Chain answer={answer} selfId={selfId} nowMs={nowMs} />}
      {openAt === undefined ? undefined : (
        <a className="button main" href={openAt}>
          {t("chat.details")}
        </a>
      )}
      {root}
    </aside>
  );
}
