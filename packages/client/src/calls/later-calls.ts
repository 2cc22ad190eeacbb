// What calls need is fetched with the first of them: a program that is never called does without.
import type { CallSignalContent } from "@p2pcrypt/content";
import type { Member } from "@p2pcrypt/session";
import type { CallSnapshot } from "../call-snapshots.ts";
import type { Ephemerals } from "../conversation/ephemeral.ts";
import type { Core } from "../core.ts";
import type { GroupCallSnapshot } from "../group-call-snapshots.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { CallKeys, CallKeysListener } from "./call-keys.ts";
import type { CallRuns } from "./calls.ts";
import type { GroupCallRuns } from "./group-calls.ts";

interface Loaded {
  readonly runs: CallRuns;
  readonly groups: GroupCallRuns;
  readonly keys: CallKeys;
}

export class LaterCalls {
  readonly #core: Core;
  readonly #ephemerals: Ephemerals;
  #loaded: Loaded | undefined;

  constructor(core: Core, ephemerals: Ephemerals) {
    this.#core = core;
    this.#ephemerals = ephemerals;
    ephemerals.hearCalls((group, author, signal) => {
      this.#received(group, author, signal).catch(() => undefined); // cannot be had now: it is said again, or seen as missed
    });
  }

  /** Always the same. */
  async load(): Promise<Loaded> {
    const { CallKeys, CallRuns, GroupCallRuns, RingLimit } = await import("./loaded-calls.ts");
    if (this.#loaded !== undefined) return this.#loaded;
    const [core, ephemerals] = [this.#core, this.#ephemerals];
    const [keys, rings] = [new CallKeys(core), new RingLimit()];
    const runs: CallRuns = new CallRuns(core, ephemerals, { keys, rings, isInGroupCall: () => groups.isInOne });
    const groups = new GroupCallRuns({ core, ephemerals, keys, rings, isBusy: () => runs.list().length > 0 });
    this.#loaded = { runs, groups, keys };
    return this.#loaded;
  }

  list(): readonly CallSnapshot[] {
    return this.#loaded?.runs.list() ?? [];
  }

  listGroups(): readonly GroupCallSnapshot[] {
    return this.#loaded?.groups.list() ?? [];
  }

  watchKeys(callId: string, listener: CallKeysListener): () => void {
    return this.#loaded?.keys.watch(callId, listener) ?? (() => undefined);
  }

  groupChanged(groupId: string): void {
    this.#loaded?.runs.groupChanged(groupId);
    this.#loaded?.groups.groupChanged(groupId);
  }

  close(): void {
    this.#loaded?.runs.close();
    this.#loaded?.groups.close();
    this.#loaded?.keys.close();
  }

  async #received(group: GroupRow, author: Member, signal: CallSignalContent): Promise<void> {
    const { runs, groups } = await this.load();
    if (this.#core.tables.threads.get(group.threadId)?.kind === "group") groups.received(group, author, signal);
    else runs.received(group, author, signal);
  }
}
