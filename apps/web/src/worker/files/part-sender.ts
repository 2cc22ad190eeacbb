// Parts of uploads on their way out. Chromium keeps the bytes of a Blob in the browser's process until the Blob is collected, and of an
// array several copies: so a part lies, sealed as the node gets it, in a file of the private folder while it is sent.
import type { BlobFetch } from "@p2pcrypt/client";

/** What is smaller is sent from memory. */
const MIN_FILE_BYTES = 1024 * 1024;

type Init = Parameters<BlobFetch<AbortSignal, readonly Uint8Array[]>>[1];

export interface PartFolder {
  /** @throws when there is no room. */
  put(name: string, pieces: readonly Uint8Array[]): Promise<Blob>;
  remove(name: string): Promise<void>;
}

export interface PartSenderDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** An empty one; undefined where the browser has none. */
  readonly openFolder: () => Promise<PartFolder | undefined>;
}

export class PartSender {
  readonly #deps: PartSenderDeps;
  #folder: Promise<PartFolder | undefined> | undefined;
  #count = 0;

  constructor(deps: PartSenderDeps) {
    this.#deps = deps;
  }

  async send(url: string, { body, ...init }: Init): Promise<Response> {
    const { fetch } = this.#deps;
    if (body === undefined) return fetch(url, init);
    const bytes = body.reduce((sum, { length }) => sum + length, 0);
    this.#folder ??= this.#deps.openFolder();
    const folder = bytes < MIN_FILE_BYTES ? undefined : await this.#folder;
    // A name of its own: what is still being read is never written over.
    this.#count += 1;
    const name = `part-${this.#count}`;
    const file = await folder?.put(name, body).catch(() => undefined); // no room: from memory, then
    try {
      return await fetch(url, { ...init, body: file ?? new Blob(body as Uint8Array<ArrayBuffer>[]) });
    } finally {
      folder?.remove(name).catch(() => undefined); // it is removed with the folder when the page is loaded again
    }
  }
}
