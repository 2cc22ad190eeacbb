import type { ContactSnapshot, DirectoryPreview } from "@p2pcrypt/client";
import { useState } from "react";
import type { LinkTarget } from "../../model/link-target.ts";
import { formatRoute } from "../../model/routes.ts";
import { type TrustMark, trustMarkOf } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import { hostOf } from "../../words/failures.ts";
import { NameWarning } from "../details/NameWarning.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { Name } from "../kit/Name.tsx";
import { Notice } from "../kit/Notice.tsx";
import { Page } from "../kit/Page.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface LandingProps {
  readonly target: LinkTarget | undefined;
  readonly contact: ContactSnapshot | undefined;
  readonly isOwn: boolean;
  readonly hasTwin: boolean;
  /** What the node says, once it was asked. */
  readonly directory: DirectoryPreview | undefined;
  /** What those say whom one trusts to introduce. */
  readonly belief: TrustMark | undefined;
  readonly onHello: (greeting: string) => Promise<void>;
}

/** Opening somebody's link with an identity here: who they are, how far that is known, and one thing to do. */
export function Landing({ target, contact, isOwn, hasTwin, directory, belief, onHello }: LandingProps) {
  const { t } = useWords();
  if (target === undefined) {
    return (
      <Page title={t("add.title")} back="#/">
        <Notice tone="warn">{t("landing.broken")}</Notice>
      </Page>
    );
  }
  const found = directory?.kind === "found" ? directory.name : undefined;
  const name = contact?.name ?? found ?? target.nameHint;
  return (
    <Page title={t("add.title")} back="#/">
      <LinkPerson target={target} name={name} contact={contact} belief={belief} />
      <NameWarning name={name} hasTwin={hasTwin} />
      {isOwn ? (
        <Notice tone="info">{t("landing.own")}</Notice>
      ) : (
        <Answer {...{ contact, directory, onHello }} name={shownName(name)} />
      )}
    </Page>
  );
}

export function LinkPerson({
  target,
  name,
  contact,
  belief,
  title: Title = "h2",
}: {
  readonly target: LinkTarget;
  readonly name: string;
  readonly contact: ContactSnapshot | undefined;
  readonly belief?: TrustMark | undefined;
  readonly title?: "h1" | "h2";
}) {
  const { t } = useWords();
  const shown = shownName(name);
  const mark = contact === undefined ? belief : trustMarkOf(contact);
  const isVerified = contact?.trust.kind === "verified";
  return (
    <div className="who-head">
      <Avatar identityId={target.identityId} name={name} size="large" />
      <Title className="who-name">{shown === "" ? t("landing.nobody") : <Name name={name} />}</Title>
      <p className="hint">
        <bdi>{t("landing.at", { node: hostOf(target.nodeUrl) })}</bdi>
      </p>
      {mark === undefined || (contact === undefined && mark.kind === "unverified") ? undefined : <TrustWord mark={mark} />}
      {isVerified ? undefined : mark?.kind === "introduced" ? (
        <p className="unsure">{t("trust.introducedLine", { name: shown, by: shownName(mark.by) })}</p>
      ) : (
        <p className="unsure">{shown === "" ? t("landing.unsureNobody") : t("landing.unsure", { name: shown })}</p>
      )}
    </div>
  );
}

function Answer({
  contact,
  directory,
  name,
  onHello,
}: Pick<LandingProps, "contact" | "directory" | "onHello"> & { readonly name: string }) {
  const { t } = useWords();
  const [greeting, setGreeting] = useState("");
  const hello = useAct(() => onHello(greeting.trim()));
  if (contact?.state === "blocked") return <Notice tone="warn">{t("landing.blocked", { name })}</Notice>;
  if (contact?.state === "accepted" && contact.conversationId !== undefined) {
    return (
      <>
        <p>{t("landing.known", { name })}</p>
        <a className="button main" href={formatRoute({ kind: "conversation", id: contact.conversationId, details: false })}>
          {t("landing.openConversation")}
        </a>
      </>
    );
  }
  const hindrance =
    directory?.kind === "found"
      ? directory.hindrance
      : directory?.kind === "notFound" || directory?.kind === "badAnswer"
        ? directory.kind
        : undefined;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        hello.run();
      }}
    >
      {hindrance === undefined ? undefined : <Notice tone="warn">{t(`landing.hindrance.${hindrance}`)}</Notice>}
      {contact?.state === "requested" ? <Notice tone="good">{t("landing.sent", { name })}</Notice> : undefined}
      <Field label={t("landing.first")} hint={t("landing.firstHint")} value={greeting} onChange={setGreeting} rows={3} />
      <Button type="submit" look={contact?.state === "requested" ? "plain" : "main"} isPending={hello.isRunning}>
        {name === "" ? t("landing.hello") : t("landing.helloTo", { name })}
      </Button>
      <Problem text={hello.error} />
    </form>
  );
}
