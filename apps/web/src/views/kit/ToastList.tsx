import type { Toast } from "../../model/toasts.ts";
import { useWords } from "../surroundings.ts";
import { Button } from "./Button.tsx";

export function ToastList({ toasts }: { readonly toasts: readonly Toast[] }) {
  const { t } = useWords();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, text, undo }) => (
        <div key={id} className="toast">
          <span>{text}</span>
          {undo === undefined ? undefined : (
            <Button look="quiet" size="small" onPress={undo}>
              {t("details.undo")}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
