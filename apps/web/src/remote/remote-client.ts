// The client of the worker, as the page holds it: the SDK's own interface. Reads are answered here, everything else by the worker.
import type {
  Account,
  Calls,
  Client,
  ClientEvent,
  ClientListener,
  Contacts,
  Conversations,
  Devices,
  Files,
  GroupCalls,
  Groups,
  Messages,
  NodeSnapshot,
  Search,
  Trust,
  Unsubscribe,
  Verification,
} from "@p2pcrypt/client";
import type { Caller } from "../protocol/caller.ts";
import type { ClientNotice, ClientOperations, ClientParts, ClientSnapshot, RemoteMethod } from "../protocol/client-protocol.ts";
import { WebError } from "../protocol/web-error.ts";
import { ClientMirror } from "./client-mirror.ts";

export type ClientCaller = Caller<ClientOperations, ClientNotice>;

export class RemoteClient implements Client {
  readonly account: Account;
  readonly devices: Devices;
  readonly contacts: Contacts;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly groups: Groups;
  readonly verification: Verification;
  readonly trust: Trust;
  readonly files: Files;
  readonly calls: Calls;
  readonly groupCalls: GroupCalls;
  readonly search: Search;
  readonly #caller: ClientCaller;
  readonly #mirror: ClientMirror;
  readonly #listeners = new Set<ClientListener>();
  #storing = 0;

  constructor(caller: ClientCaller, snapshot: ClientSnapshot) {
    this.#caller = caller;
    const mirror = new ClientMirror(snapshot);
    this.#mirror = mirror;
    const call = remoteCall(caller, (more) => {
      this.#storing += more;
    });
    this.account = {
      snapshot: () => mirror.self,
      rename: (...args) => call("account", "rename", args),
      offerSuccession: (...args) => call("account", "offerSuccession", args),
      announceSuccession: (...args) => call("account", "announceSuccession", args),
      setFindable: (...args) => call("account", "setFindable", args),
      updateSettings: (...args) => call("account", "updateSettings", args),
      changeNode: (...args) => call("account", "changeNode", args),
      exportBackup: (...args) => call("account", "exportBackup", args),
      keepBackupPassphrase: (...args) => call("account", "keepBackupPassphrase", args),
      exportKeptBackup: (...args) => call("account", "exportKeptBackup", args),
      backUpAtNode: (...args) => call("account", "backUpAtNode", args),
      setNodeBackup: (...args) => call("account", "setNodeBackup", args),
      recoverySheet: (...args) => call("account", "recoverySheet", args),
      revocationCertificate: (...args) => call("account", "revocationCertificate", args),
      exportForGpg: (...args) => call("account", "exportForGpg", args),
      exportCertificate: (...args) => call("account", "exportCertificate", args),
      revokeDevice: (...args) => call("account", "revokeDevice", args),
      deleteIdentity: (...args) => call("account", "deleteIdentity", args),
    };
    this.devices = {
      list: () => mirror.devices,
      linking: () => mirror.linking,
      histories: () => mirror.histories,
      rename: (...args) => call("devices", "rename", args),
      // Where there is a passphrase, the boot starts it with that.
      startLinking: async (form, { isKeeper = false, history = "none" } = {}) => {
        const run = await caller.call("startLinking", { form, isKeeper, history });
        if (run === undefined) throw new WebError({ code: "web/notNow" });
        return run;
      },
      makeKeeper: async (deviceId) => {
        if (!(await caller.call("makeKeeper", { deviceId }))) throw new WebError({ code: "web/notNow" });
      },
      confirmLinking: (...args) => call("devices", "confirmLinking", args),
      cancelLinking: (...args) => call("devices", "cancelLinking", args),
      acknowledge: (...args) => call("devices", "acknowledge", args),
      remove: (...args) => call("devices", "remove", args),
    };
    this.contacts = {
      list: () => mirror.contacts.list(),
      get: (identityId) => mirror.contacts.get(identityId),
      preview: (...args) => call("contacts", "preview", args),
      lookUp: (...args) => call("contacts", "lookUp", args),
      add: (...args) => call("contacts", "add", args),
      accept: (...args) => call("contacts", "accept", args),
      decline: (...args) => call("contacts", "decline", args),
      declineAll: (...args) => call("contacts", "declineAll", args),
      block: (...args) => call("contacts", "block", args),
      unblock: (...args) => call("contacts", "unblock", args),
      acceptAlert: (...args) => call("contacts", "acceptAlert", args),
    };
    this.conversations = {
      list: () => mirror.conversations.list(),
      get: (id) => mirror.conversations.get(id),
      unreadTotal: () => mirror.conversations.list().reduce((total, { unread }) => total + unread, 0),
      history: (...args) => call("conversations", "history", args),
      send: (...args) => call("conversations", "send", args),
      noteToSelf: (...args) => call("conversations", "noteToSelf", args),
      unsend: (...args) => call("conversations", "unsend", args),
      markRead: (...args) => call("conversations", "markRead", args),
      setTyping: (...args) => void call("conversations", "setTyping", args).catch(unlessEnded),
      setPresence: (...args) => void call("conversations", "setPresence", args).catch(unlessEnded),
      arrange: (...args) => call("conversations", "arrange", args),
      setDraft: (...args) => call("conversations", "setDraft", args),
      clear: (...args) => call("conversations", "clear", args),
      setDisappearing: (...args) => call("conversations", "setDisappearing", args),
      move: (...args) => call("conversations", "move", args),
      followMove: (...args) => call("conversations", "followMove", args),
      rejoin: (...args) => call("conversations", "rejoin", args),
      leave: (...args) => call("conversations", "leave", args),
    };
    this.messages = {
      get: (...args) => call("messages", "get", args),
      versions: (...args) => call("messages", "versions", args),
      reply: (...args) => call("messages", "reply", args),
      react: (...args) => call("messages", "react", args),
      edit: (...args) => call("messages", "edit", args),
      deleteForEveryone: (...args) => call("messages", "deleteForEveryone", args),
      deleteForMe: (...args) => call("messages", "deleteForMe", args),
      pin: (...args) => call("messages", "pin", args),
      unpin: (...args) => call("messages", "unpin", args),
      star: (...args) => call("messages", "star", args),
      starred: (...args) => call("messages", "starred", args),
      forward: (...args) => call("messages", "forward", args),
    };
    this.groups = {
      create: (...args) => call("groups", "create", args),
      add: (...args) => call("groups", "add", args),
      remove: (...args) => call("groups", "remove", args),
      promote: (...args) => call("groups", "promote", args),
      demote: (...args) => call("groups", "demote", args),
      handOver: (...args) => call("groups", "handOver", args),
      rename: (...args) => call("groups", "rename", args),
      setPicture: (...args) => call("groups", "setPicture", args),
      picture: (...args) => call("groups", "picture", args),
      leave: (...args) => call("groups", "leave", args),
      acceptInvitation: (...args) => call("groups", "acceptInvitation", args),
      declineInvitation: (...args) => call("groups", "declineInvitation", args),
      invite: (...args) => call("groups", "invite", args),
      revokeInvitation: (...args) => call("groups", "revokeInvitation", args),
      previewLink: (...args) => call("groups", "previewLink", args),
      knock: (...args) => call("groups", "knock", args),
      admit: (...args) => call("groups", "admit", args),
      turnAway: (...args) => call("groups", "turnAway", args),
    };
    this.verification = {
      digits: (...args) => call("verification", "digits", args),
      verifyDigits: (...args) => call("verification", "verifyDigits", args),
      startShortCode: (...args) => call("verification", "startShortCode", args),
      acceptShortCode: (...args) => call("verification", "acceptShortCode", args),
      confirmShortCode: (...args) => call("verification", "confirmShortCode", args),
      cancelShortCode: (...args) => call("verification", "cancelShortCode", args),
      shortCode: (identityId) => mirror.shortCodes.get(identityId),
      showScanCode: (...args) => call("verification", "showScanCode", args),
      scan: (...args) => call("verification", "scan", args),
      confirmScan: (...args) => call("verification", "confirmScan", args),
      cancelScan: (...args) => call("verification", "cancelScan", args),
      scanRun: (identityId) => mirror.scans.get(identityId),
      withdraw: (...args) => call("verification", "withdraw", args),
    };
    this.trust = {
      certify: (...args) => call("trust", "certify", args),
      revoke: (...args) => call("trust", "revoke", args),
      introduce: (...args) => call("trust", "introduce", args),
      share: (...args) => call("trust", "share", args),
      setSharing: (...args) => call("trust", "setSharing", args),
      attest: (...args) => call("trust", "attest", args),
      setRoot: (...args) => call("trust", "setRoot", args),
      addRoot: (...args) => call("trust", "addRoot", args),
      roots: (...args) => call("trust", "roots", args),
      importKeyring: (...args) => call("trust", "importKeyring", args),
      suggestedRoots: (...args) => call("trust", "suggestedRoots", args),
      why: (...args) => call("trust", "why", args),
      graph: (...args) => call("trust", "graph", args),
    };
    this.files = {
      transfers: (...args) => call("files", "transfers", args),
      send: (...args) => call("files", "send", args),
      download: (...args) => call("files", "download", args),
      pause: (...args) => call("files", "pause", args),
      resume: (...args) => call("files", "resume", args),
      cancel: (...args) => call("files", "cancel", args),
      list: (...args) => call("files", "list", args),
      deleteAtNode: (...args) => call("files", "deleteAtNode", args),
      markListened: (...args) => call("files", "markListened", args),
    };
    this.calls = {
      list: () => mirror.calls.list(),
      start: (...args) => call("calls", "start", args),
      answer: (...args) => call("calls", "answer", args),
      hangUp: (...args) => call("calls", "hangUp", args),
      routes: (...args) => call("calls", "routes", args),
      describe: (...args) => call("calls", "describe", args),
      offerCandidates: (...args) => call("calls", "offerCandidates", args),
      setMedia: (...args) => call("calls", "setMedia", args),
      report: (...args) => call("calls", "report", args),
      restart: (...args) => call("calls", "restart", args),
      lookAtNode: (...args) => call("calls", "lookAtNode", args),
    };
    this.groupCalls = {
      list: () => mirror.groupCalls.list(),
      start: (...args) => call("groupCalls", "start", args),
      join: (...args) => call("groupCalls", "join", args),
      leave: (...args) => call("groupCalls", "leave", args),
      ring: (...args) => call("groupCalls", "ring", args),
      routes: (...args) => call("groupCalls", "routes", args),
      describe: (...args) => call("groupCalls", "describe", args),
      offerCandidates: (...args) => call("groupCalls", "offerCandidates", args),
      setMedia: (...args) => call("groupCalls", "setMedia", args),
      report: (...args) => call("groupCalls", "report", args),
      restart: (...args) => call("groupCalls", "restart", args),
    };
    this.search = { find: (...args) => call("search", "find", args) };
  }

  /** Something that was said here is not stored yet. */
  get isStoring(): boolean {
    return this.#storing > 0;
  }

  subscribe(listener: ClientListener): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Events of the worker, in their order: first what reads answer, then who listens. */
  received(events: readonly ClientEvent[]): void {
    for (const event of events) {
      this.#mirror.apply(event);
      for (const listener of this.#listeners) {
        try {
          listener(event);
        } catch (error) {
          Promise.reject(error); // the listener's defect surfaces and does not keep the event from the others
        }
      }
    }
  }

  start(): void {
    // The worker starts what it opens.
  }

  nodes(): readonly NodeSnapshot[] {
    return this.#mirror.nodes.list();
  }

  retryNow(): void {
    void this.#caller.call("retryNow", undefined);
  }

  async settled(): Promise<void> {
    await this.#caller.call("settled", undefined);
  }

  async close(): Promise<void> {
    await this.#caller.call("end", undefined);
  }
}

type Call = <Part extends keyof ClientParts, Method extends RemoteMethod<Part>>(
  part: Part,
  method: Method,
  args: Arguments<ClientParts[Part][Method]>,
) => Answer<ClientParts[Part][Method]>;

type Arguments<Method> = Method extends (...args: infer Args) => unknown ? Args : never;
type Answer<Method> = Method extends (...args: never) => infer Result
  ? Result extends Promise<unknown>
    ? Result
    : Promise<undefined>
  : never;

/** Each of these shows at once what is stored when it is answered. */
const SAYING: ReadonlySet<string> = new Set([
  "conversations.send",
  "messages.reply",
  "messages.react",
  "messages.edit",
  "messages.deleteForEveryone",
  "messages.forward",
  "files.send",
]);

function remoteCall(caller: ClientCaller, storing: (more: 1 | -1) => void): Call {
  const call = (part: keyof ClientParts, method: string, args: readonly unknown[]): Promise<unknown> => {
    const answer = caller.call("client", { part, method, args });
    if (!SAYING.has(`${part}.${method}`)) return answer;
    storing(1);
    return answer.finally(() => storing(-1));
  };
  return call as Call;
}

/** Typing and presence are told in passing, also while another tab takes over: then there is nobody left to tell. */
function unlessEnded(error: unknown): void {
  if (!(error instanceof WebError && error.code === "web/ended")) throw error;
}
