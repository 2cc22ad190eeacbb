// Streams: what is checked before the store decides.
import {
  ApiError,
  adminAppendBytes,
  type Configure,
  configurationHash,
  configureBytes,
  deleteStreamBytes,
  isRecord,
  limits,
  type RequestOf,
  type StreamConfiguration,
  type StreamId,
  type StreamPlace,
  tokenHash,
} from "@p2pcrypt/api";
import { compareBytes, equalBytes } from "@p2pcrypt/bytes";
import type { Authority, StreamState } from "@p2pcrypt/storage";
import type { Caller, Handlers, NodeContext } from "../context.ts";
import { takeOrRefuse } from "../rate-limits.ts";

type StreamHandlers = Pick<
  Handlers,
  "stream.create" | "stream.append" | "stream.read" | "stream.publish" | "stream.describe" | "stream.configure" | "stream.delete"
>;

export const streamHandlers: StreamHandlers = {
  "stream.create": async (context, request, caller) => {
    const { deps, limiter, options, checkpoints } = context;
    const isInbox = request.kind === "inbox";
    if ((request.writeTokenHash === undefined) !== isInbox) throw new ApiError("badRequest", { field: "writeTokenHash" });
    if (!isInbox && request.contactTokenHash !== undefined) throw new ApiError("badRequest", { field: "contactTokenHash" });
    if (isInbox && request.continues !== undefined) throw new ApiError("badRequest", { field: "continues" });
    takeOrRefuse(limiter, `create ${caller.address}`, options.rateLimits.creation);
    const { writeTokenHash, contactTokenHash } = request;
    const configuration: StreamConfiguration = {
      version: 1,
      kind: request.kind,
      readTokenHash: request.readTokenHash,
      ...(writeTokenHash === undefined ? {} : { writeTokenHash }),
      ...(contactTokenHash === undefined ? {} : { contactTokenHash }),
      admins: distinct(request.admins),
      retentionMs: request.retentionMs ?? limits.DEFAULT_RETENTION_MS,
      isMembersLaneOpen: true,
    };
    const { stream: id, continues } = request;
    const nowMs = deps.clock.nowMs();
    const outcome = await deps.store.createStream({
      id,
      configuration,
      nowMs,
      ...(continues === undefined ? {} : { continues }),
    });
    if (outcome.kind === "refused") throw new ApiError(outcome.code);
    const { stream } = outcome;
    return { configuration: withLists(stream.configuration), checkpoint: checkpoints.of(stream) };
  },

  "stream.append": async (context, request, caller) => {
    const { deps, hub, checkpoints, stats } = context;
    const { stream, kind, record, idempotencyKey, ifHandshake, position, configure } = request;
    assertShape(request);
    if (!isRecord(kind, record)) throw new ApiError("notARecord");
    if (configure !== undefined) assertConfigureSigned(context, stream, configure);
    const authority = authorityOf(context, request, caller);
    limitAppend(context, request, authority, caller);
    const append = {
      stream,
      kind,
      record,
      idempotencyKey,
      authority,
      ifHandshake,
      position,
      configure,
      nowMs: deps.clock.nowMs(),
    };
    const outcome = await deps.store.append(append);
    if (outcome.kind === "refused") {
      const { code, positions, version } = outcome;
      throw new ApiError(code, {
        ...(positions === undefined ? {} : { positions }),
        ...(version === undefined ? {} : { version }),
      });
    }
    const { seq, timeMs } = outcome;
    const placed = outcome.position === undefined ? {} : { position: outcome.position };
    const { signature } = outcome;
    const checkpoint =
      signature === undefined ? checkpoints.of(outcome.stream) : checkpoints.signed(outcome.stream, { timeMs, signature });
    if (outcome.kind === "appended") {
      stats.add("records_appended");
      stats.add("record_bytes_appended", record.length);
      hub.stored(outcome.stream, { seq, kind, timeMs, record, ...placed });
    }
    return { seq, timeMs, checkpoint, ...placed };
  },

  "stream.read": async (context, { stream, after, limit, maxBytes }, caller) => {
    const { deps, checkpoints } = context;
    const { grant } = await readableStream(context, stream, caller);
    const page = await deps.store.read({
      stream,
      after,
      until: grant.untilSeq,
      limit: limit ?? limits.MAX_READ_RECORDS,
      maxBytes: maxBytes ?? limits.DEFAULT_READ_BYTES,
    });
    if (page === undefined) throw new ApiError("forbidden");
    const { records, before, hasMore } = page;
    return {
      records: [...records],
      chainBefore: before.chain,
      seqBefore: before.seq,
      handshakeChainBefore: before.handshakeChain,
      positionsBefore: before.positions,
      hasMore,
      checkpoint: checkpoints.of(page.stream),
    };
  },

  "stream.publish": async (context, { stream: id, record }, caller) => {
    const { hub, limiter, options } = context;
    if (!isRecord("ephemeral", record)) throw new ApiError("notARecord");
    const stream = await writableStream(context, id, caller);
    takeOrRefuse(limiter, `append ${id}`, options.rateLimits.appends);
    return { subscribers: hub.publish(stream, record) };
  },

  "stream.describe": async (context, { stream: id }, caller) => {
    const { stream, grant } = await readableStream(context, id, caller);
    if (grant.untilSeq !== undefined) throw new ApiError("forbidden");
    return {
      configuration: withLists(stream.configuration),
      checkpoint: context.checkpoints.of(stream),
      usedBytes: stream.usedBytes + stream.usedHandshakeBytes,
      quotaBytes: context.options.streamQuotaBytes,
    };
  },

  "stream.configure": async (context, { stream: id, configure }) => {
    const { deps, hub, checkpoints } = context;
    assertConfigureSigned(context, id, configure);
    const outcome = await deps.store.configure(id, configure);
    if (outcome.kind === "refused") {
      throw new ApiError(outcome.code, outcome.version === undefined ? {} : { version: outcome.version });
    }
    hub.configured(outcome.stream);
    return { configuration: withLists(outcome.stream.configuration), checkpoint: checkpoints.of(outcome.stream) };
  },

  "stream.delete": async (context, { stream: id, admin, signature }) => {
    const { deps, hub, checkpoints } = context;
    const stream = await deps.store.stream(id);
    if (stream === undefined || !stream.configuration.admins.some((key) => equalBytes(key, admin)))
      throw new ApiError("forbidden");
    const place = placeOf(context, id);
    const signed = deleteStreamBytes(place, configurationHash(place, stream.configuration));
    if (!deps.checks.verifySignature(admin, signed, signature)) throw new ApiError("badSignature");
    if (!(await deps.store.deleteStream(id, stream.configuration.version))) throw new ApiError("forbidden");
    hub.deleted(id);
    checkpoints.forget(id);
    return {};
  },
};

/** The stream, and the grant of the caller's read token. Unknown and forbidden are one answer. */
export async function readableStream(
  { deps }: NodeContext,
  id: StreamId,
  { capability }: Caller,
): Promise<{ readonly stream: StreamState; readonly grant: StreamState["readGrants"][number]; readonly tokenHash: Uint8Array }> {
  if (capability === undefined) throw new ApiError("forbidden");
  const hash = tokenHash(capability);
  const stream = await deps.store.stream(id);
  const grant = stream?.readGrants.find((one) => equalBytes(one.tokenHash, hash));
  if (stream === undefined || grant === undefined) throw new ApiError("forbidden");
  return { stream, grant, tokenHash: hash };
}

/** The stream, for the bearer of its write token. Unknown and forbidden are one answer. */
export async function writableStream({ deps }: NodeContext, id: StreamId, { capability }: Caller): Promise<StreamState> {
  const stream = await deps.store.stream(id);
  const writeTokenHash = stream?.configuration.writeTokenHash;
  const isAllowed = capability !== undefined && writeTokenHash !== undefined && equalBytes(tokenHash(capability), writeTokenHash);
  if (stream === undefined || !isAllowed) throw new ApiError("forbidden");
  return stream;
}

/** Which fields belong to which kind of record. */
function assertShape({ kind, ifHandshake, position, admin, configure }: RequestOf<"stream.append">): void {
  const isHandshake = kind === "handshake";
  if ((position !== undefined) !== isHandshake) throw new ApiError("badRequest", { field: "position" });
  if (admin !== undefined && !isHandshake) throw new ApiError("badRequest", { field: "admin" });
  if (configure !== undefined && admin === undefined) throw new ApiError("badRequest", { field: "configure" });
  if ((ifHandshake !== undefined) !== (kind === "application")) throw new ApiError("badRequest", { field: "ifHandshake" });
}

function authorityOf(context: NodeContext, request: RequestOf<"stream.append">, { capability }: Caller): Authority {
  const { stream, kind, record, position = 0, admin } = request;
  if (admin !== undefined) {
    const signed = adminAppendBytes(placeOf(context, stream), { position, record });
    if (!context.deps.checks.verifySignature(admin.key, signed, admin.signature)) throw new ApiError("badSignature");
    return { kind: "administrator", key: admin.key };
  }
  if (kind === "sealedRequest") {
    return capability === undefined ? { kind: "stranger" } : { kind: "contactToken", tokenHash: tokenHash(capability) };
  }
  if (capability === undefined) throw new ApiError("forbidden");
  return { kind: "writeToken", tokenHash: tokenHash(capability) };
}

function limitAppend(
  { limiter, options }: NodeContext,
  { stream, kind }: RequestOf<"stream.append">,
  authority: Authority,
  { address }: Caller,
): void {
  const { rateLimits } = options;
  switch (authority.kind) {
    case "administrator":
      return;
    case "stranger":
      takeOrRefuse(limiter, `stranger ${address}`, rateLimits.strangersByAddress);
      takeOrRefuse(limiter, `inbox ${stream}`, rateLimits.strangers);
      return;
    case "contactToken":
    case "writeToken":
      if (kind === "handshake") takeOrRefuse(limiter, `lane ${stream}`, rateLimits.membersLane);
      takeOrRefuse(limiter, `append ${stream}`, rateLimits.appends);
  }
}

function assertConfigureSigned(context: NodeContext, stream: StreamId, configure: Configure): void {
  const signed = configureBytes(placeOf(context, stream), configure);
  if (!context.deps.checks.verifySignature(configure.admin, signed, configure.signature)) throw new ApiError("badSignature");
}

function placeOf({ options }: NodeContext, stream: StreamId): StreamPlace {
  return { node: options.nodeId, stream };
}

function distinct(keys: readonly Uint8Array[]): readonly Uint8Array[] {
  const sorted = [...keys].sort(compareBytes);
  return sorted.filter((key, i) => i === 0 || compareBytes(key, sorted[i - 1] ?? key) !== 0);
}

function withLists(configuration: StreamConfiguration): StreamConfiguration & { admins: Uint8Array[] } {
  return { ...configuration, admins: [...configuration.admins] };
}
