// Everything the client does by itself, and what wakes it.
import type { FormerHome } from "./account/home.ts";
import { NodeBackups } from "./account/node-backups.ts";
import { publishStep } from "./account/publish.ts";
import { LaterCalls } from "./calls/later-calls.ts";
import { Ephemerals } from "./conversation/ephemeral.ts";
import { GroupRunner } from "./conversation/group-runner.ts";
import { ReceiptClock } from "./conversation/next-content.ts";
import { Scans } from "./conversation/scan.ts";
import { ShortCodes } from "./conversation/short-code.ts";
import { foundWaiting } from "./conversation/start.ts";
import { disappearStep } from "./conversation/sweep.ts";
import type { Core } from "./core.ts";
import { deviceSnapshots } from "./devices/list.ts";
import { OwnDevices } from "./devices/own-devices.ts";
import { OwnStates } from "./devices/own-state.ts";
import { LaterDirect } from "./direct/later-direct.ts";
import { Transfers } from "./files/transfers.ts";
import { claimStep } from "./group/claims.ts";
import { stockStep } from "./group/stock.ts";
import { historySnapshots } from "./history/list.ts";
import { historyStep } from "./history/step.ts";
import { homeInbox, InboxReader } from "./mail/inbox.ts";
import { mailStep } from "./mail/outgoing.ts";
import { refreshStep } from "./mail/refresh.ts";
import type { Pump, Step } from "./run/pump.ts";
import { ClientSearch } from "./search.ts";
import type { AccountRow, ContactRow } from "./store/rows.ts";
import { TrustBook } from "./trust/trust-book.ts";
import { contactSnapshot, conversationSnapshot, selfSnapshot } from "./views.ts";

export class Tasks {
  readonly shortCodes: ShortCodes;
  readonly scans: Scans;
  readonly ephemerals: Ephemerals;
  readonly calls: LaterCalls;
  readonly trustBook: TrustBook;
  readonly transfers: Transfers;
  readonly search: ClientSearch;
  readonly backups: NodeBackups;
  readonly #core: Core;
  readonly #receipts = new ReceiptClock();
  readonly #runners = new Map<string, GroupRunner>();
  readonly #direct: LaterDirect;
  readonly #inbox: InboxReader;
  #former: FormerHome | undefined;
  readonly #ownDevices: OwnDevices;
  readonly #ownStates: OwnStates;
  readonly #pumps: Record<
    | "publish"
    | "found"
    | "mail"
    | "inbox"
    | "former"
    | "refresh"
    | "stock"
    | "claims"
    | "disappear"
    | "devices"
    | "states"
    | "history",
    Pump
  >;
  #isStarted = false;
  /** As the conversations last knew it. */
  #known: AccountRow | undefined;
  /** How many devices of each contact the conversations know to be removed. */
  readonly #revoked: Map<string, number>;
  /** Whom each letter is for: asked when it is gone. */
  readonly #addressees: Map<string, string>;

  constructor(core: Core) {
    this.#core = core;
    this.shortCodes = new ShortCodes(core);
    this.scans = new Scans(core);
    this.ephemerals = new Ephemerals(core);
    this.calls = new LaterCalls(core, this.ephemerals);
    this.#addressees = new Map(core.tables.mail.all().map(({ id, to }) => [id, to]));
    this.#revoked = new Map(core.tables.contacts.all().map((row) => [row.identityId, row.revokedDevices.length]));
    this.trustBook = new TrustBook(core);
    this.#direct = new LaterDirect(core, this.ephemerals);
    this.transfers = new Transfers(core, core.files?.onlyGives === true ? undefined : core.files, this.#direct.ask);
    this.search = new ClientSearch(core);
    this.backups = new NodeBackups(core);
    this.#inbox = new InboxReader(core, () => this.#pumps.inbox.wake(), homeInbox(core));
    this.#ownDevices = new OwnDevices(core);
    this.#ownStates = new OwnStates(core);
    this.#pumps = {
      publish: core.pump("publish", () => publishStep(core)),
      found: core.pump("found", () => foundWaiting(core)),
      mail: core.pump("mail", () => mailStep(core)),
      refresh: core.pump("refresh", () => refreshStep(core)),
      inbox: core.pump("inbox", () => this.#inbox.step()),
      former: core.pump("former", () => this.#formerStep()),
      stock: core.pump("stock", () => stockStep(core)),
      claims: core.pump("claims", () => claimStep(core)),
      disappear: core.pump("disappear", () => disappearStep(core)),
      devices: core.pump("devices", () => this.#ownDevices.step()),
      history: core.pump("history", () => historyStep(core)),
      states: core.pump("states", () => this.#ownStates.step(this.#receipts.isHurried)),
    };
    core.onChanged((table, id) => this.#changed(table, id));
    core.onNodeChanged(() => this.#wakeAll());
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { tables, links } = this.#core;
    links.to(this.#core.account.homeNodeUrl);
    for (const { state, place } of tables.groups.all()) if (state === "active" || state === "opening") links.to(place.nodeUrl);
    for (const mail of tables.mail.all()) for (const url of tables.contacts.get(mail.to)?.nodeUrls ?? []) links.to(url);
    links.start();
    this.transfers.start();
    this.#wakeAll();
  }

  isCaughtUp(groupId: string | undefined): boolean {
    const runner = groupId === undefined ? undefined : this.#runners.get(groupId);
    return runner?.isCaughtUp === true;
  }

  /** All that is due is done, or waits for a node that cannot be reached. */
  async settled(): Promise<void> {
    const core = this.#core;
    this.#receipts.isHurried = true;
    this.#wakeAll();
    do {
      await core.links.settled();
      await core.pumpsSettled();
    } while (!core.isStopped && (core.isBusy || core.links.isConnecting));
    this.#receipts.isHurried = false;
  }

  async close(): Promise<void> {
    this.#isStarted = false;
    this.calls.close();
    this.#direct.close();
    this.ephemerals.close();
    this.scans.close();
    this.#inbox.close();
    this.backups.close();
    this.#former?.close();
    await this.transfers.close();
    this.search.close();
    await this.#core.close();
    await Promise.all([...this.#runners.values()].map((runner) => runner.close()));
  }

  /** Few people change their node. */
  async #formerStep(): Promise<Step> {
    if (this.#core.account.formerHome === undefined) return { kind: "idle" };
    this.#former ??= new (await import("./account/home.ts")).FormerHome(this.#core, () => this.#pumps.former.wake());
    return this.#former.step();
  }

  #wakeAll(): void {
    if (!this.#isStarted || this.#core.isStopped) return;
    for (const pump of Object.values(this.#pumps)) pump.wake();
    this.transfers.wake();
    this.search.pump.wake();
    this.backups.pump.wake();
    for (const groupId of this.#core.tables.groups.ids()) this.#runner(groupId)?.pump.wake();
  }

  #runner(groupId: string): GroupRunner | undefined {
    const known = this.#runners.get(groupId);
    if (known !== undefined || this.#core.tables.groups.get(groupId) === undefined) return known;
    const ephemeral = (group: string, record: Uint8Array): void => this.ephemerals.received(group, record);
    const runner = new GroupRunner(this.#core, groupId, { runs: this, receipts: this.#receipts, ephemeral });
    this.#runners.set(groupId, runner);
    return runner;
  }

  /** A stored change: told to listeners, and to the tasks that it concerns. */
  #changed(table: string, id: string): void {
    const core = this.#core;
    const { contacts, threads, groups, outbox, account } = core.tables;
    this.#ownStates.changed(table, id);
    if (table === account.name || table === contacts.name || table === threads.name || table === core.tables.certified.name)
      this.#wake(this.#pumps.states);
    switch (table) {
      case account.name:
        core.emit({ kind: "self", self: selfSnapshot(core) });
        this.#wake(
          this.#pumps.publish,
          this.#pumps.mail,
          this.#pumps.inbox,
          this.#pumps.former,
          this.#pumps.found,
          this.#pumps.stock,
        );
        this.#wake(this.#pumps.devices);
        this.#wakeForDevices(core.account);
        break;
      case core.tables.devices.name:
        this.#ownDevices.heardOf(id);
        this.#tellDevices();
        this.#wake(this.#pumps.states);
        break;
      case contacts.name: {
        const row = this.#tellContact(id);
        this.#wake(this.#pumps.found, this.#pumps.mail, this.#pumps.refresh, this.#pumps.stock, this.#pumps.claims);
        this.#wakeGroup(row?.conversationId === undefined ? undefined : threads.get(row.conversationId)?.groupId);
        if (row !== undefined) this.#wakeForRemovals(row);
        break;
      }
      case threads.name:
        this.#tellConversation(id);
        this.#wake(this.search.pump, this.#pumps.disappear, this.backups.pump);
        this.#wakeGroup(threads.get(id)?.groupId);
        break;
      case groups.name:
        this.#tellConversation(groups.get(id)?.threadId);
        this.calls.groupChanged(id);
        this.#lookForRemoval(id);
        this.#wake(this.#pumps.claims, this.#pumps.devices);
        if (core.tables.histories.ids().length > 0) this.#wake(this.#pumps.history);
        this.#wakeGroup(id);
        break;
      case outbox.name:
        this.#wakeGroup(threads.get(outbox.get(id)?.threadId ?? "")?.groupId);
        break;
      case core.tables.keyPackages.name:
        this.#wake(this.#pumps.stock);
        break;
      case core.tables.histories.name:
        core.emit({ kind: "histories", histories: historySnapshots(core) });
        this.#wake(this.#pumps.history);
        break;
      case core.tables.mail.name:
        this.#tellDelivery(id);
        this.#wake(this.#pumps.mail);
        break;
    }
  }

  #tellDevices(): void {
    this.#core.emit({ kind: "devices", devices: deviceSnapshots(this.#core) });
    this.#wake(this.#pumps.devices);
  }

  /** This device was taken out of a conversation: it may have been removed altogether. */
  #lookForRemoval(groupId: string): void {
    const state = this.#core.tables.groups.get(groupId)?.state;
    if (state === "left" || state === "removed") this.#ownDevices.lookAgain();
  }

  #tellContact(identityId: string | undefined): ContactRow | undefined {
    const row = identityId === undefined ? undefined : this.#core.tables.contacts.get(identityId);
    if (row !== undefined) this.#core.emit({ kind: "contact", contact: contactSnapshot(this.#core, row) });
    return row;
  }

  /** A device that a contact removed goes out of every group. */
  #wakeForRemovals({ identityId, revokedDevices }: ContactRow): void {
    const known = this.#revoked.get(identityId) ?? 0;
    this.#revoked.set(identityId, revokedDevices.length);
    if (revokedDevices.length === known) return;
    for (const { groupId, roster } of this.#core.tables.groups.all())
      if (roster.some((member) => member.identityId === identityId)) this.#wakeGroup(groupId);
  }

  /** A letter that came, waits or left changes what is known about whom it is for. */
  #tellDelivery(mailId: string): void {
    const mail = this.#core.tables.mail.get(mailId);
    this.#tellContact(mail?.to ?? this.#addressees.get(mailId));
    if (mail === undefined) this.#addressees.delete(mailId);
    else this.#addressees.set(mailId, mail.to);
  }

  #tellConversation(threadId: string | undefined): void {
    const thread = threadId === undefined ? undefined : this.#core.tables.threads.get(threadId);
    if (thread === undefined) return;
    const conversation = conversationSnapshot(this.#core, thread, this.isCaughtUp(thread.groupId));
    this.#core.emit({ kind: "conversation", conversation });
  }

  #wake(...pumps: readonly Pump[]): void {
    if (this.#isStarted && !this.#core.isStopped) for (const pump of pumps) pump.wake();
  }

  /** A renewed certificate or a lost device is a commit in every conversation. */
  #wakeForDevices(account: AccountRow): void {
    const known = this.#known;
    const isSame = known?.device === account.device && known.revokedDevices === account.revokedDevices;
    this.#known = account;
    if (known?.devices !== account.devices || known.deviceName !== account.deviceName) this.#tellDevices();
    if (!isSame) for (const groupId of this.#core.tables.groups.ids()) this.#wakeGroup(groupId);
  }

  #wakeGroup(groupId: string | undefined): void {
    if (groupId !== undefined && this.#isStarted && !this.#core.isStopped) this.#runner(groupId)?.pump.wake();
  }
}
