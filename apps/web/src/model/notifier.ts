// Tells of what came while nobody looked: by a notification, and by a number in the title. Says no more than the person allowed.
import { type Client, type Entry, isMuted, mayCall, type TextEntry } from "@p2pcrypt/client";
import type { DeviceSettings } from "../boot/boot.ts";
import { plainOf } from "../text/markup.ts";
import { shownName, shownText } from "../text/printable.ts";
import type { Words } from "../words/words.ts";
import { formatRoute } from "./routes.ts";

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** Of the same conversation: a later notice replaces an earlier one. Says nothing about it to others on this machine. */
  readonly tag: string;
  readonly fragment: string;
}

export interface NotifierDeps {
  readonly client: Client;
  readonly words: () => Words;
  readonly settings: () => Pick<DeviceSettings, "notifications">;
  readonly isLookedAt: () => boolean;
  readonly nowMs: () => number;
  readonly notify: (notice: Notice) => void;
}

const MAX_BODY_CHARACTERS = 140;

/** @returns how to stop. */
export function startNotifying({ client, words, settings, isLookedAt, nowMs, notify }: NotifierDeps): () => void {
  // What was in the log before this tab opened is no news.
  const isNews = (entry: Entry): boolean => client.conversations.get(entry.conversationId)?.isCaughtUp === true;
  const known = new Set(client.contacts.list().flatMap(({ identityId, state }) => (state === "asking" ? [identityId] : [])));
  return client.subscribe((event) => {
    const { notifications } = settings();
    const { t } = words();
    const isShown = notifications === "shown";
    const say = (notice: Notice): void => {
      if (notifications !== "off" && !isLookedAt()) notify(isShown ? notice : { ...notice, title: t("notify.title") });
    };
    if (event.kind === "entry") {
      const { entry } = event;
      if (entry.kind !== "text" || entry.isOwn || !isNews(entry) || !isWanted(client, entry, nowMs())) return;
      const body = isShown ? shortened(plainOf(shownText(entry.text))) : t("notify.hidden");
      const fragment = formatRoute({ kind: "conversation", id: entry.conversationId, details: false });
      say({ title: shownName(entry.authorName), body, tag: isShown ? entry.conversationId : "message", fragment });
    }
    if (event.kind === "contact" && event.contact.state === "asking" && !known.has(event.contact.identityId)) {
      known.add(event.contact.identityId);
      say({
        title: shownName(event.contact.name),
        body: t("notify.request"),
        tag: "request",
        fragment: formatRoute({ kind: "requests" }),
      });
    }
    if ((event.kind === "call" || event.kind === "groupCall") && event.call.state === "ringing") {
      const fragment = formatRoute({ kind: "conversation", id: event.call.conversationId, details: false });
      say({ title: t("notify.title"), body: t("call.incoming"), tag: "call", fragment });
    }
    if (event.kind === "shortCode" && event.run.state === "offered") {
      const name = shownName(client.contacts.get(event.run.contactId)?.name ?? "");
      const fragment = formatRoute({ kind: "compare", identityId: event.run.contactId });
      say({ title: name, body: t("notify.compare"), tag: "compare", fragment });
    }
  });
}

/** As the person set it for the conversation. */
function isWanted(client: Client, { conversationId, mentions = [] }: TextEntry, nowMs: number): boolean {
  const { arrangement = {} } = client.conversations.get(conversationId) ?? {};
  if (!mayCall(arrangement)) return false;
  // Who is named is called through whatever else is quiet.
  return mentions.some(({ isSelf }) => isSelf) || (!isMuted(arrangement, nowMs) && arrangement.notify !== "mentions");
}

export function titleFor({ t, number }: Words, unread: number): string {
  return unread === 0 ? t("app.name") : t("app.titleUnread", { unread: number(unread) });
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_BODY_CHARACTERS ? text : `${characters.slice(0, MAX_BODY_CHARACTERS).join("")}…`;
}
