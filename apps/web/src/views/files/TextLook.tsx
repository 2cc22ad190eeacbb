import { useEffect, useState } from "react";
import type { KeptFile } from "../../model/attachments.ts";
import { PREVIEW_BYTES, type TextPreview, textPreviewOf } from "../../model/text-preview.ts";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { useWords } from "../surroundings.ts";

/** The beginning of a text, as text. */
export function TextLook({
  name,
  kept,
  onClose,
}: {
  readonly name: string;
  readonly kept: KeptFile;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [preview, setPreview] = useState<TextPreview | "none">();
  useEffect(() => {
    let isWanted = true;
    const look = async (): Promise<void> => {
      const bytes = await kept.read(0, PREVIEW_BYTES);
      const found = bytes === undefined ? undefined : textPreviewOf(bytes, bytes.length === kept.bytes);
      if (isWanted) setPreview(found ?? "none");
    };
    void look();
    return () => {
      isWanted = false;
    };
  }, [kept]);
  return (
    <Dialog title={name} onClose={onClose}>
      {preview === "none" ? <p>{t("file.noText")}</p> : undefined}
      {typeof preview === "object" ? (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
          <pre className="text-look" dir="auto" tabIndex={0}>
            {preview.text}
          </pre>
          {preview.isCut ? <p className="hint">{t("file.textCut")}</p> : undefined}
        </>
      ) : undefined}
      <Button onPress={onClose}>{t("app.close")}</Button>
    </Dialog>
  );
}
