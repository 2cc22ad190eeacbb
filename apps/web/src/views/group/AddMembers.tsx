import type { ContactSnapshot } from "@p2pcrypt/client";
import { useState } from "react";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { PickPeople } from "./PickPeople.tsx";

export interface AddMembersProps {
  readonly name: string;
  /** Address of the group's details. */
  readonly back: string;
  /** Contacts who are not in it. */
  readonly contacts: readonly ContactSnapshot[];
  readonly onAdd: (members: readonly ContactSnapshot["identityId"][]) => Promise<void>;
}

export function AddMembers({ name, back, contacts, onAdd }: AddMembersProps) {
  const { t } = useWords();
  const [chosen, setChosen] = useState<ReadonlySet<ContactSnapshot["identityId"]>>(new Set());
  const add = useAct(() => onAdd([...chosen]));
  return (
    <Page title={t("group.addTo", { name: shownName(name) })} back={back}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          add.run();
        }}
      >
        <PickPeople legend={t("group.who")} people={contacts} chosen={chosen} onChange={setChosen} />
        <p className="hint">{t("group.addHint")}</p>
        <Problem text={add.error} />
        <Button type="submit" look="main" size="wide" isDisabled={chosen.size === 0} isPending={add.isRunning}>
          {t("group.add")}
        </Button>
      </form>
    </Page>
  );
}
