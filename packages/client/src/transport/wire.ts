// The api table's values as JSON values and back.
import {
  type ApiError,
  type OperationName,
  operation,
  parseErrorBody,
  type RequestOf,
  type ResponseOf,
  toWire,
} from "@p2pcrypt/api";
import { ConnectionError } from "../ports.ts";

/** @throws {TypeError} for a request that does not fit its operation: a caller's mistake. */
export function toWireRequest<Name extends OperationName>(name: Name, request: RequestOf<Name>): Record<string, unknown> {
  try {
    return Object.fromEntries(Object.entries(toWire(operation(name).request, request) ?? {}));
  } catch (cause) {
    throw new TypeError(`the request does not fit ${name}`, { cause });
  }
}

/** @throws {ConnectionError} connection/badAnswer */
export function fromWireResponse<Name extends OperationName>(name: Name, value: unknown): ResponseOf<Name> {
  const decoded = operation(name).response.safeParse(value);
  if (!decoded.success) throw new ConnectionError("connection/badAnswer", { cause: decoded.error });
  return decoded.data as ResponseOf<Name>;
}

/** @returns the node's refusal, or that its answer makes no sense. */
export function fromWireError(value: unknown): ApiError | ConnectionError {
  return parseErrorBody(value) ?? new ConnectionError("connection/badAnswer");
}
