import { Dialog } from "../kit/Dialog.tsx";
import { useWords } from "../surroundings.ts";
import { Shortcuts } from "./Shortcuts.tsx";

export function ShortcutsDialog({ isMac, onClose }: { readonly isMac: boolean; readonly onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={t("shortcuts.title")} onClose={onClose}>
      <Shortcuts isMac={isMac} />
    </Dialog>
  );
}
