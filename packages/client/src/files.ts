// Files of conversations: sending, fetching, and what is going on (the surface over files/).
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { MAX_FILE_NAME_BYTES, MAX_THUMBNAIL_BYTES, MAX_WAVEFORM_BYTES } from "@p2pcrypt/content";
import { MAX_FILE_BYTES, MAX_TYPE_BYTES } from "@p2pcrypt/files";
import type { IdentityId } from "@p2pcrypt/session";
import { readEntries } from "./conversation/history.ts";
import { assertOpen } from "./conversation/open.ts";
import type { Core } from "./core.ts";
import type { FileEntry } from "./entry-snapshots.ts";
import { ClientError } from "./failure.ts";
import { filesOf, SECRETS, secretName } from "./files/arrived.ts";
import type { FileDeps } from "./files/file-ports.ts";
import { forget } from "./files/forget.ts";
import type { Transfers } from "./files/transfers.ts";
import type { ConversationId } from "./snapshots.ts";
import type { DownloadRow, FileSecretRow, StoredTransferState, UploadRow } from "./store/file-rows.ts";
import { decodeStored } from "./store/stored-json.ts";
import type { Files } from "./surface.ts";
import type { OfferedFile, TransferSnapshot } from "./transfer-snapshots.ts";
import { withState } from "./views.ts";

const DEFAULT_PAGE = 50;
const MAX_PAGE = 1_000;

export class ClientFiles implements Files {
  readonly #core: Core;
  readonly #transfers: Transfers;

  constructor(core: Core, transfers: Transfers) {
    this.#core = core;
    this.#transfers = transfers;
  }

  async transfers(): Promise<readonly TransferSnapshot[]> {
    const { uploads, downloads } = this.#core.tables;
    return [...uploads.all().filter(({ isEnding }) => isEnding !== true), ...downloads.all()]
      .sort((a, b) => a.createdMs - b.createdMs)
      .map((row) => this.#transfers.snapshot(row));
  }

  async send(id: ConversationId, file: OfferedFile): Promise<TransferSnapshot> {
    const core = this.#core;
    assertOpen(core, id);
    assertOffer(file);
    const nodeUrl = nodeOf(core, id);
    const source = await this.#deps().openSource(file.ref);
    if (source === undefined) throw new ClientError({ code: "file/gone" });
    const { bytes, version } = source;
    await source.close();
    if (bytes > MAX_FILE_BYTES) throw new ClientError({ code: "file/tooLarge", maxBytes: MAX_FILE_BYTES });
    const begun = core.tables.uploads
      .all()
      .find((row) => row.threadId === id && row.ref === file.ref && row.version === version && row.state !== "done");
    if (begun !== undefined) return this.#again(begun.id);
    const { ref, name, type = "", thumbnail, voice } = file;
    const fixed = { id: core.newId(), threadId: id, createdMs: core.nowMs, state: "waiting", restarts: 0 } as const;
    const given = { ref, name, type, bytes, version, ...(thumbnail === undefined ? {} : { thumbnail }) };
    const spoken = voice === undefined ? {} : { voice };
    const { createUploadSecret } = await import("./files/upload.ts");
    const row: UploadRow = { ...fixed, ...given, ...spoken, secret: createUploadSecret(core, nodeUrl) };
    await core.ledger.transact(async (tx) => tx.put(core.tables.uploads, row.id, row));
    return this.#told(row.id);
  }

  async download(
    id: ConversationId,
    message: { readonly id: string; readonly author: IdentityId },
    ref: string,
  ): Promise<TransferSnapshot> {
    const core = this.#core;
    this.#deps();
    const secret = await this.#secret(id, message);
    const begun = core.tables.downloads
      .all()
      .find((row) => row.messageId === message.id && row.author === message.author && row.ref === ref && row.state !== "done");
    if (begun !== undefined) return this.#again(begun.id);
    const row: DownloadRow = {
      id: core.newId(),
      threadId: id,
      messageId: message.id,
      author: message.author,
      createdMs: core.nowMs,
      state: "waiting",
      ref,
      name: secret.name,
      secret: secret.secret,
    };
    await core.ledger.transact(async (tx) => tx.put(core.tables.downloads, row.id, row));
    return this.#told(row.id);
  }

  async pause(transferId: string): Promise<void> {
    await this.#move(transferId, ["waiting"], "paused");
    await this.#transfers.stop(transferId);
    this.#told(transferId);
  }

  async resume(transferId: string): Promise<void> {
    await this.#again(transferId);
  }

  async cancel(transferId: string): Promise<void> {
    const core = this.#core;
    const { uploads, downloads } = core.tables;
    const [upload, download] = [uploads.get(transferId), downloads.get(transferId)];
    const row = upload ?? download;
    if (row === undefined) throw new ClientError({ code: "transfer/unknown" });
    await core.ledger.transact(async (tx) => {
      if (upload !== undefined) tx.delete(uploads, transferId);
      if (download !== undefined) tx.delete(downloads, transferId);
    });
    await this.#transfers.stop(transferId);
    this.#transfers.forget(transferId);
    core.emit({ kind: "transfer", transfer: { ...this.#transfers.snapshot(row), state: "canceled" } });
    if (upload !== undefined && upload.state !== "done") await forget(this.#deps(), upload);
    if (download === undefined || download.state === "done") return;
    const sink = await this.#deps().openSink(download.ref);
    await sink.discard();
    await sink.close();
  }

  async list(
    id: ConversationId,
    page: { readonly before?: number; readonly limit?: number } = {},
  ): Promise<readonly FileEntry[]> {
    const core = this.#core;
    const thread = core.tables.threads.get(id);
    if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
    const limit = Math.max(1, Math.min(page.limit ?? DEFAULT_PAGE, MAX_PAGE));
    const stored = await readEntries<FileEntry>(core, filesOf(id), { before: page.before, limit });
    return stored.map((entry) => withState(core, thread, entry));
  }

  async deleteAtNode(messageId: string): Promise<boolean> {
    const { uploads } = this.#core.tables;
    const row = uploads.all().find((one) => one.messageId === messageId);
    if (row === undefined) throw new ClientError({ code: "transfer/unknown" });
    const isFreed = await forget(this.#deps(), row);
    if (isFreed)
      await this.#change(
        row.id,
        (upload) => ({ ...upload, isFreed }),
        (download) => download,
      );
    return isFreed;
  }

  async markListened(transferId: string): Promise<void> {
    await this.#change(
      transferId,
      (upload) => upload,
      (download) => ({ ...download, isListened: true }),
    );
  }

  #deps(): FileDeps {
    const { files } = this.#core;
    if (files === undefined) throw new ClientError({ code: "file/notPossible" });
    return files;
  }

  /** Once more for what was paused or failed; what goes on already goes on. */
  async #again(transferId: string): Promise<TransferSnapshot> {
    await this.#move(transferId, ["paused", "failed"], "waiting");
    return this.#told(transferId);
  }

  /** Stored, then told. @throws {ClientError} transfer/unknown */
  async #change(transferId: string, up: (row: UploadRow) => UploadRow, down: (row: DownloadRow) => DownloadRow): Promise<void> {
    const { ledger, tables } = this.#core;
    await ledger.transact(async (tx) => {
      const [upload, download] = [tx.get(tables.uploads, transferId), tx.get(tables.downloads, transferId)];
      if (upload !== undefined) tx.put(tables.uploads, transferId, up(upload));
      if (download !== undefined) tx.put(tables.downloads, transferId, down(download));
    });
    this.#told(transferId);
  }

  /** @throws {ClientError} transfer/unknown */
  async #move(transferId: string, from: readonly StoredTransferState[], state: StoredTransferState): Promise<void> {
    const { ledger, tables } = this.#core;
    await ledger.transact(async (tx) => {
      const [upload, download] = [tx.get(tables.uploads, transferId), tx.get(tables.downloads, transferId)];
      const row = upload ?? download;
      if (row === undefined) throw new ClientError({ code: "transfer/unknown" });
      if (!from.includes(row.state)) return;
      if (upload !== undefined) tx.put(tables.uploads, transferId, moved(upload, state));
      if (download !== undefined) tx.put(tables.downloads, transferId, moved(download, state));
    });
  }

  #told(transferId: string): TransferSnapshot {
    const { uploads, downloads } = this.#core.tables;
    const row = uploads.get(transferId) ?? downloads.get(transferId);
    if (row === undefined) throw new ClientError({ code: "transfer/unknown" });
    const transfer = this.#transfers.snapshot(row);
    this.#core.emit({ kind: "transfer", transfer });
    this.#transfers.wake();
    return transfer;
  }

  async #secret(
    id: ConversationId,
    message: { readonly id: string; readonly author: IdentityId },
  ): Promise<{ readonly name: string; readonly secret: FileSecretRow }> {
    const bytes = await this.#core.deps.vault.get(SECRETS, secretName(id, message.author, message.id));
    if (bytes === undefined) throw new ClientError({ code: "message/unknown" });
    return decodeStored(bytes);
  }
}

function moved<Row extends UploadRow | DownloadRow>(row: Row, state: StoredTransferState): Row {
  const { failure: _, ...rest } = { ...row, state };
  return rest as Row;
}

function assertOffer({ name, type = "", thumbnail, voice }: OfferedFile): void {
  const isName = name !== "" && name.isWellFormed() && encodeUtf8(name).length <= MAX_FILE_NAME_BYTES;
  if (!isName) throw new ClientError({ code: "file/badName", maxBytes: MAX_FILE_NAME_BYTES });
  if (!type.isWellFormed() || encodeUtf8(type).length > MAX_TYPE_BYTES) throw new RangeError("type: too long for a media type");
  if ((thumbnail?.length ?? 0) > MAX_THUMBNAIL_BYTES) throw new RangeError("thumbnail: too large");
  if (voice === undefined) return;
  const { durationMs, waveform } = voice;
  if (!Number.isSafeInteger(durationMs) || durationMs < 0) throw new RangeError("durationMs: whole milliseconds are wanted");
  if (waveform.length === 0 || waveform.length > MAX_WAVEFORM_BYTES) throw new RangeError("waveform: 1 to 128 bytes are wanted");
}

/** The node of the conversation: everybody in it reaches that one. */
function nodeOf({ tables }: Core, threadId: string): string {
  const groupId = tables.threads.get(threadId)?.groupId;
  const group = groupId === undefined ? undefined : tables.groups.get(groupId);
  if (group === undefined) throw new ClientError({ code: "conversation/closed" });
  return group.place.nodeUrl;
}
