// Backups at the home node: made when asked for, and by themselves once a day while something changed. What makes them is loaded then.
import { ApiError } from "@p2pcrypt/api";
import { FilesError } from "@p2pcrypt/files";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import { Stop } from "../files/stop.ts";
import { ConnectionError } from "../ports.ts";
import { Lane } from "../run/lane.ts";
import type { Pump, Step } from "../run/pump.ts";

const EVERY_MS = 86_400_000;
/** After a failure, and after something was deleted that the last one still has. */
const SOON_MS = 3_600_000;

export class NodeBackups {
  readonly pump: Pump;
  readonly #core: Core;
  readonly #lane = new Lane();
  readonly #stop = new Stop();

  constructor(core: Core) {
    this.#core = core;
    this.pump = core.pump("backup", () => this.#step());
  }

  /** @throws {ClientError} backup/notPossible, node/* */
  async now(): Promise<void> {
    await this.#made(true);
  }

  /** Off: what this device has at the node is deleted. @returns whether nothing is left there. */
  async setAutomatic(isAutomatic: boolean): Promise<boolean> {
    const { change, freeNodeBackups } = await import("./node-backup-make.ts");
    await change(this.#core, (row) => ({ ...row, isAutomatic }));
    if (isAutomatic) await this.#made(true);
    return isAutomatic || this.#lane.run(() => freeNodeBackups(this.#core, this.#stop));
  }

  /** Made now if it is due. Where no client runs for long. @throws as `now` */
  async ifDue(): Promise<void> {
    if ((await this.#dueMs()) === 0) await this.#made(false);
  }

  close(): void {
    this.#stop.stop();
  }

  async #step(): Promise<Step> {
    const core = this.#core;
    const delayMs = await this.#dueMs();
    if (delayMs === undefined) return { kind: "idle" };
    if (delayMs > 0) return { kind: "wait", delayMs };
    if (!core.links.to(core.account.homeNodeUrl).isConnected) return { kind: "idle" };
    try {
      await this.#made(false);
      return { kind: "again" };
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      return { kind: "wait", delayMs: SOON_MS };
    }
  }

  /** Undefined: never by itself. */
  async #dueMs(): Promise<number | undefined> {
    const { account, blobs, nowMs } = this.#core;
    const row = account.nodeBackup;
    const isAble = blobs !== undefined && account.secret !== undefined && !account.isCloned && account.isRemoved !== true;
    if (row?.isAutomatic !== true || !isAble) return undefined;
    const { checkedAtMs = 0, failure, kept } = row;
    const { deletedBy } = await import("./node-backup-make.ts");
    const isSoon = failure !== undefined || (kept !== undefined && kept.deleted !== deletedBy(this.#core));
    const passedMs = nowMs - checkedAtMs;
    // A clock that was set back makes nobody wait longer.
    return passedMs < 0 ? 0 : Math.max(0, (isSoon ? SOON_MS : EVERY_MS) - passedMs);
  }

  async #made(isWanted: boolean): Promise<void> {
    const core = this.#core;
    const { homeNodeUrl: nodeUrl } = core.account;
    const { backUpAtNode, change } = await import("./node-backup-make.ts");
    const told = (done: number, total: number): void => core.emit({ kind: "backup", done, total });
    try {
      await this.#lane.run(() => backUpAtNode(core, { stop: this.#stop, told, isWanted }));
    } catch (error) {
      if (this.#stop.isStopped) throw new ClientError({ code: "client/closed" }, { cause: error });
      const failure = failureOf(error, nodeUrl);
      await change(core, (row) => ({ ...row, checkedAtMs: core.nowMs, failure: failure.code }));
      throw failure;
    }
  }
}

function failureOf(error: unknown, nodeUrl: string): ClientError {
  if (error instanceof ClientError) return error;
  if (error instanceof ConnectionError) return new ClientError({ code: "node/unreachable", nodeUrl }, { cause: error });
  if (error instanceof ApiError) return new ClientError({ code: "node/refused", nodeUrl, reason: error.code }, { cause: error });
  if (error instanceof FilesError) return new ClientError({ code: "backup/failed" }, { cause: error });
  throw error;
}
