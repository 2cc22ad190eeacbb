import type { NodeSnapshot } from "@p2pcrypt/client";
import { useState } from "react";
import { hostOf } from "../../words/failures.ts";
import { Button } from "../kit/Button.tsx";
import { Switch } from "../kit/Choice.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

const STATE_WORDS = {
  connected: "node.connected",
  connecting: "node.connecting",
  waiting: "node.waiting",
} as const satisfies Record<NodeSnapshot["state"]["kind"], string>;

/** Takes another node as home, with the conversations at the one before when wanted. @returns names of those that stay */
export type ChangeNode = (nodeUrl: string, withConversations: boolean) => Promise<readonly string[]>;

export function NodeSection({ nodes, changeNode }: { readonly nodes: readonly NodeSnapshot[]; readonly changeNode: ChangeNode }) {
  const { t } = useWords();
  return (
    <section className="stack tight">
      <h2>{t("settings.node")}</h2>
      <p className="hint">{t("settings.nodeLine")}</p>
      <ul className="stack tight">
        {nodes.map(({ url, state, isHome }) => (
          <li key={url} className="line wrap">
            <span className="code grow">{hostOf(url)}</span>
            {isHome ? <span className="hint">{t("node.home")}</span> : undefined}
            <span className={`node-state ${state.kind}`}>{t(STATE_WORDS[state.kind])}</span>
          </li>
        ))}
      </ul>
      <ChangeNodeForm changeNode={changeNode} />
    </section>
  );
}

function ChangeNodeForm({ changeNode }: { readonly changeNode: ChangeNode }) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const [isMoving, setMoving] = useState(true);
  const [left, setLeft] = useState<readonly string[]>();
  const act = useAct(async () => {
    setLeft(await changeNode(text.trim(), isMoving));
    setText("");
  });
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        act.run();
      }}
    >
      <Field label={t("settings.nodeOther")} hint={t("settings.nodeOtherHint")} value={text} onChange={setText} isCode />
      <Switch label={t("settings.nodeWith")} hint={t("settings.nodeWithHint")} isOn={isMoving} onChange={setMoving} />
      <div className="buttons">
        <Button type="submit" size="small" isDisabled={text.trim() === ""} isPending={act.isRunning}>
          {t("settings.nodeChange")}
        </Button>
      </div>
      <Problem text={act.error} />
      {left === undefined ? undefined : (
        <p className="hint" role="status">
          {left.length === 0 ? t("settings.nodeChanged") : t("settings.nodeLeft", { names: left.join(", ") })}
        </p>
      )}
    </form>
  );
}
