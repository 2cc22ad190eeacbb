import { useState } from "react";
import type { DeviceSettings, StorageSnapshot } from "../../boot/boot.ts";
import type { FileAtNode, StoredFile, StoredFilesSnapshot } from "../../model/stored-files.ts";
import { shownName, shownText } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { Choice } from "../kit/Choice.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface FilesSectionProps {
  readonly files: StoredFilesSnapshot;
  /** Undefined until the browser said so. */
  readonly storage: StorageSnapshot | undefined;
  readonly device: Pick<DeviceSettings, "fetchesUpToBytes" | "keepsCameraNotes">;
  readonly nowMs: number;
  readonly actions: {
    readonly update: (change: Partial<FilesSectionProps["device"]>) => void;
    readonly freeHere: (file: StoredFile) => Promise<void>;
    readonly freeAllHere: () => Promise<void>;
    readonly freeAtNode: (file: FileAtNode) => Promise<boolean>;
  };
}

const MB = 1_000_000;
const SIZES = [0, MB, 10 * MB, 100 * MB] as const;
const SHOWN = 20;

/** What of files lies where. */
export function FilesSection({ files, storage, device, nowMs, actions }: FilesSectionProps) {
  const words = useWords();
  const { t } = words;
  const all = useAct(actions.freeAllHere);
  const sum = (some: readonly StoredFile[]): string => words.bytes(some.reduce((bytes, file) => bytes + file.bytes, 0));
  return (
    <section className="stack">
      <h2>{t("storage.title")}</h2>
      <Choice
        label={t("storage.fetch")}
        hint={t("storage.fetchHint")}
        value={String(device.fetchesUpToBytes)}
        onChange={(value) => actions.update({ fetchesUpToBytes: Number(value) })}
        options={SIZES.map((size) => [
          String(size),
          size === 0 ? t("storage.fetchNever") : t("storage.fetchUpTo", { size: words.bytes(size) }),
        ])}
      />
      <Choice
        label={t("storage.notes")}
        hint={t("storage.notesHint")}
        value={device.keepsCameraNotes ? "along" : "out"}
        onChange={(value) => actions.update({ keepsCameraNotes: value === "along" })}
        options={[
          ["out", t("storage.notesOut")],
          ["along", t("storage.notesAlong")],
        ]}
      />
      <h3>{t("storage.here")}</h3>
      <p className="hint">
        {files.here.length === 0 ? t("storage.hereNothing") : t("storage.hereSum", { size: sum(files.here) })}{" "}
        {storage === undefined || storage.quotaBytes === 0
          ? undefined
          : t("storage.room", { used: words.bytes(storage.usedBytes), all: words.bytes(storage.quotaBytes) })}
      </p>
      <FileLines
        files={files.here}
        detail={(file) => words.bytes(file.bytes)}
        label={(name) => t("storage.freeHere", { name })}
        free={async (file) => {
          await actions.freeHere(file);
          return true;
        }}
      />
      {files.here.length > 1 ? (
        <div className="buttons">
          <Button size="small" isPending={all.isRunning} onPress={() => all.run()}>
            {t("storage.freeAll")}
          </Button>
        </div>
      ) : undefined}
      <Problem text={all.error} />
      <h3>{t("storage.atNodes")}</h3>
      <p className="hint">
        {files.atNodes.length === 0 ? t("storage.atNodesNothing") : t("storage.atNodesSum", { size: sum(files.atNodes) })}
      </p>
      <FileLines
        files={files.atNodes}
        detail={({ bytes, nodeUrl, expiresMs }) =>
          t("storage.until", { size: words.bytes(bytes), node: new URL(nodeUrl).host, date: words.date(expiresMs, nowMs) })
        }
        label={(name) => t("storage.freeAtNode", { name })}
        free={actions.freeAtNode}
      />
    </section>
  );
}

function FileLines<File extends StoredFile>({
  files,
  detail,
  label,
  free,
}: {
  readonly files: readonly File[];
  readonly detail: (file: File) => string;
  readonly label: (name: string) => string;
  readonly free: (file: File) => Promise<boolean>;
}) {
  const { t } = useWords();
  const [shown, setShown] = useState(SHOWN);
  if (files.length === 0) return undefined;
  return (
    <>
      <ul className="stack tight">
        {files.slice(0, shown).map((file) => (
          <FileLine key={file.transferId} file={file} detail={detail(file)} label={label} free={() => free(file)} />
        ))}
      </ul>
      {files.length > shown ? (
        <div className="buttons">
          <Button size="small" look="quiet" onPress={() => setShown(files.length)}>
            {t("storage.more", { count: files.length - shown })}
          </Button>
        </div>
      ) : undefined}
    </>
  );
}

function FileLine({
  file,
  detail,
  label,
  free,
}: {
  readonly file: StoredFile;
  readonly detail: string;
  readonly label: (name: string) => string;
  readonly free: () => Promise<boolean>;
}) {
  const { t } = useWords();
  const [isUnanswered, setIsUnanswered] = useState(false);
  const act = useAct(async () => setIsUnanswered(!(await free())));
  const name = shownText(file.name);
  return (
    <li className="line wrap">
      <span className="grow stack none">
        <span className="file-name" dir="auto">
          {name}
        </span>
        <span className="hint">
          {shownName(file.conversation)} · {detail}
        </span>
        <Problem text={isUnanswered ? t("storage.unanswered") : act.error} />
      </span>
      <Button size="small" label={label(name)} isPending={act.isRunning} onPress={() => act.run()}>
        {t("storage.free")}
      </Button>
    </li>
  );
}
