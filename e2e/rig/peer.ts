// Somebody who talks through the same node without a browser: the client library in the test's own process, over a vault in memory.
// For the side of a story that is not looked at, and for strangers who mean harm.
import {
  type CertificationTerms,
  type Client,
  type ClientDeps,
  type ClientEvent,
  type ContactSnapshot,
  type ConversationSnapshot,
  createClient,
  type FileDeps,
  type FileEntry,
  openPgpIdentity,
  type WebSocketLike,
  webTransport,
} from "@p2pcrypt/client";
import { createXWingCrypto } from "@p2pcrypt/session";
import { Vault } from "@p2pcrypt/vault";
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";
import { answer, linkOf } from "../story/begin.ts";
import type { Person } from "./person.ts";

export class Peer {
  readonly name: string;
  readonly client: Client;
  /** What others wrote, in the order of the conversation. */
  readonly texts: string[] = [];

  private constructor(name: string, client: Client) {
    this.name = name;
    this.client = client;
    client.subscribe((event) => {
      if (event.kind === "entry" && event.entry.kind === "text" && !event.entry.isOwn) this.texts.push(event.entry.text);
    });
  }

  /** @param secretKey a key that was exported: somebody else may hold it as well. @param files a terminal's, for instance. */
  static async create(
    name: string,
    nodeUrl: string,
    secretKey?: { bytes: Uint8Array; passphrase: string },
    files?: FileDeps,
  ): Promise<Peer> {
    const key = random(32);
    const vaultDeps = { random, deriveKey: () => Promise.resolve(key) };
    const vault = await Vault.create(new MemoryVaultStore(), vaultDeps, { kind: "key", key });
    const origin = { name, homeNodeUrl: nodeUrl, ...(secretKey === undefined ? {} : { secretKey }) };
    const client = await createClient({ ...depsFor(vault), ...(files === undefined ? {} : { files }) }, origin);
    client.start();
    const peer = new Peer(name, client);
    await peer.until(() => client.account.snapshot().isPublished);
    return peer;
  }

  get link(): string {
    return this.client.account.snapshot().link;
  }

  /** Resolves when something holds; looked at after every event. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await this.heard(holds);
  }

  heard(isIt: (event: ClientEvent) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.client.subscribe((event) => {
        if (!isIt(event)) return;
        stop();
        resolve();
      });
    });
  }

  /** Says hello to somebody with a browser, who accepts. Both then have their conversation. */
  async meet(person: Person, line = `Hi, it's ${this.name}`): Promise<void> {
    await this.client.contacts.add(await linkOf(person), line);
    await answer(person, this.name, "accept");
    await this.until(() => this.conversation?.state === "active");
  }

  /** Both without a browser. */
  async befriend(other: Peer): Promise<void> {
    const { identityId } = this.client.account.snapshot();
    await this.client.contacts.add(other.link, `Hi, it's ${this.name}`);
    await other.until(() => other.contact(this.name)?.state === "asking");
    await other.client.contacts.accept(identityId);
    await this.until(() => this.contact(other.name)?.conversationId !== undefined);
  }

  /** The one with the first person met. */
  get conversation(): ConversationSnapshot | undefined {
    return this.client.conversations.list().find(({ kind }) => kind === "direct");
  }

  /** What the node did that it should not have. */
  get warnings(): readonly string[] {
    return this.conversation?.warnings.map(({ kind }) => kind) ?? [];
  }

  async say(text: string): Promise<void> {
    await this.client.conversations.send(this.conversation?.id ?? "", text);
  }

  /** Resolves when this text came. */
  heardTexts(last: string): Promise<void> {
    return this.until(() => this.texts.includes(last));
  }

  /** The file of this name that came from somebody else. */
  async file(name: string): Promise<FileEntry> {
    let found: FileEntry | undefined;
    await this.heard((event) => {
      if (event.kind === "entry" && event.entry.kind === "file" && !event.entry.isOwn && event.entry.file.name === name)
        found = event.entry;
      return found !== undefined;
    });
    if (found === undefined) throw new RangeError("it was heard of");
    return found;
  }

  /** Resolves when the next download is there. @returns whether some of it came directly. */
  async fetched(): Promise<boolean> {
    let isDirect = false;
    await this.heard((event) => {
      if (event.kind !== "transfer" || event.transfer.direction !== "down") return false;
      isDirect ||= event.transfer.isDirect === true;
      return event.transfer.state === "done";
    });
    return isDirect;
  }

  /** Compares sixty digits that both agree on, and says that this is who they say. */
  async vouchFor(name: string, terms: CertificationTerms = {}): Promise<ContactSnapshot> {
    const contact = this.contact(name);
    if (contact === undefined) throw new RangeError(`${this.name} knows no ${name}`);
    const { identityId } = contact;
    const { digits } = await this.client.verification.digits(identityId);
    await this.client.verification.verifyDigits(identityId, digits);
    await this.client.trust.certify(identityId, terms);
    return contact;
  }

  contact(name: string): ContactSnapshot | undefined {
    return this.client.contacts.list().find((contact) => contact.name === name);
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

function depsFor(vault: Vault): ClientDeps {
  return {
    clock: { nowMs: () => Date.now() },
    timers: {
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    random,
    vault,
    crypto: createXWingCrypto(random),
    identity: openPgpIdentity,
    transport: webTransport({ fetch, connect }),
    deriveKey: () => Promise.resolve(new Uint8Array(32)),
  };
}

/** Node's WebSocket has handlers that take their event; ours are told without. */
function connect(url: string): WebSocketLike {
  const socket = new WebSocket(url);
  const like: WebSocketLike = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
  socket.addEventListener("open", () => like.onopen?.());
  socket.addEventListener("message", ({ data }) => like.onmessage?.({ data }));
  socket.addEventListener("close", () => like.onclose?.());
  socket.addEventListener("error", () => like.onerror?.());
  return like;
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
