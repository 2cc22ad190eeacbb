// Operations over HTTP: request in, response out, no socket anywhere (spec/protocol/api.md section 2).
import {
  ApiError,
  capability as capabilityText,
  type OperationName,
  operation,
  operations,
  parseForm,
  parseJson,
  parseQuery,
  routeOf,
} from "@p2pcrypt/api";
import { DecodeError, decodeUtf8 } from "@p2pcrypt/bytes";
import type { NodeContext } from "./context.ts";
import { dispatch } from "./dispatch.ts";

export interface NodeRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  /** The peer's address; used as a key in rate limits and nowhere else. */
  readonly address: string;
  /** Reads at most this many bytes. @returns undefined as soon as there are more: the rest is not read. */
  readonly readBody: (maxBytes: number) => Promise<Uint8Array | undefined>;
}

export interface NodeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Any Origin may ask: there are no cookies, and every right is a token in the request. */
const HEADERS = {
  "access-control-allow-origin": "*",
  "cache-control": "no-store",
  "content-type": "application/json",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

/** Not an operation: it describes them. */
const OPENAPI_PATH = "/v1/openapi.json";

export async function handleHttp(context: NodeContext, request: NodeRequest): Promise<NodeResponse> {
  const [path = "", query = ""] = splitOnce(request.target);
  const route = routeOf(request.method, path);
  if (request.method === "OPTIONS") return preflight();
  if (path === OPENAPI_PATH && request.method === "GET") return { status: 200, headers: HEADERS, body: context.openApi() };
  if (route.kind === "none") return refusal(new ApiError("unknownOperation"));
  if (route.kind === "methodNotAllowed") return refusal(new ApiError("methodNotAllowed"), { allow: route.allow.join(", ") });
  try {
    const wire = { ...(await fieldsOf(route.name, request, query)), ...route.fields };
    const call = {
      name: route.name,
      wire,
      capability: bearer(request.authorization),
      address: request.address,
      socket: undefined,
    };
    const answer = await dispatch(context, call);
    return operation(route.name).isKeyserver === true
      ? plainText(answer)
      : { status: 200, headers: HEADERS, body: JSON.stringify(answer) };
  } catch (error) {
    if (error instanceof ApiError) return refusal(error);
    throw error;
  }
}

async function fieldsOf(name: OperationName, request: NodeRequest, query: string): Promise<Record<string, unknown>> {
  const { method, maxBodyBytes, isKeyserver } = operation(name);
  if (isKeyserver === true) return keyserverFields(name, request, query);
  if (method === "GET") {
    const fields = parseQuery(query);
    if (fields === undefined) throw new ApiError("badRequest");
    return fields;
  }
  if (query !== "") throw new ApiError("badRequest");
  if (!/^application\/json(?:;\s*charset=utf-8)?$/i.test(request.contentType ?? "")) throw new ApiError("notJson");
  const bytes = await bodyOf(request, maxBodyBytes);
  const parsed = parseJson(textOf(bytes));
  if (parsed === undefined || typeof parsed.value !== "object" || parsed.value === null || Array.isArray(parsed.value)) {
    throw new ApiError("notJson");
  }
  return Object.fromEntries(Object.entries(parsed.value));
}

/** Keyserver programs write web forms, and add options of their own: what is not known is left out. */
async function keyserverFields(name: OperationName, request: NodeRequest, query: string): Promise<Record<string, unknown>> {
  const { method, maxBodyBytes } = operation(name);
  const [text, names] = method === "GET" ? [query, ["op", "search"]] : [textOf(await bodyOf(request, maxBodyBytes)), ["keytext"]];
  const fields = parseForm(text, names);
  if (fields === undefined) throw new ApiError("badRequest");
  return fields;
}

async function bodyOf({ readBody }: NodeRequest, maxBodyBytes: number): Promise<Uint8Array> {
  const bytes = await readBody(maxBodyBytes);
  if (bytes === undefined) throw new ApiError("tooLarge", { limitBytes: maxBodyBytes });
  return bytes;
}

function plainText(answer: unknown): NodeResponse {
  const { contentType, text } = operations["keyserver.lookup"].response.parse(answer);
  return { status: 200, headers: { ...HEADERS, "content-type": contentType }, body: text };
}

function textOf(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (error instanceof DecodeError) throw new ApiError("notJson");
    throw error;
  }
}

function bearer(authorization: string | undefined): Uint8Array | undefined {
  if (authorization === undefined) return undefined;
  const decoded = capabilityText.safeParse(/^Bearer ([\w-]{43})$/.exec(authorization)?.[1] ?? "");
  if (!decoded.success) throw new ApiError("forbidden");
  return decoded.data;
}

function preflight(): NodeResponse {
  return {
    status: 204,
    headers: {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, POST, DELETE",
      "access-control-allow-headers": "authorization, content-type",
      "access-control-max-age": "86400",
    },
    body: "",
  };
}

function refusal(error: ApiError, headers: Record<string, string> = {}): NodeResponse {
  const { retryAfterMs } = error.fields;
  const retry = retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) };
  return { status: error.status, headers: { ...HEADERS, ...retry, ...headers }, body: JSON.stringify(error.toWire()) };
}

function splitOnce(target: string): readonly [string, string] {
  const at = target.indexOf("?");
  return at < 0 ? [target, ""] : [target.slice(0, at), target.slice(at + 1)];
}
