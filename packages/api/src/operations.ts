// The whole interface between a client and a node. Router, client, OpenAPI document and tests read this one table.
import type * as z from "zod/mini";
import { directoryOperations } from "./directory-operations.ts";
import { keyserverOperations } from "./keyserver-operations.ts";
import type { Operation } from "./operation.ts";
import { relayOperations } from "./relay-operations.ts";
import { streamOperations } from "./stream-operations.ts";

export const operations = { ...directoryOperations, ...keyserverOperations, ...relayOperations, ...streamOperations } as const;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
/** As the program sees it: binary fields are bytes. */
export type RequestOf<Name extends OperationName> = z.output<Operations[Name]["request"]>;
export type ResponseOf<Name extends OperationName> = z.output<Operations[Name]["response"]>;

export const OPERATION_NAMES = Object.keys(operations) as readonly OperationName[];

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

export function operation(name: OperationName): Operation {
  return operations[name];
}
