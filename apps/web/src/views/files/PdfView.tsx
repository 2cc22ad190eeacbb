import { ArrowLeft, ArrowRight, Save, ZoomIn } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { MAX_PDF_BYTES, MAX_PDF_PAGES, type PdfFailure, type PdfPage, type PdfSnapshot } from "../../model/pdf-look.ts";
import { wholeNumberIn } from "../../text/whole-number.ts";
import type { Words } from "../../words/words.ts";
import { Button, IconButton } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface PdfViewProps {
  readonly name: string;
  readonly look: PdfSnapshot;
  /** A page, that many pixels wide. */
  readonly onDraw: (page: number, width: number) => void;
  /** Answers whether this browser can save a file of that size. */
  readonly onSave: () => Promise<boolean>;
  readonly onClose: () => void;
}

const SIZES = [1, 2, 4] as const;
/** With fewer the arrows are quicker. */
const MIN_PAGES_TO_CHOOSE = 10;

/** A PDF, page by page. What is drawn here are the pixels that came out of the frame without an origin. */
export function PdfView({ name, look, onDraw, onSave, onClose }: PdfViewProps) {
  const words = useWords();
  const { t } = words;
  const { page, pages, shown, failure, isOver } = look;
  const stage = useRef<HTMLElement>(null);
  const [size, setSize] = useState<(typeof SIZES)[number]>(1);
  const [isUnsavable, setIsUnsavable] = useState(false);
  const saving = useAct(async () => setIsUnsavable(!(await onSave())));
  const drawAt = (wanted: number, factor: number): void => {
    if (stage.current !== null) onDraw(wanted, stage.current.clientWidth * devicePixelRatio * factor);
  };
  const go = (wanted: number): void => {
    if (pages === undefined || !Number.isSafeInteger(wanted) || wanted < 1 || wanted > pages || wanted === page) return;
    stage.current?.scrollTo(0, 0);
    drawAt(wanted, size);
  };
  const zoom = (): void => {
    const next = SIZES[(SIZES.indexOf(size) + 1) % SIZES.length] ?? 1;
    setSize(next);
    drawAt(page, next);
  };
  const press = ({ key, target }: KeyboardEvent): void => {
    // Magnified, the arrows move the page under the window.
    if (size !== 1 || target instanceof HTMLInputElement) return;
    const isForward = key === (words.direction === "rtl" ? "ArrowLeft" : "ArrowRight");
    if (key === "ArrowLeft" || key === "ArrowRight") go(page + (isForward ? 1 : -1));
  };
  const isKnown = pages !== undefined;
  // the first page, as soon as there is one
  useEffect(() => {
    if (!isKnown) return;
    drawAt(1, 1);
    stage.current?.focus(); // so that the keys that turn and scroll need no press before
  }, [isKnown]);
  const place = pages === undefined ? undefined : t("pdf.page", { at: words.number(page), all: words.number(pages) });
  return (
    <Dialog title={name} onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrows do what the buttons do */}
      <div className="stack" onKeyDown={press}>
        {isOver ? undefined : (
          <section
            ref={stage}
            className="pdf-stage"
            aria-label={name}
            aria-busy={failure === undefined && shown?.number !== page}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
            tabIndex={0}
          >
            {shown === undefined ? (
              failure === undefined && <p className="hint">{t("pdf.opening")}</p>
            ) : (
              <Drawn page={shown} size={size} label={t("pdf.picture", { at: words.number(shown.number) })} />
            )}
          </section>
        )}
        {failure === undefined ? undefined : (
          <div role="alert">
            <p>{isOver ? overSentence(words, failure) : t("pdf.pageBroken")}</p>
          </div>
        )}
        <div className="line wrap">
          {isOver || place === undefined || pages === undefined ? undefined : (
            <>
              <IconButton
                label={t("pdf.previous")}
                icon={<ArrowLeft className="flips" size={20} aria-hidden />}
                isDisabled={page <= 1}
                onPress={() => go(page - 1)}
              />
              <span className="hint" role="status">
                {place}
              </span>
              <IconButton
                label={t("pdf.next")}
                icon={<ArrowRight className="flips" size={20} aria-hidden />}
                isDisabled={page >= pages}
                onPress={() => go(page + 1)}
              />
              <Button size="small" onPress={zoom}>
                <ZoomIn size={16} aria-hidden />
                {t("file.zoom", { size: `${words.number(size)}×` })}
              </Button>
              {pages < MIN_PAGES_TO_CHOOSE ? undefined : <PageChooser onChoose={go} />}
            </>
          )}
          <Button size="small" isPending={saving.isRunning} onPress={() => saving.run()}>
            <Save size={16} aria-hidden />
            {t("file.save")}
          </Button>
          <Button size="small" onPress={onClose}>
            {t("app.close")}
          </Button>
        </div>
        {look.isCut ? <p className="hint">{t("pdf.cut", { pages: words.number(MAX_PDF_PAGES) })}</p> : undefined}
        <Problem text={isUnsavable ? t("file.unsavable") : saving.error} />
      </div>
    </Dialog>
  );
}

/** A picture for who sees it, its letters for who does not. */
function Drawn({ page, size, label }: { readonly page: PdfPage; readonly size: number; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { bitmap, text } = page;
  useEffect(() => {
    if (canvas.current === null) return;
    const { width, height } = bitmap;
    Object.assign(canvas.current, { width, height });
    canvas.current.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return (
    <>
      <canvas ref={canvas} className={`pdf-page zoom-${size}`} role="img" aria-label={label} />
      <p className="unseen" dir="auto">
        {text}
      </p>
    </>
  );
}

function PageChooser({ onChoose }: { readonly onChoose: (page: number) => void }) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onChoose(wholeNumberIn(text));
    setText("");
  };
  return (
    <form className="pdf-chooser" onSubmit={submit}>
      <Field label={t("pdf.goTo")} value={text} onChange={setText} />
    </form>
  );
}

function overSentence(words: Words, failure: PdfFailure): string {
  switch (failure) {
    case "tooLarge":
      return words.t("pdf.tooLarge", { size: words.bytes(MAX_PDF_BYTES) });
    case "tooSlow":
      return words.t("pdf.tooSlow");
    case "locked":
      return words.t("pdf.locked");
    case "broken":
      return words.t("pdf.broken");
    case "gone":
      return words.t("pdf.gone");
    case "unavailable":
      return words.t("pdf.unavailable");
  }
}
