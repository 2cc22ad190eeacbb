import type { ReactNode } from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { DECODED_TYPES } from "../../model/picture.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface ChoosePictureProps {
  /** The picture as it would be, where it is not shown elsewhere. */
  readonly shown?: ReactNode;
  readonly hasPicture: boolean;
  readonly isPending?: boolean;
  /** @param file undefined: none any more */
  readonly onChoose: (file: File | undefined) => Promise<void>;
}

/** A picture from the device, and the way back to none. */
export function ChoosePicture({ shown, hasPicture, isPending = false, onChoose }: ChoosePictureProps) {
  const { t } = useWords();
  const choose = useAct(onChoose);
  const isRunning = choose.isRunning || isPending;
  return (
    <section className="stack tight" aria-label={t("group.picture")}>
      <h3 className="label">{t("group.picture")}</h3>
      {shown}
      <div className="buttons">
        <FileTrigger
          acceptedFileTypes={DECODED_TYPES}
          onSelect={(files) => {
            const [file] = [...(files ?? [])];
            if (file !== undefined) choose.run(file);
          }}
        >
          <Button size="small" isPending={isRunning}>
            {t(hasPicture ? "group.pictureOther" : "group.pictureChoose")}
          </Button>
        </FileTrigger>
        {hasPicture ? (
          <Button size="small" look="quiet" onPress={() => choose.run(undefined)} isPending={isRunning}>
            {t("group.pictureRemove")}
          </Button>
        ) : undefined}
      </div>
      <Problem text={choose.error} />
      <p className="hint">{t(isPending ? "group.picturePending" : "group.pictureHint")}</p>
    </section>
  );
}
