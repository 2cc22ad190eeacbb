// What a commit changed, told from the state before and the state after.
import { equalBytes } from "@p2pcrypt/bytes";
import { encodeConversationContext } from "./group/conversation-context.ts";
import type { Member } from "./group/roster.ts";
import type { GroupEvent } from "./outcomes.ts";
import type { EpochState, SessionState } from "./state.ts";

export function groupEvents(before: SessionState, after: EpochState, by: Member): GroupEvent[] {
  return [
    ...rosterEvents(before, after.roster, by),
    ...contextEvents(before, after, by),
    { kind: "epochStarted", epoch: after.mls.groupContext.epoch, committer: by },
  ];
}

function rosterEvents({ roster, leaveRequests }: SessionState, after: readonly Member[], by: Member): GroupEvent[] {
  const events: GroupEvent[] = [];
  const was = new Map(roster.map((member) => [member.leaf, member]));
  const is = new Map(after.map((member) => [member.leaf, member]));
  for (const member of roster) {
    const isSelfRemoval = leaveRequests.some(({ leaf }) => leaf === member.leaf);
    if (!is.has(member.leaf)) events.push({ kind: "memberRemoved", member, by, isSelfRemoval });
  }
  for (const member of after) {
    const known = was.get(member.leaf);
    if (known === undefined) events.push({ kind: "memberAdded", member, by });
    else if (!isSameMember(known, member)) events.push({ kind: "memberUpdated", member });
  }
  return events;
}

function contextEvents(before: EpochState, after: EpochState, by: Member): GroupEvent[] {
  if (before.context === after.context) return [];
  const { administrators, location, streamAdminKeys } = after.context;
  const was = before.context;
  const events: GroupEvent[] = [];
  if (was.administrators.join() !== administrators.join())
    events.push({ kind: "administratorsChanged", before: was.administrators, administrators, by });
  if (differs(before, { location: was.location }, { location })) events.push({ kind: "locationChanged", location, by });
  if (differs(before, { streamAdminKeys: was.streamAdminKeys }, { streamAdminKeys })) {
    events.push({ kind: "streamAdminKeysChanged", streamAdminKeys, by });
  }
  const { name, disappearAfterS, picture } = after.context;
  if (was.name !== name) events.push({ kind: "nameChanged", name, by });
  if (was.disappearAfterS !== disappearAfterS) events.push({ kind: "disappearingChanged", disappearAfterS, by });
  if (!equalBytes(was.picture, picture))
    events.push({ kind: "pictureChanged", ...(picture.length === 0 ? {} : { picture }), by });
  return events;
}

/** Compares one part of two contexts in encoded form, all else equal. */
function differs({ context }: EpochState, a: Partial<EpochState["context"]>, b: Partial<EpochState["context"]>): boolean {
  return !equalBytes(encodeConversationContext({ ...context, ...a }), encodeConversationContext({ ...context, ...b }));
}

function isSameMember(a: Member, b: Member): boolean {
  return (
    a.name === b.name &&
    a.fingerprint === b.fingerprint &&
    a.notAfterMs === b.notAfterMs &&
    equalBytes(a.signatureKey, b.signatureKey)
  );
}
