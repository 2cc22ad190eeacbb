// Places of groups, wired: founding one, adding to it, and its details. Fetched when they are wanted.
import { ClientError, type ConversationSnapshot } from "@p2pcrypt/client";
import type { ReactNode } from "react";
import type { GroupTarget } from "../model/group-target.ts";
import { formatRoute } from "../model/routes.ts";
import { twinsAmong } from "../model/twins.ts";
import type { Workspace } from "../model/workspace.ts";
import type { Platform } from "../platform/platform.ts";
import { MAX_SQUARE_BYTES, squareOf } from "../platform/thumbnail.ts";
import { shownName } from "../text/printable.ts";
import { AddMembers } from "./group/AddMembers.tsx";
import { GroupDetails } from "./group/GroupDetails.tsx";
import { JoinPage } from "./group/JoinPage.tsx";
import { NewGroup } from "./group/NewGroup.tsx";
import type { PlaceProps } from "./places.tsx";
import { useSnapshot, useWords } from "./surroundings.ts";

export function NewGroupPlace({ workspace, router }: PlaceProps) {
  useSnapshot(workspace.roster); // everybody who is known changes with it
  return (
    <NewGroup
      contacts={talkedWith(workspace)}
      squareOf={squarePicture}
      onCreate={async (name, members, picture) => {
        const facts = picture === undefined ? {} : { picture };
        const { id } = await workspace.client.groups.create(name, members, facts);
        router.go({ kind: "conversation", id, details: false });
      }}
    />
  );
}

export function GroupAddPlace({ workspace, router, id }: PlaceProps & { readonly id: ConversationSnapshot["id"] }) {
  const { t } = useWords();
  useSnapshot(workspace.roster);
  const group = workspace.client.conversations.get(id);
  if (group === undefined) return <p className="empty hint">{t("chat.notFound")}</p>;
  const inIt = new Set(group.members.map(({ identityId }) => identityId));
  const details = { kind: "conversation", id, details: true } as const;
  return (
    <AddMembers
      name={group.name}
      back={formatRoute(details)}
      contacts={talkedWith(workspace).filter(({ identityId }) => !inIt.has(identityId))}
      onAdd={async (members) => {
        await workspace.client.groups.add(id, members);
        router.go(details);
      }}
    />
  );
}

export function JoinPlace({ workspace, platform, target }: PlaceProps & { readonly target: GroupTarget }) {
  return (
    <JoinPage
      target={target}
      isExpired={target.expiresMs <= platform.nowMs()}
      onKnock={async (greeting) => void (await workspace.client.groups.knock(target.link, greeting))}
    />
  );
}

export function GroupDetailsPlace({
  workspace,
  platform,
  group,
  arrange,
}: {
  readonly workspace: Workspace;
  readonly platform: Platform;
  readonly group: ConversationSnapshot;
  readonly arrange: ReactNode;
}) {
  const { t } = useWords();
  const { client, toasts } = workspace;
  const { groups } = client;
  const { id } = group;
  return (
    <GroupDetails
      group={group}
      twins={twinsAmong(client.contacts.list())}
      nowMs={platform.nowMs()}
      arrange={arrange}
      contactOf={(identityId) => client.contacts.get(identityId)}
      actions={{
        rename: (name) => groups.rename(id, name),
        setPicture: async (file) => groups.setPicture(id, file === undefined ? undefined : await squarePicture(file)),
        promote: ({ identityId }) => groups.promote(id, identityId),
        demote: ({ identityId }) => groups.demote(id, identityId),
        handOver: ({ identityId }) => groups.handOver(id, identityId),
        remove: async ({ identityId, name }) => {
          await groups.remove(id, identityId);
          toasts.say(t("group.removing", { name: shownName(name) }));
        },
        invite: async (validForMs) => void (await groups.invite(id, validForMs)),
        revoke: (invitation) => groups.revokeInvitation(id, invitation.id),
        admit: ({ identityId }) => groups.admit(id, identityId),
        turnAway: ({ identityId }) => groups.turnAway(id, identityId),
        leave: (successor) => groups.leave(id, successor?.identityId),
      }}
    />
  );
}

async function squarePicture(file: File): Promise<Uint8Array> {
  const made = await squareOf(file);
  if (made === undefined) throw new ClientError({ code: "group/badPicture", maxBytes: MAX_SQUARE_BYTES });
  return made;
}

function talkedWith({ client }: Workspace) {
  return client.contacts
    .list()
    .filter(({ state }) => state === "accepted")
    .sort((a, b) => a.name.localeCompare(b.name));
}
