import type { FileEntry, TransferSnapshot } from "@p2pcrypt/client";
import type { PaceReading } from "@p2pcrypt/files";
import { ArrowLeft, ArrowRight, Download, ZoomIn } from "lucide-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import type { KeptFile } from "../../model/attachments.ts";
import { shownText } from "../../text/printable.ts";
import { transferProblem } from "../../words/transfers.ts";
import { Button, IconButton } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { isPicture, Preview } from "./Preview.tsx";
import { Progress } from "./Progress.tsx";
import { useKept } from "./use-kept.ts";

export interface GalleryProps {
  /** Where it opens. */
  readonly entry: FileEntry;
  /** Files of the conversation, newest first. */
  readonly load: () => Promise<readonly FileEntry[]>;
  readonly downloads: ReadonlyMap<string, TransferSnapshot>;
  readonly paces: ReadonlyMap<string, PaceReading>;
  readonly keptOf: (transfer: TransferSnapshot) => Promise<KeptFile | undefined>;
  readonly fetch: (entry: FileEntry) => Promise<void>;
  readonly resume: (transferId: string) => void;
  readonly onClose: () => void;
}

const SIZES = [1, 2, 4] as const;

/** The pictures of a conversation, one at a time. One that is not here is fetched when somebody asks, as anywhere. */
export function Gallery({ entry, load, downloads, paces, keptOf, fetch, resume, onClose }: GalleryProps) {
  const words = useWords();
  const { t } = words;
  const [pictures, setPictures] = useState<readonly FileEntry[]>([entry]);
  const [shownId, setShownId] = useState(entry.id);
  const [size, setSize] = useState<(typeof SIZES)[number]>(1);
  // once: what comes meanwhile is there when it is opened again
  useEffect(() => {
    let isWanted = true;
    void load().then((all) => {
      const found = all.filter(({ file }) => isPicture(file)).reverse();
      if (isWanted && found.some(({ id }) => id === entry.id)) setPictures(found);
    });
    return () => {
      isWanted = false;
    };
  }, []);
  const at = pictures.findIndex(({ id }) => id === shownId);
  const shown = pictures[at] ?? entry;
  const go = (step: number): void => {
    const next = pictures[at + step];
    if (next === undefined) return;
    setShownId(next.id);
    setSize(1);
  };
  const press = ({ key }: KeyboardEvent): void => {
    const isForward = key === (words.direction === "rtl" ? "ArrowLeft" : "ArrowRight");
    if (key === "ArrowLeft" || key === "ArrowRight") go(isForward ? 1 : -1);
  };
  const download = downloads.get(shown.id);
  const kept = useKept(download, keptOf);
  const isStopped = download?.state === "failed" || download?.state === "paused";
  const act = useAct(async () => (download !== undefined && isStopped ? resume(download.id) : fetch(shown)));
  const name = shownText(shown.file.name);
  return (
    <Dialog title={t("file.gallery")} onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrows do what the buttons do */}
      <div className="stack" onKeyDown={press}>
        <div className={`gallery-stage zoom-${size}`}>
          <Preview
            key={shown.id}
            kept={kept}
            thumbnail={shown.file.thumbnail}
            type={shown.file.type}
            name={name}
            stream={() => undefined}
          />
        </div>
        <p className="file-name" dir="auto">
          {name}
        </p>
        <div className="line wrap">
          <IconButton
            label={t("file.previous")}
            icon={<ArrowLeft className="flips" size={20} aria-hidden />}
            isDisabled={at <= 0}
            onPress={() => go(-1)}
          />
          <span className="hint">
            {words.number(at + 1)} / {words.number(pictures.length)}
          </span>
          <IconButton
            label={t("file.next")}
            icon={<ArrowRight className="flips" size={20} aria-hidden />}
            isDisabled={at >= pictures.length - 1}
            onPress={() => go(1)}
          />
          {kept === undefined ? undefined : (
            <Button size="small" onPress={() => setSize(SIZES[(SIZES.indexOf(size) + 1) % SIZES.length] ?? 1)}>
              <ZoomIn size={16} aria-hidden />
              {t("file.zoom", { size: `${words.number(size)}×` })}
            </Button>
          )}
          {download === undefined || isStopped ? (
            <Button size="small" isPending={act.isRunning} onPress={() => act.run()}>
              <Download size={16} aria-hidden />
              {t("file.fetch")}
            </Button>
          ) : kept === undefined ? (
            <Progress transfer={download} pace={paces.get(download.id)} label={name} />
          ) : undefined}
          <Button size="small" onPress={onClose}>
            {t("app.close")}
          </Button>
        </div>
        <Problem text={download?.failure === undefined ? act.error : transferProblem(words, download.failure)} />
      </div>
    </Dialog>
  );
}
