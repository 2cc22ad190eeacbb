// What the client's synchronous reads answer on the page: the worker's snapshot, with every event since applied to it.
import type {
  CallSnapshot,
  ClientEvent,
  ContactSnapshot,
  ConversationSnapshot,
  DeviceSnapshot,
  GroupCallSnapshot,
  HistorySnapshot,
  LinkingRun,
  NodeSnapshot,
  ScanRun,
  SelfSnapshot,
  ShortCodeRun,
} from "@p2pcrypt/client";
import type { ClientSnapshot } from "../protocol/client-protocol.ts";

export class ClientMirror {
  #self: SelfSnapshot;
  #devices: readonly DeviceSnapshot[];
  #linking: LinkingRun | undefined;
  #histories: readonly HistorySnapshot[];
  readonly #contacts: Rows<ContactSnapshot>;
  readonly #conversations: Rows<ConversationSnapshot>;
  readonly #nodes: Rows<NodeSnapshot>;
  readonly #shortCodes: Rows<ShortCodeRun>;
  readonly #scans: Rows<ScanRun>;
  readonly #calls: Rows<CallSnapshot>;
  readonly #groupCalls: Rows<GroupCallSnapshot>;

  constructor(snapshot: ClientSnapshot) {
    const { self, contacts, conversations, nodes, shortCodes, scans, calls, groupCalls } = snapshot;
    const { devices, linking, histories } = snapshot;
    this.#self = self;
    this.#devices = devices;
    this.#linking = linking;
    this.#histories = histories;
    this.#contacts = new Rows(contacts, ({ identityId }) => identityId);
    this.#conversations = new Rows(conversations, ({ id }) => id);
    this.#nodes = new Rows(nodes, ({ url }) => url);
    this.#shortCodes = new Rows(shortCodes, ({ contactId }) => contactId);
    this.#scans = new Rows(scans, ({ contactId }) => contactId);
    this.#calls = new Rows(calls, ({ id }) => id);
    this.#groupCalls = new Rows(groupCalls, ({ id }) => id);
  }

  get self(): SelfSnapshot {
    return this.#self;
  }

  get devices(): readonly DeviceSnapshot[] {
    return this.#devices;
  }

  get linking(): LinkingRun | undefined {
    return this.#linking;
  }

  get histories(): readonly HistorySnapshot[] {
    return this.#histories;
  }

  get contacts(): Pick<Rows<ContactSnapshot>, "get" | "list"> {
    return this.#contacts;
  }

  get conversations(): Pick<Rows<ConversationSnapshot>, "get" | "list"> {
    return this.#conversations;
  }

  get nodes(): Pick<Rows<NodeSnapshot>, "list"> {
    return this.#nodes;
  }

  get shortCodes(): Pick<Rows<ShortCodeRun>, "get"> {
    return this.#shortCodes;
  }

  get scans(): Pick<Rows<ScanRun>, "get"> {
    return this.#scans;
  }

  get calls(): Pick<Rows<CallSnapshot>, "list"> {
    return this.#calls;
  }

  get groupCalls(): Pick<Rows<GroupCallSnapshot>, "list"> {
    return this.#groupCalls;
  }

  apply(event: ClientEvent): void {
    switch (event.kind) {
      case "self":
        this.#self = event.self;
        break;
      case "devices":
        this.#devices = event.devices;
        break;
      case "linking":
        this.#linking = event.run;
        break;
      case "histories":
        this.#histories = event.histories;
        break;
      case "node":
        this.#nodes.put(event.node);
        break;
      case "nodeForgotten":
        this.#nodes.delete(event.url);
        break;
      case "contact":
        this.#contacts.put(event.contact);
        break;
      case "contactForgotten":
        this.#contacts.delete(event.identityId);
        break;
      case "conversation":
        this.#conversations.put(event.conversation);
        break;
      case "shortCode":
        this.#shortCodes.put(event.run);
        break;
      case "scan":
        this.#scans.put(event.run);
        break;
      case "call":
        if (event.call.state === "ended") this.#calls.delete(event.call.id);
        else this.#calls.put(event.call);
        break;
      case "groupCall":
        if (event.call.state === "ended") this.#groupCalls.delete(event.call.id);
        else this.#groupCalls.put(event.call);
        break;
      default:
        break; // not part of any snapshot
    }
  }
}

/** Rows in the order in which they came. The list is the same array until a row changes. */
class Rows<Row> {
  readonly #rows: Map<string, Row>;
  readonly #keyOf: (row: Row) => string;
  #list: readonly Row[] | undefined;

  constructor(rows: readonly Row[], keyOf: (row: Row) => string) {
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
    this.#keyOf = keyOf;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  list(): readonly Row[] {
    this.#list ??= [...this.#rows.values()];
    return this.#list;
  }

  put(row: Row): void {
    this.#rows.set(this.#keyOf(row), row);
    this.#list = undefined;
  }

  delete(key: string): void {
    this.#rows.delete(key);
    this.#list = undefined;
  }
}
