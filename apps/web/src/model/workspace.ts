// Everything around one open client: made when it opens, let go when it locks or ends.
import type { Client, ContactSnapshot } from "@p2pcrypt/client";
import type { Boot } from "../boot/boot.ts";
import type { Platform } from "../platform/platform.ts";
import { shownName } from "../text/printable.ts";
import type { Words } from "../words/words.ts";
import { fetchArriving } from "./arriving-files.ts";
import { CallDesk } from "./call-desk.ts";
import type { Situation } from "./commands.ts";
import { Drafts } from "./draft.ts";
import { Nodes } from "./nodes.ts";
import { startNotifying, titleFor } from "./notifier.ts";
import { Offers } from "./offers.ts";
import { Roster } from "./roster.ts";
import type { Route } from "./routes.ts";
import { Safety } from "./safety.ts";
import { SelfModel } from "./self.ts";
import { Thread } from "./thread.ts";
import { Toasts } from "./toasts.ts";

export interface WorkspaceDeps {
  readonly boot: Boot;
  readonly client: Client;
  readonly platform: Platform;
  readonly words: () => Words;
}

export class Workspace {
  readonly boot: Boot;
  readonly client: Client;
  readonly roster: Roster;
  readonly nodes: Nodes;
  readonly safety: Safety;
  readonly self: SelfModel;
  readonly offers: Offers;
  readonly toasts: Toasts;
  readonly calls: CallDesk;
  readonly drafts: Drafts;
  readonly #deps: WorkspaceDeps;
  readonly #endings: (() => void)[] = [];

  constructor(deps: WorkspaceDeps) {
    const { boot, client, platform, words } = deps;
    this.#deps = deps;
    this.boot = boot;
    this.client = client;
    const selfName = (): string => words().t("self.name");
    this.roster = new Roster(client, platform.later, () => platform.nowMs(), selfName);
    this.nodes = new Nodes({ client, nowMs: () => platform.nowMs(), everySecond: (run) => platform.everySecond(run) });
    this.safety = new Safety(boot, client);
    this.self = new SelfModel(client);
    this.offers = new Offers(client);
    this.drafts = new Drafts({
      stored: (id) => client.conversations.get(id)?.draft,
      keep: (id, text) => client.conversations.setDraft(id, text),
      after: (delayMs, run) => platform.after(delayMs, run),
    });
    this.toasts = new Toasts((delayMs, run) => platform.after(delayMs, run));
    this.calls = new CallDesk({ client, after: (delayMs, run) => platform.after(delayMs, run) });
    this.#endings.push(
      startNotifying({
        client,
        words,
        settings: () => boot.settings(),
        isLookedAt: () => platform.isLookedAt(),
        nowMs: () => platform.nowMs(),
        notify: (notice) => platform.notify(notice),
      }),
      this.roster.subscribe(() => this.title()),
      fetchArriving({
        client,
        maxBytes: () => boot.settings().fetchesUpToBytes,
        newRef: () => crypto.randomUUID(),
        nowMs: () => platform.nowMs(),
      }),
      platform.onLookedAt(() => this.drafts.flush()),
    );
    this.title();
  }

  /** Puts the unread count where it can be seen from another tab. */
  title(): void {
    this.#deps.platform.setTitle(titleFor(this.#deps.words(), this.roster.getSnapshot().unread));
  }

  thread(id: string): Thread {
    const { client, platform } = this.#deps;
    return new Thread(id, { client, later: platform.later, nowMs: () => platform.nowMs() });
  }

  situation(route: Route): Situation {
    const { total, requests } = this.roster.getSnapshot();
    const contact = this.#contactAt(route);
    return {
      route,
      hasConversations: total > 0,
      hasRequests: requests.length > 0,
      hasPassphrase: this.boot.hasPassphrase(),
      isNodeAway: this.nodes.getSnapshot().unreachable !== undefined,
      isUpdateWaiting: this.boot.build().isUpdateWaiting,
      contactId: contact?.identityId,
      canBlock: contact !== undefined && contact.state !== "blocked",
      canLeave: route.kind === "conversation" && this.client.conversations.get(route.id)?.state === "active",
    };
  }

  /** At once, with a way back. */
  block({ identityId, name }: Pick<ContactSnapshot, "identityId" | "name">): void {
    const { t } = this.#deps.words();
    const { contacts } = this.client;
    void contacts.block(identityId).then(() => {
      this.toasts.say(t("details.blocked", { name: shownName(name) }), () => void contacts.unblock(identityId));
    });
  }

  /** After a moment in which it can be taken back: the others are told, and that cannot. */
  leave(id: string): void {
    const { t } = this.#deps.words();
    this.toasts.doUnlessUndone(t("details.left"), () => void this.client.conversations.leave(id));
  }

  saidDeclined({ name }: Pick<ContactSnapshot, "name">): void {
    this.toasts.say(this.#deps.words().t("requests.declined", { name: shownName(name) }));
  }

  dispose(): void {
    this.drafts.flush();
    for (const end of this.#endings) end();
    for (const model of [this.roster, this.nodes, this.safety, this.self, this.offers, this.toasts, this.calls]) model.dispose();
  }

  #contactAt(route: Route) {
    if (route.kind === "person" || route.kind === "compare" || route.kind === "vouch" || route.kind === "introduce")
      return this.client.contacts.get(route.identityId);
    const contactId = route.kind === "conversation" ? this.client.conversations.get(route.id)?.contactId : undefined;
    return contactId === undefined ? undefined : this.client.contacts.get(contactId);
  }
}
