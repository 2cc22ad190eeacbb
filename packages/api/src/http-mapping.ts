// One mapping between operations and HTTP, used by both sides: path fields in the path, a GET's other fields in the query,
// everything else in a JSON body. Capabilities travel in `Authorization: Bearer`, never in a URL.
import type { Operation } from "./operation.ts";
import { OPERATION_NAMES, type OperationName, operation } from "./operations.ts";

export interface HttpCall {
  readonly method: Operation["method"];
  /** Path and query. */
  readonly target: string;
  readonly body: string | undefined;
}

/** `wire` is the request as JSON value, already encoded. */
export function toHttpCall(name: OperationName, wire: Readonly<Record<string, unknown>>): HttpCall {
  const { method, path } = operation(name);
  const rest = new Map(Object.entries(wire));
  const target = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = rest.get(field);
    rest.delete(field);
    return encodeURIComponent(String(value));
  });
  if (method !== "GET") return { method, target, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = [...rest]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return { method, target: query.length === 0 ? target : `${target}?${query.join("&")}`, body: undefined };
}

export type Route =
  | { readonly kind: "operation"; readonly name: OperationName; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: "methodNotAllowed"; readonly allow: readonly string[] }
  | { readonly kind: "none" };

interface Pattern {
  readonly name: OperationName;
  readonly method: string;
  readonly segments: readonly string[];
}

const PATTERNS: readonly Pattern[] = OPERATION_NAMES.filter((name) => operation(name).isSocketOnly === undefined).map((name) => ({
  name,
  method: operation(name).method,
  segments: operation(name).path.split("/"),
}));

/** Only characters that ids are made of: nothing is ever decoded, so no second spelling of a path exists. */
const SEGMENT = /^[A-Za-z0-9_.-]{1,100}$/;

/** Finds the operation of a method and path. `path` is without the query. */
export function routeOf(method: string, path: string): Route {
  const parts = (path === "/.well-known/p2pcrypt" ? "/v1/node" : path).split("/");
  const allow: string[] = [];
  for (const pattern of PATTERNS) {
    const fields = match(pattern.segments, parts);
    if (fields === undefined) continue;
    if (pattern.method === method) return { kind: "operation", name: pattern.name, fields };
    allow.push(pattern.method);
  }
  return allow.length > 0 ? { kind: "methodNotAllowed", allow } : { kind: "none" };
}

function match(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== parts.length) return undefined;
  const fields: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const part = parts[i] ?? "";
    if (segment.startsWith("{")) {
      if (!SEGMENT.test(part)) return undefined;
      fields[segment.slice(1, -1)] = part;
    } else if (segment !== part) return undefined;
  }
  return fields;
}

/**
 * Reads a web form, or a query that is written like one. Fields that are not asked for are left out: keyserver programs send options of
 * their own. @returns undefined when a field that is asked for is there twice or is not UTF-8.
 */
export function parseForm(text: string, names: readonly string[]): Record<string, string> | undefined {
  const fields: Record<string, string> = {};
  for (const pair of text.split("&")) {
    const at = pair.indexOf("=");
    const name = at < 0 ? pair : pair.slice(0, at);
    if (!names.includes(name)) continue;
    const value = decoded(at < 0 ? "" : pair.slice(at + 1));
    if (value === undefined || Object.hasOwn(fields, name)) return undefined;
    fields[name] = value;
  }
  return fields;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined; // a percent sign that begins nothing
  }
}

/** Reads the query of a GET: whole numbers in their one canonical form, each name once. @returns undefined for anything else. */
export function parseQuery(query: string): Record<string, number> | undefined {
  const fields: Record<string, number> = {};
  if (query === "") return fields;
  for (const pair of query.split("&")) {
    const found = /^([a-zA-Z]{1,30})=(0|[1-9][0-9]{0,15})$/.exec(pair);
    const [, key, value] = found ?? [];
    if (key === undefined || value === undefined || Object.hasOwn(fields, key)) return undefined;
    fields[key] = Number(value);
  }
  return fields;
}
