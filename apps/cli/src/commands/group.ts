// group: conversations of more than two. Messages go by send, receive, history, as with anybody.
import type { Client, ConversationSnapshot, MemberSnapshot, PendingChange } from "@p2pcrypt/client";
import type { Command } from "commander";
import { encodeQR } from "qr";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { readGroupPicture } from "../group-picture.ts";
import { knownText } from "../known.ts";
import { settleWithin, withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";
import { findContact, findGroup, findKnock, findMember } from "../who.ts";

const NETWORK_WAIT_MS = 15_000;

const DIFFERENT =
  "Different. Let both programs fetch what is new and compare again; if it stays different, your node shows you different groups: meet on another one.";

type Job = (client: Client, context: CommandContext) => Promise<void>;

export function addGroupCommands(program: Command, run: RunCommand): void {
  const group = program.command("group").description("conversations of more than two");
  const offline = (job: Job): Promise<void> =>
    run((context) => withClient(context, { isOnline: false }, async (client) => job(client, context)));
  const online = (job: Job): Promise<void> =>
    run((context) =>
      withClient(context, { isOnline: true }, async (client) => {
        await settleWithin(client, NETWORK_WAIT_MS);
        await job(client, context);
      }),
    );
  /** Makes a change, and says how the group is then. */
  const change = (name: string, act: (client: Client, found: ConversationSnapshot) => Promise<void>): Promise<void> =>
    online(async (client, context) => {
      const { id } = findGroup(client, name);
      await act(client, client.conversations.get(id) ?? findGroup(client, name));
      await settleWithin(client, NETWORK_WAIT_MS);
      tell(client, context, id);
    });
  group
    .command("create <name> [who...]")
    .description("found a group with these contacts in it; you administer it")
    .action((name: string, who: readonly string[]) =>
      online(async (client, context) => {
        const members = who.map((one) => findContact(client, one).identityId);
        const { id } = await client.groups.create(name, members);
        await settleWithin(client, NETWORK_WAIT_MS);
        tell(client, context, id);
      }),
    );
  group
    .command("list")
    .description("every group")
    .action(() =>
      offline(async (client, { output }) => {
        const groups = client.conversations.list().filter(({ kind }) => kind === "group");
        const lines = groups.map((one) => `${printable(one.name)}  ${one.id.slice(0, 16)}  ${summaryOf(one)}`);
        output.say(lines, { groups: groups.map((one) => toJson(client, one)) });
      }),
    );
  group
    .command("members <group>")
    .description("who is in it, who administers, and how far each is known")
    .action((name: string) => offline(async (client, context) => tell(client, context, findGroup(client, name).id)));
  group
    .command("code <group>")
    .description("60 digits that are equal for all who see the same group")
    .option("--compare <digits>", "with what another member has; spaces do not matter")
    .action((name: string, { compare }: { compare?: string }) =>
      // What is new is fetched before: a code of yesterday would raise a false alarm.
      online(async (client, context) => tellCode(context, findGroup(client, name), compare)),
    );
  group
    .command("add <group> <who...>")
    .description("take contacts in")
    .action((name: string, who: readonly string[]) =>
      change(name, (client, { id }) =>
        client.groups.add(
          id,
          who.map((one) => findContact(client, one).identityId),
        ),
      ),
    );
  const about = (verb: string, description: string, act: "remove" | "promote" | "demote" | "handOver"): Command =>
    group
      .command(`${verb} <group> <who>`)
      .description(description)
      .action((name: string, who: string) =>
        change(name, (client, found) => client.groups[act](found.id, findMember(found, who).identityId)),
      );
  about("remove", "take somebody out; nothing that is said afterwards can be read by them", "remove");
  about("promote", "let somebody administer, too", "promote");
  about("demote", "no longer", "demote");
  about("hand-over", "let somebody administer in your place", "handOver");
  group
    .command("rename <group> <name>")
    .description("call it something else, for everybody")
    .action((name: string, next: string) => change(name, (client, { id }) => client.groups.rename(id, next)));
  group
    .command("picture <group> [file]")
    .description("a JPEG or WebP of at most 8 KiB that stands beside the name, for everybody")
    .option("--remove", "it has none any more")
    .action((name: string, file: string | undefined, { remove }: { remove?: boolean }) => {
      if ((file === undefined) === (remove === true))
        return change(name, async (client, { id }) =>
          client.groups.setPicture(id, file === undefined ? undefined : await readGroupPicture(file)),
        );
      return run(async () => {
        throw new CommandError(EXIT.usage, "usage/picture", "picture takes either FILE or --remove");
      });
    });
  addInvitationCommands(group, online);
  group
    .command("rejoin <group>")
    .description("be in a group again that you left, when somebody took you in")
    .option("--decline", "stay out")
    .action((name: string, { decline }: { decline?: boolean }) =>
      change(name, (client, { id }) =>
        decline === true ? client.groups.declineInvitation(id) : client.groups.acceptInvitation(id),
      ),
    );
  group
    .command("leave <group>")
    .description("leave; the last administrator names a successor")
    .option("--successor <who>", "who administers from now on")
    .action((name: string, { successor }: { successor?: string }) =>
      change(name, (client, found) =>
        client.groups.leave(found.id, successor === undefined ? undefined : findMember(found, successor).identityId),
      ),
    );
}

/** A link with which others can ask to be let in, and the answers. */
function addInvitationCommands(group: Command, online: (job: Job) => Promise<void>): void {
  group
    .command("invite <group>")
    .description("a link with which people can ask to be let in; you decide about each")
    .option("--hours <number>", "how long it is good", "168")
    .action((name: string, { hours }: { hours: string }) =>
      online(async (client, { output }) => {
        const { id } = findGroup(client, name);
        const made = await client.groups.invite(id, Number(hours) * 3_600_000);
        const until = new Date(made.expiresAtMs).toLocaleString();
        output.say([encodeQR(made.link, "ascii"), made.link, `Good until ${until}. To take it back: ${made.id}`], {
          conversation: id,
          invitation: made.id,
          link: made.link,
          validUntil: made.expiresAtMs,
        });
      }),
    );
  group
    .command("uninvite <group> <invitation>")
    .description("take a link back")
    .action((name: string, invitation: string) =>
      online(async (client, { output }) => {
        const { id } = findGroup(client, name);
        await client.groups.revokeInvitation(id, invitation);
        output.say("The link is good for nothing any more.", { conversation: id, invitation });
      }),
    );
  group
    .command("join <link>")
    .description("follow a link: ask to be let in")
    .option("--hello <text>", "what they read with it")
    .action((link: string, { hello }: { hello?: string }) =>
      online(async (client, { output }) => {
        const { groupHint } = await client.groups.previewLink(link);
        const asked = await client.groups.knock(link, hello ?? "");
        await settleWithin(client, NETWORK_WAIT_MS);
        const { name, identityId } = client.contacts.get(asked.identityId) ?? asked;
        output.say(`${printable(name)} is asked to let you into ${printable(groupHint)}.`, {
          asked: identityId,
          group: groupHint,
        });
      }),
    );
  const answer = (verb: string, description: string, act: "admit" | "turnAway"): Command =>
    group
      .command(`${verb} <group> <who>`)
      .description(description)
      .action((name: string, who: string) =>
        online(async (client, context) => {
          const found = findGroup(client, name);
          await client.groups[act](found.id, findKnock(found, who).identityId);
          await settleWithin(client, NETWORK_WAIT_MS);
          tell(client, context, found.id);
        }),
      );
  answer("admit", "let somebody in who followed your link; they become a contact", "admit");
  answer("turn-away", "do not; nothing is sent", "turnAway");
}

function tellCode({ output }: CommandContext, { code, id }: ConversationSnapshot, compare: string | undefined): void {
  if (code === undefined) throw new CommandError(EXIT.notFound, "conversation/none", "there is no code yet");
  const { digits, epoch } = code;
  const facts = { conversation: id, digits, epoch: Number(epoch) };
  if (compare === undefined) {
    output.say(digits.replaceAll(/(\d{5})(?=\d)/g, "$1 "), facts);
    return;
  }
  const isEqual = compare.replaceAll(/\s/g, "") === digits;
  output.say(isEqual ? "Equal: you see the same group." : DIFFERENT, { ...facts, isEqual });
  if (!isEqual) process.exitCode = EXIT.differs;
}

function tell(client: Client, { output }: CommandContext, id: string): void {
  const found = client.conversations.get(id);
  if (found === undefined) return;
  const lines = [`${printable(found.name)}  ${id.slice(0, 16)}  ${summaryOf(found)}`];
  for (const member of found.members) lines.push(`  ${memberLine(client, member)}`);
  for (const { name, identityId, greeting } of found.knocks ?? [])
    lines.push(`  ${printable(name)}  ${identityId.slice(0, 16)}  waits to be let in: "${printable(greeting)}"`);
  for (const waiting of found.pending ?? []) lines.push(`  ${pendingLine(client, found, waiting)}`);
  output.say(lines, toJson(client, found));
}

function summaryOf({ members, state, unread, picture, invitedBy }: ConversationSnapshot): string {
  if (invitedBy !== undefined) return "you left, and were taken in again: p2pcrypt group rejoin";
  const rest = unread === 0 ? "" : `, ${unread} unread`;
  if (state !== "active") return `${state}${rest}`;
  return `${members.length} members${picture === undefined ? "" : ", with a picture"}${rest}`;
}

function memberLine(client: Client, { name, identityId, isAdmin, isSelf, deviceIds }: MemberSnapshot): string {
  const known = isSelf ? "you" : knownText(client.contacts.get(identityId));
  const devices = deviceIds.length === 1 ? "" : `, ${deviceIds.length} devices`;
  return `${printable(name)}  ${identityId.slice(0, 16)}  ${isAdmin ? "administers, " : ""}${known}${devices}`;
}

function pendingLine(client: Client, { members }: ConversationSnapshot, change: PendingChange): string {
  const nameOf = (id: string): string =>
    printable(
      members.find(({ identityId }) => identityId === id)?.name ??
        client.contacts.list().find((one) => one.identityId === id)?.name ??
        id,
    );
  switch (change.kind) {
    case "add":
      return `${nameOf(change.identityId)} is being added`;
    case "remove":
      return `${nameOf(change.identityId)} is being removed`;
    case "promote":
    case "demote":
      return `the role of ${nameOf(change.identityId)} is being changed`;
    case "rename":
      return `is being renamed to ${printable(change.name)}`;
    case "picture":
      return change.isRemoved ? "its picture is being taken away" : "its picture is being changed";
    case "disappear":
      return "how long messages stay is being changed";
    case "move":
      return `is being moved to ${printable(change.nodeUrl)}`;
    case "leave":
      return "you are leaving; somebody's program has to confirm it";
  }
}

function toJson(client: Client, conversation: ConversationSnapshot): Record<string, unknown> {
  const { id, name, picture, state, ownRole, members, pending = [], unread, code, knocks = [], invitations = [] } = conversation;
  return {
    conversation: id,
    name,
    picture: picture ?? null,
    state,
    role: ownRole,
    unread,
    members: members.map((member) => ({
      identity: member.identityId,
      name: member.name,
      role: member.isAdmin ? "admin" : "member",
      isSelf: member.isSelf,
      isVerified: member.trust?.kind === "verified",
      isContact: client.contacts.get(member.identityId)?.state === "accepted",
      devices: member.deviceIds,
    })),
    pending: pending.map((change) => ("identityId" in change ? { kind: change.kind, identity: change.identityId } : change)),
    knocks: knocks.map(({ identityId, greeting, ...knock }) => ({ identity: identityId, name: knock.name, text: greeting })),
    invitations: invitations.map(({ id: invitation, link, expiresAtMs }) => ({ invitation, link, validUntil: expiresAtMs })),
    code: code?.digits,
    epoch: code === undefined ? undefined : Number(code.epoch),
  };
}
