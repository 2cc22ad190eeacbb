import type { TransferSnapshot } from "@p2pcrypt/client";
import type { PaceReading } from "@p2pcrypt/files";
import { FilePlus, Pause, Play, X } from "lucide-react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { shownText } from "../../text/printable.ts";
import { transferProblem } from "../../words/transfers.ts";
import { IconButton } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useWords } from "../surroundings.ts";
import { Progress } from "./Progress.tsx";

export interface TransferActions {
  readonly pause: (transferId: string) => void;
  readonly resume: (transferId: string) => void;
  readonly cancel: (transferId: string) => void;
  /** What a reload took away, given once more. */
  readonly again: (files: readonly File[]) => void;
}

/** What is on its way out of this conversation. */
export function UploadStrip({
  uploads,
  paces,
  actions,
}: {
  readonly uploads: readonly TransferSnapshot[];
  readonly paces: ReadonlyMap<string, PaceReading>;
  readonly actions: TransferActions;
}) {
  const words = useWords();
  const { t } = words;
  if (uploads.length === 0) return undefined;
  return (
    <ul className="uploads" aria-label={t("file.uploads")}>
      {uploads.map((transfer) => {
        const name = shownText(transfer.name);
        const isStopped = transfer.state === "paused" || transfer.state === "failed";
        return (
          <li key={transfer.id} className="upload">
            <span className="grow stack none">
              <span className="file-name" dir="auto">
                {name}
              </span>
              <Progress transfer={transfer} pace={paces.get(transfer.id)} label={name} />
              <Problem text={transfer.failure === undefined ? undefined : transferProblem(words, transfer.failure)} />
            </span>
            {transfer.failure?.code === "transfer/sourceGone" ? (
              <FileTrigger onSelect={(files) => actions.again([...(files ?? [])])}>
                <IconButton label={t("file.again", { name })} icon={<FilePlus size={18} aria-hidden />} />
              </FileTrigger>
            ) : isStopped ? (
              <IconButton
                label={t("file.resume", { name })}
                icon={<Play size={18} aria-hidden />}
                onPress={() => actions.resume(transfer.id)}
              />
            ) : (
              <IconButton
                label={t("file.pause", { name })}
                icon={<Pause size={18} aria-hidden />}
                onPress={() => actions.pause(transfer.id)}
              />
            )}
            <IconButton
              label={t("file.cancel", { name })}
              icon={<X size={18} aria-hidden />}
              onPress={() => actions.cancel(transfer.id)}
            />
          </li>
        );
      })}
    </ul>
  );
}
