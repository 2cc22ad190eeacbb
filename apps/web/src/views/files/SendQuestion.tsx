import { useEffect, useState } from "react";
import { thumbnailOf } from "../../platform/thumbnail.ts";
import { shownText } from "../../text/printable.ts";
import { Dialog } from "../kit/Dialog.tsx";
import { DialogButtons } from "../kit/DialogButtons.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Preview } from "./Preview.tsx";

export interface SendQuestionProps {
  readonly files: readonly File[];
  /** Of the conversation. */
  readonly name: string;
  readonly onSend: () => Promise<void>;
  readonly onClose: () => void;
}

const MAX_SHOWN = 20;

/** Before what was pasted or dropped goes out: a clipboard holds what one forgot, and a pointer slips. What was chosen needs no asking. */
export function SendQuestion({ files, name, onSend, onClose }: SendQuestionProps) {
  const { t } = useWords();
  const { run, error, isRunning } = useAct(onSend);
  return (
    <Dialog title={t("file.sendTo", { name })} onClose={onClose}>
      <ul className="stack">
        {files.slice(0, MAX_SHOWN).map((file, at) => (
          <li key={at}>
            <Offered file={file} />
          </li>
        ))}
      </ul>
      {files.length > MAX_SHOWN ? <p className="hint">{t("file.sendMore", { count: files.length - MAX_SHOWN })}</p> : undefined}
      <Problem text={error} />
      <DialogButtons look="main" onPress={() => run()} isPending={isRunning} onClose={onClose}>
        {t("chat.send")}
      </DialogButtons>
    </Dialog>
  );
}

function Offered({ file }: { readonly file: File }) {
  const { bytes } = useWords();
  const [thumbnail, setThumbnail] = useState<Uint8Array>();
  useEffect(() => {
    let isShown = true;
    void thumbnailOf(file).then((made) => (isShown ? setThumbnail(made) : undefined));
    return () => {
      isShown = false;
    };
  }, [file]);
  return (
    <div className="file">
      <Preview kept={undefined} thumbnail={thumbnail} type="image/jpeg" name={shownText(file.name)} stream={() => undefined} />
      <span className="stack none">
        <span className="file-name" dir="auto">
          {shownText(file.name)}
        </span>
        <span className="hint">{bytes(file.size)}</span>
      </span>
    </div>
  );
}
