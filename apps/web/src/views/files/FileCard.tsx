import type { FileEntry, TransferSnapshot } from "@p2pcrypt/client";
import { Download, FileText, Save } from "lucide-react";
import { useEffect, useState } from "react";
import { drawnType, PICTURE_HEAD_BYTES } from "../../model/picture.ts";
import { shownText } from "../../text/printable.ts";
import { transferProblem } from "../../words/transfers.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Progress } from "./Progress.tsx";
import type { TransferActions } from "./UploadStrip.tsx";

export interface FileCardActions extends TransferActions {
  readonly fetch: (entry: FileEntry) => Promise<void>;
  readonly bytesOf: (transfer: TransferSnapshot) => Promise<Blob | undefined>;
  readonly save: (entry: FileEntry, bytes: Blob) => void;
}

/** What is played in place. Pictures go by their bytes; everything else is saved, and never opened in here. */
const PLAYED: Readonly<Record<string, "audio" | "video">> = {
  "audio/mpeg": "audio",
  "audio/mp4": "audio",
  "audio/ogg": "audio",
  "audio/wav": "audio",
  "audio/webm": "audio",
  "video/mp4": "video",
  "video/webm": "video",
};

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
  const act = useAct((run: () => Promise<void>) => run());
  const [whole, setWhole] = useState<Blob>();
  const isDone = download?.state === "done";
  useEffect(() => {
    if (download === undefined || !isDone || whole !== undefined) return;
    let isWanted = true;
    void actions.bytesOf(download).then((found) => (isWanted ? setWhole(found) : undefined));
    return () => {
      isWanted = false;
    };
  }, [download, isDone, whole, actions]);
  return (
    <div className="file">
      <Preview whole={whole} thumbnail={thumbnail} played={PLAYED[type]} type={type} name={shown} />
      <span className="stack none">
        <span className="file-name" dir="auto">
          {shown}
        </span>
        <span className="hint">
          {words.bytes(bytes)} · {isExpired ? t("file.expired") : t("file.until", { date: words.date(expiresMs, nowMs) })}
        </span>
      </span>
      {download !== undefined && !isDone && download.state !== "failed" ? (
        <span className="line">
          <Progress transfer={download} label={shown} />
          <Button size="small" onPress={() => actions.cancel(download.id)}>
            {t("app.cancel")}
          </Button>
        </span>
      ) : undefined}
      <Problem text={download?.failure === undefined ? act.error : transferProblem(words, download.failure)} />
      {whole !== undefined ? (
        <Button size="small" onPress={() => actions.save(entry, whole)}>
          <Save size={16} aria-hidden />
          {t("file.save")}
        </Button>
      ) : isExpired || (download !== undefined && !isDone && download.state !== "failed") ? undefined : (
        <Button
          size="small"
          isPending={act.isRunning}
          onPress={() => act.run(async () => (download?.state === "failed" ? actions.resume(download.id) : actions.fetch(entry)))}
        >
          <Download size={16} aria-hidden />
          {t("file.fetch")}
        </Button>
      )}
    </div>
  );
}

/** Nothing else of a file is interpreted in here than still pictures within limits, sound and film (B5, B6). */
function Preview({
  whole,
  thumbnail,
  played,
  type,
  name,
}: {
  readonly whole: Blob | undefined;
  readonly thumbnail: Uint8Array | undefined;
  readonly played: "audio" | "video" | undefined;
  readonly type: string;
  readonly name: string;
}) {
  const [shown, setShown] = useState<{ readonly url: string; readonly kind: "img" | "audio" | "video" }>();
  useEffect(() => {
    let url: string | undefined;
    let isWanted = true;
    const bytes = whole ?? (thumbnail === undefined ? undefined : new Blob([new Uint8Array(thumbnail)]));
    const show = async (): Promise<void> => {
      const head = new Uint8Array((await bytes?.slice(0, PICTURE_HEAD_BYTES).arrayBuffer()) ?? new ArrayBuffer(0));
      const drawn = drawnType(head);
      const kind = drawn === undefined ? (whole === undefined ? undefined : played) : "img";
      if (!isWanted || bytes === undefined || kind === undefined) return setShown(undefined);
      url = URL.createObjectURL(bytes.slice(0, bytes.size, drawn ?? type));
      setShown({ url, kind });
    };
    void show();
    return () => {
      isWanted = false;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [whole, thumbnail, played, type]);
  if (shown === undefined) return <FileText size={28} aria-hidden />;
  const { url, kind } = shown;
  if (kind === "img") return <img className="file-shown" src={url} alt={name} />;
  // What people send each other comes without captions.
  if (kind === "audio") {
    // biome-ignore lint/a11y/useMediaCaption: there is none to give
    return <audio className="file-shown" src={url} controls />;
  }
  // biome-ignore lint/a11y/useMediaCaption: there is none to give
  return <video className="file-shown" src={url} controls />;
}
