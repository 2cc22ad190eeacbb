// Follows the own inbox at the home node.
import { type StreamId, toStreamId } from "@p2pcrypt/api";
import { change } from "../account/publish.ts";
import type { Core } from "../core.ts";
import { stepAfter } from "../net/call-outcome.ts";
import { type FollowedPart, StreamFollower } from "../net/stream-follower.ts";
import type { Step } from "../run/pump.ts";
import { SELF } from "../store/tables.ts";
import { applyLetter, openLetter } from "./incoming.ts";

const DISTRUSTED_RETRY_MS = 60_000;

export class InboxReader {
  readonly #core: Core;
  readonly #woken: () => void;
  #follower: StreamFollower | undefined;

  constructor(core: Core, woken: () => void) {
    this.#core = core;
    this.#woken = woken;
  }

  async step(): Promise<Step> {
    const { account, links } = this.#core;
    const { inbox, homeNodeId } = account;
    const link = links.to(account.homeNodeUrl);
    if (!inbox.isCreated || homeNodeId === undefined || !link.isConnected || link.facts?.nodeId !== homeNodeId)
      return { kind: "idle" };
    this.#follower ??= this.#newFollower(toStreamId(inbox.stream), homeNodeId);
    try {
      const outcome = await this.#follower.follow(link);
      if (outcome === "caughtUp") return { kind: "idle" };
      // The node has lost the inbox or lies about it: it is made again if it is gone.
      if (outcome === "forbidden") await change(this.#core, { inbox: { ...this.#core.account.inbox, isCreated: false } });
      return { kind: "wait", delayMs: DISTRUSTED_RETRY_MS };
    } catch (error) {
      return stepAfter(error);
    }
  }

  close(): void {
    this.#follower?.close();
  }

  #newFollower(stream: StreamId, nodeId: string): StreamFollower {
    const core = this.#core;
    return new StreamFollower(
      {
        stream,
        nodeId,
        cursor: () => {
          const { cursor } = core.account.inbox;
          if (cursor === undefined) throw new RangeError("an inbox that exists has a cursor");
          return cursor;
        },
        readToken: () => core.account.inbox.readToken,
        checkpoint: () => undefined,
        take: (part) => this.#take(part),
        warn: async ({ kind }) => core.emit({ kind: "fault", where: "inbox", code: kind }),
        woken: this.#woken,
      },
      core.deps.identity,
    );
  }

  async #take({ records, cursor }: FollowedPart): Promise<boolean> {
    const core = this.#core;
    await core.ledger.transact(async (tx) => {
      for (const { kind, record } of records) {
        const letter = kind === "sealedRequest" ? await openLetter(core, record) : undefined;
        if (letter !== undefined) await applyLetter(core, tx, letter);
      }
      const account = tx.get(core.tables.account, SELF);
      if (account !== undefined) tx.put(core.tables.account, SELF, { ...account, inbox: { ...account.inbox, cursor } });
    });
    return true;
  }
}
