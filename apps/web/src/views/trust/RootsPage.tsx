import type { RootSnapshot } from "@p2pcrypt/client";
import { useState } from "react";
import { FULL_AMOUNT } from "../../model/trust-mark.ts";
import { byteOf } from "../../model/vouch-terms.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { CopyButton } from "../kit/CopyButton.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { Name } from "../kit/Name.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { AmountChoice } from "./AmountChoice.tsx";
import { type KeyringActions, KeyringSection } from "./KeyringSection.tsx";
import { RootCard } from "./RootCard.tsx";

export interface RootsActions extends KeyringActions {
  readonly set: (identityId: RootSnapshot["person"]["identityId"], amount: number | undefined) => Promise<void>;
  readonly addByLink: (link: string, amount: number) => Promise<void>;
}

/** Whose word counts like one's own, and the ways to have more of them. */
export function RootsPage({
  roots,
  ownLink,
  actions,
}: {
  readonly roots: readonly RootSnapshot[];
  /** That makes oneself a root for whoever opens it. */
  readonly ownLink: string;
  readonly actions: RootsActions;
}) {
  const { t } = useWords();
  return (
    <Page title={t("roots.title")} back="#/trust">
      <section className="stack">
        <p>{t("roots.line")}</p>
        {roots.length === 0 ? <p className="hint">{t("roots.none")}</p> : undefined}
        <ul className="stack tight">
          {roots.map(({ person, amount }) => (
            <li key={person.identityId} className="person-line top">
              <Avatar identityId={person.identityId} name={person.name} />
              <div className="grow stack none">
                <Name name={person.name} />
                <RootCard name={shownName(person.name)} amount={amount} onSet={(next) => actions.set(person.identityId, next)} />
              </div>
            </li>
          ))}
        </ul>
      </section>
      <LinkForm onAdd={actions.addByLink} />
      <KeyringSection actions={actions} />
      <section className="stack tight">
        <h2>{t("roots.own")}</h2>
        <p className="hint">{t("roots.ownLine")}</p>
        <label className="field">
          <span className="label">{t("roots.ownLink")}</span>
          <input className="code" dir="ltr" readOnly value={ownLink} onFocus={(event) => event.currentTarget.select()} />
        </label>
        <div className="buttons">
          <CopyButton text={ownLink} label={t("home.copyLink")} />
        </div>
      </section>
    </Page>
  );
}

function LinkForm({ onAdd }: { readonly onAdd: RootsActions["addByLink"] }) {
  const { t } = useWords();
  const [link, setLink] = useState("");
  const [text, setText] = useState(String(FULL_AMOUNT));
  const amount = byteOf(text);
  const add = useAct(async () => {
    if (amount === undefined) return;
    await onAdd(link, amount);
    setLink("");
  });
  return (
    <section className="stack tight">
      <h2>{t("roots.byLink")}</h2>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          add.run();
        }}
      >
        <Field label={t("roots.link")} hint={t("roots.linkHint")} value={link} onChange={setLink} type="url" isCode />
        {link.trim() === "" ? undefined : <AmountChoice text={text} onChange={setText} />}
        <Problem text={add.error} />
        <div className="buttons">
          <Button type="submit" isDisabled={link.trim() === "" || amount === undefined} isPending={add.isRunning}>
            {t("roots.make")}
          </Button>
        </div>
      </form>
    </section>
  );
}
