import type * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";

/**
 * Who may call. `read`, `write`, `claim`: the bearer of a token of that kind. `append`: write token, administrator's signature, or
 * none for an inbox. `admin`, `device`: a signature inside the request. `none`: anybody.
 */
export type CapabilityKind = "none" | "read" | "write" | "append" | "admin" | "device" | "claim";

export interface Operation<Request extends z.ZodMiniType = z.ZodMiniType, Response extends z.ZodMiniType = z.ZodMiniType> {
  readonly method: "GET" | "POST" | "DELETE";
  /** `{name}` stands for the request's field of that name. */
  readonly path: string;
  readonly summary: string;
  readonly capability: CapabilityKind;
  /** Of the JSON text, over HTTP. */
  readonly maxBodyBytes: number;
  readonly request: Request;
  readonly response: Response;
  /** Codes that are particular to it; `COMMON_ERRORS` may come from any. */
  readonly errors: readonly ErrorCode[];
  /** Only over a WebSocket. */
  readonly isSocketOnly?: true;
  /** Only over HTTP, in the form of the keyserver protocol: fields in the query or as a web form, the answer as text. */
  readonly isKeyserver?: true;
}

export const COMMON_ERRORS = [
  "badRequest",
  "notJson",
  "tooLarge",
  "rateLimited",
  "unavailable",
  "internal",
] as const satisfies readonly ErrorCode[];
