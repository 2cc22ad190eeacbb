// What the client worker may connect to (W3): the nodes that a person chose by making an identity there, opening somebody's link,
// writing to somebody, or being in a conversation. Nodes that strangers name in what they send are not among them. Everything else
// fails here as if nobody answered.
import type {
  BlobFetch,
  ClientEvent,
  ContactSnapshot,
  ContactState,
  ConversationSnapshot,
  FetchLike,
  SelfSnapshot,
  Unsubscribe,
  WebSocketLike,
} from "@p2pcrypt/client";
import { IdentityError, parseContactLink } from "@p2pcrypt/identity";
import { WebError } from "../protocol/web-error.ts";

/** The part of a client that says which nodes were chosen. */
export interface Choosing {
  readonly account: { snapshot(): Pick<SelfSnapshot, "homeNodeUrl"> };
  readonly contacts: { list(): readonly Pick<ContactSnapshot, "state" | "nodeUrls">[] };
  readonly conversations: { list(): readonly Pick<ConversationSnapshot, "nodeUrls" | "otherNodeUrls">[] };
  subscribe(listener: (event: { readonly kind: ClientEvent["kind"] }) => void): Unsubscribe;
}

export interface Network {
  readonly fetch: FetchLike;
  readonly connect: (url: string) => WebSocketLike;
}

/** Theirs is the decision until I answer. */
const NOT_CHOSEN: ReadonlySet<ContactState> = new Set(["asking", "declined", "blocked"]);
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export class Egress {
  readonly #isLocalPage: boolean;
  readonly #opened = new Set<string>();
  #client: Choosing | undefined;
  #chosen: ReadonlySet<string> | undefined;

  constructor(pageOrigin: string) {
    this.#isLocalPage = LOOPBACK.test(new URL(pageOrigin).hostname);
  }

  /** From now on the client's own nodes count. Before there is one, the person names the only node that is asked. */
  follow(client: Choosing): void {
    this.#client = client;
    this.#chosen = undefined;
    client.subscribe(({ kind }) => {
      if (kind === "self" || kind === "contact" || kind === "conversation") this.#chosen = undefined;
    });
  }

  /** A person opened this link. */
  choose(link: string): void {
    try {
      this.#opened.add(new URL(parseContactLink(link).nodeUrl).origin);
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error; // no link: the client says so
    }
  }

  /** A person named this node, by its address or by a link that shows a conversation there. */
  chooseNode(text: string): void {
    const named = parsed(text.trim().replace(/^web\+ptopcrypt:/, ""));
    if (named !== undefined) this.#opened.add(named.origin);
  }

  allows(url: string): boolean {
    const asked = parsed(url);
    if (asked === undefined || !asked.pathname.startsWith("/v1/")) return false;
    const isPlain = asked.protocol === "http:";
    // A page from elsewhere has no business with what runs on this machine.
    if (LOOPBACK.test(asked.hostname) ? !this.#isLocalPage : isPlain) return false;
    if (this.#client === undefined || this.#opened.has(asked.origin)) return true;
    this.#chosen ??= chosenBy(this.#client);
    return this.#chosen.has(asked.origin);
  }

  guarded({ fetch, connect }: Network): Network {
    return {
      fetch: async (url, init) => {
        this.#assert(url);
        return fetch(url, init);
      },
      connect: (url) => {
        this.#assert(url);
        return connect(url);
      },
    };
  }

  guardedBlobs<Body>(fetch: BlobFetch<AbortSignal, Body>): BlobFetch<AbortSignal, Body> {
    return async (url, init) => {
      this.#assert(url);
      return fetch(url, init);
    };
  }

  #assert(url: string): void {
    if (!this.allows(url)) throw new WebError({ code: "web/notAllowed" });
  }
}

function chosenBy(client: Choosing): ReadonlySet<string> {
  const contacts = client.contacts.list().filter(({ state }) => !NOT_CHOSEN.has(state));
  const urls = [
    client.account.snapshot().homeNodeUrl,
    ...contacts.flatMap(({ nodeUrls }) => nodeUrls),
    ...client.conversations.list().flatMap(({ nodeUrls, otherNodeUrls }) => [...nodeUrls, ...otherNodeUrls]),
  ];
  return new Set(urls.flatMap((url) => parsed(url)?.origin ?? []));
}

/** A socket's address as that of its node. */
function parsed(url: string): URL | undefined {
  const text = url.replace(/^ws(s?):/, "http$1:");
  return /^https?:/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}
