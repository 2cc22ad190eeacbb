import type { FileEntry, TransferSnapshot } from "@p2pcrypt/client";
import type { PaceReading } from "@p2pcrypt/files";
import { Download, Eye, Maximize2, Pause, Play, Save } from "lucide-react";
import { useState } from "react";
import type { KeptFile } from "../../model/attachments.ts";
import { isPdfFile } from "../../model/pdf-file.ts";
import { isTextFile } from "../../model/text-preview.ts";
import { shownText } from "../../text/printable.ts";
import { transferProblem } from "../../words/transfers.ts";
import { Button, IconButton } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { SPOKEN, VoiceCard } from "../voice/VoiceCard.tsx";
import { isPicture, Preview, type PreviewProps } from "./Preview.tsx";
import { Progress } from "./Progress.tsx";
import { TextLook } from "./TextLook.tsx";
import type { TransferActions } from "./UploadStrip.tsx";
import { useKept } from "./use-kept.ts";

export interface FileCardActions extends Omit<TransferActions, "again"> {
  readonly fetch: (entry: FileEntry) => Promise<void>;
  readonly keptOf: (transfer: TransferSnapshot) => Promise<KeptFile | undefined>;
  /** Answers whether this browser can save a file of that size. */
  readonly save: (entry: FileEntry, kept: KeptFile) => Promise<boolean>;
  readonly stream: PreviewProps["stream"];
  readonly listened: (transferId: string) => Promise<void>;
  /** Shows it large, among the other pictures of the conversation. */
  readonly enlarge: (entry: FileEntry) => void;
  /** Shows a PDF page by page. */
  readonly leaf: (kept: KeptFile) => void;
}

export interface FileCardProps {
  readonly entry: FileEntry;
  readonly download: TransferSnapshot | undefined;
  readonly pace: PaceReading | undefined;
  readonly nowMs: number;
  readonly actions: FileCardActions;
}

/** A file that somebody sent: what it is said to be, and the way to it. */
export function FileCard(props: FileCardProps) {
  const { entry, download, actions } = props;
  const { voice, type } = entry.file;
  const kept = useKept(download, actions.keptOf);
  if (voice !== undefined && SPOKEN.has(type)) return <VoiceCard {...props} voice={voice} kept={kept} />;
  return <PlainFile {...props} kept={kept} />;
}

function PlainFile({ entry, download, pace, nowMs, actions, kept }: FileCardProps & { readonly kept: KeptFile | undefined }) {
  const words = useWords();
  const { t } = words;
  const { name, bytes, expiresMs, type, thumbnail } = entry.file;
  const shown = shownText(name);
  const isExpired = expiresMs <= nowMs;
  const isGoingOn = download !== undefined && download.state !== "done" && download.state !== "failed";
  const act = useAct((run: () => Promise<void>) => run());
  const [isUnsavable, setIsUnsavable] = useState(false);
  const [isRead, setIsRead] = useState(false);
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
          <Progress transfer={download} pace={pace} label={shown} />
          {download.state === "paused" ? (
            <IconButton
              label={t("file.resume", { name: shown })}
              icon={<Play size={18} aria-hidden />}
              onPress={() => actions.resume(download.id)}
            />
          ) : (
            <IconButton
              label={t("file.pause", { name: shown })}
              icon={<Pause size={18} aria-hidden />}
              onPress={() => actions.pause(download.id)}
            />
          )}
          <Button size="small" onPress={() => actions.cancel(download.id)}>
            {t("app.cancel")}
          </Button>
        </span>
      ) : undefined}
      <Problem text={download?.failure === undefined ? act.error : transferProblem(words, download.failure)} />
      <Problem text={isUnsavable ? t("file.unsavable") : undefined} />
      {kept !== undefined ? (
        <span className="line wrap">
          <Button
            size="small"
            isPending={act.isRunning}
            onPress={() => act.run(async () => setIsUnsavable(!(await actions.save(entry, kept))))}
          >
            <Save size={16} aria-hidden />
            {t("file.save")}
          </Button>
          {isPicture(entry.file) ? (
            <Button size="small" onPress={() => actions.enlarge(entry)}>
              <Maximize2 size={16} aria-hidden />
              {t("file.enlarge")}
            </Button>
          ) : undefined}
          {isPdfFile(entry.file) ? (
            <Button size="small" onPress={() => actions.leaf(kept)}>
              <Eye size={16} aria-hidden />
              {t("file.read")}
            </Button>
          ) : undefined}
          {isTextFile(entry.file) ? (
            <Button size="small" onPress={() => setIsRead(true)}>
              <Eye size={16} aria-hidden />
              {t("file.read")}
            </Button>
          ) : undefined}
          {isRead ? <TextLook name={shown} kept={kept} onClose={() => setIsRead(false)} /> : undefined}
        </span>
      ) : isExpired || isGoingOn ? undefined : (
        <Button size="small" isPending={act.isRunning} onPress={() => act.run(fetch)}>
          <Download size={16} aria-hidden />
          {t("file.fetch")}
        </Button>
      )}
    </div>
  );
}
