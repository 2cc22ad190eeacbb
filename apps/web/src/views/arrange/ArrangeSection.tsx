import { type Arrangement, type ArrangementChange, type ConversationSnapshot, isMuted } from "@p2pcrypt/client";
import { type ReactNode, useId, useState } from "react";
import { formatRoute } from "../../model/routes.ts";
import { durationIn } from "../../words/durations.ts";
import { Button } from "../kit/Button.tsx";
import { Choice, Switch } from "../kit/Choice.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface ArrangeActions {
  /** @throws {ClientError} */
  readonly arrange: (change: ArrangementChange) => Promise<void>;
  readonly setDisappearing: (afterS: number) => Promise<void>;
  readonly clear: () => Promise<void>;
  readonly saveReadable: () => Promise<void>;
}

export interface ArrangeSectionProps {
  readonly conversation: ConversationSnapshot;
  /** Names of folders that there are. */
  readonly folders: readonly string[];
  readonly nowMs: number;
  readonly actions: ArrangeActions;
}

const HOUR_S = 3_600;
const TIMES_S = [30, 300, HOUR_S, 8 * HOUR_S, 24 * HOUR_S, 168 * HOUR_S, 672 * HOUR_S] as const;
const MUTES_S = [HOUR_S, 8 * HOUR_S, 168 * HOUR_S] as const;

/** How long messages stay, how a conversation lies among the others, and what can be taken out of it. */
export function ArrangeSection({ conversation, folders, nowMs, actions }: ArrangeSectionProps) {
  const words = useWords();
  const { t } = words;
  const act = useAct((run: () => Promise<void>) => run());
  const { id, arrangement, disappearAfterS = 0, kind, ownRole, state, pending = [] } = conversation;
  const arrange = (change: ArrangementChange): void => act.run(() => actions.arrange(change));
  const wanted = pending.find((change) => change.kind === "disappear");
  const present = wanted?.kind === "disappear" ? wanted.afterS : disappearAfterS;
  const mayAgree = state === "active" && (kind !== "group" || ownRole === "admin");
  const times = TIMES_S.some((time) => time === present) || present === 0 ? TIMES_S : [...TIMES_S, present];
  return (
    <>
      <section className="stack tight">
        <h3>{t("disappear.title")}</h3>
        {mayAgree ? (
          <Select
            label={t("disappear.label")}
            value={String(present)}
            options={[["0", t("disappear.never")], ...times.map((time) => [String(time), durationIn(words, time)] as const)]}
            onChange={(time) => act.run(() => actions.setDisappearing(Number(time)))}
          />
        ) : undefined}
        <p className="hint">
          {wanted === undefined ? (present === 0 ? t("disappear.offLine") : t("disappear.line")) : t("disappear.pending")}
        </p>
        {kind === "group" && !mayAgree ? <p className="hint">{t("disappear.admins")}</p> : undefined}
      </section>
      <section className="stack tight">
        <h3>{t("arrange.title")}</h3>
        <Switch label={t("arrange.pin")} isOn={arrangement.isPinned === true} onChange={(isPinned) => arrange({ isPinned })} />
        <Switch
          label={t("arrange.archive")}
          hint={t("arrange.archiveHint")}
          isOn={arrangement.isArchived === true}
          onChange={(isArchived) => arrange({ isArchived })}
        />
        <Mute arrangement={arrangement} nowMs={nowMs} onMute={(mutedUntilMs) => arrange({ mutedUntilMs })} />
        <Choice
          label={t("arrange.notify")}
          value={arrangement.notify ?? "all"}
          onChange={(notify) => arrange({ notify: notify === "all" ? null : notify })}
          options={[
            ["all", t("arrange.notify.all")],
            ["mentions", t("arrange.notify.mentions")],
            ["nothing", t("arrange.notify.nothing")],
          ]}
        />
        <Folder present={arrangement.folder} folders={folders} onMove={(folder) => actions.arrange({ folder })} />
        <Problem text={act.error} />
      </section>
      <section className="stack tight">
        <h3>{t("arrange.messages")}</h3>
        <a className="button wide" href={formatRoute({ kind: "search", in: id })}>
          {t("arrange.search")}
        </a>
        <Careful
          open={t("arrange.export")}
          line={t("arrange.exportWarning")}
          confirm={t("arrange.exportSave")}
          onConfirm={actions.saveReadable}
        />
        <Careful
          isDanger
          open={t("arrange.clear")}
          line={t("arrange.clearWarning")}
          confirm={t("arrange.clearNow")}
          onConfirm={actions.clear}
        />
      </section>
    </>
  );
}

function Mute({
  arrangement,
  nowMs,
  onMute,
}: {
  readonly arrangement: Arrangement;
  readonly nowMs: number;
  readonly onMute: (until: number | "always" | null) => void;
}) {
  const words = useWords();
  const { t, date, time } = words;
  const { mutedUntilMs } = arrangement;
  const isNow = isMuted(arrangement, nowMs);
  const value = !isNow ? "no" : mutedUntilMs === "always" ? "always" : "until";
  const until = typeof mutedUntilMs === "number" ? `${date(mutedUntilMs, nowMs)} ${time(mutedUntilMs)}` : "";
  return (
    <Select
      label={t("arrange.mute")}
      value={value}
      options={[
        ["no", t("arrange.mute.no")],
        ...(value === "until" ? [["until", t("arrange.mute.until", { time: until })] as const] : []),
        ...MUTES_S.map((seconds) => [String(seconds), durationIn(words, seconds)] as const),
        ["always", t("arrange.mute.always")],
      ]}
      onChange={(next) => {
        if (next === "no" || next === "always") onMute(next === "no" ? null : next);
        else if (next !== "until") onMute(nowMs + Number(next) * 1_000);
      }}
    />
  );
}

function Folder({
  present,
  folders,
  onMove,
}: {
  readonly present: string | undefined;
  readonly folders: readonly string[];
  readonly onMove: (folder: string | null) => Promise<void>;
}) {
  const { t } = useWords();
  const [name, setName] = useState<string>();
  const move = useAct(async (folder: string | null) => {
    await onMove(folder);
    setName(undefined);
  });
  return (
    <>
      <Select
        label={t("arrange.folder")}
        value={present ?? ""}
        options={[["", t("arrange.folder.none")], ...folders.map((one) => [one, one] as const), [NEW, t("arrange.folder.new")]]}
        onChange={(folder) => (folder === NEW ? setName("") : move.run(folder === "" ? null : folder))}
      />
      {name === undefined ? undefined : (
        <form
          className="stack tight"
          onSubmit={(event) => {
            event.preventDefault();
            move.run(name);
          }}
        >
          <Field label={t("arrange.folder.name")} value={name} onChange={setName} autoFocus />
          <div className="buttons">
            <Button type="submit" size="small" isDisabled={name.trim() === ""} isPending={move.isRunning}>
              {t("arrange.folder.make")}
            </Button>
          </div>
        </form>
      )}
      <Problem text={move.error} />
    </>
  );
}

/** No folder is called so: a name is not only spaces. */
const NEW = " ";

/** Something that is said before it is done. */
function Careful({
  open,
  line,
  confirm,
  onConfirm,
  isDanger = false,
}: {
  readonly open: string;
  readonly line: ReactNode;
  readonly confirm: string;
  readonly onConfirm: () => Promise<void>;
  readonly isDanger?: boolean;
}) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const act = useAct(async () => {
    await onConfirm();
    setOpen(false);
  });
  return (
    <>
      <Button size="wide" {...(isDanger ? { look: "quiet danger" as const } : {})} onPress={() => setOpen(true)}>
        {open}
      </Button>
      {isOpen ? (
        <Dialog title={open} onClose={() => setOpen(false)}>
          <div className="stack">
            <p>{line}</p>
            <Problem text={act.error} />
            <div className="buttons">
              <Button look={isDanger ? "bad" : "main"} onPress={() => act.run()} isPending={act.isRunning}>
                {confirm}
              </Button>
              <Button look="quiet" onPress={() => setOpen(false)}>
                {t("app.cancel")}
              </Button>
            </div>
          </div>
        </Dialog>
      ) : undefined}
    </>
  );
}

function Select({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
