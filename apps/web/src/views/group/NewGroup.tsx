import type { ContactSnapshot } from "@p2pcrypt/client";
import { useState } from "react";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { PickPeople } from "./PickPeople.tsx";

export interface NewGroupProps {
  /** Whom one talks with. */
  readonly contacts: readonly ContactSnapshot[];
  readonly onCreate: (name: string, members: readonly ContactSnapshot["identityId"][]) => Promise<void>;
}

/** A name and some people: they are in it at once, whether they are here or not. */
export function NewGroup({ contacts, onCreate }: NewGroupProps) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<ContactSnapshot["identityId"]>>(new Set());
  const create = useAct(() => onCreate(name, [...chosen]));
  return (
    <Page title={t("group.new")} back="#/add">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          create.run();
        }}
      >
        <Field label={t("group.name")} value={name} onChange={setName} autoFocus />
        <PickPeople legend={t("group.who")} people={contacts} chosen={chosen} onChange={setChosen} />
        <p className="hint">{t("group.newHint")}</p>
        <Problem text={create.error} />
        <Button type="submit" look="main" size="wide" isDisabled={name.trim() === ""} isPending={create.isRunning}>
          {t("group.create")}
        </Button>
      </form>
    </Page>
  );
}
