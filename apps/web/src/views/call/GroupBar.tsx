import type { GroupCallSnapshot } from "@p2pcrypt/client";
import { Maximize2, PhoneOff } from "lucide-react";
import { shownName } from "../../text/printable.ts";
import { Button, IconButton } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { GroupTime, type Ticking } from "./GroupTime.tsx";

/** A group's call while one looks at messages. */
export function GroupBar({
  call,
  title,
  onOpen,
  onHangUp,
  ...ticking
}: Ticking & {
  readonly call: GroupCallSnapshot;
  readonly title: string;
  readonly onOpen: () => void;
  readonly onHangUp: () => void;
}) {
  const { t } = useWords();
  return (
    <section className="call-bar" aria-label={t(`call.of.${call.media}`)}>
      <Button look="quiet" onPress={onOpen}>
        <Maximize2 size={18} aria-hidden />
        {t("call.open", { name: shownName(title) })}
      </Button>
      <GroupTime call={call} {...ticking} />
      <IconButton label={t("call.hangUp")} icon={<PhoneOff size={20} aria-hidden />} onPress={onHangUp} />
    </section>
  );
}
