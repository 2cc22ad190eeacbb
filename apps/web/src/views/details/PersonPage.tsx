import type { ContactSnapshot } from "@p2pcrypt/client";
import { shownName, shownText } from "../../text/printable.ts";
import { reasonOf } from "../../words/failures.ts";
import type { Words } from "../../words/words.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Fingerprints } from "./Fingerprints.tsx";
import { NameWarning } from "./NameWarning.tsx";

export interface PersonProps {
  readonly contact: ContactSnapshot | undefined;
  readonly hasTwin: boolean;
  readonly nowMs: number;
  readonly onBlock: () => Promise<void>;
  readonly onUnblock: () => Promise<void>;
}

/** Somebody without a conversation yet: how their answer stands. */
export function PersonPage({ contact, hasTwin, nowMs, onBlock, onUnblock }: PersonProps) {
  const words = useWords();
  const { t } = words;
  const act = useAct((run: () => Promise<void>) => run());
  if (contact === undefined) return <p className="empty hint">{t("chat.notFound")}</p>;
  const { name, identityId, greeting, state } = contact;
  return (
    <Page title={shownName(name)} back="#/">
      <div className="who-head">
        <Avatar identityId={identityId} name={name} size="large" />
      </div>
      <p>{standing(words, contact, nowMs)}</p>
      {greeting === undefined || greeting === "" ? undefined : (
        <p className="greeting own" dir="auto">
          {shownText(greeting)}
        </p>
      )}
      <NameWarning name={name} hasTwin={hasTwin} />
      <Fingerprints contact={contact} />
      <Button
        look={state === "blocked" ? "plain" : "quiet danger"}
        onPress={() => act.run(state === "blocked" ? onUnblock : onBlock)}
      >
        {state === "blocked" ? t("details.unblock", { name: shownName(name) }) : t("details.block", { name: shownName(name) })}
      </Button>
    </Page>
  );
}

function standing(words: Words, { name, state, delivery, addedAtMs }: ContactSnapshot, nowMs: number): string {
  const { t } = words;
  if (state === "blocked") return t("chat.closed.blocked", { name: shownName(name) });
  if (typeof delivery === "object") return t("chat.requestRefused", { reason: reasonOf(words, delivery.refused) });
  if (delivery === "queued") return t("chat.requestedQueued");
  return t("chat.requested", { name: shownName(name), date: words.date(addedAtMs, nowMs) });
}
