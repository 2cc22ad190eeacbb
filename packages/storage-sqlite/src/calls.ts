// What goes between a node's thread and the thread that owns the database.
import type { KeyObject } from "node:crypto";
import type { LogicOptions, NodeStore, StorageFailureCode } from "@p2pcrypt/storage";

export type Method = Exclude<keyof NodeStore, "close">;

export interface Call {
  readonly method: Method;
  readonly args: readonly never[];
}

export type Answer = { readonly value: unknown } | { readonly code: StorageFailureCode };

export interface WriterOptions extends Pick<LogicOptions, "nodeId" | "limits"> {
  readonly folder: string;
  /** With it, the heads of appends are signed while the thread waits for the disk. */
  readonly checkpointKey?: KeyObject;
}

export type ToWriter = { readonly kind: "calls"; readonly calls: readonly Call[] } | { readonly kind: "close" };

export type FromWriter =
  | { readonly kind: "open" }
  | { readonly kind: "failed"; readonly code: StorageFailureCode }
  | { readonly kind: "answers"; readonly answers: readonly Answer[] }
  | { readonly kind: "closed" };
