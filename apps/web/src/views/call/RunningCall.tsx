import type { GroupCallSnapshot } from "@p2pcrypt/client";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";

/** A call of this group goes on without this device. */
export function RunningCall({
  call,
  nameOf,
  onJoin,
}: {
  readonly call: GroupCallSnapshot;
  readonly nameOf: (identityId: string) => string;
  readonly onJoin: () => void;
}) {
  const { t } = useWords();
  const names = call.people.map(({ identityId }) => shownName(nameOf(identityId))).join(", ");
  return (
    <section className="call-running" aria-label={t(`call.of.${call.media}`)}>
      <span className="grow" role="status">
        <strong>{t("call.goesOn")}</strong> <bdi>{names}</bdi>
      </span>
      {call.isFull ? (
        <span className="hint">{t("call.end.full")}</span>
      ) : (
        <Button look="main" size="small" onPress={onJoin}>
          {t("call.join")}
        </Button>
      )}
    </section>
  );
}
