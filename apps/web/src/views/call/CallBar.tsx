import { Maximize2, PhoneOff } from "lucide-react";
import { shownName } from "../../text/printable.ts";
import { Button, IconButton } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";
import { CallTime, type ShownCall } from "./CallTime.tsx";

/** The call while one looks at messages. */
export function CallBar({
  onOpen,
  onHangUp,
  ...shown
}: ShownCall & { readonly onOpen: () => void; readonly onHangUp: () => void }) {
  const { t } = useWords();
  return (
    <section className="call-bar" aria-label={t(`call.of.${shown.call.media}`)}>
      <Button look="quiet" onPress={onOpen}>
        <Maximize2 size={18} aria-hidden />
        {t("call.open", { name: shownName(shown.who.name) })}
      </Button>
      <CallTime {...shown} />
      <IconButton label={t("call.hangUp")} icon={<PhoneOff size={20} aria-hidden />} onPress={onHangUp} />
    </section>
  );
}
