import type { ClientEvent, ContactSnapshot } from "@p2pcrypt/client";
import { formatContactLink, parseIdentityId } from "@p2pcrypt/identity";
import { beforeEach, describe, expect, it } from "vitest";
import { type Choosing, Egress } from "../src/worker/egress.ts";

const identityId = parseIdentityId("ab".repeat(32));
if (identityId === undefined) throw new TypeError("not an id");

/** What of a client the guard looks at. */
class Chosen {
  contacts: Pick<ContactSnapshot, "state" | "nodeUrls">[] = [];
  conversations: { readonly nodeUrls: readonly string[]; readonly otherNodeUrls: readonly string[] }[] = [];
  readonly #listeners = new Set<(event: Pick<ClientEvent, "kind">) => void>();

  changed(kind: ClientEvent["kind"]): void {
    for (const listener of this.#listeners) listener({ kind });
  }

  client(): Choosing {
    return {
      account: { snapshot: () => ({ homeNodeUrl: "https://home.example" }) },
      contacts: { list: () => this.contacts },
      conversations: { list: () => this.conversations },
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }
}

let egress: Egress;
let chosen: Chosen;
beforeEach(() => {
  egress = new Egress("https://home.example");
  chosen = new Chosen();
  egress.follow(chosen.client());
});
const allowed = (...hosts: string[]): boolean[] => hosts.map((host) => egress.allows(`https://${host}/v1/node`));

describe("W3: what the client worker may connect to", () => {
  it("is the home node, over requests and sockets, and no other place", () => {
    expect(egress.allows("wss://home.example/v1/socket")).toBe(true);
    expect(allowed("home.example", "other.example", "home.example.evil.example", "home.example:444")).toEqual([
      true,
      false,
      false,
      false,
    ]);
    for (const url of ["https://home.example/", "https://home.example/v2/x", "ftp://home.example/v1/node", "no url", "data:,x"])
      expect([url, egress.allows(url)]).toEqual([url, false]);
  });

  it("is the nodes of those I write to and of my conversations, not of those who only ask", () => {
    chosen.contacts = [
      { state: "accepted", nodeUrls: ["https://ben.example"] },
      { state: "requested", nodeUrls: ["https://carol.example"] },
      { state: "asking", nodeUrls: ["https://stranger.example"] },
      { state: "blocked", nodeUrls: ["https://blocked.example"] },
    ];
    chosen.conversations = [{ nodeUrls: ["https://talk.example"], otherNodeUrls: [] }];
    chosen.changed("contact");
    expect(allowed("ben.example", "carol.example", "talk.example")).toEqual([true, true, true]);
    expect(allowed("stranger.example", "blocked.example")).toEqual([false, false]);
  });

  it("follows what changes: accepting opens the way, blocking closes it", () => {
    const set = (state: ContactSnapshot["state"]): void => {
      chosen.contacts = [{ state, nodeUrls: ["https://ben.example"] }];
      chosen.changed("contact");
    };
    set("asking");
    expect(allowed("ben.example")).toEqual([false]);
    set("accepted");
    expect(allowed("ben.example")).toEqual([true]);
    set("blocked");
    expect(allowed("ben.example")).toEqual([false]);
  });

  it("is the node of a link that the person opened", () => {
    egress.choose(formatContactLink({ nodeUrl: "https://dora.example", identityId, nameHint: "Dora" }));
    egress.choose("not a link");
    expect(allowed("dora.example", "evil.example")).toEqual([true, false]);
  });

  it("is nothing on this machine unless the page is from here, and nothing plain beyond it", () => {
    chosen.contacts = [{ state: "accepted", nodeUrls: ["http://127.0.0.1:631", "http://plain.example", "https://localhost"] }];
    chosen.changed("contact");
    expect(egress.allows("http://127.0.0.1:631/v1/node")).toBe(false);
    expect(egress.allows("https://localhost/v1/node")).toBe(false);
    expect(egress.allows("http://plain.example/v1/node")).toBe(false);
    egress = new Egress("http://localhost:8787");
    egress.follow(chosen.client());
    expect(egress.allows("http://127.0.0.1:631/v1/node")).toBe(true);
    expect(egress.allows("http://plain.example/v1/node")).toBe(false);
  });

  it("refuses before anything is sent", async () => {
    const asked: string[] = [];
    const { fetch, connect } = egress.guarded({
      fetch: async (url) => {
        asked.push(url);
        return { status: 200, text: async () => "" };
      },
      connect: (url) => {
        asked.push(url);
        throw new TypeError("no sockets here");
      },
    });
    const init = {
      method: "GET",
      headers: {},
      redirect: "error",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
    } as const;
    await expect(fetch("https://evil.example/v1/node", init)).rejects.toMatchObject({ failure: { code: "web/notAllowed" } });
    expect(() => connect("wss://evil.example/v1/socket")).toThrow("web/notAllowed");
    await fetch("https://home.example/v1/node", init);
    expect(asked).toEqual(["https://home.example/v1/node"]);
  });

  it("W3: is a node that the person named, by its address or by a link to a conversation there", () => {
    for (const text of ["no url", "javascript:alert(1)", "", "file:///etc/passwd"]) egress.chooseNode(text);
    expect(allowed("new.example", "moved.example")).toEqual([false, false]);
    egress.chooseNode(" https://new.example ");
    egress.chooseNode("web+ptopcrypt:https://moved.example/#/move/AQ");
    expect(allowed("new.example", "moved.example", "third.example")).toEqual([true, true, false]);
    chosen.conversations = [{ nodeUrls: [], otherNodeUrls: ["https://third.example"] }];
    chosen.changed("conversation");
    expect(allowed("third.example")).toEqual([true]);
  });
});
