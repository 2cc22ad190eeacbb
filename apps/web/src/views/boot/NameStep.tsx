import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Solo } from "./Solo.tsx";

export interface NameStepProps {
  readonly ownNode: string | undefined;
  /** Whether the person says which node, because this page does not come from one. */
  readonly isAsked: boolean;
  readonly onBack: () => void;
  readonly onCreate: (name: string, homeNodeUrl: string) => Promise<void>;
}

export function NameStep({ ownNode, isAsked, onBack, onCreate }: NameStepProps) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [node, setNode] = useState(ownNode ?? "");
  const create = useAct(() => onCreate(name.trim(), isAsked ? node.trim() : (ownNode ?? "")));
  return (
    <Solo>
      <IconButton label={t("app.back")} icon={<ArrowLeft className="flips" size={20} aria-hidden />} onPress={onBack} />
      <h1>{t("start.nameTitle")}</h1>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          create.run();
        }}
      >
        <Field label={t("start.nameLabel")} hint={t("start.nameHint")} value={name} onChange={setName} autoFocus />
        {isAsked ? (
          <Field label={t("start.node")} hint={t("start.nodeHint")} value={node} onChange={setNode} type="url" isCode />
        ) : undefined}
        <Problem text={create.error} />
        <Button
          type="submit"
          look="main"
          size="wide"
          isDisabled={name.trim() === "" || (isAsked && node.trim() === "")}
          isPending={create.isRunning}
        >
          {create.isRunning ? t("start.creating") : t("start.create")}
        </Button>
        <p className="hint">{t("start.device")}</p>
      </form>
    </Solo>
  );
}
