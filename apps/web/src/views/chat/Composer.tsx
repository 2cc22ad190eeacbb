import { ArrowUp, Paperclip } from "lucide-react";
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { excessOf, sendable } from "../../model/draft.ts";
import { sentenceOf } from "../../words/failures.ts";
import { IconButton } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { useWords } from "../surroundings.ts";

export interface ComposerActions {
  /** @throws {ClientError} and the words come back. */
  readonly send: (text: string) => Promise<void>;
  readonly typing: (isTyping: boolean) => void;
  readonly keepDraft: (text: string) => void;
  /** Neither answers nor edits any more. */
  readonly cancel: () => void;
  /** @throws {ClientError} */
  readonly attach: (files: readonly File[]) => Promise<void>;
  /** Pasted or dropped: the person is asked first. */
  readonly offer: (files: readonly File[]) => void;
}

export interface ComposerHandle {
  insert(text: string): void;
  offer(files: readonly File[]): void;
}

/** What a list of members needs of the field: its text and caret, and its keys before the field has them. */
export interface NamingField {
  readonly text: string;
  readonly caret: number;
  readonly area: RefObject<HTMLTextAreaElement | null>;
  /** @returns whether the key is used up. */
  readonly keys: RefObject<((event: KeyboardEvent) => boolean) | undefined>;
  readonly write: (text: string, caret: number) => void;
}

export interface ComposerProps {
  readonly draft: string;
  readonly sendsOnEnter: boolean;
  /** Speaking instead of writing. */
  readonly voice: ReactNode;
  /** What is answered or edited. */
  readonly bar: ReactNode;
  /** In a group: whom an @ could mean. */
  readonly naming: ((field: NamingField) => ReactNode) | undefined;
  readonly actions: ComposerActions;
  readonly ref: Ref<ComposerHandle>;
}

export function Composer({ draft, sendsOnEnter, voice, bar, naming, actions, ref }: ComposerProps) {
  const words = useWords();
  const { t } = words;
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(draft);
  const [caret, setCaret] = useState(draft.length);
  const keys = useRef<(event: KeyboardEvent) => boolean>(undefined);
  const [problem, setProblem] = useState<string>();
  const excess = excessOf(text);
  const write = (next: string): void => {
    setText(next);
    setProblem(undefined);
    actions.keepDraft(next);
    actions.typing(next !== "");
  };
  const writeAt = (next: string, end: number): void => {
    setCaret(end);
    write(next);
  };
  const attach = (files: readonly File[]): void => {
    setProblem(undefined);
    actions.attach(files).catch((error: unknown) => setProblem(sentenceOf(words, error)));
  };
  useImperativeHandle(ref, () => ({
    insert: (more) => {
      write(`${text}${more}`);
      area.current?.focus();
    },
    offer: actions.offer,
  }));
  useEffect(() => {
    // On a phone the keyboard would cover what one came to read.
    if (window.matchMedia("(pointer: fine)").matches) area.current?.focus();
  }, []);
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    const message = sendable(text);
    if (message === undefined || excess > 0) return;
    write("");
    actions.send(message).catch((error: unknown) => {
      setText((newer) => (newer === "" ? message : `${message}\n${newer}`));
      setProblem(sentenceOf(words, error));
    });
    area.current?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    if (keys.current?.(event) === true) return;
    if (event.key === "Escape" && !event.nativeEvent.isComposing) actions.cancel();
    if (event.key !== "Enter" || event.nativeEvent.isComposing || event.shiftKey) return;
    if (sendsOnEnter !== (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  };
  return (
    <form className="composer" onSubmit={send}>
      {bar}
      {text.includes("@") ? naming?.({ text, caret, area, keys, write: writeAt }) : undefined}
      <div className="composer-line">
        <FileTrigger allowsMultiple onSelect={(files) => attach([...(files ?? [])])}>
          <IconButton label={t("file.attach")} icon={<Paperclip size={20} aria-hidden />} />
        </FileTrigger>
        <div className="grows">
          <textarea
            id="composer"
            ref={area}
            rows={1}
            // Else a browser keeps what is being written with its open tabs, in the clear (W4).
            autoComplete="off"
            dir="auto"
            aria-label={t("chat.message")}
            placeholder={t("chat.message")}
            value={text}
            aria-invalid={excess > 0}
            aria-describedby={excess > 0 ? "composer-excess" : undefined}
            onChange={({ currentTarget: { value, selectionEnd } }) => writeAt(value, selectionEnd)}
            onSelect={(event) => setCaret(event.currentTarget.selectionEnd)}
            onBlur={() => actions.typing(false)}
            onKeyDown={press}
            onPaste={(event) => {
              const files = [...event.clipboardData.files];
              if (files.length === 0 || event.clipboardData.getData("text/plain") !== "") return;
              event.preventDefault();
              actions.offer(files);
            }}
          />
          {/* Takes the room that the text needs, so that the field above it grows with it. */}
          <div className="mirror" aria-hidden dir="auto">{`${text.slice(0, 4_000)}\n`}</div>
        </div>
        {voice}
        <IconButton
          label={t("chat.send")}
          type="submit"
          look="main"
          icon={<ArrowUp size={20} aria-hidden />}
          isDisabled={sendable(text) === undefined || excess > 0}
        />
      </div>
      {excess > 0 ? (
        <p id="composer-excess" className="error" role="status">
          {t("chat.tooLong", { count: excess })}
        </p>
      ) : undefined}
      <Problem text={problem} />
    </form>
  );
}
