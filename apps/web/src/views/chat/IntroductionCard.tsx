import type { ContactSnapshot, ConversationEvent } from "@p2pcrypt/client";
import { useSyncExternalStore } from "react";
import { formatRoute } from "../../model/routes.ts";
import { trustMarkOf } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Name } from "../kit/Name.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useWords } from "../surroundings.ts";

/** Contacts as they change, for what stands in a conversation and speaks of somebody else. */
export interface People {
  readonly get: (identityId: ContactSnapshot["identityId"]) => ContactSnapshot | undefined;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Somebody whom one can get to know, and through whom. */
export function IntroductionCard({
  event,
  people,
}: {
  readonly event: ConversationEvent & { readonly what: "introduced" };
  readonly people: People;
}) {
  const { t } = useWords();
  const { identityId, by, link } = event;
  const contact = useSyncExternalStore(people.subscribe, () => people.get(identityId));
  const introducer = useSyncExternalStore(people.subscribe, () => people.get(by));
  const name = shownName(event.name);
  const place = placeOf(contact);
  return (
    <article className="card log-card">
      <div className="line">
        <Avatar identityId={identityId} name={event.name} />
        <div className="grow stack none">
          <h3 className="log-card-name">
            <Name name={event.name} />
          </h3>
          <p className="hint">{t("card.introduced", { by: shownName(introducer?.name ?? ""), name })}</p>
          {contact === undefined ? undefined : <TrustWord mark={trustMarkOf(contact)} />}
        </div>
      </div>
      {place === undefined ? (
        <a className="button main" href={formatRoute({ kind: "landing", link })}>
          {t("landing.helloTo", { name })}
        </a>
      ) : (
        <a className="button" href={place}>
          {contact?.conversationId === undefined ? t("list.waiting") : t("landing.openConversation")}
        </a>
      )}
    </article>
  );
}

function placeOf(contact: ContactSnapshot | undefined): string | undefined {
  if (contact?.conversationId !== undefined)
    return formatRoute({ kind: "conversation", id: contact.conversationId, details: false });
  return contact?.state === "requested" ? formatRoute({ kind: "person", identityId: contact.identityId }) : undefined;
}
