// The operation table: every call between a client and a node, with both directions' schemas, limits and errors.
export { binary, fixedBinary, parseStreamId, type StreamId, toStreamId } from "./binary.ts";
export {
  type BlobId,
  type ByteRange,
  encodeUploadMetadata,
  isBlobId,
  parseRange,
  parseUploadMetadata,
  parseWhole,
  TUS_VERSION,
  UPLOAD_CONTENT_TYPE,
  type UploadFields,
} from "./blob-headers.ts";
export {
  BLOB_OPERATION_NAMES,
  type BlobOperation,
  type BlobOperationName,
  type BlobRoute,
  blobOperation,
  blobRouteOf,
} from "./blob-operations.ts";
export { canonicalJson } from "./canonical-json.ts";
export { ApiError, ERROR_CODES, ERRORS, type ErrorBody, type ErrorCode, type ErrorFields, parseErrorBody } from "./errors.ts";
export {
  answerFrame,
  capability,
  type EndedPush,
  type EphemeralPush,
  errorFrame,
  type PushName,
  pushes,
  pushFrame,
  type RecordPush,
  type RequestFrame,
  RPC_ERROR_CODE,
  requestFrame,
  resultFrame,
} from "./frames.ts";
export { type HttpCall, parseForm, parseQuery, type Route, routeOf, toHttpCall } from "./http-mapping.ts";
export { parseJson } from "./json.ts";
export * as limits from "./limits.ts";
export { toOpenApi } from "./openapi.ts";
export { type CapabilityKind, COMMON_ERRORS, type Operation } from "./operation.ts";
export {
  isOperationName,
  OPERATION_NAMES,
  type OperationName,
  type Operations,
  operation,
  operations,
  type RequestOf,
  type ResponseOf,
} from "./operations.ts";
export {
  decodePrivateMessageHeader,
  EPHEMERAL_MAGIC,
  isRecord,
  MAX_RECORD_BYTES,
  type PrivateMessageHeader,
  RECORD_KINDS,
  type RecordKind,
  SEALED_REQUEST_MAGIC,
} from "./records.ts";
export type { Checkpoint, Configure, StreamRecord } from "./schemas.ts";
export {
  adminAppendBytes,
  type ChainLink,
  type CheckpointFields,
  type ConfigurationChange,
  checkpointBytes,
  configurationHash,
  configureBytes,
  deleteStreamBytes,
  deviceRequestBytes,
  EMPTY_HANDSHAKE_CHAIN,
  initialChain,
  nextChain,
  nextHandshakeChain,
  recordHash,
  type StreamConfiguration,
  type StreamPlace,
  tokenHash,
} from "./signed-bytes.ts";
export {
  type Cursor,
  compareCheckpoints,
  followRecord,
  isSameHead,
  type PageOutcome,
  type VerifySignature,
  verifyPage,
} from "./verify-page.ts";
export { toWire } from "./wire.ts";
