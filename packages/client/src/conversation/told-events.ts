// What a commit changed, as the history tells it.
import { encodeHex } from "@p2pcrypt/bytes";
import type { GroupEvent, Member, Session } from "@p2pcrypt/session";
import type { ConversationEvent } from "../entry-snapshots.ts";
import { isMemberOf } from "../group/wishes.ts";

/** What is worth telling a person, and who did it. */
export function eventsOf(event: GroupEvent, before: Session, after: Session): readonly ConversationEvent[] {
  switch (event.kind) {
    case "memberAdded": {
      const { name, identityId, deviceId } = event.member;
      const isNewPerson = !isMemberOf(before, identityId);
      const by = actorOf(event.by);
      return isNewPerson
        ? [{ what: "memberAdded", name, identityId, ...by }]
        : [{ what: "deviceAdded", name, identityId, deviceId: encodeHex(deviceId), ...by }];
    }
    case "memberRemoved": {
      const { name, identityId, deviceId } = event.member;
      const isGone = !isMemberOf(after, identityId);
      if (isGone && event.isSelfRemoval) return [{ what: "left", name, identityId }];
      const by = actorOf(event.by);
      return isGone
        ? [{ what: "memberRemoved", name, identityId, ...by }]
        : [{ what: "deviceRemoved", name, identityId, deviceId: encodeHex(deviceId), ...by }];
    }
    case "administratorsChanged": {
      if (after.kind === "direct") return [{ what: "rolesChanged", by: event.by.name }];
      const { roster } = after;
      const told = (what: "promoted" | "demoted", ids: readonly string[]): readonly ConversationEvent[] =>
        ids.flatMap((id): readonly ConversationEvent[] => {
          // Who is gone altogether is told of as removed.
          const member = roster.find(({ identityId }) => identityId === id);
          return member === undefined ? [] : [{ what, name: member.name, identityId: member.identityId, ...actorOf(event.by) }];
        });
      const { before: were, administrators: are } = event;
      return [
        ...told(
          "promoted",
          are.filter((id) => !were.includes(id)),
        ),
        ...told(
          "demoted",
          were.filter((id) => !are.includes(id)),
        ),
      ];
    }
    case "locationChanged":
      return [{ what: "moved", ...actorOf(event.by), nodeUrl: event.location[0]?.nodeUrl ?? "" }];
    case "nameChanged":
      return [{ what: "renamed", title: event.name, ...actorOf(event.by) }];
    case "disappearingChanged":
      return [{ what: "disappearing", afterS: event.disappearAfterS, ...actorOf(event.by) }];
    case "pictureChanged":
      return [{ what: event.picture === undefined ? "pictureRemoved" : "pictureChanged", ...actorOf(event.by) }];
    case "memberUpdated":
    case "streamAdminKeysChanged":
    case "leaveRequested":
    case "epochStarted":
      return [];
  }
}

function actorOf({ name, identityId }: Member): { readonly by: string; readonly byId: Member["identityId"] } {
  return { by: name, byId: identityId };
}
