// What the direct way of files needs is fetched with the first of them. Where the platform cannot connect devices, nothing is heard of it.
import type { Ephemerals } from "../conversation/ephemeral.ts";
import type { Core } from "../core.ts";
import type { Stop } from "../files/stop.ts";
import type { DownloadRow } from "../store/file-rows.ts";
import type { DirectRuns } from "./direct-runs.ts";

/** Smaller ones are here from the node before two devices would have found each other. */
export const MIN_DIRECT_BYTES = 1024 * 1024;

/** `segment`: the first one that is missing. @returns undefined when there is no direct way now. */
export type AskDirectly = (row: DownloadRow, segment: number, stop: Stop) => Promise<AsyncIterable<Uint8Array> | undefined>;

export class LaterDirect {
  readonly #core: Core;
  readonly #ephemerals: Ephemerals;
  #runs: DirectRuns | undefined;

  constructor(core: Core, ephemerals: Ephemerals) {
    this.#core = core;
    this.#ephemerals = ephemerals;
    if (core.files?.openDirect === undefined) return;
    ephemerals.hearFiles((group, author, signal) => {
      this.#load().then(
        (runs) => runs?.received(group, author, signal),
        () => undefined, // cannot be had now: the node has the file too
      );
    });
  }

  readonly ask: AskDirectly = async (row, segment, stop) => {
    if (row.secret.bytes < MIN_DIRECT_BYTES) return undefined;
    return (await this.#load())?.ask(row, segment, stop);
  };

  close(): void {
    this.#runs?.close();
  }

  async #load(): Promise<DirectRuns | undefined> {
    const { files } = this.#core;
    if (files?.openDirect === undefined || this.#core.isStopped) return undefined;
    const { DirectRuns } = await import("./direct-runs.ts");
    this.#runs ??= new DirectRuns(this.#core, files, files.openDirect, this.#ephemerals);
    return this.#runs;
  }
}
