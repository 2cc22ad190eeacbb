import { Copy, Forward, Trash2, X } from "lucide-react";
import { IconButton } from "../kit/Button.tsx";
import { useWords } from "../surroundings.ts";

export interface ChoiceBarProps {
  readonly count: number;
  readonly onCopy: () => void;
  readonly onForward: () => void;
  readonly onDelete: () => void;
  readonly onEnd: () => void;
}

/** While several messages are chosen: what can be done with all of them. */
export function ChoiceBar({ count, onCopy, onForward, onDelete, onEnd }: ChoiceBarProps) {
  const { t } = useWords();
  const isNone = count === 0;
  return (
    <div className="choice-bar" role="toolbar" aria-label={t("acts.choose")}>
      <IconButton label={t("acts.endChoosing")} icon={<X size={20} aria-hidden />} onPress={onEnd} />
      <span className="grow" role="status">
        {t("acts.chosen", { count })}
      </span>
      <IconButton label={t("acts.copy")} icon={<Copy size={20} aria-hidden />} isDisabled={isNone} onPress={onCopy} />
      <IconButton
        label={t("acts.forward")}
        icon={<Forward className="flips" size={20} aria-hidden />}
        isDisabled={isNone}
        onPress={onForward}
      />
      <IconButton label={t("acts.delete")} icon={<Trash2 size={20} aria-hidden />} isDisabled={isNone} onPress={onDelete} />
    </div>
  );
}
