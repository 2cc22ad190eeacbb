import type { FileEntry, TransferSnapshot } from "@p2pcrypt/client";
import { Download, Save } from "lucide-react";
import { useEffect, useState } from "react";
import type { KeptFile } from "../../model/attachments.ts";
import { shownText } from "../../text/printable.ts";
import { transferProblem } from "../../words/transfers.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Preview, type PreviewProps } from "./Preview.tsx";
import { Progress } from "./Progress.tsx";
import type { TransferActions } from "./UploadStrip.tsx";

export interface FileCardActions extends Omit<TransferActions, "again"> {
  readonly fetch: (entry: FileEntry) => Promise<void>;
  readonly keptOf: (transfer: TransferSnapshot) => Promise<KeptFile | undefined>;
  /** Answers whether this browser can save a file of that size. */
  readonly save: (entry: FileEntry, kept: KeptFile) => Promise<boolean>;
  readonly stream: PreviewProps["stream"];
}

export interface FileCardProps {
  readonly entry: FileEntry;
  readonly download: TransferSnapshot | undefined;
  readonly nowMs: number;
  readonly actions: FileCardActions;
}

/** A file that somebody sent: what it is said to be, and the way to it. Nothing is fetched before a person asks. */
export function FileCard({ entry, download, nowMs, actions }: FileCardProps) {
  const words = useWords();
  const { t } = words;
  const { name, bytes, expiresMs, type, thumbnail } = entry.file;
  const shown = shownText(name);
  const isExpired = expiresMs <= nowMs;
  const isGoingOn = download !== undefined && download.state !== "done" && download.state !== "failed";
  const act = useAct((run: () => Promise<void>) => run());
  const [isUnsavable, setIsUnsavable] = useState(false);
  const kept = useKept(download, actions.keptOf);
  const fetch = async (): Promise<void> => (download?.state === "failed" ? actions.resume(download.id) : actions.fetch(entry));
  return (
    <div className="file">
      <Preview kept={kept} thumbnail={thumbnail} type={type} name={shown} stream={actions.stream} />
      <span className="stack none">
        <span className="file-name" dir="auto">
          {shown}
        </span>
        <span className="hint">
          {words.bytes(bytes)} · {isExpired ? t("file.expired") : t("file.until", { date: words.date(expiresMs, nowMs) })}
        </span>
      </span>
      {isGoingOn ? (
        <span className="line">
          <Progress transfer={download} label={shown} />
          <Button size="small" onPress={() => actions.cancel(download.id)}>
            {t("app.cancel")}
          </Button>
        </span>
      ) : undefined}
      <Problem text={download?.failure === undefined ? act.error : transferProblem(words, download.failure)} />
      <Problem text={isUnsavable ? t("file.unsavable") : undefined} />
      {kept !== undefined ? (
        <Button
          size="small"
          isPending={act.isRunning}
          onPress={() => act.run(async () => setIsUnsavable(!(await actions.save(entry, kept))))}
        >
          <Save size={16} aria-hidden />
          {t("file.save")}
        </Button>
      ) : isExpired || isGoingOn ? undefined : (
        <Button size="small" isPending={act.isRunning} onPress={() => act.run(fetch)}>
          <Download size={16} aria-hidden />
          {t("file.fetch")}
        </Button>
      )}
    </div>
  );
}

/** A download that is done, once it is known that it is still here. */
function useKept(
  download: TransferSnapshot | undefined,
  keptOf: (transfer: TransferSnapshot) => Promise<KeptFile | undefined>,
): KeptFile | undefined {
  const [kept, setKept] = useState<{ readonly id: string; readonly file: KeptFile | undefined }>();
  const done = download?.state === "done" ? download : undefined;
  // looked at once for each download
  useEffect(() => {
    if (done === undefined) return;
    let isWanted = true;
    void keptOf(done).then((file) => (isWanted ? setKept({ id: done.id, file }) : undefined));
    return () => {
      isWanted = false;
    };
  }, [done?.id]);
  return done !== undefined && kept?.id === done.id ? kept.file : undefined;
}
