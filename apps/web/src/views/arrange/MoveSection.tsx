import type { ConversationSnapshot } from "@p2pcrypt/client";
import { useState } from "react";
import { shownName, shownText } from "../../text/printable.ts";
import { hostOf } from "../../words/failures.ts";
import { Button } from "../kit/Button.tsx";
import { Switch } from "../kit/Choice.tsx";
import { CopyButton } from "../kit/CopyButton.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface MoveActions {
  readonly move: (nodeUrl: string, isNodeGone: boolean) => Promise<void>;
  readonly follow: (link: string) => Promise<void>;
  readonly rejoin: () => Promise<void>;
}

export interface MoveSectionProps {
  readonly conversation: ConversationSnapshot;
  /** Whether its node can be reached now. */
  readonly isNodeThere: boolean;
  readonly actions: MoveActions;
}

/** Where a conversation lives: at another node from now on, or where somebody else moved it. */
export function MoveSection({ conversation, isNodeThere, actions }: MoveSectionProps) {
  const { t } = useWords();
  const { kind, ownRole, state, pending = [], moveLink, rival } = conversation;
  const [text, setText] = useState("");
  const [isGone, setGone] = useState(false);
  const isLink = text.includes("#/move/");
  const mayMove = kind !== "group" || ownRole === "admin";
  const move = useAct(async () => {
    await (isLink ? actions.follow(text.trim()) : actions.move(text.trim(), isGone));
    setText("");
  });
  const rejoin = useAct(actions.rejoin);
  if (state !== "active") return undefined;
  const wanted = pending.find((change) => change.kind === "move");
  return (
    <section className="stack tight">
      <h3>{t("move.title")}</h3>
      {rival === undefined ? undefined : (
        <>
          <p>{t("move.rival", { name: shownName(rival.name), node: shownText(hostOf(rival.nodeUrl)) })}</p>
          <Problem text={rejoin.error} />
          <Button size="wide" onPress={() => rejoin.run()} isPending={rejoin.isRunning}>
            {t("move.rejoin")}
          </Button>
        </>
      )}
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault();
          move.run();
        }}
      >
        <Field
          label={mayMove ? t("move.label") : t("move.linkLabel")}
          hint={mayMove ? t("move.hint") : t("move.linkHint")}
          value={text}
          onChange={setText}
          isCode
        />
        {isNodeThere || !mayMove || isLink ? undefined : (
          <Switch label={t("move.gone")} hint={t("move.goneHint")} isOn={isGone} onChange={setGone} />
        )}
        <div className="buttons">
          <Button type="submit" size="small" isDisabled={text.trim() === "" || !(mayMove || isLink)} isPending={move.isRunning}>
            {isLink ? t("move.follow") : t("move.move")}
          </Button>
        </div>
        <Problem text={move.error} />
      </form>
      {wanted?.kind === "move" ? (
        <p className="hint" role="status">
          {t("move.pending", { node: hostOf(wanted.nodeUrl) })}
        </p>
      ) : undefined}
      {moveLink === undefined || wanted !== undefined ? undefined : (
        <>
          <p className="hint">{t("move.tell")}</p>
          <CopyButton text={moveLink} label={t("move.copy")} size="small" />
        </>
      )}
    </section>
  );
}
