// Files of one conversation on their way, and those that came and are here. Sending and fetching are the client's; a page holds the bytes.
import {
  type Client,
  ClientError,
  type ConversationId,
  type FileEntry,
  type OfferedFile,
  type TransferSnapshot,
} from "@p2pcrypt/client";
import { cameraNotesIn, keptParts, type PaceReading, undatedName } from "@p2pcrypt/files";
import type { PageFiles } from "../boot/boot.ts";
import { uploadRef } from "../protocol/file-ref.ts";
import { coalesced, type Later, Model } from "./model.ts";
import { Paces } from "./paces.ts";
import type { VoiceMessage } from "./voice-recording.ts";

export interface AttachmentsSnapshot {
  /** Not done yet. */
  readonly uploads: readonly TransferSnapshot[];
  /** By message. */
  readonly downloads: ReadonlyMap<string, TransferSnapshot>;
  /** By transfer, of those that run. */
  readonly paces: ReadonlyMap<string, PaceReading>;
}

export interface AttachmentsDeps {
  readonly client: Pick<Client, "subscribe"> & {
    readonly files: Pick<Client["files"], "transfers" | "send" | "download" | "pause" | "resume" | "cancel">;
  };
  readonly files: PageFiles;
  readonly later: Later;
  readonly nowMs: () => number;
  readonly everySecond: (run: () => void) => () => void;
  readonly newRef: () => string;
  /** The person wants pictures sent with what the camera wrote. */
  readonly keepsCameraNotes: () => boolean;
  /** A small JPEG of a picture; undefined for everything else and for what cannot be drawn. */
  readonly thumbnail: (file: Blob) => Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** A file that came. */
export interface KeptFile {
  readonly bytes: number;
  /** All of it; undefined for what is too large to be shown. */
  readonly take: () => Promise<Blob | undefined>;
  readonly read: (at: number, size: number) => Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Whatever its size: an end of a channel for a PieceReader. */
  readonly pieces: () => Promise<MessagePort>;
}

/** Of what microphones are recorded as. */
const EXTENSIONS: Readonly<Record<string, string>> = { "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" };

export class Attachments extends Model<AttachmentsSnapshot> {
  readonly #id: ConversationId;
  readonly #deps: AttachmentsDeps;
  readonly #transfers = new Map<string, TransferSnapshot>();
  readonly #paces = new Paces();
  /** While something runs: that nothing moves is news too. */
  #looking: (() => void) | undefined;

  constructor(id: ConversationId, deps: AttachmentsDeps) {
    super({ uploads: [], downloads: new Map(), paces: new Map() });
    this.#id = id;
    this.#deps = deps;
    const soon = coalesced(deps.later, () => this.#show());
    this.until(
      deps.client.subscribe((event) => {
        if (event.kind !== "transfer" || event.transfer.conversationId !== id) return;
        this.#take(event.transfer);
        soon();
      }),
    );
    this.until(() => this.#looking?.());
    void this.#load();
  }

  /** One after the other, in the order given; one that cannot be sent does not keep the others. @throws {ClientError} of the first such */
  async send(files: readonly File[]): Promise<void> {
    const failures: unknown[] = [];
    for (const file of files) await this.#send(file).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  async #send(file: File): Promise<void> {
    if (!(await isReadable(file))) throw new ClientError({ code: "file/gone" });
    const cleaned = this.#deps.keepsCameraNotes() ? file : await cleanedOf(file);
    if (await this.#addedAgain(cleaned)) return;
    const small = await this.#deps.thumbnail(cleaned);
    await this.#offer(cleaned, small === undefined ? {} : { thumbnail: small });
  }

  /** What was just spoken. @throws {ClientError} */
  async speak({ sound, durationMs, waveform }: VoiceMessage): Promise<void> {
    const { type } = sound;
    await this.#offer(new File([sound], `voice-message.${EXTENSIONS[type] ?? "bin"}`, { type }), {
      voice: { durationMs, waveform },
    });
  }

  async #offer(file: File, facts: Pick<OfferedFile, "thumbnail" | "voice">): Promise<void> {
    const { client, files: page, newRef } = this.#deps;
    const ref = uploadRef(newRef(), file);
    const { name, type } = file;
    await page.offer(ref, file);
    try {
      this.#take(await client.files.send(this.#id, { ref, name, ...(type === "" ? {} : { type }), ...facts }));
    } catch (error) {
      await page.letGo(ref);
      throw error;
    }
    this.#show();
  }

  /** What a reload took away and is given once more goes on where it was; the client looks whether it is the same. */
  async #addedAgain(file: File): Promise<boolean> {
    const lost = [...this.#transfers.values()].find(
      ({ failure, name, bytes }) => failure?.code === "transfer/sourceGone" && name === file.name && bytes === file.size,
    );
    if (lost === undefined) return false;
    await this.#deps.files.offer(lost.ref, file);
    await this.#deps.client.files.resume(lost.id);
    return true;
  }

  /** @throws {ClientError} */
  async fetch({ id, author }: FileEntry): Promise<void> {
    this.#take(await this.#deps.client.files.download(this.#id, { id, author }, this.#deps.newRef()));
    this.#show();
  }

  /** Where a download that is done is kept; undefined when this browser does not have it any more: then it is fetched again. */
  async keptOf({ id, place, bytes }: TransferSnapshot): Promise<KeptFile | undefined> {
    const { files } = this.#deps;
    if (place !== undefined && (await files.sizeOf(place)) === bytes)
      return {
        bytes,
        take: () => files.take(place),
        read: (at, size) => files.read(place, at, size),
        pieces: () => files.pieces(place),
      };
    await this.cancel(id);
    return undefined;
  }

  pause(transferId: string): Promise<void> {
    return this.#deps.client.files.pause(transferId);
  }

  resume(transferId: string): Promise<void> {
    return this.#deps.client.files.resume(transferId);
  }

  cancel(transferId: string): Promise<void> {
    return this.#deps.client.files.cancel(transferId);
  }

  async #load(): Promise<void> {
    for (const transfer of await this.#deps.client.files.transfers())
      if (transfer.conversationId === this.#id && !this.#transfers.has(transfer.id)) this.#take(transfer);
    this.#show();
  }

  #take(transfer: TransferSnapshot): void {
    if (transfer.state === "canceled") this.#transfers.delete(transfer.id);
    else this.#transfers.set(transfer.id, transfer);
    this.#paces.take(transfer, this.#deps.nowMs());
    if (this.#paces.isAnyRunning) this.#looking ??= this.#deps.everySecond(() => this.#show());
    else {
      this.#looking?.();
      this.#looking = undefined;
    }
  }

  #show(): void {
    if (this.isDisposed) return;
    const all = [...this.#transfers.values()];
    const downloads = all.filter(({ direction }) => direction === "down");
    this.update({
      uploads: all.filter(({ direction, state }) => direction === "up" && state !== "done"),
      downloads: new Map(downloads.flatMap((one) => (one.messageId === undefined ? [] : [[one.messageId, one] as const]))),
      paces: this.#paces.read(all, this.#deps.nowMs()),
    });
  }
}

/** A folder that was dropped looks like a file until somebody reads it. */
function isReadable(file: File): Promise<boolean> {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}

async function cleanedOf(file: File): Promise<File> {
  const read = async (at: number, size: number): Promise<Uint8Array> =>
    new Uint8Array(await file.slice(at, at + size).arrayBuffer());
  const notes = await cameraNotesIn({ bytes: file.size, read });
  if (notes === undefined) return file;
  const name = undatedName(file.name);
  if (notes.length === 0 && name === file.name) return file;
  const parts = keptParts(file.size, notes).map((part) => ("from" in part ? file.slice(part.from, part.until) : part));
  // When a picture was changed last is nobody's business either, and stays for telling one state of the file from another.
  return new File(parts, name, { type: file.type, lastModified: file.lastModified });
}
