// Blobs over HTTP: request in, response out, bytes as streams in both directions (spec/protocol/blob.md).
import {
  ApiError,
  type BlobId,
  type BlobOperationName,
  blobOperation,
  blobRouteOf,
  capability as capabilityText,
  limits,
  parseRange,
  parseUploadMetadata,
  parseWhole,
  TUS_VERSION,
  tokenHash,
  UPLOAD_CONTENT_TYPE,
} from "@p2pcrypt/api";
import { equalBytes } from "@p2pcrypt/bytes";
import type { BlobState } from "@p2pcrypt/storage";
import type { NodeContext } from "./context.ts";
import { toApiError } from "./dispatch.ts";
import type { BlobService } from "./node-options.ts";
import { addressKey, takeOrRefuse } from "./rate-limits.ts";
import { UploadInterrupted } from "./upload-interrupted.ts";
import type { Uploads } from "./uploads.ts";

export interface BlobRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  /** A field of the request's head, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** As NodeRequest.address. */
  readonly address: string;
  /** Ends early by throwing when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface BlobResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<Uint8Array> | undefined;
}

/** A whole is served to be saved, by nobody's page: sandboxed, never sniffed, never shown (B6). */
const HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "location, upload-offset, upload-length, upload-expires, content-range, retry-after",
  "cache-control": "no-store",
  "content-disposition": "attachment",
  "content-security-policy": "default-src 'none'; sandbox",
  "cross-origin-resource-policy": "cross-origin",
  "referrer-policy": "no-referrer",
  "tus-resumable": TUS_VERSION,
  "x-content-type-options": "nosniff",
} as const;

const MEBIBYTE = 1024 * 1024;

interface Asked {
  readonly request: BlobRequest;
  readonly blobs: BlobService;
  readonly blob: BlobId;
}

export async function handleBlob(context: NodeContext, uploads: Uploads, request: BlobRequest): Promise<BlobResponse> {
  const [path = "", query] = request.target.split("?");
  const route = blobRouteOf(request.method, path);
  if (request.method === "OPTIONS" && route !== undefined) return options(context);
  if (route === undefined || query !== undefined) return refusal(new ApiError("unknownOperation"));
  if (route.kind === "methodNotAllowed") return refusal(new ApiError("methodNotAllowed"), { allow: route.allow.join(", ") });
  try {
    const answer = await answerTo(context, uploads, request, route);
    context.stats.add(`requests ${route.name} ok`);
    return answer;
  } catch (error) {
    const refused = error instanceof UploadInterrupted ? interrupted(error) : toApiError(context, route.name, error);
    context.stats.add(`requests ${route.name} ${refused.code}`);
    return request.method === "HEAD" ? { ...refusal(refused), body: undefined } : refusal(refused);
  }
}

async function answerTo(
  context: NodeContext,
  uploads: Uploads,
  request: BlobRequest,
  { name, blob = "" }: { readonly name: BlobOperationName; readonly blob: string | undefined },
): Promise<BlobResponse> {
  takeOrRefuse(context.limiter, `address ${addressKey(request.address)}`, context.options.rateLimits.address);
  const { blobs } = context.deps;
  if (blobs === undefined) throw new ApiError("notOffered");
  const isTus = blobOperation(name).requestHeaders.includes("tus-resumable");
  if (isTus && request.header("tus-resumable") !== TUS_VERSION) throw new ApiError("unsupportedVersion");
  const asked = { request, blobs, blob };
  switch (name) {
    case "blob.create":
      return create(context, asked);
    case "blob.describe":
      return describe(context, asked);
    case "blob.write":
      return write(context, uploads, asked);
    case "blob.read":
      return read(context, asked);
    case "blob.delete":
      return remove(context, uploads, asked);
  }
}

async function create(context: NodeContext, { request, blobs }: Asked): Promise<BlobResponse> {
  const { options, deps, limiter } = context;
  const { store } = blobs;
  const bytes = parseWhole(request.header("upload-length"));
  if (bytes === undefined || bytes === 0) throw new ApiError("badRequest", { field: "upload-length" });
  if (bytes > blobs.maxBytes) throw new ApiError("tooLarge", { limitBytes: blobs.maxBytes });
  const fields = parseUploadMetadata(request.header("upload-metadata") ?? "");
  if (fields === undefined) throw new ApiError("badRequest", { field: "upload-metadata" });
  const { blob: id, readTokenHash } = fields;
  const retentionMs = Math.min(fields.retentionMs ?? blobs.retentionMs, blobs.retentionMs);
  const expiresMs = deps.clock.nowMs() + Math.min(retentionMs, limits.UNFINISHED_BLOB_MS);
  const wanted = { id, bytes, readTokenHash, writeTokenHash: tokenHash(bearer(request)), retentionMs, expiresMs };
  if ((await store.blob(id)) === undefined) {
    const address = addressKey(request.address);
    takeOrRefuse(limiter, `upload ${address}`, options.rateLimits.uploads);
    takeOrRefuse(limiter, `upload bytes ${address}`, options.rateLimits.uploadMebibytes, Math.ceil(bytes / MEBIBYTE));
  }
  const outcome = await store.create(wanted);
  if (outcome === "full") throw new ApiError("storageFull");
  if (outcome === "exists" || outcome === "quota") throw new ApiError(outcome);
  const state = (await store.blob(id)) ?? { ...wanted, offset: 0 };
  return { status: 201, headers: { ...HEADERS, location: `/v1/blobs/${id}`, ...progress(state) }, body: undefined };
}

async function describe(context: NodeContext, asked: Asked): Promise<BlobResponse> {
  const state = await allowed(context, asked, "readOrWrite");
  return { status: 200, headers: { ...HEADERS, "upload-length": String(state.bytes), ...progress(state) }, body: undefined };
}

async function write(context: NodeContext, uploads: Uploads, asked: Asked): Promise<BlobResponse> {
  const { request, blobs, blob } = asked;
  if (request.header("content-type") !== UPLOAD_CONTENT_TYPE) throw new ApiError("notOctets");
  const offset = parseWhole(request.header("upload-offset"));
  if (offset === undefined) throw new ApiError("badRequest", { field: "upload-offset" });
  const { bytes, retentionMs } = await allowed(context, asked, "write");
  const length = parseWhole(request.header("content-length"));
  if (length !== undefined && offset + length > bytes) throw new ApiError("tooLarge", { limitBytes: bytes });
  const expiresMs = (isWhole: boolean): number =>
    context.deps.clock.nowMs() + (isWhole ? retentionMs : Math.min(retentionMs, limits.UNFINISHED_BLOB_MS));
  const outcome = await uploads.alone(blob, request.body, (body) => blobs.store.write(blob, { offset, body, expiresMs }));
  switch (outcome.kind) {
    case "conflict":
      throw new ApiError("offsetConflict", { offset: outcome.offset });
    case "tooLong":
      throw new ApiError("tooLarge", { limitBytes: bytes });
    case "unknown":
      throw new ApiError("forbidden");
    case "written":
      context.stats.add("blob_bytes_stored", outcome.blob.offset - offset);
      return { status: 204, headers: { ...HEADERS, ...progress(outcome.blob) }, body: undefined };
  }
}

async function read(context: NodeContext, asked: Asked): Promise<BlobResponse> {
  const { request, blobs, blob } = asked;
  const state = await allowed(context, asked, "read");
  // Half a blob is nobody's to read.
  if (state.offset < state.bytes) throw new ApiError("forbidden");
  const asksFor = request.header("range");
  const range = asksFor === undefined ? { from: 0, until: state.bytes } : parseRange(asksFor, state.bytes);
  if (range === undefined) throw new ApiError("badRange", { limitBytes: state.bytes });
  const { from, until } = range;
  context.stats.add("blob_bytes_served", until - from);
  const part = asksFor === undefined ? {} : { "content-range": `bytes ${from}-${until - 1}/${state.bytes}` };
  const size = { "content-length": String(until - from), "content-type": "application/octet-stream", "accept-ranges": "bytes" };
  const status = asksFor === undefined ? 200 : 206;
  return { status, headers: { ...HEADERS, ...size, ...part }, body: blobs.store.read(blob, range) };
}

async function remove(context: NodeContext, uploads: Uploads, asked: Asked): Promise<BlobResponse> {
  const { blobs, blob, request } = asked;
  await allowed(context, asked, "write", true);
  await uploads.alone(blob, request.body, async () => blobs.store.delete(blob));
  return { status: 204, headers: HEADERS, body: undefined };
}

/** Unknown and forbidden are one answer. @throws {ApiError} forbidden; expired, to whoever may know */
async function allowed(
  { deps }: NodeContext,
  { request, blobs, blob }: Asked,
  right: "read" | "write" | "readOrWrite",
  isExpiredToo = false,
): Promise<BlobState> {
  const hash = tokenHash(bearer(request));
  const state = await blobs.store.blob(blob);
  const isOne = (name: "read" | "write", of: Uint8Array | undefined): boolean =>
    of !== undefined && (right === name || right === "readOrWrite") && equalBytes(hash, of);
  if (state === undefined || !(isOne("read", state.readTokenHash) || isOne("write", state.writeTokenHash)))
    throw new ApiError("forbidden");
  if (!isExpiredToo && state.expiresMs <= deps.clock.nowMs()) throw new ApiError("expired");
  return state;
}

/** Mostly nobody hears it: the connection is gone. */
function interrupted({ reason }: UploadInterrupted): ApiError {
  return new ApiError(reason === "replaced" ? "offsetConflict" : "unavailable");
}

function bearer({ header }: BlobRequest): Uint8Array {
  const token = capabilityText.safeParse(/^Bearer ([\w-]{43})$/.exec(header("authorization") ?? "")?.[1] ?? "");
  if (!token.success) throw new ApiError("forbidden");
  return token.data;
}

function progress({ offset, expiresMs }: BlobState): Record<string, string> {
  return { "upload-offset": String(offset), "upload-expires": new Date(expiresMs).toUTCString() };
}

function options({ deps: { blobs } }: NodeContext): BlobResponse {
  const headers = {
    ...HEADERS,
    "access-control-allow-methods": "GET, HEAD, POST, PATCH, DELETE",
    "access-control-allow-headers":
      "authorization, content-type, range, tus-resumable, upload-length, upload-metadata, upload-offset",
    "access-control-max-age": "86400",
    "tus-version": TUS_VERSION,
    "tus-extension": "creation,expiration,termination",
    ...(blobs === undefined ? {} : { "tus-max-size": String(blobs.maxBytes) }),
  };
  return { status: 204, headers, body: undefined };
}

function refusal(error: ApiError, headers: Record<string, string> = {}): BlobResponse {
  const { retryAfterMs, offset } = error.fields;
  const more = {
    "content-type": "application/json",
    "tus-version": TUS_VERSION,
    ...(retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
    ...(offset === undefined ? {} : { "upload-offset": String(offset) }),
  };
  return { status: error.status, headers: { ...HEADERS, ...more, ...headers }, body: JSON.stringify(error.toWire()) };
}
