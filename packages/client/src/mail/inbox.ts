// Follows an own inbox: the one at the home node, and for a while one at the node that was home before.
import { type StreamId, toStreamId } from "@p2pcrypt/api";
import { equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { stepAfter } from "../net/call-outcome.ts";
import { type FollowedPart, StreamFollower } from "../net/stream-follower.ts";
import type { Step } from "../run/pump.ts";
import type { AccountRow, InboxRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import { applyLetter, openLetter } from "./incoming.ts";

const DISTRUSTED_RETRY_MS = 60_000;

/** Which inbox it is. */
interface InboxSource {
  place(): { readonly nodeUrl: string; readonly nodeId: IdentityId | undefined; readonly inbox: InboxRow } | undefined;
  /** Undefined when it is not this one's turn any more. */
  of(account: AccountRow): InboxRow | undefined;
  put(account: AccountRow, inbox: InboxRow): AccountRow;
}

/** At the home node. */
export function homeInbox(core: Core): InboxSource {
  return {
    place: () => {
      const { homeNodeUrl: nodeUrl, homeNodeId: nodeId, inbox } = core.account;
      return { nodeUrl, nodeId, inbox };
    },
    of: ({ inbox }) => inbox,
    put: (account, inbox) => ({ ...account, inbox }),
  };
}

export class InboxReader {
  readonly #core: Core;
  readonly #woken: () => void;
  readonly #source: InboxSource;
  #followed: { readonly stream: StreamId; readonly follower: StreamFollower } | undefined;

  constructor(core: Core, woken: () => void, source: InboxSource) {
    this.#core = core;
    this.#woken = woken;
    this.#source = source;
  }

  async step(): Promise<Step> {
    const place = this.#source.place();
    if (place === undefined) return { kind: "idle" };
    const { inbox, nodeId, nodeUrl } = place;
    const link = this.#core.links.to(nodeUrl);
    if (!inbox.isCreated || nodeId === undefined || !link.isConnected || link.facts?.nodeId !== nodeId) return { kind: "idle" };
    try {
      const outcome = await this.#follower(toStreamId(inbox.stream), nodeId).follow(link);
      if (outcome === "caughtUp") return { kind: "idle" };
      // Another node became home by a letter in it.
      if (outcome === "ended") return { kind: "again" };
      // The node has lost the inbox or lies about it: it is made again if it is gone.
      if (outcome === "forbidden") await this.#change((row) => ({ ...row, isCreated: false }), inbox);
      return { kind: "wait", delayMs: DISTRUSTED_RETRY_MS };
    } catch (error) {
      return stepAfter(error);
    }
  }

  close(): void {
    this.#followed?.follower.close();
  }

  #follower(stream: StreamId, nodeId: string): StreamFollower {
    if (this.#followed?.stream === stream) return this.#followed.follower;
    this.#followed?.follower.close();
    const core = this.#core;
    const present = (): InboxRow => {
      const inbox = this.#source.place()?.inbox;
      if (inbox === undefined) throw new RangeError("the inbox is gone");
      return inbox;
    };
    const follower = new StreamFollower(
      {
        stream,
        nodeId,
        cursor: () => {
          const { cursor } = present();
          if (cursor === undefined) throw new RangeError("an inbox that exists has a cursor");
          return cursor;
        },
        readToken: () => present().readToken,
        checkpoint: () => undefined,
        take: (part) => this.#take(part, present()),
        warn: async ({ kind }) => core.emit({ kind: "fault", where: "inbox", code: kind }),
        woken: this.#woken,
      },
      core.deps.identity,
    );
    this.#followed = { stream, follower };
    return follower;
  }

  async #take({ records, cursor }: FollowedPart, inbox: InboxRow): Promise<boolean> {
    const core = this.#core;
    return core.ledger.transact(async (tx) => {
      for (const { kind, record } of records) {
        const letter = kind === "sealedRequest" ? await openLetter(core, inbox, record) : undefined;
        if (letter !== undefined) await applyLetter(core, tx, letter);
      }
      const account = tx.get(core.tables.account, SELF);
      if (account === undefined) return false;
      const { formerHome } = account;
      const present = this.#source.of(account);
      const isSame = present !== undefined && equalBytes(present.stream, inbox.stream);
      if (isSame) tx.put(core.tables.account, SELF, this.#source.put(account, { ...present, cursor }));
      else if (formerHome !== undefined && equalBytes(formerHome.inbox.stream, inbox.stream)) {
        // It is read on from here as the one before.
        const left = { ...formerHome, inbox: { ...formerHome.inbox, cursor } };
        tx.put(core.tables.account, SELF, { ...account, formerHome: left });
      }
      return isSame;
    });
  }

  async #change(change: (inbox: InboxRow) => InboxRow, of: InboxRow): Promise<void> {
    const { ledger, tables } = this.#core;
    await ledger.transact(async (tx) => {
      const account = tx.get(tables.account, SELF);
      if (account !== undefined) tx.put(tables.account, SELF, this.#put(account, change, of));
    });
  }

  /** Another node may have become home meanwhile: then it is another inbox's turn. */
  #put(account: AccountRow, change: (inbox: InboxRow) => InboxRow, of: InboxRow): AccountRow {
    const inbox = this.#source.of(account);
    return inbox !== undefined && equalBytes(inbox.stream, of.stream) ? this.#source.put(account, change(inbox)) : account;
  }
}
