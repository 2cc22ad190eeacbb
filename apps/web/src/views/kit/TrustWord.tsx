import { BadgeCheck, Ban, CircleDashed, Contrast, LogOut, TriangleAlert, Users } from "lucide-react";
import type { ComponentType } from "react";
import { FULL_AMOUNT, type TrustMark } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import type { Words } from "../../words/words.ts";
import { useWords } from "../surroundings.ts";

const SHAPES: Record<TrustMark["kind"], ComponentType<{ readonly size: number; readonly "aria-hidden": true }>> = {
  verified: BadgeCheck,
  introduced: Users,
  partly: Contrast,
  unverified: CircleDashed,
  revoked: TriangleAlert,
  equivocation: TriangleAlert,
  expired: TriangleAlert,
  successor: TriangleAlert,
  blocked: Ban,
  gone: LogOut,
};

/** Trust as a word, a colour and a shape together. */
export function TrustWord({ mark }: { readonly mark: TrustMark }) {
  const Shape = SHAPES[mark.kind];
  return (
    <span className={`mark ${mark.kind}`}>
      <Shape size={14} aria-hidden />
      <span className="mark-word">{trustWordOf(useWords(), mark)}</span>
    </span>
  );
}

function trustWordOf({ t, number }: Words, mark: TrustMark): string {
  switch (mark.kind) {
    case "introduced": {
      const by = shownName(mark.by);
      return mark.others === 0 ? t("trust.introduced", { by }) : t("trust.introducedMore", { by, count: mark.others });
    }
    case "partly":
      return t("trust.partly", { amount: number(mark.amount), full: number(FULL_AMOUNT) });
    default:
      return t(`trust.${mark.kind}`);
  }
}
