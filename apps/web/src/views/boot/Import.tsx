import { ArrowLeft, FileUp, ScanLine } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { PictureButton, Scanner } from "../add/Scanner.tsx";
import { Button, IconButton } from "../kit/Button.tsx";
import { Choice, Switch } from "../kit/Choice.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { type JoinActions, JoinDevice } from "./JoinDevice.tsx";
import { Solo } from "./Solo.tsx";

export interface ImportActions extends JoinActions {
  readonly importBackup: (backup: {
    readonly bytes: Uint8Array;
    readonly passphrase: string;
    readonly homeNodeUrl?: string;
  }) => Promise<void>;
  readonly importOpenPgp: (key: {
    readonly bytes: Uint8Array;
    readonly passphrase?: string;
    readonly name?: string;
    readonly homeNodeUrl: string;
  }) => Promise<void>;
  readonly importRecovery: (recovery: {
    readonly text: string;
    readonly homeNodeUrl?: string;
    readonly name?: string;
    readonly withBackup: boolean;
    readonly told: (done: number, total: number) => void;
  }) => Promise<void>;
}

type Source = "device" | "backup" | "key" | "sheet";

/** An identity from another device, from a backup, from another OpenPGP program, or from paper. */
export function Import({
  ownNode,
  linkingCode,
  actions,
  onBack,
}: {
  readonly ownNode: string | undefined;
  /** Of a link for a new device that was opened. */
  readonly linkingCode: string | undefined;
  readonly actions: ImportActions;
  readonly onBack: () => void;
}) {
  const { t, number } = useWords();
  const [source, setSource] = useState<Source>("device");
  const [withBackup, setWithBackup] = useState(true);
  const [restored, setRestored] = useState<{ readonly done: number; readonly total: number }>();
  const [file, setFile] = useState<File>();
  const [passphrase, setPassphrase] = useState("");
  const [words, setWords] = useState("");
  const [name, setName] = useState("");
  const [node, setNode] = useState(ownNode ?? "");
  const [isScanning, setScanning] = useState(false);
  const bring = useAct(async () => {
    const homeNodeUrl = node.trim();
    const called = name.trim() === "" ? {} : { name: name.trim() };
    if (source === "sheet")
      return actions.importRecovery({
        text: words,
        withBackup,
        told: (done, total) => setRestored({ done, total }),
        ...called,
        ...(homeNodeUrl === "" ? {} : { homeNodeUrl }),
      });
    const bytes = new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0));
    if (source === "backup") return actions.importBackup({ bytes, passphrase });
    return actions.importOpenPgp({ bytes, homeNodeUrl, ...called, ...(passphrase === "" ? {} : { passphrase }) });
  });
  const hints = {
    device: t("import.deviceHint"),
    backup: t("import.backupHint"),
    key: t("import.keyHint"),
    sheet: t("import.sheetHint"),
  };
  const isReady = source === "sheet" ? words.trim() !== "" : file !== undefined;
  const found = (text: string): void => {
    setScanning(false);
    setWords(text);
  };
  return (
    <Solo>
      <IconButton label={t("app.back")} icon={<ArrowLeft className="flips" size={20} aria-hidden />} onPress={onBack} />
      <div className="stack tight">
        <h1>{t("import.title")}</h1>
        <p className="hint">{t("import.line")}</p>
      </div>
      <Choice
        label={t("import.kind")}
        value={source}
        onChange={(next) => {
          setSource(next);
          bring.clear();
        }}
        options={[
          ["device", t("import.device")],
          ["backup", t("import.backup")],
          ["key", t("import.key")],
          ["sheet", t("import.sheet")],
        ]}
        hint={hints[source]}
      />
      {source === "device" ? <JoinDevice ownNode={ownNode} code={linkingCode} actions={actions} /> : form(source)}
    </Solo>
  );

  function form(from: Exclude<Source, "device">) {
    return (
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          bring.run();
        }}
      >
        {from === "sheet" ? (
          <>
            <Field label={t("import.words")} value={words} onChange={setWords} rows={4} isCode />
            {isScanning ? (
              <Scanner onFound={found} onStop={() => setScanning(false)} />
            ) : (
              <div className="buttons">
                <Button onPress={() => setScanning(true)}>
                  <ScanLine size={18} aria-hidden />
                  {t("add.scan")}
                </Button>
                <PictureButton onFound={found} />
              </div>
            )}
          </>
        ) : (
          <>
            <div className="stack tight">
              <FileTrigger onSelect={(files) => setFile(files?.[0])}>
                <Button>
                  <FileUp size={18} aria-hidden />
                  {t("import.file")}
                </Button>
              </FileTrigger>
              {file === undefined ? undefined : <p className="hint">{t("import.chosen", { file: file.name })}</p>}
            </div>
            <Field
              label={t("import.passphrase")}
              type="password"
              value={passphrase}
              onChange={setPassphrase}
              autoComplete="current-password"
            />
          </>
        )}
        {from === "backup" ? undefined : <Field label={t("import.name")} value={name} onChange={setName} />}
        {from === "backup" || (from === "key" && ownNode !== undefined) ? undefined : (
          <Field label={t("start.node")} hint={t("start.nodeHint")} value={node} onChange={setNode} type="url" isCode />
        )}
        {from === "sheet" ? (
          <Switch label={t("import.withBackup")} hint={t("import.withBackupHint")} isOn={withBackup} onChange={setWithBackup} />
        ) : undefined}
        <Problem text={bring.error} />
        <p className="hint" role="status">
          {bring.isRunning && restored !== undefined
            ? t("import.restoring", { done: number(restored.done), total: number(restored.total) })
            : ""}
        </p>
        <Button type="submit" look="main" size="wide" isDisabled={!isReady} isPending={bring.isRunning}>
          {bring.isRunning ? t("import.going") : t("import.go")}
        </Button>
      </form>
    );
  }
}
