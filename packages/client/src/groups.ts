// Groups: founding, members, roles. What a person wants is stored as a wish, and the conversation's task makes the commit for it.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { type IdentityId, isGroupPicture, MAX_CONVERSATION_NAME_BYTES, MAX_GROUP_PICTURE_BYTES } from "@p2pcrypt/session";
import { joinByWelcome } from "./conversation/join.ts";
import { assertGoesOn } from "./conversation/open.ts";
import { startThread } from "./conversation/start.ts";
import type { Core } from "./core.ts";
import { ClientError } from "./failure.ts";
import { foundGroup } from "./group/found-group.ts";
import { invitationId, invitationOf, readGroupLink } from "./group/knocks.ts";
import { isLeaving, putWish } from "./group/wishes.ts";
import { askPerson, assertGreeting } from "./mail/ask.ts";
import type { WelcomeBody } from "./mail/envelope.ts";
import type { ContactSnapshot, ConversationId, ConversationSnapshot, GroupInvitation, GroupLinkPreview } from "./snapshots.ts";
import type { GroupRow } from "./store/group-rows.ts";
import type { Tx } from "./store/tx.ts";
import type { Conversations, Groups, NewGroupFacts } from "./surface.ts";
import { contactSnapshot } from "./views.ts";

const MAX_MEMBERS = 500;
const MAX_INVITATIONS = 16;
const DAY_MS = 86_400_000;
const LEAST_INVITATION_MS = 3_600_000;
const MOST_INVITATION_MS = 30 * DAY_MS;

export class ClientGroups implements Groups {
  readonly #core: Core;
  readonly #conversations: Conversations;

  constructor(core: Core, conversations: Conversations) {
    this.#core = core;
    this.#conversations = conversations;
  }

  async create(
    name: string,
    members: readonly IdentityId[] = [],
    { picture }: NewGroupFacts = {},
  ): Promise<ConversationSnapshot> {
    const core = this.#core;
    assertName(name);
    if (picture !== undefined) assertPicture(picture);
    assertGoesOn(core);
    const wanted = [...new Set(members)].filter((id) => id !== core.account.identityId);
    if (wanted.length >= MAX_MEMBERS) throw new ClientError({ code: "group/tooMany", most: MAX_MEMBERS });
    const id = await core.ledger.transact(async (tx) => {
      for (const identityId of wanted) this.#assertTalking(tx, identityId);
      return foundGroup(core, tx, { name, members: wanted, picture });
    });
    const conversation = this.#conversations.get(id);
    if (conversation === undefined) throw new ClientError({ code: "conversation/unknown" });
    return conversation;
  }

  add(id: ConversationId, members: readonly IdentityId[]): Promise<void> {
    return this.#asAdmin(id, (tx, group) => {
      const present = new Set(group.roster.map(({ identityId }) => identityId));
      const wanted = [...new Set(members)].filter((one) => !present.has(one));
      if (present.size + wanted.length > MAX_MEMBERS) throw new ClientError({ code: "group/tooMany", most: MAX_MEMBERS });
      for (const identityId of wanted) this.#assertTalking(tx, identityId);
      for (const identityId of wanted) putWish(this.#core, tx, group.groupId, { kind: "add", identityId });
    });
  }

  remove(id: ConversationId, identityId: IdentityId): Promise<void> {
    return this.#asAdmin(id, (tx, group) => {
      // Whoever is not in it yet is not added any more.
      if (!isAwaited(group, identityId)) assertMember(group, identityId);
      if (identityId === this.#core.account.identityId) throw new ClientError({ code: "group/notAMember", identityId });
      putWish(this.#core, tx, group.groupId, { kind: "remove", identityId });
      const { groups } = this.#core.tables;
      const present = tx.get(groups, group.groupId);
      if (present !== undefined)
        tx.put(groups, group.groupId, { ...present, adds: present.adds.filter((add) => add.identityId !== identityId) });
    });
  }

  promote(id: ConversationId, identityId: IdentityId): Promise<void> {
    return this.#asAdmin(id, (tx, group) => {
      assertMember(group, identityId);
      putWish(this.#core, tx, group.groupId, { kind: "role", identityId, isAdmin: true });
    });
  }

  demote(id: ConversationId, identityId: IdentityId): Promise<void> {
    return this.#asAdmin(id, (tx, group) => {
      assertMember(group, identityId);
      if (!otherAdmins(group, identityId)) throw new ClientError({ code: "group/lastAdmin" });
      putWish(this.#core, tx, group.groupId, { kind: "role", identityId, isAdmin: false });
    });
  }

  handOver(id: ConversationId, identityId: IdentityId): Promise<void> {
    return this.#asAdmin(id, (tx, group) => this.#handOver(tx, group, identityId));
  }

  rename(id: ConversationId, name: string): Promise<void> {
    assertName(name);
    return this.#asAdmin(id, (tx, group) => putWish(this.#core, tx, group.groupId, { kind: "rename", name }));
  }

  async setPicture(id: ConversationId, picture: Uint8Array | undefined): Promise<void> {
    if (picture !== undefined) assertPicture(picture);
    // Copied: whoever called may go on writing into theirs.
    const wish = { kind: "picture", picture: new Uint8Array(picture ?? []) } as const;
    return this.#asAdmin(id, (tx, group) => putWish(this.#core, tx, group.groupId, wish));
  }

  async picture(id: ConversationId): Promise<Uint8Array | undefined> {
    const thread = this.#core.tables.threads.get(id);
    if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
    const session = thread.groupId === undefined ? undefined : await this.#core.sessions.get(thread.groupId);
    return session?.picture?.slice();
  }

  async leave(id: ConversationId, successor?: IdentityId): Promise<void> {
    const core = this.#core;
    const { groups } = core.tables;
    await core.ledger.transact(async (tx) => {
      const group = this.#open(tx, id);
      const { identityId: self } = core.account;
      const others = group.roster.filter(({ identityId }) => identityId !== self);
      if (others.length === 0) return tx.put(groups, group.groupId, { ...group, state: "left", wishes: [], adds: [] });
      const isAdmin = group.roster.some(({ identityId, isAdministrator }) => identityId === self && isAdministrator);
      if (successor !== undefined && isAdmin) this.#handOver(tx, group, successor);
      else if (isAdmin && !otherAdmins(group, self)) throw new ClientError({ code: "group/lastAdmin" });
      putWish(core, tx, group.groupId, { kind: "leave" });
    });
  }

  acceptInvitation(id: ConversationId): Promise<void> {
    return this.#answerInvitation(id, async (tx, group, welcome) => {
      const contact = tx.get(this.#core.tables.contacts, group.nextWelcomeFrom ?? "");
      if (contact !== undefined) await joinByWelcome(this.#core, tx, contact, welcome, { isAsked: true });
    });
  }

  declineInvitation(id: ConversationId): Promise<void> {
    return this.#answerInvitation(id, async () => undefined);
  }

  async #answerInvitation(
    id: ConversationId,
    answer: (tx: Tx, group: GroupRow, welcome: WelcomeBody) => Promise<void>,
  ): Promise<void> {
    const { ledger, tables } = this.#core;
    await ledger.transact(async (tx) => {
      const thread = tx.get(tables.threads, id);
      if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
      if (thread.kind !== "group") throw new ClientError({ code: "group/notAGroup" });
      const group = thread.groupId === undefined ? undefined : tx.get(tables.groups, thread.groupId);
      if (group?.state !== "left" || group.nextWelcome === undefined) throw new ClientError({ code: "group/noInvitation" });
      const { nextWelcome, nextWelcomeFrom: _, ...rest } = group;
      tx.put(tables.groups, group.groupId, rest);
      await answer(tx, group, nextWelcome);
    });
  }

  async invite(id: ConversationId, validForMs = 7 * DAY_MS): Promise<GroupInvitation> {
    const core = this.#core;
    if (!(validForMs >= LEAST_INVITATION_MS && validForMs <= MOST_INVITATION_MS))
      throw new ClientError({ code: "group/badDuration", leastMs: LEAST_INVITATION_MS, mostMs: MOST_INVITATION_MS });
    return this.#asAdmin(id, (tx, group) => {
      const good = (group.invitations ?? []).filter(({ expiresMs }) => expiresMs > core.nowMs);
      if (good.length >= MAX_INVITATIONS) throw new ClientError({ code: "group/tooManyInvitations", most: MAX_INVITATIONS });
      const createdMs = core.nowMs;
      const made = { secret: core.deps.random(32), createdMs, expiresMs: createdMs + Math.floor(validForMs) };
      tx.put(core.tables.groups, group.groupId, { ...group, invitations: [...good, made] });
      return invitationOf(core, group, made);
    });
  }

  async revokeInvitation(id: ConversationId, invitation: string): Promise<void> {
    const { ledger, tables } = this.#core;
    await ledger.transact(async (tx) => {
      const group = this.#open(tx, id);
      const invitations = (group.invitations ?? []).filter(({ secret }) => invitationId(secret) !== invitation);
      if (invitations.length === (group.invitations ?? []).length) throw new ClientError({ code: "group/noInvitation" });
      tx.put(tables.groups, group.groupId, { ...group, invitations });
    });
  }

  async previewLink(link: string): Promise<GroupLinkPreview> {
    const { nodeUrl, identityId, groupHint, nameHint, expiresMs } = readGroupLink(link);
    const contact = this.#core.tables.contacts.get(identityId);
    return {
      nodeUrl,
      identityId,
      groupHint,
      nameHint,
      expiresAtMs: expiresMs,
      isExpired: expiresMs <= this.#core.nowMs,
      ...(contact === undefined ? {} : { contact: contactSnapshot(this.#core, contact) }),
    };
  }

  async knock(link: string, greeting = ""): Promise<ContactSnapshot> {
    const core = this.#core;
    const { expiresMs, secret, ...target } = readGroupLink(link);
    assertGreeting(greeting);
    if (target.identityId === core.account.identityId) throw new ClientError({ code: "link/own" });
    if (expiresMs <= core.nowMs) throw new ClientError({ code: "group/invitationExpired" });
    const letter = { kind: "knock", greeting, secret } as const;
    await core.ledger.transact(async (tx) => askPerson(core, tx, target, letter));
    const contact = core.tables.contacts.get(target.identityId);
    if (contact === undefined) throw new ClientError({ code: "contact/unknown" });
    return contactSnapshot(core, contact);
  }

  admit(id: ConversationId, identityId: IdentityId): Promise<void> {
    return this.#asAdmin(id, (tx, group) => {
      this.#answered(tx, group, identityId);
      if (tx.get(this.#core.tables.contacts, identityId)?.state === "asking") startThread(this.#core, tx, identityId);
      this.#assertTalking(tx, identityId);
      putWish(this.#core, tx, group.groupId, { kind: "add", identityId });
    });
  }

  turnAway(id: ConversationId, identityId: IdentityId): Promise<void> {
    return this.#asAdmin(id, (tx, group) => {
      this.#answered(tx, group, identityId);
      const { contacts } = this.#core.tables;
      const contact = tx.get(contacts, identityId);
      if (contact?.state !== "asking") return;
      const { request: _, ...rest } = contact;
      tx.put(contacts, identityId, { ...rest, state: "declined" });
    });
  }

  #answered(tx: Tx, group: GroupRow, identityId: IdentityId): void {
    const knocks = (group.knocks ?? []).filter((knock) => knock.identityId !== identityId);
    if (knocks.length === (group.knocks ?? []).length) throw new ClientError({ code: "group/noKnock", identityId });
    tx.put(this.#core.tables.groups, group.groupId, { ...group, knocks });
  }

  #handOver(tx: Tx, group: GroupRow, successor: IdentityId): void {
    const { identityId } = this.#core.account;
    assertMember(group, successor);
    if (successor === identityId) throw new ClientError({ code: "group/lastAdmin" });
    putWish(this.#core, tx, group.groupId, { kind: "role", identityId: successor, isAdmin: true });
    putWish(this.#core, tx, group.groupId, { kind: "role", identityId, isAdmin: false });
  }

  async #asAdmin<Result>(id: ConversationId, act: (tx: Tx, group: GroupRow) => Result): Promise<Result> {
    const core = this.#core;
    return core.ledger.transact(async (tx) => {
      const group = this.#open(tx, id);
      const { identityId: self } = core.account;
      const isAdmin = group.roster.some(({ identityId, isAdministrator }) => identityId === self && isAdministrator);
      if (!isAdmin) throw new ClientError({ code: "group/notAdmin" });
      return act(tx, group);
    });
  }

  #open(tx: Tx, id: ConversationId): GroupRow {
    const { threads, groups } = this.#core.tables;
    const thread = tx.get(threads, id);
    if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
    if (thread.kind !== "group") throw new ClientError({ code: "group/notAGroup" });
    assertGoesOn(this.#core);
    const group = thread.groupId === undefined ? undefined : tx.get(groups, thread.groupId);
    if (group === undefined || (group.state !== "active" && group.state !== "opening") || isLeaving(group))
      throw new ClientError({ code: "conversation/closed" });
    return group;
  }

  #assertTalking(tx: Tx, identityId: IdentityId): void {
    if (tx.get(this.#core.tables.contacts, identityId)?.state !== "accepted")
      throw new ClientError({ code: "group/notAContact", identityId });
  }
}

function assertName(name: string): void {
  const bytes = encodeUtf8(name).length;
  if (name.trim() === "" || !name.isWellFormed() || bytes > MAX_CONVERSATION_NAME_BYTES)
    throw new ClientError({ code: "group/badName", maxBytes: MAX_CONVERSATION_NAME_BYTES });
}

function assertPicture(picture: Uint8Array): void {
  if (!isGroupPicture(picture)) throw new ClientError({ code: "group/badPicture", maxBytes: MAX_GROUP_PICTURE_BYTES });
}

function assertMember(group: GroupRow, identityId: IdentityId): void {
  if (!group.roster.some((member) => member.identityId === identityId))
    throw new ClientError({ code: "group/notAMember", identityId });
}

function isAwaited({ wishes = [] }: GroupRow, identityId: IdentityId): boolean {
  return wishes.some((wish) => wish.kind === "add" && wish.identityId === identityId);
}

/** Whether somebody administers besides, once everything that is wished for has come about. */
function otherAdmins({ roster, wishes = [] }: GroupRow, identityId: IdentityId): boolean {
  const isGoing = (id: IdentityId): boolean =>
    wishes.some(
      (wish) =>
        (wish.kind === "remove" || (wish.kind === "role" && !wish.isAdmin)) && "identityId" in wish && wish.identityId === id,
    );
  return roster.some((member) => member.isAdministrator && member.identityId !== identityId && !isGoing(member.identityId));
}
