// Every way in which a node refuses. The codes are part of the protocol: add, never reuse (spec/protocol/api.md section 4).
import * as z from "zod/mini";

interface ErrorRow {
  readonly status: number;
  /** Whether the same request may succeed later without a change. */
  readonly isRetriable: boolean;
  readonly sentence: string;
}

export const ERRORS = {
  badRequest: { status: 400, isRetriable: false, sentence: "the request does not fit the operation" },
  notJson: { status: 400, isRetriable: false, sentence: "the body is not JSON of the expected shape" },
  unknownOperation: { status: 404, isRetriable: false, sentence: "there is no such operation" },
  methodNotAllowed: { status: 405, isRetriable: false, sentence: "this path takes another method" },
  /** Unknown and forbidden are one answer on purpose. */
  forbidden: { status: 403, isRetriable: false, sentence: "unknown, or not allowed" },
  notFound: { status: 404, isRetriable: false, sentence: "not in this directory" },
  tooLarge: { status: 413, isRetriable: false, sentence: "larger than the operation allows" },
  notARecord: { status: 422, isRetriable: false, sentence: "not an encrypted record of the given kind" },
  badCertificate: { status: 422, isRetriable: false, sentence: "the certificate or what it signs does not hold" },
  badSignature: { status: 403, isRetriable: false, sentence: "the signature does not hold" },
  staleRequest: { status: 409, isRetriable: false, sentence: "the signed request is too old, too new, or was used before" },
  /** The sender has not processed every handshake: `positions` is how many there are. */
  moved: { status: 409, isRetriable: false, sentence: "the conversation moved on" },
  positionTaken: { status: 409, isRetriable: false, sentence: "another handshake holds this position" },
  versionConflict: { status: 409, isRetriable: false, sentence: "another version is in force" },
  idempotencyConflict: { status: 409, isRetriable: false, sentence: "the idempotency key was used for other bytes" },
  exists: { status: 409, isRetriable: false, sentence: "exists with other values" },
  olderProfile: { status: 409, isRetriable: false, sentence: "a newer profile is in force" },
  notOffered: { status: 501, isRetriable: false, sentence: "this node does not offer that" },
  expired: { status: 410, isRetriable: false, sentence: "no longer kept" },
  noKeyPackage: { status: 404, isRetriable: true, sentence: "no key package is left" },
  membersLaneClosed: { status: 403, isRetriable: false, sentence: "only administrators may change this conversation now" },
  rateLimited: { status: 429, isRetriable: true, sentence: "too many requests" },
  quota: { status: 507, isRetriable: false, sentence: "the lease's quota is used up" },
  storageFull: { status: 507, isRetriable: true, sentence: "the node's disk is full" },
  tooManyInFlight: { status: 429, isRetriable: true, sentence: "too many requests at once on this connection" },
  tooManySubscriptions: { status: 429, isRetriable: false, sentence: "too many subscriptions on this connection" },
  unavailable: { status: 503, isRetriable: true, sentence: "the node is starting, stopping or overloaded" },
  /** Another offset of the blob is in force: `offset`. */
  offsetConflict: { status: 409, isRetriable: false, sentence: "the upload stands at another offset" },
  badRange: { status: 416, isRetriable: false, sentence: "the blob does not have this range" },
  unsupportedVersion: { status: 412, isRetriable: false, sentence: "another version of the upload protocol is spoken here" },
  notOctets: { status: 415, isRetriable: false, sentence: "the body is not of the type that uploads have" },
  damaged: { status: 500, isRetriable: false, sentence: "a stored record is damaged" },
  internal: { status: 500, isRetriable: true, sentence: "the node failed" },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

/** What a refusal carries besides its code; every field is public. */
export interface ErrorFields {
  /** Which field of the request is wrong: a path of names, never a value. */
  readonly field?: string;
  /** Handshakes in the stream. */
  readonly positions?: number;
  /** Version in force. */
  readonly version?: number;
  /** Sequence number in force. */
  readonly sequence?: number;
  readonly firstSeq?: number;
  readonly retryAfterMs?: number;
  readonly limitBytes?: number;
  /** Bytes of a blob that the node has. */
  readonly offset?: number;
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorCode;
  readonly fields: ErrorFields;

  /** The message is the code's sentence: it holds nothing from the request. */
  constructor(code: ErrorCode, fields: ErrorFields = {}, options?: { readonly cause?: unknown }) {
    super(ERRORS[code].sentence, options);
    this.code = code;
    this.fields = fields;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get isRetriable(): boolean {
    return ERRORS[this.code].isRetriable;
  }

  toWire(): ErrorBody {
    return { code: this.code, message: this.message, ...this.fields };
  }

  static fromWire(body: ErrorBody): ApiError {
    const { code, message: _, ...fields } = body;
    return new ApiError(code, definedOnly(fields));
  }
}

const count = z.optional(z.int().check(z.gte(0)));
export const errorBody = z.object({
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  message: z.string().check(z.maxLength(200)),
  field: z.optional(z.string().check(z.maxLength(200))),
  positions: count,
  version: count,
  sequence: count,
  firstSeq: count,
  retryAfterMs: count,
  limitBytes: count,
  offset: count,
});
export type ErrorBody = Omit<{ [Key in keyof z.infer<typeof errorBody>]: z.infer<typeof errorBody>[Key] }, keyof ErrorFields> &
  ErrorFields;

/** Reads an error body. @returns undefined for anything else. */
export function parseErrorBody(value: unknown): ApiError | undefined {
  const parsed = errorBody.safeParse(value);
  if (!parsed.success) return undefined;
  const { code, message, ...fields } = parsed.data;
  return ApiError.fromWire({ code, message, ...definedOnly(fields) });
}

function definedOnly(fields: { readonly [Key in keyof ErrorFields]?: ErrorFields[Key] | undefined }): ErrorFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ErrorFields;
}
