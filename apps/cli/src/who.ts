// WHO on the command line: a name, an identity id, an OpenPGP fingerprint, or a unique beginning of one. A group goes by its name or id.
import type { Client, ContactSnapshot, ConversationSnapshot, Knock, MemberSnapshot } from "@p2pcrypt/client";
import { CommandError, EXIT } from "./exit-codes.ts";
import { printable } from "./printable.ts";

/** @throws {CommandError} who/unknown, who/ambiguous with the choices */
export function findContact(client: Client, who: string): ContactSnapshot {
  const all = client.contacts.list();
  const exact = all.filter(
    ({ name, identityId, fingerprint }) =>
      name === who || identityId === compact(who) || fingerprint === compact(who).toUpperCase(),
  );
  const found = exact.length > 0 ? exact : all.filter((contact) => beginsWith(contact, who));
  const [first, second] = found;
  if (first === undefined) throw new CommandError(EXIT.notFound, "who/unknown", `there is no contact called ${printable(who)}`);
  if (second === undefined) return first;
  const choices = found.map(({ name, identityId }) => ({ name, identity: identityId }));
  const list = choices.map(({ name, identity }) => `  ${printable(name)}  ${identity.slice(0, 16)}`).join("\n");
  throw new CommandError(EXIT.ambiguous, "who/ambiguous", `several contacts fit:\n${list}`, { choices });
}

function beginsWith({ name, identityId, fingerprint }: ContactSnapshot, who: string): boolean {
  const hex = compact(who);
  const isHex = /^[0-9a-f]{4,}$/.test(hex);
  return (
    name.toLowerCase().startsWith(who.toLowerCase()) ||
    (isHex && (identityId.startsWith(hex) || fingerprint.toLowerCase().startsWith(hex)))
  );
}

function compact(text: string): string {
  return text.replaceAll(/\s/g, "").toLowerCase();
}

/** @throws {CommandError} conversation/none: they have not agreed yet */
export function conversationOf(contact: ContactSnapshot): string {
  if (contact.conversationId !== undefined) return contact.conversationId;
  const reason =
    contact.state === "requested"
      ? "they have not accepted yet"
      : contact.state === "asking"
        ? "accept their request first"
        : "there is no conversation";
  throw new CommandError(EXIT.refused, "conversation/none", `${printable(contact.name)}: ${reason}`);
}

/** @throws {CommandError} who/unknown, who/ambiguous with the choices */
export function findGroup(client: Client, name: string): ConversationSnapshot {
  const groups = client.conversations.list().filter(({ kind }) => kind === "group");
  return theOne(groups, name, "group", ({ id }) => id);
}

/** Who said something: a contact, a member of any group, or oneself. @throws {CommandError} who/unknown, who/ambiguous */
export function findAuthor(client: Client, who: string): MemberSnapshot["identityId"] {
  const self = client.account.snapshot().identityId;
  if (who === "me" || compact(who) === self) return self;
  const contacts = client.contacts.list();
  const known = new Set(contacts.map(({ identityId }) => identityId));
  const members = client.conversations.list().flatMap((conversation) => conversation.members);
  const others = new Map(
    members.filter(({ identityId, isSelf }) => !isSelf && !known.has(identityId)).map((one) => [one.identityId, one]),
  );
  return theOne([...contacts, ...others.values()], who, "person", ({ identityId }) => identityId).identityId;
}

/** Somebody in a group, whom one may not know otherwise. @throws {CommandError} who/unknown, who/ambiguous */
export function findMember({ members }: ConversationSnapshot, who: string): MemberSnapshot {
  return theOne(members, who, "member", ({ identityId }) => identityId);
}

/** Somebody who waits to be let in. @throws {CommandError} who/unknown, who/ambiguous */
export function findKnock({ knocks = [] }: ConversationSnapshot, who: string): Knock {
  return theOne(knocks, who, "person waiting", ({ identityId }) => identityId);
}

/** Where something is said: the conversation with a contact, a group, or `self`. @throws {CommandError} who/*, conversation/none */
export function findPlace(
  client: Client,
  who: string,
): { readonly id: string; readonly contact: ContactSnapshot | undefined; readonly name: string } {
  const groups = client.conversations.list().filter(({ kind }) => kind === "group");
  const isContact = client.contacts.list().some((contact) => contact.name === who);
  if (!isContact && who === "self") {
    const self = client.conversations.list().find(({ kind }) => kind === "self");
    if (self !== undefined) return { id: self.id, contact: undefined, name: self.name };
    throw new CommandError(EXIT.notFound, "who/unknown", "there is no note to self yet; begin with: p2pcrypt note TEXT");
  }
  if (!isContact && groups.some(({ id, name }) => name === who || (compact(who).length >= 4 && id.startsWith(compact(who))))) {
    const { id, name } = findGroup(client, who);
    return { id, contact: undefined, name };
  }
  const contact = findContact(client, who);
  return { id: conversationOf(contact), contact, name: contact.name };
}

function theOne<Named extends { readonly name: string }>(
  all: readonly Named[],
  who: string,
  what: string,
  idOf: (one: Named) => string,
): Named {
  const exact = all.filter((one) => one.name === who || idOf(one) === compact(who));
  const hex = compact(who);
  const begins = (one: Named): boolean =>
    one.name.toLowerCase().startsWith(who.toLowerCase()) || (/^[0-9a-f]{4,}$/.test(hex) && idOf(one).startsWith(hex));
  const found = exact.length > 0 ? exact : all.filter(begins);
  const [first, second] = found;
  if (first === undefined) throw new CommandError(EXIT.notFound, "who/unknown", `there is no ${what} called ${printable(who)}`);
  if (second === undefined) return first;
  const choices = found.map((one) => ({ name: one.name, id: idOf(one) }));
  const list = choices.map(({ name, id }) => `  ${printable(name)}  ${id.slice(0, 16)}`).join("\n");
  throw new CommandError(EXIT.ambiguous, "who/ambiguous", `several fit:\n${list}`, { choices });
}
