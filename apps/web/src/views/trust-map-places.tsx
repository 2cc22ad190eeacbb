// The map of trust and its roots, wired. Fetched when they are wanted.

import { useEffect } from "react";
import { linkTarget } from "../model/link-target.ts";
import { rootLinkOf } from "../model/root-link.ts";
import { formatRoute } from "../model/routes.ts";
import type { Placed } from "../model/trust-layout.ts";
import { TrustMap, type TrustMapSnapshot } from "../model/trust-map.ts";
import { beliefOf, type TrustMark, trustMarkOf } from "../model/trust-mark.ts";
import type { Workspace } from "../model/workspace.ts";
import { shownName } from "../text/printable.ts";
import type { IdentityId, PlaceProps } from "./places.tsx";
import { useOwnModel, useSnapshot, useWords } from "./surroundings.ts";
import { MapPage } from "./trust/MapPage.tsx";
import { MapPanel } from "./trust/MapPanel.tsx";
import { RootCard } from "./trust/RootCard.tsx";
import { RootLanding } from "./trust/RootLanding.tsx";
import { RootsPage } from "./trust/RootsPage.tsx";

interface Held {
  readonly map: TrustMap;
}

export function TrustMapPlace(props: PlaceProps & { readonly identityId: IdentityId | undefined }) {
  const { workspace, platform } = props;
  const map = useOwnModel(() => new TrustMap(workspace.client, platform.later), workspace.client);
  return map === undefined ? undefined : <MapHeld {...props} map={map} />;
}

function MapHeld({
  workspace,
  platform,
  router,
  identityId,
  map,
}: PlaceProps & Held & { readonly identityId: IdentityId | undefined }) {
  const snapshot = useSnapshot(map);
  useEffect(() => map.choose(identityId), [map, identityId]);
  const { client } = workspace;
  const selfId = client.account.snapshot().identityId;
  const openAt = (place: Placed): string | undefined => detailsOf(workspace, place);
  const choose = (place: Placed | undefined): void => router.go({ kind: "trust", identityId: place?.person.identityId }, true);
  const hands = {
    choose,
    open: (place: Placed) => {
      const at = openAt(place);
      if (at !== undefined) platform.place.go(at, false);
    },
    search: (query: string) => map.search(query),
    filter: (filter: TrustMapSnapshot["filter"]) => map.filter(filter),
  };
  const { chosen, answer } = snapshot;
  const markOf = (person: Placed["person"]): TrustMark | undefined => markIn(workspace, snapshot, person);
  return (
    <MapPage
      map={snapshot}
      selfId={selfId}
      markOf={markOf}
      hands={hands}
      panel={
        chosen === undefined ? undefined : (
          <MapPanel
            place={chosen}
            mark={markOf(chosen.person)}
            answer={answer}
            selfId={selfId}
            nowMs={platform.nowMs()}
            openAt={openAt(chosen)}
            root={
              chosen.person.kind === "self" ? undefined : (
                <RootCard
                  name={shownName(chosen.person.name)}
                  amount={chosen.person.rootAmount}
                  onSet={async (amount) => {
                    await client.trust.setRoot(chosen.person.identityId, amount);
                    await map.refresh();
                  }}
                />
              )
            }
            onClose={() => choose(undefined)}
          />
        )
      }
    />
  );
}

/** As everywhere else for a contact; for others what the map knows of them. */
function markIn({ client }: Workspace, { chosen, answer }: TrustMapSnapshot, person: Placed["person"]): TrustMark | undefined {
  if (person.kind === "self") return undefined;
  const contact = client.contacts.get(person.identityId);
  if (contact !== undefined) return trustMarkOf(contact);
  const isChosen = chosen?.person.identityId === person.identityId;
  const introducers = isChosen ? (answer?.paths ?? []).flatMap(({ steps }) => steps.at(-1)?.issuer ?? []) : [];
  const mark = beliefOf({ amount: person.amount, introducers });
  // Whose word it is takes a question of its own, which is asked of whoever is chosen.
  return mark.kind === "unverified" && person.amount > 0 ? undefined : mark;
}

function detailsOf({ client }: Workspace, { person }: Placed): string | undefined {
  if (person.kind === "self") return formatRoute({ kind: "me" });
  const contact = client.contacts.get(person.identityId);
  if (contact === undefined) return undefined;
  const { conversationId: id, identityId } = contact;
  return id === undefined
    ? formatRoute({ kind: "person", identityId })
    : formatRoute({ kind: "conversation", id, details: true });
}

export function RootsPlace(props: PlaceProps) {
  const { workspace, platform } = props;
  const map = useOwnModel(() => new TrustMap(workspace.client, platform.later), workspace.client);
  return map === undefined ? undefined : <RootsHeld {...props} map={map} />;
}

function RootsHeld({ workspace, map }: PlaceProps & Held) {
  const { t } = useWords();
  const { roots } = useSnapshot(map);
  const { link } = useSnapshot(workspace.self);
  const { trust } = workspace.client;
  return (
    <RootsPage
      roots={roots}
      ownLink={rootLinkOf(link)}
      actions={{
        set: async (identityId, amount) => {
          await trust.setRoot(identityId, amount);
          await map.refresh();
        },
        addByLink: async (given, amount) => {
          const { name } = await trust.addRoot(given, amount);
          workspace.toasts.say(t("roots.done", { name: shownName(name) }));
          await map.refresh();
        },
        importKeyring: (bytes) => trust.importKeyring(bytes),
        suggest: async (ownerTrust) => {
          const known = new Set((await trust.roots()).map(({ person }) => person.identityId));
          return (await trust.suggestedRoots(ownerTrust)).filter(({ person }) => !known.has(person.identityId));
        },
      }}
    />
  );
}

export function RootLandingPlace({ workspace, router, link }: PlaceProps & { readonly link: string }) {
  const { t } = useWords();
  const { client, toasts } = workspace;
  const target = linkTarget(link);
  return (
    <RootLanding
      target={target}
      isOwn={target?.identityId === client.account.snapshot().identityId}
      onMake={async (amount) => {
        const { name } = await client.trust.addRoot(link, amount);
        toasts.say(t("roots.done", { name: shownName(name) }));
        router.go({ kind: "roots" }, true);
      }}
    />
  );
}
