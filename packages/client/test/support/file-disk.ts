// Files of one person in memory, and a node's blobs reached as a platform's `fetch` would.
import { webcrypto } from "node:crypto";
import type { Timers } from "@p2pcrypt/bytes";
import {
  type BlobFetch,
  type DirectConnection,
  type DirectEvents,
  type FileDeps,
  type FileSink,
  FileStoreError,
  webBlobs,
} from "@p2pcrypt/client";
import type { Node } from "@p2pcrypt/server";

export interface StoredFile {
  bytes: Uint8Array;
  version: string;
}

/** What outlives a client's process. */
export class FileDisk {
  readonly sources = new Map<string, StoredFile>();
  /** By ref; what was not finished ends in `.part`. */
  readonly sinks = new Map<string, Uint8Array>();
  /** Bytes after which nothing fits any more. */
  roomBytes = Number.POSITIVE_INFINITY;
  /** Asked before each request to a node. Whoever throws is a network that fails; `after` runs once the node has answered. */
  network: ((method: string, headers: Readonly<Record<string, string>>) => { after?: () => void } | undefined) | undefined;
  requests: string[] = [];
  /** Bytes that nobody looks at any more. */
  givenBackBytes = 0;
  /** Sources that are open, and the most that were since it was last set. */
  openSources = 0;
  mostOpenSources = 0;
  /** Opening one takes until then. */
  opened: Promise<void> | undefined;
  /** Where each read of a blob began. */
  readonly reads: number[] = [];
  /** Connects this person to others; without it there is no direct way. Asked whenever a client opens one. */
  cable: ((stunUrls: readonly string[], events: DirectEvents) => DirectConnection) | undefined;

  deps(node: () => Node, timers: Timers): FileDeps {
    return {
      subtle: webcrypto.subtle,
      blobs: webBlobs({ fetch: this.#fetch(node), abortController: () => new AbortController(), timers }),
      openSource: async (ref) => {
        const file = this.sources.get(ref);
        if (file === undefined) return undefined;
        const read = async (at: number, size: number): Promise<Uint8Array> => file.bytes.slice(at, at + size);
        this.openSources += 1;
        this.mostOpenSources = Math.max(this.mostOpenSources, this.openSources);
        const close = async (): Promise<void> => {
          this.openSources -= 1;
        };
        await this.opened;
        return { bytes: file.bytes.length, version: file.version, read, close };
      },
      openSink: async (ref) => this.#sink(ref),
      giveBack: (bytes) => {
        this.givenBackBytes += bytes.length;
      },
      ...(this.cable === undefined
        ? {}
        : {
            openDirect: async (stunUrls, events) => {
              if (this.cable === undefined) throw new Error("there was a cable when the client began");
              return this.cable(stunUrls, events);
            },
          }),
    };
  }

  #sink(ref: string): FileSink {
    const part = `${ref}.part`;
    const held = (): Uint8Array => this.sinks.get(part) ?? new Uint8Array(0);
    return {
      bytes: held().length,
      write: async (at, bytes) => {
        if (at + bytes.length > this.roomBytes) throw new FileStoreError("store/full");
        const next = new Uint8Array(at + bytes.length);
        next.set(held().subarray(0, at));
        next.set(bytes, at);
        this.sinks.set(part, next);
      },
      flush: async () => undefined,
      finish: async () => {
        this.sinks.set(ref, held());
        this.sinks.delete(part);
        return ref;
      },
      close: async () => undefined,
      discard: async () => {
        this.sinks.delete(part);
      },
    };
  }

  #fetch(node: () => Node): BlobFetch<AbortSignal> {
    return async (url, { method, headers, body, signal }) => {
      this.requests.push(method);
      if (method === "GET") this.reads.push(Number(/^bytes=(\d+)-/.exec(headers["range"] ?? "")?.[1] ?? 0));
      const hook = this.network?.(method, headers);
      const all = { ...headers, ...(body === undefined ? {} : { "content-length": String(body.length) }) };
      const answer = await node().handleBlob({
        method,
        target: url.slice(url.indexOf("/v1/")),
        header: (name) => all[name as keyof typeof all],
        address: "192.0.2.1",
        body: (async function* () {
          for (let at = 0; at < (body?.length ?? 0); at += 65_536) {
            signal.throwIfAborted();
            yield body?.subarray(at, at + 65_536) ?? new Uint8Array(0);
          }
        })(),
      });
      hook?.after?.();
      const pieces = typeof answer.body === "object" ? answer.body[Symbol.asyncIterator]() : undefined;
      return {
        status: answer.status,
        headers: { get: (name) => answer.headers[name] ?? null },
        text: async () => (typeof answer.body === "string" ? answer.body : ""),
        body:
          pieces === undefined
            ? null
            : {
                getReader: () => ({
                  read: async () => {
                    signal.throwIfAborted();
                    const next = await pieces.next();
                    return next.done === true ? { done: true } : { done: false, value: next.value };
                  },
                  cancel: async () => {
                    await pieces.return?.(undefined);
                  },
                }),
              },
      };
    };
  }
}
