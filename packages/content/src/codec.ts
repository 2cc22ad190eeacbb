import { encodeUtf8 } from "@p2pcrypt/bytes";
import { CALL_MEDIA, CALL_OUTCOMES, readCallSignal } from "./call.ts";
import {
  type Content,
  type EphemeralContent,
  type KnownContent,
  MAX_CERTIFICATE_BYTES,
  MAX_CERTIFICATES,
  MAX_CONTENT_BYTES,
  MAX_EPHEMERAL_BYTES,
  MAX_FILE_NAME_BYTES,
  MAX_NODE_URL_BYTES,
  MAX_PINS,
  MAX_PROFILE_BYTES,
  MAX_TEXT_BYTES,
  MAX_THUMBNAIL_BYTES,
  MAX_TRANSITION_BYTES,
  MAX_WAVEFORM_BYTES,
  PRESENCE_STATES,
  SAS_CANCEL_REASONS,
  SCAN_CANCEL_REASONS,
} from "./content.ts";
import { ContentError } from "./content-error.ts";
import {
  base64UrlField,
  base64UrlListField,
  booleanField,
  choiceField,
  contentIdField,
  contentIdListField,
  emojiField,
  optionalContentIdField,
  textField,
  wholeField,
} from "./fields.ts";
import { readFileSignal } from "./file-signal.ts";
import { fieldOf, type JsonObject, parseJsonObject } from "./json-object.ts";
import { mentionsField } from "./mention.ts";

const CONTENT_VERSION = 1;
const MAX_KIND_BYTES = 64;
/** What a sealed file binds (sealed-file.md section 3). */
const MAX_MEDIA_TYPE_BYTES = 127;

type Kind = KnownContent["kind"];
type Base = { readonly id: string; readonly sentAtMs: number };

/** One reader per kind: it names every field of that kind, and no other field survives decoding. */
const READERS: { readonly [K in Kind]: (object: JsonObject, base: Base) => Extract<KnownContent, { kind: K }> } = {
  text: readText,
  reaction: (object, base) => ({
    kind: "reaction",
    ...base,
    ...readTarget(object),
    revision: revisionField(object),
    ...(fieldOf(object, "emoji") === undefined ? {} : { emoji: emojiField(object, "emoji") }),
  }),
  edit: (object, base) => {
    const text = textField(object, "text", MAX_TEXT_BYTES);
    const target = contentIdField(object, "target");
    return { kind: "edit", ...base, target, revision: revisionField(object), text, ...mentionsField(object, text) };
  },
  delete: (object, base) => ({ kind: "delete", ...base, target: contentIdField(object, "target") }),
  pin: (object, base) => ({ kind: "pin", ...base, ...readTarget(object) }),
  unpin: (object, base) => ({
    kind: "unpin",
    ...base,
    ...readTarget(object),
    pins: contentIdListField(object, "pins", MAX_PINS),
  }),
  receipt: readReceipt,
  sasCommit: (object, base) => ({
    kind: "sasCommit",
    ...base,
    run: contentIdField(object, "run"),
    commitment: base64UrlField(object, "commitment", { exactBytes: 32 }),
  }),
  sasReply: (object, base) => ({
    kind: "sasReply",
    ...base,
    run: contentIdField(object, "run"),
    nonce: base64UrlField(object, "nonce", { exactBytes: 32 }),
  }),
  sasOpen: (object, base) => ({
    kind: "sasOpen",
    ...base,
    run: contentIdField(object, "run"),
    nonce: base64UrlField(object, "nonce", { exactBytes: 32 }),
  }),
  sasConfirm: (object, base) => ({ kind: "sasConfirm", ...base, run: contentIdField(object, "run") }),
  sasCancel: (object, base) => ({
    kind: "sasCancel",
    ...base,
    run: contentIdField(object, "run"),
    reason: choiceField(object, "reason", SAS_CANCEL_REASONS),
  }),
  scanProof: (object, base) => ({
    kind: "scanProof",
    ...base,
    run: contentIdField(object, "run"),
    device: base64UrlField(object, "device", { exactBytes: 16 }),
    epoch: wholeField(object, "epoch"),
    proof: base64UrlField(object, "proof", { exactBytes: 32 }),
  }),
  scanConfirm: (object, base) => ({
    kind: "scanConfirm",
    ...base,
    run: contentIdField(object, "run"),
    proof: base64UrlField(object, "proof", { exactBytes: 32 }),
  }),
  scanCancel: (object, base) => ({
    kind: "scanCancel",
    ...base,
    run: contentIdField(object, "run"),
    reason: choiceField(object, "reason", SCAN_CANCEL_REASONS),
  }),
  profileUpdate: (object, base) => ({ kind: "profileUpdate", ...base, ...readProfile(object) }),
  contactCard: (object, base) => ({
    kind: "contactCard",
    ...base,
    ...readProfile(object),
    inboxToken: base64UrlField(object, "inboxToken", { exactBytes: 32 }),
    claimToken: base64UrlField(object, "claimToken", { exactBytes: 32 }),
  }),
  certifications: (object, base) => ({
    kind: "certifications",
    ...base,
    certificates: base64UrlListField(object, "certificates", { maxItems: MAX_CERTIFICATES, maxBytes: MAX_CERTIFICATE_BYTES }),
  }),
  introduction: (object, base) => ({ kind: "introduction", ...base, ...readProfile(object) }),
  attestationRequest: (object, base) => ({
    kind: "attestationRequest",
    ...base,
    certificate: base64UrlField(object, "certificate", { maxBytes: MAX_CERTIFICATE_BYTES }),
  }),
  transition: (object, base) => ({
    kind: "transition",
    ...base,
    ...readProfile(object),
    transition: base64UrlField(object, "transition", { maxBytes: MAX_TRANSITION_BYTES }),
  }),
  file: readFile,
  call: (object, base) => ({
    kind: "call",
    ...base,
    call: contentIdField(object, "call"),
    media: choiceField(object, "media", CALL_MEDIA),
    outcome: choiceField(object, "outcome", CALL_OUTCOMES),
    durationS: wholeField(object, "durationS"),
  }),
  goodbye: (_object, base) => ({ kind: "goodbye", ...base }),
};

/**
 * The bytes that are padded and sealed. Deterministic: fields in the order of the reader.
 *
 * @throws {ContentError} when a field breaks its own limit or the whole exceeds MAX_CONTENT_BYTES.
 */
export function encodeContent(content: KnownContent): Uint8Array {
  const { kind, id, sentAtMs } = content;
  // Reading back what is written keeps one list of rules for both directions.
  const fields = READERS[kind](fieldsOf(content), {
    id: contentIdField({ id }, "id"),
    sentAtMs: wholeField({ sentAtMs }, "sentAtMs"),
  });
  return bounded(encodeUtf8(JSON.stringify({ v: CONTENT_VERSION, ...fields })), MAX_CONTENT_BYTES);
}

/**
 * @returns `kind: "unknown"` with the whole bytes for a kind or version made after this program.
 * @throws {ContentError} for everything else that is not exactly one content.
 */
export function decodeContent(bytes: Uint8Array): Content {
  const object = parseJsonObject(bytes, MAX_CONTENT_BYTES);
  const base = { id: contentIdField(object, "id"), sentAtMs: wholeField(object, "sentAtMs") };
  const name = textField(object, "kind", MAX_KIND_BYTES);
  if (versionOf(object) !== CONTENT_VERSION || !isKnown(name)) return { kind: "unknown", ...base, name, bytes: bytes.slice() };
  return READERS[name](object, base);
}

/** @throws {ContentError} */
export function encodeEphemeral(content: Exclude<EphemeralContent, { kind: "unknown" }>): Uint8Array {
  return bounded(encodeUtf8(JSON.stringify({ v: CONTENT_VERSION, ...content })), MAX_EPHEMERAL_BYTES);
}

/** @throws {ContentError} */
export function decodeEphemeral(bytes: Uint8Array): EphemeralContent {
  const object = parseJsonObject(bytes, MAX_EPHEMERAL_BYTES);
  const name = textField(object, "kind", MAX_KIND_BYTES);
  if (versionOf(object) === CONTENT_VERSION && name === "typing")
    return { kind: "typing", isTyping: booleanField(object, "isTyping") };
  if (versionOf(object) === CONTENT_VERSION && name === "presence") {
    return { kind: "presence", state: choiceField(object, "state", PRESENCE_STATES) };
  }
  if (versionOf(object) === CONTENT_VERSION && name === "callSignal") return readCallSignal(object);
  if (versionOf(object) === CONTENT_VERSION && name === "fileSignal") return readFileSignal(object);
  return { kind: "unknown", name };
}

function isKnown(name: string): name is Kind {
  return Object.hasOwn(READERS, name);
}

function versionOf(object: JsonObject): number {
  const version = fieldOf(object, "v");
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1)
    throw new ContentError("content/badField", "v");
  return version;
}

function readReceipt(object: JsonObject, base: Base): Extract<KnownContent, { kind: "receipt" }> {
  const delivered = optionalContentIdField(object, "delivered");
  const read = optionalContentIdField(object, "read");
  if (delivered === undefined && read === undefined) throw new ContentError("content/badField", "delivered");
  return { kind: "receipt", ...base, ...(delivered === undefined ? {} : { delivered }), ...(read === undefined ? {} : { read }) };
}

function readText(object: JsonObject, base: Base): Extract<KnownContent, { kind: "text" }> {
  const isReply = fieldOf(object, "replyTo") !== undefined || fieldOf(object, "replyToAuthor") !== undefined;
  const text = textField(object, "text", MAX_TEXT_BYTES);
  return {
    kind: "text",
    ...base,
    text,
    ...(isReply ? { replyTo: contentIdField(object, "replyTo"), replyToAuthor: identityField(object, "replyToAuthor") } : {}),
    ...forwardedField(object),
    ...mentionsField(object, text),
  };
}

function readTarget(object: JsonObject): { readonly target: string; readonly targetAuthor: string } {
  return { target: contentIdField(object, "target"), targetAuthor: identityField(object, "targetAuthor") };
}

function identityField(object: JsonObject, name: string): string {
  return base64UrlField(object, name, { exactBytes: 32 });
}

function revisionField(object: JsonObject): number {
  const revision = wholeField(object, "revision");
  if (revision < 1) throw new ContentError("content/badField", "revision");
  return revision;
}

function forwardedField(object: JsonObject): { readonly isForwarded?: true } {
  if (fieldOf(object, "isForwarded") === undefined) return {};
  return booleanField(object, "isForwarded") ? { isForwarded: true } : {};
}

function readProfile(object: JsonObject): { readonly certificate: string; readonly profile: string } {
  return {
    certificate: base64UrlField(object, "certificate", { maxBytes: MAX_CERTIFICATE_BYTES }),
    profile: base64UrlField(object, "profile", { maxBytes: MAX_PROFILE_BYTES }),
  };
}

function readFile(object: JsonObject, base: Base): Extract<KnownContent, { kind: "file" }> {
  const isGiven = (name: string): boolean => fieldOf(object, name) !== undefined;
  const bytes32 = (name: string): string => base64UrlField(object, name, { exactBytes: 32 });
  return {
    kind: "file",
    ...base,
    name: textField(object, "name", MAX_FILE_NAME_BYTES),
    ...(isGiven("type") ? { type: textField(object, "type", MAX_MEDIA_TYPE_BYTES) } : {}),
    bytes: wholeField(object, "bytes"),
    nodeUrl: textField(object, "nodeUrl", MAX_NODE_URL_BYTES),
    blob: bytes32("blob"),
    readToken: bytes32("readToken"),
    key: bytes32("key"),
    commitment: bytes32("commitment"),
    hash: bytes32("hash"),
    expiresMs: wholeField(object, "expiresMs"),
    ...(isGiven("thumbnail") ? { thumbnail: base64UrlField(object, "thumbnail", { maxBytes: MAX_THUMBNAIL_BYTES }) } : {}),
    ...(isGiven("waveform") || isGiven("durationMs")
      ? {
          durationMs: wholeField(object, "durationMs"),
          waveform: base64UrlField(object, "waveform", { maxBytes: MAX_WAVEFORM_BYTES }),
        }
      : {}),
    ...forwardedField(object),
  };
}

function fieldsOf(content: KnownContent): JsonObject {
  return { ...content };
}

function bounded(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length > maxBytes) throw new ContentError("content/tooLarge");
  return bytes;
}
