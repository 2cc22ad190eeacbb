// What of files is kept where, how large, and until when: in this browser, and at nodes. And the way to free it.
import type { Client, TransferSnapshot } from "@p2pcrypt/client";
import { coalesced, type Later, Model } from "./model.ts";

export interface StoredFile {
  readonly transferId: string;
  readonly name: string;
  readonly conversation: string;
  /** Of what is here, for a download that is not whole. */
  readonly bytes: number;
}

export interface FileAtNode extends StoredFile {
  readonly messageId: string;
  readonly nodeUrl: string;
  readonly expiresMs: number;
}

export interface StoredFilesSnapshot {
  readonly isLoaded: boolean;
  /** Largest first. */
  readonly here: readonly StoredFile[];
  readonly atNodes: readonly FileAtNode[];
}

export class StoredFiles extends Model<StoredFilesSnapshot> {
  readonly #client: Pick<Client, "files" | "conversations">;
  readonly #transfers = new Map<string, TransferSnapshot>();
  #isLoaded = false;

  constructor(client: Pick<Client, "files" | "conversations" | "subscribe">, later: Later) {
    super({ isLoaded: false, here: [], atNodes: [] });
    this.#client = client;
    const soon = coalesced(later, () => this.#show());
    this.until(
      client.subscribe((event) => {
        // What was in a message that disappeared is gone without a word of its transfer.
        if (event.kind === "erased") void this.#load();
        if (event.kind !== "transfer") return;
        if (event.transfer.state === "canceled") this.#transfers.delete(event.transfer.id);
        else this.#transfers.set(event.transfer.id, event.transfer);
        soon();
      }),
    );
    void this.#load();
  }

  /** It can be fetched again as long as the node has it. */
  async freeHere({ transferId }: StoredFile): Promise<void> {
    await this.#client.files.cancel(transferId);
  }

  async freeAllHere(): Promise<void> {
    for (const file of this.getSnapshot().here) await this.freeHere(file);
  }

  /** Nobody can fetch it any more. @returns false when the node did not answer. */
  freeAtNode({ messageId }: FileAtNode): Promise<boolean> {
    return this.#client.files.deleteAtNode(messageId);
  }

  async #load(): Promise<void> {
    const all = new Map((await this.#client.files.transfers()).map((transfer) => [transfer.id, transfer]));
    for (const id of this.#transfers.keys()) if (!all.has(id)) this.#transfers.delete(id);
    for (const [id, transfer] of all) if (!this.#transfers.has(id)) this.#transfers.set(id, transfer);
    this.#isLoaded = true;
    this.#show();
  }

  #show(): void {
    const all = [...this.#transfers.values()];
    const storedOf = ({ id, name, conversationId, doneBytes }: TransferSnapshot): StoredFile => ({
      transferId: id,
      name,
      conversation: this.#client.conversations.get(conversationId)?.name ?? "",
      bytes: doneBytes,
    });
    const largest = (a: StoredFile, b: StoredFile): number => b.bytes - a.bytes;
    const here = all.filter(({ direction, doneBytes }) => direction === "down" && doneBytes > 0).map(storedOf);
    const atNodes = all.flatMap((transfer) =>
      transfer.atNode === undefined || transfer.messageId === undefined
        ? []
        : [{ ...storedOf(transfer), messageId: transfer.messageId, ...transfer.atNode }],
    );
    this.update({ isLoaded: this.#isLoaded, here: here.sort(largest), atNodes: atNodes.sort(largest) });
  }
}
