import type { ContactSnapshot } from "@p2pcrypt/client";
import { useState } from "react";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { PictureOf } from "../kit/GroupPicture.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { ChoosePicture } from "./ChoosePicture.tsx";
import { PickPeople } from "./PickPeople.tsx";

export interface NewGroupProps {
  /** Whom one talks with. */
  readonly contacts: readonly ContactSnapshot[];
  /** A small square picture of one. @throws {ClientError} group/badPicture */
  readonly squareOf: (file: File) => Promise<Uint8Array>;
  readonly onCreate: (
    name: string,
    members: readonly ContactSnapshot["identityId"][],
    picture: Uint8Array | undefined,
  ) => Promise<void>;
}

/** A name and some people: they are in it at once, whether they are here or not. */
export function NewGroup({ contacts, squareOf, onCreate }: NewGroupProps) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [picture, setPicture] = useState<Uint8Array>();
  const [chosen, setChosen] = useState<ReadonlySet<ContactSnapshot["identityId"]>>(new Set());
  const create = useAct(() => onCreate(name, [...chosen], picture));
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
        <ChoosePicture
          shown={picture === undefined ? undefined : <PictureOf bytes={picture} size="large" otherwise={undefined} />}
          hasPicture={picture !== undefined}
          onChoose={async (file) => setPicture(file === undefined ? undefined : await squareOf(file))}
        />
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
