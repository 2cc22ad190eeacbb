// Blobs over HTTP: tus 1.0 for what comes in, ranges for what goes out (spec/protocol/blob.md). Their bodies are bytes and their fields
// are headers, so that they are a table of their own beside `operations`, for limits, rights, errors and documents alike.
import type { ErrorCode } from "./errors.ts";

export interface BlobOperation {
  readonly method: "POST" | "HEAD" | "PATCH" | "GET" | "DELETE";
  readonly path: string;
  readonly summary: string;
  /** `write`: the bearer of the token that made it. `create`: chooses that token. `readOrWrite`: either. */
  readonly capability: "create" | "write" | "read" | "readOrWrite";
  readonly status: 200 | 201 | 204;
  readonly requestHeaders: readonly string[];
  readonly responseHeaders: readonly string[];
  readonly errors: readonly ErrorCode[];
}

const BLOB_PATH = "/v1/blobs/{blob}";

const blobOperations = {
  "blob.create": {
    method: "POST",
    path: "/v1/blobs",
    summary: "Reserves room for a blob under an id of the caller's. Again with equal values: the same answer.",
    capability: "create",
    status: 201,
    requestHeaders: ["tus-resumable", "upload-length", "upload-metadata"],
    responseHeaders: ["location", "upload-offset", "upload-expires"],
    errors: ["exists", "tooLarge", "quota", "storageFull", "unsupportedVersion"],
  },
  "blob.describe": {
    method: "HEAD",
    path: BLOB_PATH,
    summary: "How many bytes are kept, of how many, and until when.",
    capability: "readOrWrite",
    status: 200,
    requestHeaders: [],
    responseHeaders: ["upload-offset", "upload-length", "upload-expires"],
    errors: ["forbidden", "expired"],
  },
  "blob.write": {
    method: "PATCH",
    path: BLOB_PATH,
    summary: "Appends bytes at the offset. The answer comes when a power cut cannot lose them; what came before a break is kept.",
    capability: "write",
    status: 204,
    requestHeaders: ["tus-resumable", "upload-offset", "content-type"],
    responseHeaders: ["upload-offset", "upload-expires"],
    errors: ["forbidden", "expired", "offsetConflict", "tooLarge", "storageFull", "unsupportedVersion", "notOctets"],
  },
  "blob.read": {
    method: "GET",
    path: BLOB_PATH,
    summary: "The bytes of a whole blob, or a range of them (206).",
    capability: "read",
    status: 200,
    requestHeaders: ["range"],
    responseHeaders: ["content-range", "content-length"],
    errors: ["forbidden", "expired", "badRange", "damaged"],
  },
  "blob.delete": {
    method: "DELETE",
    path: BLOB_PATH,
    summary: "Deletes a blob, whole or not. Its room is free at once.",
    capability: "write",
    status: 204,
    requestHeaders: ["tus-resumable"],
    responseHeaders: [],
    errors: ["forbidden", "unsupportedVersion"],
  },
} as const satisfies Record<string, BlobOperation>;

export type BlobOperationName = keyof typeof blobOperations;
export const BLOB_OPERATION_NAMES = Object.keys(blobOperations) as readonly BlobOperationName[];

export function blobOperation(name: BlobOperationName): BlobOperation {
  return blobOperations[name];
}

export type BlobRoute =
  | { readonly kind: "operation"; readonly name: BlobOperationName; readonly blob: string | undefined }
  | { readonly kind: "methodNotAllowed"; readonly allow: readonly string[] };

/** @returns undefined for what is no path of blobs. `path` is without the query. */
export function blobRouteOf(method: string, path: string): BlobRoute | undefined {
  const blob = path === "/v1/blobs" ? undefined : /^\/v1\/blobs\/([\w-]{43})$/.exec(path)?.[1];
  if (blob === undefined && path !== "/v1/blobs") return undefined;
  const names = BLOB_OPERATION_NAMES.filter((name) => (blobOperation(name).path === BLOB_PATH) === (blob !== undefined));
  const name = names.find((one) => blobOperation(one).method === method);
  if (name !== undefined) return { kind: "operation", name, blob };
  return { kind: "methodNotAllowed", allow: names.map((one) => blobOperation(one).method) };
}
