// Uploads and downloads, one of each at a time, in the order in which they were asked for. Which wait, are paused or done is in the
// vault; what runs now and how far it is, is here.
import type { Core } from "../core.ts";
import type { AskDirectly } from "../direct/later-direct.ts";
import { backoffMs } from "../run/backoff.ts";
import { Pump, type Step } from "../run/pump.ts";
import type { DownloadRow, UploadRow } from "../store/file-rows.ts";
import type { Table } from "../store/table.ts";
import type { TransferSnapshot } from "../transfer-snapshots.ts";
import type { FileDeps } from "./file-ports.ts";
import type { TransferOutcome } from "./outcome.ts";
import { Stop } from "./stop.ts";

const RETRY = { firstMs: 1_000, lastMs: 60_000 };

type Row = UploadRow | DownloadRow;
/** `told`: bytes of the file that are there, and whether they come from the other side itself. */
export type Told = (bytes: number, isDirect?: boolean) => void;
type Attempt = (id: string, stop: Stop, told: Told) => Promise<TransferOutcome>;

interface Lane {
  readonly direction: "up" | "down";
  readonly table: Table<Row>;
  readonly attempt: Attempt;
  readonly pump: Pump;
}

interface Running {
  readonly stop: Stop;
  readonly ended: Promise<void>;
}

export class Transfers {
  readonly #core: Core;
  readonly #lanes: readonly Lane[];
  readonly #running = new Map<string, Running>();
  readonly #doneBytes = new Map<string, number>();
  readonly #direct = new Set<string>();
  /** Of what failed in a way that heals: not before this time. */
  readonly #later = new Map<string, { readonly atMs: number; readonly attempts: number }>();
  #isStarted = false;

  constructor(core: Core, files: FileDeps | undefined, askDirectly: AskDirectly) {
    this.#core = core;
    if (files === undefined) {
      this.#lanes = [];
      return;
    }
    const { uploads, downloads } = core.tables;
    // Loaded with the first file.
    const up: Attempt = async (...args) => (await import("./upload.ts")).runUpload(core, files, ...args);
    const down: Attempt = async (...args) => (await import("./download.ts")).runDownload({ core, files, askDirectly }, ...args);
    this.#lanes = [this.#lane("up", uploads, up), this.#lane("down", downloads, down)];
  }

  start(): void {
    this.#isStarted = true;
    this.wake();
  }

  /** A connection came, or something was asked for: what waits for time does not wait longer. */
  wake(): void {
    if (!this.#isStarted || this.#core.isStopped) return;
    for (const [id, { attempts }] of this.#later) this.#later.set(id, { atMs: 0, attempts });
    for (const { pump } of this.#lanes) pump.wake();
  }

  async close(): Promise<void> {
    this.#isStarted = false;
    for (const { stop } of this.#running.values()) stop.stop();
    await Promise.all(this.#lanes.map(({ pump }) => pump.stop()));
  }

  /** Nothing of it runs any more when this resolves. */
  async stop(id: string): Promise<void> {
    const running = this.#running.get(id);
    running?.stop.stop();
    await running?.ended;
    this.#later.delete(id);
  }

  forget(id: string): void {
    this.#doneBytes.delete(id);
  }

  snapshot(row: Row): TransferSnapshot {
    const isUpload = "restarts" in row;
    const bytes = isUpload ? row.bytes : row.secret.bytes;
    const stored = isUpload ? 0 : (row.place?.bytes ?? 0);
    const doneBytes = row.state === "done" ? bytes : (this.#doneBytes.get(row.id) ?? stored);
    return {
      id: row.id,
      direction: isUpload ? "up" : "down",
      conversationId: row.threadId,
      ref: row.ref,
      ...(row.messageId === undefined ? {} : { messageId: row.messageId }),
      name: row.name,
      bytes,
      doneBytes,
      state: row.state === "waiting" && this.#running.has(row.id) ? "running" : row.state,
      ...(row.failure === undefined ? {} : { failure: row.failure }),
      ...(this.#direct.has(row.id) ? { isDirect: true } : {}),
      ...(!isUpload && row.storedAs !== undefined ? { place: row.storedAs } : {}),
      ...(isUpload ? keptAtNode(row, this.#core.nowMs) : {}),
      ...(!isUpload && row.isListened === true ? { isListened: true } : {}),
    };
  }

  #lane(direction: "up" | "down", table: Table<UploadRow> | Table<DownloadRow>, attempt: Attempt): Lane {
    const core = this.#core;
    const { timers, random } = core.deps;
    const failed = (error: unknown): void => {
      if (!core.isStopped) core.emit({ kind: "fault", where: `files ${direction}`, code: codeOf(error) });
    };
    const lane = { direction, table: table as Table<Row>, attempt };
    return { ...lane, pump: new Pump(() => this.#step(lane), { timers, random, failed }) };
  }

  async #step({ table, attempt }: Pick<Lane, "table" | "attempt">): Promise<Step> {
    const waiting = table.all().filter(({ state }) => state === "waiting");
    const nowMs = this.#core.nowMs;
    const dueMs = ({ id }: Row): number => this.#later.get(id)?.atMs ?? 0;
    const due = waiting.filter((row) => dueMs(row) <= nowMs).sort((a, b) => a.createdMs - b.createdMs);
    const [row] = due;
    if (row === undefined) {
      const next = Math.min(...waiting.map(dueMs));
      return Number.isFinite(next) ? { kind: "wait", delayMs: next - nowMs } : { kind: "idle" };
    }
    const stop = new Stop();
    const attempted = attempt(row.id, stop, (bytes, isDirect = false) => {
      this.#doneBytes.set(row.id, bytes);
      if (isDirect) this.#direct.add(row.id);
      else this.#direct.delete(row.id);
      this.#tell(table, row.id);
    });
    const ended = attempted.then(
      () => undefined,
      () => undefined,
    );
    this.#running.set(row.id, { stop, ended });
    this.#tell(table, row.id);
    let outcome: TransferOutcome;
    try {
      outcome = await attempted;
    } finally {
      this.#running.delete(row.id);
      this.#direct.delete(row.id);
    }
    await this.#settle(table, row.id, outcome);
    this.#tell(table, row.id);
    return this.#isStarted ? { kind: "again" } : { kind: "idle" };
  }

  async #settle(table: Table<Row>, id: string, outcome: TransferOutcome): Promise<void> {
    const core = this.#core;
    if (outcome.kind === "later") {
      const attempts = (this.#later.get(id)?.attempts ?? 0) + 1;
      const delayMs = outcome.delayMs ?? backoffMs(attempts, RETRY, core.deps.random);
      this.#later.set(id, { atMs: core.nowMs + delayMs, attempts });
      return;
    }
    this.#later.delete(id);
    if (outcome.kind !== "failed") return;
    await core.ledger.transact(async (tx) => {
      const row = tx.get(table, id);
      if (row?.state === "waiting") tx.put(table, id, { ...row, state: "failed", failure: outcome.failure });
    });
  }

  #tell(table: Table<Row>, id: string): void {
    const row = table.get(id);
    if (row !== undefined) this.#core.emit({ kind: "transfer", transfer: this.snapshot(row) });
  }
}

function keptAtNode({ state, isFreed, expiresMs, secret }: UploadRow, nowMs: number): Pick<TransferSnapshot, "atNode"> {
  if (state !== "done" || isFreed === true || expiresMs === undefined || expiresMs <= nowMs) return {};
  return { atNode: { nodeUrl: secret.nodeUrl, expiresMs } };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "defect";
}
