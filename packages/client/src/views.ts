// Snapshots: what the rows say, in the words of the surface.
import { decodeHex, encodeHex } from "@p2pcrypt/bytes";
import { formatContactLink, formatMoveLink } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import { isOver } from "./conversation/history.ts";
import { shownMentions } from "./conversation/mentions.ts";
import { textOf } from "./conversation/said.ts";
import { othersIn, stateOf } from "./conversation/thread.ts";
import type { Core } from "./core.ts";
import { keeperNames } from "./devices/keepers.ts";
import { NEW_DEVICE_MS } from "./devices/list.ts";
import type { Entry, FileEntry, TextEntry } from "./entry-snapshots.ts";
import { factsOf } from "./files/arrived.ts";
import { invitationsOf } from "./group/knocks.ts";
import { isLeaving } from "./group/wishes.ts";
import type {
  ContactSnapshot,
  ConversationSnapshot,
  ConversationState,
  Knock,
  MemberSnapshot,
  NodeBackupSnapshot,
  PendingChange,
  SelfSnapshot,
} from "./snapshots.ts";
import type { NodeBackupRow } from "./store/backup-rows.ts";
import type { GroupRow, WishRow } from "./store/group-rows.ts";
import type { ContactRow, OutboxRow, ThreadRow } from "./store/rows.ts";

export function selfSnapshot(core: Core): SelfSnapshot {
  const { account } = core;
  const nodeUrl = core.links.to(account.homeNodeUrl).facts?.publicUrl ?? account.homeNodeUrl;
  return {
    identityId: account.identityId,
    fingerprint: account.fingerprint,
    name: account.name,
    deviceId: encodeHex(account.device.deviceId),
    devices: account.devices.map(encodeHex),
    homeNodeUrl: account.homeNodeUrl,
    link: formatContactLink({ nodeUrl, identityId: account.identityId, nameHint: account.name }),
    isPublished: account.profile?.isPublished === true && account.inbox.isCreated,
    ...(account.secret === undefined
      ? { limited: { keepers: keeperNames(core), certifiedUntilMs: account.device.notAfterMs } }
      : {}),
    ...(account.successor === undefined ? {} : { successor: account.successor }),
    isFindable: account.isFindable === true,
    settings: account.settings,
    safety: {
      canHaveRecoverySheet: core.deps.identity.isRecoverable(account.primaryKey),
      ...(account.recoverySheetAtMs === undefined ? {} : { recoverySheetAtMs: account.recoverySheetAtMs }),
      ...(account.revocationAtMs === undefined ? {} : { revocationAtMs: account.revocationAtMs }),
      ...(account.backupAtMs === undefined ? {} : { backupAtMs: account.backupAtMs }),
      ...(account.nodeBackup === undefined ? {} : { nodeBackup: nodeBackupSnapshot(account.nodeBackup) }),
      ...(account.restoredFromMs === undefined ? {} : { restoredFromMs: account.restoredFromMs }),
    },
    ...(account.publishRefusal === undefined ? {} : { publishRefusal: account.publishRefusal }),
  };
}

function nodeBackupSnapshot({ isAutomatic, kept, checkedAtMs, failure }: NodeBackupRow): NodeBackupSnapshot {
  return {
    isAutomatic,
    ...(kept === undefined
      ? {}
      : { kept: { madeAtMs: kept.atMs, keptUntilMs: kept.expiresMs, bytes: kept.bytes, nodeUrl: kept.nodeUrl } }),
    ...(checkedAtMs === undefined ? {} : { checkedAtMs }),
    ...(failure === undefined ? {} : { failure }),
  };
}

export function contactSnapshot(core: Core, row: ContactRow): ContactSnapshot {
  const { identityId, fingerprint, name, state, greeting, addedAtMs, trust, failedRuns, alert, conversationId } = row;
  const delivery = deliveryOf(core, identityId);
  const authentication = core.authentications.get(identityId);
  const certification = core.tables.certified.get(identityId)?.own;
  return {
    identityId,
    fingerprint,
    name,
    state,
    addedAtMs,
    trust,
    failedRuns,
    devices: (row.profile?.devices ?? []).map(encodeHex),
    newDevices: (row.newDevices ?? []).filter(({ atMs }) => core.nowMs - atMs < NEW_DEVICE_MS),
    nodeUrls: row.nodeUrls,
    isGivenCertifications: row.isGivenCertifications === true,
    isAttested: core.tables.certified.get(core.account.identityId)?.attestedTo?.includes(identityId) === true,
    ...(authentication === undefined ? {} : { authentication }),
    ...(certification === undefined ? {} : { certification }),
    ...(greeting === undefined ? {} : { greeting }),
    ...(alert === undefined ? {} : { alert }),
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(delivery === undefined ? {} : { delivery }),
  };
}

function deliveryOf(core: Core, identityId: IdentityId): ContactSnapshot["delivery"] {
  const mail = core.tables.mail.all().find(({ to }) => to === identityId);
  if (mail !== undefined) return mail.refusal === undefined ? "queued" : { refused: mail.refusal };
  return core.tables.contacts.get(identityId)?.state === "requested" ? "atNode" : undefined;
}

export function conversationSnapshot(core: Core, thread: ThreadRow, isCaughtUp: boolean): ConversationSnapshot {
  const { tables } = core;
  const group = thread.groupId === undefined ? undefined : tables.groups.get(thread.groupId);
  const contact = thread.contactId === undefined ? undefined : tables.contacts.get(thread.contactId);
  const members = membersOf(core, group);
  const isUndecided = contact?.alert?.isDecided === false || members.some(({ alert }) => alert?.isDecided === false);
  const blocked = isUndecided ? "undecided" : undefined;
  const isLast = thread.last !== undefined && !isOver(thread.last, core.nowMs);
  const last = isLast ? withState(core, thread, thread.last) : undefined;
  return {
    id: thread.id,
    kind: thread.kind,
    name: thread.kind === "self" ? core.account.name : (contact?.name ?? group?.name ?? thread.formerGroup?.name ?? ""),
    // Nobody takes a restored device into a group by itself; one that was linked is taken in by the other.
    state:
      group === undefined && thread.formerGroup !== undefined && thread.formerGroup.isAwaited !== true
        ? "removed"
        : stateOfConversation(core, group),
    members,
    nodeUrls: group === undefined ? [] : [group.place.nodeUrl],
    ...moveFacts(core, group),
    arrangement: thread.arrangement ?? {},
    ...(thread.draft === undefined ? {} : { draft: thread.draft }),
    unread: thread.unread,
    ...((thread.mentions ?? []).length === 0 ? {} : { mentions: thread.mentions }),
    entries: thread.entries,
    ...(thread.read === undefined ? {} : { readUpTo: thread.read.number }),
    ...((thread.pinned ?? []).length === 0 ? {} : { pinned: thread.pinned }),
    queued: thread.outbox.filter((id) => isWaitingMessage(tables.outbox.get(id))).length,
    warnings: group?.warnings ?? [],
    isCaughtUp,
    ...(thread.contactId === undefined ? {} : { contactId: thread.contactId }),
    ...(thread.kind === "group" ? groupFacts(core, members, group) : {}),
    ...(thread.kind === "direct" && group?.wishes !== undefined ? { pending: group.wishes.flatMap(pendingChange) } : {}),
    ...(group?.picture === undefined || group.picture === "" ? {} : { picture: group.picture }),
    ...(group?.disappearAfterS === undefined ? {} : { disappearAfterS: group.disappearAfterS }),
    ...(last === undefined ? {} : { last }),
    ...(blocked === undefined ? {} : { sendingBlocked: blocked }),
    ...(group?.code === undefined ? {} : { code: group.code }),
  };
}

function moveFacts(core: Core, group: GroupRow | undefined): Pick<ConversationSnapshot, "otherNodeUrls" | "moveLink" | "rival"> {
  if (group === undefined) return { otherNodeUrls: [] };
  const { former = [], offers = [], unsettled, wishes = [], lastMove, rival } = group;
  const places = [...former, ...offers, ...(unsettled === undefined ? [] : [unsettled])].map(({ place }) => place.nodeUrl);
  const wanted = wishes.flatMap((wish) => (wish.kind === "move" ? [wish.nodeUrl] : []));
  const name = rival?.by === undefined ? undefined : core.tables.contacts.get(rival.by)?.name;
  return {
    otherNodeUrls: [...new Set([...places, ...wanted])],
    ...(lastMove === undefined ? {} : { moveLink: moveLinkOf(group.groupId, lastMove) }),
    ...(rival === undefined ? {} : { rival: { name: name ?? "", nodeUrl: rival.place.nodeUrl } }),
  };
}

function moveLinkOf(groupId: string, { place, positions }: NonNullable<GroupRow["lastMove"]>): string {
  return formatMoveLink({ ...place, groupId: decodeHex(groupId), positions });
}

function stateOfConversation(core: Core, group: GroupRow | undefined): ConversationState {
  if (core.account.isCloned) return "stopped";
  if (group === undefined) return "opening";
  // For the person it is over; the device stays until somebody has committed it.
  if (group.state === "active" && isLeaving(group)) return "left";
  return group.state === "succeeded" ? "active" : group.state;
}

function groupFacts(
  core: Core,
  members: readonly MemberSnapshot[],
  group: GroupRow | undefined,
): Pick<ConversationSnapshot, "ownRole" | "pending" | "invitations" | "knocks" | "invitedBy"> {
  if (group?.state === "left" && group.nextWelcomeFrom !== undefined) return { invitedBy: group.nextWelcomeFrom };
  const isAdmin = members.some((member) => member.isSelf && member.isAdmin);
  const pending = (group?.wishes ?? []).flatMap(pendingChange);
  if (!isAdmin || group === undefined) return { ownRole: "member", pending };
  const knocks = (group.knocks ?? []).flatMap(({ identityId, greeting, atMs }): Knock[] => {
    const contact = core.tables.contacts.get(identityId);
    if (contact === undefined) return [];
    const { name, fingerprint, state: contactState } = contact;
    return [{ identityId, name, fingerprint, greeting, atMs, contactState }];
  });
  return { ownRole: "admin", pending, invitations: invitationsOf(core, group), knocks };
}

/** That a device is taken in again is nothing that the person asked for. */
function pendingChange(wish: WishRow): readonly PendingChange[] {
  if (wish.kind === "devices") return [];
  if (wish.kind === "move") return [{ kind: "move", nodeUrl: wish.nodeUrl }];
  if (wish.kind === "picture") return [{ kind: "picture", isRemoved: wish.picture.length === 0 }];
  if (wish.kind !== "role") return [wish];
  return [{ kind: wish.isAdmin ? "promote" : "demote", identityId: wish.identityId }];
}

function membersOf(core: Core, group: GroupRow | undefined): readonly MemberSnapshot[] {
  const members = new Map<IdentityId, MemberSnapshot>();
  for (const { identityId, name, isAdministrator, deviceId } of group?.roster ?? []) {
    const known = members.get(identityId);
    const contact = core.tables.contacts.get(identityId);
    const isSelf = identityId === core.account.identityId;
    members.set(identityId, {
      identityId,
      name: contact?.name ?? name,
      isAdmin: isAdministrator,
      isSelf,
      ...(isSelf ? {} : { trust: contact?.trust ?? { kind: "unverified" } }),
      ...(contact === undefined ? {} : { contactState: contact.state }),
      ...(contact?.alert === undefined ? {} : { alert: contact.alert }),
      deviceIds: [...(known?.deviceIds ?? []), encodeHex(deviceId)],
    });
  }
  return [...members.values()];
}

export function withState<Any extends Entry>(core: Core, thread: ThreadRow, entry: Any): Any {
  if ((entry.kind !== "text" && entry.kind !== "file") || !entry.isOwn) return entry;
  const group = thread.groupId === undefined ? undefined : core.tables.groups.get(thread.groupId);
  const others = othersIn(thread, group, core.account.identityId);
  return { ...entry, state: stateOf(thread, entry.number ?? 0, others), authorName: core.account.name };
}

function isWaitingMessage(row: OutboxRow | undefined): boolean {
  return (row?.content.kind === "text" || row?.content.kind === "file") && !row.isAtNode;
}

/** A message that is not in the log yet. */
export function queuedEntry(
  core: Core,
  { id, threadId, content, refusal, isAtNode }: OutboxRow,
): TextEntry | FileEntry | undefined {
  if (content.kind !== "text" && content.kind !== "file") return undefined;
  const { identityId, name } = core.account;
  const said = { conversationId: threadId, id, author: identityId, authorName: name, isOwn: true } as const;
  const times = { sentAtMs: content.sentAtMs, atMs: content.sentAtMs };
  const state = refusal !== undefined ? "refused" : isAtNode ? "atNode" : "queued";
  const forwarded = content.isForwarded === undefined ? {} : { isForwarded: content.isForwarded };
  const base = { ...said, ...times, state, wasVerified: true, ...forwarded } as const;
  return content.kind === "text"
    ? { kind: "text", ...base, ...textOf(content, shownMentions(core, content, undefined)) }
    : { kind: "file", ...base, file: factsOf(content) };
}
