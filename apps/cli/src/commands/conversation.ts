// conversation: how long messages stay, and how conversations lie among each other. Messages go by send, receive, history.
import { type ArrangementChange, type Client, type ConversationSnapshot, isMuted } from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { durationText, parseDurationS } from "../duration.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { nodeAddress } from "../node-address.ts";
import { settleWithin, withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";
import { findPlace } from "../who.ts";

const NETWORK_WAIT_MS = 15_000;

export function addConversationCommands(program: Command, run: RunCommand): void {
  const conversation = program.command("conversation").description("how long messages stay, and the order of conversations");
  conversation
    .command("list")
    .description("every conversation, pinned ones first")
    .option("--folder <name>", "in this folder")
    .option("--archived", "those in the archive")
    .action((flags: { folder?: string; archived?: boolean }) =>
      run((context) => withClient(context, { isOnline: false }, async (client) => list(client, context, flags))),
    );
  conversation
    .command("disappear <who> <time>")
    .description("messages are erased so long after they were sent, by everybody: 30s to 4w, or off")
    .action((who: string, time: string) =>
      run((context) =>
        withClient(context, { isOnline: true }, async (client) => {
          await settleWithin(client, NETWORK_WAIT_MS);
          const { id } = findPlace(client, who);
          await client.conversations.setDisappearing(id, time === "off" ? 0 : parseDurationS(time));
          await settleWithin(client, NETWORK_WAIT_MS);
          tell(client, context, id);
        }),
      ),
    );
  /** With the node, before and after. */
  const online = (act: (client: Client) => Promise<string>): Promise<void> =>
    run((context) =>
      withClient(context, { isOnline: true }, async (client) => {
        await settleWithin(client, NETWORK_WAIT_MS);
        const id = await act(client);
        await settleWithin(client, NETWORK_WAIT_MS);
        tell(client, context, id);
      }),
    );
  conversation
    .command("move <who> <url>")
    .description("goes on at another node, for everybody in it")
    .option("--node-gone", "also when the present node does not answer: others are told by letters, and by the link that is said")
    .action((who: string, url: string, { nodeGone = false }: { nodeGone?: boolean }) =>
      online(async (client) => {
        const { id } = findPlace(client, who);
        await client.conversations.move(id, nodeAddress(url), { isNodeGone: nodeGone });
        return id;
      }),
    );
  conversation
    .command("follow <link>")
    .description("goes where another member moved a conversation, by the link that they got for it")
    .action((link: string) => online((client) => client.conversations.followMove(link)));
  conversation
    .command("rejoin <who>")
    .description("of a group that somebody moved from another state: leave this side of it, and ask to be taken in on theirs")
    .action((who: string) =>
      online(async (client) => {
        const { id } = findPlace(client, who);
        await client.conversations.rejoin(id);
        return id;
      }),
    );
  /** Changes what only this device knows, and says how the conversation lies then. */
  const arrange = (command: string, description: string, changeOf: (value: string) => ArrangementChange): Command =>
    conversation
      .command(command)
      .description(description)
      .action((who: string, value?: string) =>
        run((context) =>
          withClient(context, { isOnline: false }, async (client) => {
            const { id } = findPlace(client, who);
            await client.conversations.arrange(id, changeOf(typeof value === "string" ? value : ""));
            tell(client, context, id);
          }),
        ),
      );
  arrange("pin <who>", "first in the list", () => ({ isPinned: true }));
  arrange("unpin <who>", "no longer", () => ({ isPinned: null }));
  arrange("archive <who>", "out of the list until somebody says something there", () => ({ isArchived: true }));
  arrange("unarchive <who>", "back into the list", () => ({ isArchived: null }));
  arrange("mute <who> [time]", "nothing is said of what arrives: for a time (8h), or always", (time) => ({
    mutedUntilMs: mutedUntil(time),
  }));
  arrange("unmute <who>", "no longer", () => ({ mutedUntilMs: null }));
  arrange("folder <who> [name]", "puts it into a folder; without a name, into none", (name) => ({
    folder: name === "" ? null : name,
  }));
  arrange("notify <who> <what>", "of what: all, mentions or nothing", (what) => ({ notify: notifyOf(what) }));
  conversation
    .command("draft <who> [text]")
    .description("shows or keeps what is being written; an empty text takes it away")
    .action((who: string, text?: string) =>
      run((context) =>
        withClient(context, { isOnline: false }, async (client) => {
          const { id } = findPlace(client, who);
          if (text !== undefined) await client.conversations.setDraft(id, text);
          const { draft = "" } = client.conversations.get(id) ?? {};
          context.output.say(draft === "" ? [] : printable(draft), { conversation: id, draft });
        }),
      ),
    );
  conversation
    .command("clear <who>")
    .description("delete everything that was said, on this device, for ever")
    .option("--yes", "do it")
    .action((who: string, { yes }: { yes?: boolean }) =>
      run((context) => withClient(context, { isOnline: false }, (client) => clear(client, context, who, yes === true))),
    );
}

function mutedUntil(time: string): number | "always" {
  return time === "" || time === "always" ? "always" : Date.now() + parseDurationS(time) * 1_000;
}

function notifyOf(what: string): "mentions" | "nothing" | null {
  if (what === "all") return null;
  if (what === "mentions" || what === "nothing") return what;
  throw new CommandError(EXIT.usage, "notify/malformed", "one of all, mentions, nothing");
}

async function clear(client: Client, context: CommandContext, who: string, isSure: boolean): Promise<void> {
  const { id } = findPlace(client, who);
  if (!isSure)
    throw new CommandError(
      EXIT.usage,
      "delete/unsure",
      "this cannot be undone: --yes deletes everything that was said, on this device",
    );
  await client.conversations.clear(id);
  context.output.say("Deleted on this device. The conversation goes on.", { conversation: id });
}

function list(
  client: Client,
  { output }: CommandContext,
  { folder, archived = false }: { folder?: string; archived?: boolean },
): void {
  const shown = client.conversations
    .list()
    .filter(
      ({ arrangement }) =>
        (arrangement.isArchived === true) === archived && (folder === undefined || arrangement.folder === folder),
    )
    .sort((a, b) => Number(b.arrangement.isPinned === true) - Number(a.arrangement.isPinned === true) || atOf(b) - atOf(a));
  output.say(shown.map(lineOf), { conversations: shown.map(jsonOf) });
}

function atOf({ last }: ConversationSnapshot): number {
  return last?.atMs ?? 0;
}

function tell(client: Client, { output }: CommandContext, id: string): void {
  const found = client.conversations.get(id);
  if (found === undefined) return;
  const { moveLink, nodeUrls, pending = [] } = found;
  const isUnderWay = pending.some(({ kind }) => kind === "move");
  const at =
    moveLink === undefined || isUnderWay ? [] : [`at ${printable(nodeUrls.join())}; for members who are not told: ${moveLink}`];
  output.say([lineOf(found), ...at], jsonOf(found));
}

function lineOf(conversation: ConversationSnapshot): string {
  const { name, id, unread, arrangement, disappearAfterS = 0, pending = [], draft } = conversation;
  const wanted = pending.find((change) => change.kind === "disappear");
  const move = pending.find((change) => change.kind === "move");
  const { folder, isPinned, isArchived, mutedUntilMs, notify } = arrangement;
  const facts = [
    unread === 0 ? "" : `${unread} unread`,
    isPinned === true ? "pinned" : "",
    isArchived === true ? "archived" : "",
    !isMuted(arrangement, Date.now())
      ? ""
      : mutedUntilMs === "always"
        ? "muted"
        : `muted until ${new Date(mutedUntilMs ?? 0).toLocaleString()}`,
    notify === undefined ? "" : `tells of ${notify}`,
    folder === undefined ? "" : `in ${printable(folder)}`,
    disappearAfterS === 0 ? "" : `messages disappear after ${durationText(disappearAfterS)}`,
    wanted?.kind === "disappear" ? "how long messages stay is being changed" : "",
    move?.kind === "move" ? `is being moved to ${printable(move.nodeUrl)}` : "",
    draft === undefined ? "" : "has a draft",
  ].filter((fact) => fact !== "");
  return `${printable(name)}  ${id.slice(0, 16)}  ${facts.join(", ")}`.trimEnd();
}

function jsonOf(conversation: ConversationSnapshot): Record<string, unknown> {
  const {
    id,
    name,
    kind,
    state,
    unread,
    arrangement,
    nodeUrls,
    moveLink,
    rival,
    disappearAfterS = 0,
    draft,
    last,
  } = conversation;
  const facts = { conversation: id, name, kind, state, unread, ...arrangement, nodeUrls, moveLink, rival };
  return { ...facts, disappearAfterS, draft, lastAt: last?.atMs };
}
