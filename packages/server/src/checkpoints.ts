import { type Checkpoint, type CheckpointFields, checkpointBytes } from "@p2pcrypt/api";
import type { StreamState } from "@p2pcrypt/storage";
import type { NodeDeps, NodeOptions } from "./node-options.ts";

/** Signs where streams stand. One head is signed once: repeated answers carry the same signature. */
export class Checkpoints {
  readonly #nodeId: string;
  readonly #deps: Pick<NodeDeps, "clock" | "signCheckpoint">;
  readonly #newest = new Map<string, Checkpoint>();

  constructor({ nodeId }: NodeOptions, deps: Pick<NodeDeps, "clock" | "signCheckpoint">) {
    this.#nodeId = nodeId;
    this.#deps = deps;
  }

  of(stream: StreamState): Checkpoint {
    const known = this.#newest.get(stream.id);
    if (known !== undefined && known.seq === stream.head.seq && known.configVersion === stream.configuration.version)
      return known;
    const fields = this.#fields(stream, this.#deps.clock.nowMs());
    return this.#remember({ ...fields, signature: this.#deps.signCheckpoint(checkpointBytes(fields)) });
  }

  /** Of a head that the store signed. */
  signed(stream: StreamState, { timeMs, signature }: { readonly timeMs: number; readonly signature: Uint8Array }): Checkpoint {
    return this.#remember({ ...this.#fields(stream, timeMs), signature });
  }

  forget(stream: string): void {
    this.#newest.delete(stream);
  }

  #remember(made: Checkpoint): Checkpoint {
    const known = this.#newest.get(made.stream);
    // An answer that was overtaken must not hide the newer one.
    if (known === undefined || known.seq <= made.seq) this.#newest.set(made.stream, made);
    const [oldest] = this.#newest.keys();
    if (this.#newest.size > MAX_REMEMBERED && oldest !== undefined) this.#newest.delete(oldest);
    return made;
  }

  #fields({ id, configuration, head }: StreamState, timeMs: number): CheckpointFields {
    return { node: this.#nodeId, stream: id, configVersion: configuration.version, ...head, timeMs };
  }
}

const MAX_REMEMBERED = 10_000;
