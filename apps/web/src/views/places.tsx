// Each place of the middle column, wired: its view model or the client's answer, and what its buttons do.
import type { ContactSnapshot, DirectoryPreview } from "@p2pcrypt/client";
import { useEffect, useState } from "react";
import { groupTarget } from "../model/group-target.ts";
import { linkTarget } from "../model/link-target.ts";
import { moveTarget } from "../model/move-target.ts";
import type { Router } from "../model/router.ts";
import { beliefOf, type TrustMark } from "../model/trust-mark.ts";
import { twinsAmong } from "../model/twins.ts";
import type { Workspace } from "../model/workspace.ts";
import type { Platform } from "../platform/platform.ts";
import { Landing } from "./add/Landing.tsx";
import { Home } from "./home/Home.tsx";
import { FollowPlace, Histories, JoinPlace } from "./later.ts";
import { useSnapshot } from "./surroundings.ts";

export interface PlaceProps {
  readonly workspace: Workspace;
  readonly platform: Platform;
  readonly router: Router;
}

export type IdentityId = ContactSnapshot["identityId"];

export function HomePlace({ workspace }: PlaceProps) {
  const self = useSnapshot(workspace.self);
  const safety = useSnapshot(workspace.safety);
  const { total, requests } = useSnapshot(workspace.roster);
  const actions = { keepStorage: () => workspace.safety.keepStorage() };
  const { client } = workspace;
  return (
    <Home self={self} safety={safety} actions={actions} hasConversations={total + requests.length > 0}>
      {client.devices.histories().length > 0 ? <Histories client={client} /> : undefined}
    </Home>
  );
}

/** A link that was opened: of a person, of a group, or of where a conversation goes on. */
export function LandingPlace(props: PlaceProps & { readonly link: string }) {
  const move = moveTarget(props.link);
  if (move !== undefined) return <FollowPlace key={move.link} {...props} target={move} />;
  const group = groupTarget(props.link);
  return group === undefined ? <PersonLandingPlace {...props} /> : <JoinPlace key={group.link} {...props} target={group} />;
}

function PersonLandingPlace({ workspace, router, link }: PlaceProps & { readonly link: string }) {
  const { client } = workspace;
  useSnapshot(workspace.roster); // what is known of them changes with it
  const target = linkTarget(link);
  const directory = useDirectory(workspace, target?.link);
  const belief = useBelief(workspace, target?.identityId);
  const contact = target === undefined ? undefined : client.contacts.get(target.identityId);
  const name = contact?.name ?? target?.nameHint ?? "";
  const others = client.contacts.list().filter(({ identityId }) => identityId !== target?.identityId);
  const hasTwin = target !== undefined && twinsAmong([...others, { identityId: target.identityId, name }]).has(target.identityId);
  const hello = async (greeting: string): Promise<void> => {
    if (target === undefined) return;
    const { identityId, conversationId } = await client.contacts.add(target.link, greeting);
    router.go(
      conversationId === undefined
        ? { kind: "person", identityId }
        : { kind: "conversation", id: conversationId, details: false },
    );
  };
  const isOwn = target?.identityId === client.account.snapshot().identityId;
  return <Landing {...{ target, contact, isOwn, hasTwin, directory, belief }} onHello={hello} />;
}

/** Only of strangers: about a contact the client knows more than a node would say. */
function useDirectory({ client }: Workspace, link: string | undefined): DirectoryPreview | undefined {
  const [found, setFound] = useState<DirectoryPreview>();
  useEffect(() => {
    let isWanted = link !== undefined;
    setFound(undefined);
    if (link === undefined) return;
    const preview = async (): Promise<void> => {
      const { isSelf, contact } = await client.contacts.preview(link);
      const answer = isSelf || contact !== undefined ? undefined : await client.contacts.lookUp(link);
      if (isWanted) setFound(answer);
    };
    // Nothing found is nothing to say: the link alone is enough to say hello.
    preview().catch(() => undefined);
    return () => {
      isWanted = false;
    };
  }, [client, link]);
  return found;
}

/** What certifications say of somebody who may have been introduced and is no contact yet. */
function useBelief({ client }: Workspace, identityId: IdentityId | undefined): TrustMark | undefined {
  const [belief, setBelief] = useState<TrustMark>();
  useEffect(() => {
    let isWanted = true;
    setBelief(undefined);
    if (identityId === undefined) return;
    client.trust.why(identityId).then(
      ({ amount, paths }) => {
        const introducers = paths.flatMap(({ steps }) => steps.at(-1)?.issuer ?? []);
        if (isWanted) setBelief(beliefOf({ amount, introducers: introducers.filter((one) => one.identityId !== identityId) }));
      },
      () => undefined, // nobody said anything of them
    );
    return () => {
      isWanted = false;
    };
  }, [client, identityId]);
  return belief;
}
