// What files need from outside: a node's blobs, where bytes come from, and where they go.
import type { Subtle } from "@p2pcrypt/files";
import type { Stop } from "./stop.ts";

export interface BlobDeps {
  readonly subtle: Subtle;
  readonly blobs: BlobTransport;
}

export interface FileDeps extends BlobDeps {
  /** Opens what `Files.send` was given. @returns undefined when it is not there any more. */
  readonly openSource: (ref: string) => Promise<FileSource | undefined>;
  /** Opens where `Files.download` was told to put it; what an earlier call wrote there is kept. @throws {FileStoreError} */
  readonly openSink: (ref: string) => Promise<FileSink>;
  /** Frees bytes that nobody looks at any more, where that is better than to leave them to the collector. */
  readonly giveBack?: (bytes: Uint8Array) => void;
  /** Segments that may leave in one request on a quick line. Two such parts are in memory at a time; without it they are small. */
  readonly largestPart?: number;
  /** Nothing is sent or fetched: what was sent is given to those who fetch it directly, and what waits goes on waiting. */
  readonly onlyGives?: true;
  /** Where the platform can connect two devices: what it finds out is told to `events`. Looks for nothing before it is asked to describe. */
  readonly openDirect?: (stunUrls: readonly string[], events: DirectEvents) => Promise<DirectConnection>;
}

/**
 * One reliable, ordered channel to one device of somebody else, under DTLS. Every method may reject; then the way is given up. Nobody
 * waits for a description any more once it is closed.
 */
export interface DirectConnection {
  /** Its own description, with every candidate that was found in a moment. */
  offer(): Promise<string>;
  answer(sdp: string): Promise<string>;
  accept(sdp: string): Promise<void>;
  /** One message, which is taken over. Resolves when there is room for more. */
  send(bytes: Uint8Array): Promise<void>;
  close(): void;
}

export interface DirectEvents {
  open(): void;
  message(bytes: Uint8Array): void;
  /** Once, for whatever reason but `close`. */
  closed(): void;
}

/** The bytes of a file on this device. */
export interface FileSource {
  readonly bytes: number;
  /** Another one when the file was changed: its time and size, for instance. */
  readonly version: string;
  /** Exactly `size` bytes, or fewer when the file ends before. They may lie at the beginning of `into`. */
  read(at: number, size: number, into?: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A place for a file that comes. */
export interface FileSink {
  /** How much of an earlier attempt is there. */
  readonly bytes: number;
  /** @throws {FileStoreError} */
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** What was written is on the disk when this resolves. @throws {FileStoreError} */
  flush(): Promise<void>;
  /** It is whole: gives it its name. @returns where it is, for whoever asked. @throws {FileStoreError} */
  finish(): Promise<string>;
  /** Lets go; what was written stays for later. */
  close(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/** Where a file was to be put does not take it. */
export class FileStoreError extends Error {
  override readonly name = "FileStoreError";
  readonly code: "store/full" | "store/failed";

  constructor(code: "store/full" | "store/failed", options?: { readonly cause?: unknown }) {
    super(code, options);
    this.code = code;
  }
}

export interface BlobPlace {
  readonly nodeUrl: string;
  readonly blob: string;
  /** Read or write token, as the call wants. */
  readonly token: Uint8Array;
}

/** Calls reject with ApiError (the node's answer) or ConnectionError (none came, or it was stopped). */
export interface BlobTransport {
  /** The token is the write token of the blob. Again with equal values: the same answer. */
  create(
    place: BlobPlace,
    blob: { readonly bytes: number; readonly readTokenHash: Uint8Array },
    stop: Stop,
  ): Promise<BlobProgress>;
  /** `pieces`: what follows at `offset`, in order. Nothing looks at them any more once it resolves. */
  write(place: BlobPlace, offset: number, pieces: readonly Uint8Array[], stop: Stop): Promise<BlobProgress>;
  read(place: BlobPlace, from: number, stop: Stop): AsyncIterable<Uint8Array>;
  delete(place: BlobPlace, stop: Stop): Promise<void>;
}

export interface BlobProgress {
  readonly offset: number;
  readonly expiresMs: number;
}
