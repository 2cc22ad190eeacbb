import { NotebookPen, ScanLine, Users } from "lucide-react";
import { useState } from "react";
import { groupTarget } from "../../model/group-target.ts";
import { linkTarget } from "../../model/link-target.ts";
import { formatRoute } from "../../model/routes.ts";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { PictureButton, Scanner } from "./Scanner.tsx";

/** Somebody's link, or one to a group, pasted or scanned. */
export function AddPage({
  onLink,
  onSelf,
}: {
  readonly onLink: (link: string) => void;
  /** Where there is an identity already. */
  readonly onSelf?: () => Promise<void>;
}) {
  const { t } = useWords();
  const self = useAct(async () => onSelf?.());
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isScanning, setScanning] = useState(false);
  const open = (link: string, otherwise: string): void => {
    setScanning(false);
    if (linkTarget(link) === undefined && groupTarget(link) === undefined) setProblem(otherwise);
    else onLink(link.trim());
  };
  return (
    <Page title={t("add.title")} back="#/">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          open(text, t("landing.broken"));
        }}
      >
        <Field
          label={t("add.paste")}
          hint={t("add.pasteHint")}
          value={text}
          onChange={(next) => {
            setText(next);
            setProblem(undefined);
          }}
          error={problem}
          rows={3}
          isCode
          autoFocus
        />
        <Button type="submit" look="main" isDisabled={text.trim() === ""}>
          {t("add.open")}
        </Button>
      </form>
      <section className="card">
        {isScanning ? (
          <Scanner onFound={(link) => open(link, t("add.notLink"))} onStop={() => setScanning(false)} />
        ) : (
          <div className="buttons">
            <Button onPress={() => setScanning(true)}>
              <ScanLine size={18} aria-hidden />
              {t("add.scan")}
            </Button>
            <PictureButton onFound={(link) => open(link, t("add.notLink"))} />
          </div>
        )}
      </section>
      <a className="button wide" href={formatRoute({ kind: "newGroup" })}>
        <Users size={18} aria-hidden />
        {t("group.new")}
      </a>
      {onSelf === undefined ? undefined : (
        <Button size="wide" onPress={() => self.run()} isPending={self.isRunning}>
          <NotebookPen size={18} aria-hidden />
          {t("self.name")}
        </Button>
      )}
      <Problem text={self.error} />
    </Page>
  );
}
