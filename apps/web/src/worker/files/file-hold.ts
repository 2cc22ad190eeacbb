import type { FileSink } from "@p2pcrypt/client";

/** Where files that come stay until the person has no more use for them, by names that the page gives. */
export interface FileHold {
  /** @throws {FileStoreError} */
  openSink(ref: string): Promise<FileSink>;
  /** How much of it is here; undefined when nothing is. */
  sizeOf(ref: string): Promise<number | undefined>;
  /** Fewer bytes where it ends; undefined when it is not here. */
  read(ref: string, at: number, size: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The same into the beginning of `into`, as many as fit in. @returns those */
  fill(ref: string, at: number, into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined>;
  letGo(ref: string): Promise<void>;
  /** Lets everything else go: nobody knows it any more. `refs` is asked after it was seen what there is, so that what comes meanwhile stays. */
  retain(refs: () => Promise<readonly string[]>): Promise<void>;
  close(): Promise<void>;
}
