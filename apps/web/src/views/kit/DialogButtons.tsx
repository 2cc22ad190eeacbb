import { useWords } from "../surroundings.ts";
import { Button, type ButtonProps } from "./Button.tsx";

/** At the end of a dialog that asks: to do it, in the words of what is done, or not. */
export function DialogButtons({ onClose, ...doing }: ButtonProps & { readonly onClose: () => void }) {
  const { t } = useWords();
  return (
    <div className="buttons">
      <Button {...doing} />
      <Button look="quiet" onPress={onClose}>
        {t("app.cancel")}
      </Button>
    </div>
  );
}
