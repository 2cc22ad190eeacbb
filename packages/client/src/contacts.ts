// Contacts: asking, answering, blocking.
import type { IdentityId } from "@p2pcrypt/session";
import { lookUpLink, previewLink, readLink } from "./contact-preview.ts";
import { startThread } from "./conversation/start.ts";
import type { Core } from "./core.ts";
import { ClientError } from "./failure.ts";
import { dropKnocks } from "./group/knocks.ts";
import { askPerson, assertGreeting } from "./mail/ask.ts";
import type { ContactSnapshot, DirectoryPreview, LinkPreview } from "./snapshots.ts";
import type { ContactRow } from "./store/rows.ts";
import type { Tx } from "./store/tx.ts";
import type { Contacts } from "./surface.ts";
import { contactSnapshot } from "./views.ts";

export class ClientContacts implements Contacts {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  list(): readonly ContactSnapshot[] {
    return this.#core.tables.contacts.all().map((row) => contactSnapshot(this.#core, row));
  }

  get(identityId: IdentityId): ContactSnapshot | undefined {
    const row = this.#core.tables.contacts.get(identityId);
    return row === undefined ? undefined : contactSnapshot(this.#core, row);
  }

  async preview(link: string): Promise<LinkPreview> {
    return previewLink(this.#core, link);
  }

  lookUp(link: string): Promise<DirectoryPreview> {
    return lookUpLink(this.#core, link);
  }

  async add(link: string, greeting = ""): Promise<ContactSnapshot> {
    const core = this.#core;
    const { nodeUrl, identityId, nameHint } = readLink(link);
    if (identityId === core.account.identityId) throw new ClientError({ code: "link/own" });
    assertGreeting(greeting);
    const letter = { kind: "request", greeting } as const;
    await core.ledger.transact(async (tx) => askPerson(core, tx, { nodeUrl, identityId, nameHint }, letter));
    return this.#snapshot(identityId);
  }

  async accept(identityId: IdentityId): Promise<ContactSnapshot> {
    await this.#change(identityId, (tx, row) => {
      // An application may be told twice that somebody asks before its first answer is stored.
      if (row.state === "accepted") return;
      if (row.state !== "asking" || row.request === undefined) throw new ClientError({ code: "contact/noRequest" });
      startThread(this.#core, tx, identityId);
    });
    return this.#snapshot(identityId);
  }

  async decline(identityId: IdentityId): Promise<void> {
    await this.#change(identityId, (tx, row) => {
      if (row.state !== "asking") throw new ClientError({ code: "contact/noRequest" });
      const { request: _, ...rest } = row;
      tx.put(this.#core.tables.contacts, identityId, { ...rest, state: "declined" });
      dropKnocks(this.#core, tx, identityId);
    });
  }

  async declineAll(): Promise<number> {
    const asking = this.#core.tables.contacts.all().filter(({ state }) => state === "asking");
    for (const { identityId } of asking) await this.decline(identityId);
    return asking.length;
  }

  async block(identityId: IdentityId): Promise<void> {
    await this.#change(identityId, (tx, row) => {
      const { request: _, ...rest } = row;
      tx.put(this.#core.tables.contacts, identityId, { ...rest, state: "blocked" });
      dropKnocks(this.#core, tx, identityId);
      const { mail } = this.#core.tables;
      for (const id of tx.ids(mail)) if (tx.get(mail, id)?.to === identityId) tx.delete(mail, id);
    });
  }

  async unblock(identityId: IdentityId): Promise<void> {
    await this.#change(identityId, (tx, row) => {
      if (row.state !== "blocked") return;
      tx.put(this.#core.tables.contacts, identityId, { ...row, state: this.#stateUnblocked(tx, row) });
    });
  }

  async acceptAlert(identityId: IdentityId): Promise<void> {
    await this.#change(identityId, (tx, row) => {
      if (row.alert === undefined) return;
      const alert = { ...row.alert, isDecided: true };
      tx.put(this.#core.tables.contacts, identityId, { ...row, alert, trust: { kind: "unverified" } });
      this.#sendAgain(tx, identityId);
    });
  }

  /** What waited for a decision waits no longer. */
  #sendAgain(tx: Tx, identityId: IdentityId): void {
    const { mail } = this.#core.tables;
    for (const id of tx.ids(mail)) {
      const letter = tx.get(mail, id);
      if (letter?.to !== identityId || letter.retryAtMs === undefined) continue;
      const { refusal: _, retryAtMs: __, ...rest } = letter;
      tx.put(mail, id, rest);
    }
  }

  /** Only a conversation that goes on makes somebody accepted again. */
  #stateUnblocked(tx: Tx, { conversationId }: ContactRow): ContactRow["state"] {
    const { threads, groups } = this.#core.tables;
    const groupId = conversationId === undefined ? undefined : tx.get(threads, conversationId)?.groupId;
    const group = groupId === undefined ? undefined : tx.get(groups, groupId);
    if (group === undefined) return "declined";
    return group.state === "left" || group.state === "removed" ? "gone" : "accepted";
  }

  async #change(identityId: IdentityId, run: (tx: Tx, row: ContactRow) => void): Promise<void> {
    await this.#core.ledger.transact(async (tx) => {
      const row = tx.get(this.#core.tables.contacts, identityId);
      if (row === undefined) throw new ClientError({ code: "contact/unknown" });
      run(tx, row);
    });
  }

  #snapshot(identityId: IdentityId): ContactSnapshot {
    const snapshot = this.get(identityId);
    if (snapshot === undefined) throw new ClientError({ code: "contact/unknown" });
    return snapshot;
  }
}
