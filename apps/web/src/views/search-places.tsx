// Looking for messages, wired. Fetched when it is wanted.
import type { ConversationId } from "@p2pcrypt/client";
import { useEffect, useState } from "react";
import { MessageSearch } from "../model/message-search.ts";
import type { PlaceProps } from "./places.tsx";
import { SearchPage } from "./search/SearchPage.tsx";
import { useOwnModel, useSnapshot } from "./surroundings.ts";

export function SearchPlace(props: PlaceProps & { readonly within: ConversationId | undefined }) {
  const { workspace, within } = props;
  const { roster, client } = workspace;
  // What was looked for among the names is looked for here; the list shows all names again.
  const [words] = useState(() => roster.getSnapshot().query);
  useEffect(() => roster.search(""), [roster]);
  const search = useOwnModel(() => new MessageSearch(client, { words, in: within }), within);
  return search === undefined ? undefined : <Held {...props} search={search} />;
}

function Held({ workspace, platform, search }: PlaceProps & { readonly search: MessageSearch }) {
  useSnapshot(workspace.roster); // names change with it
  const { client } = workspace;
  const conversations = client.conversations.list();
  const { identityId, name } = client.account.snapshot();
  const people = new Map([[identityId, name] as const]);
  for (const { members } of conversations) for (const member of members) people.set(member.identityId, member.name);
  const byName = (one: { readonly name: string }, other: { readonly name: string }): number => one.name.localeCompare(other.name);
  return (
    <SearchPage
      search={useSnapshot(search)}
      people={[...people].map(([id, named]) => ({ identityId: id, name: named })).sort(byName)}
      places={conversations
        .map((one) => ({ id: one.id, name: one.name, identityId: one.contactId, picture: one.picture }))
        .sort(byName)}
      nowMs={platform.nowMs()}
      onLook={(change) => search.look(change)}
      onMore={() => void search.more()}
    />
  );
}
