// What the headers of blob operations say, in both directions (spec/protocol/blob.md section 3).
import { decodeBase64Url, encodeBase64Url } from "@p2pcrypt/bytes";
import { parseStreamId } from "./binary.ts";

export const TUS_VERSION = "1.0.0";
export const UPLOAD_CONTENT_TYPE = "application/offset+octet-stream";

/** 43 characters of base64url: 32 random bytes chosen by whoever uploads. */
export type BlobId = string;

export interface UploadFields {
  readonly blob: BlobId;
  readonly readTokenHash: Uint8Array;
  /** How long it is kept once it is whole; without it as long as the node keeps blobs. */
  readonly retentionMs?: number;
}

/** Canonical text of 32 bytes. */
export function isBlobId(text: string): text is BlobId {
  return parseStreamId(text) !== undefined;
}

/** Tus wants keys and base64 of values, and here each value is a short text. */
export function encodeUploadMetadata({ blob, readTokenHash, retentionMs }: UploadFields): string {
  const pairs = [
    ["blob", blob],
    ["readTokenHash", encodeBase64Url(readTokenHash)],
    ...(retentionMs === undefined ? [] : [["retentionMs", String(retentionMs)]]),
  ];
  return pairs.map(([key, value = ""]) => `${key} ${toBase64(value)}`).join(",");
}

/** Keys that are not known are left out: tus clients add some of their own. @returns undefined for what is missing, malformed or there twice. */
export function parseUploadMetadata(text: string): UploadFields | undefined {
  if (text.length > 1_000) return undefined;
  const fields = new Map<string, string>();
  for (const pair of text.split(",")) {
    const [key = "", value = ""] = pair.trim().split(" ");
    if (fields.has(key)) return undefined;
    fields.set(key, value);
  }
  const [blob, hash, retention] = ["blob", "readTokenHash", "retentionMs"].map((key) => fromBase64(fields.get(key)));
  const readTokenHash = hash === undefined ? undefined : bytesOf(hash, 32);
  if (blob === undefined || !isBlobId(blob) || readTokenHash === undefined) return undefined;
  if (!fields.has("retentionMs")) return { blob, readTokenHash };
  const retentionMs = parseWhole(retention);
  return retentionMs === undefined ? undefined : { blob, readTokenHash, retentionMs };
}

/** A whole number in its one decimal form, exact as a JSON number. */
export function parseWhole(text: string | undefined): number | undefined {
  if (text === undefined || !/^(0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Bytes from `from` up to, not including, `until`. */
export interface ByteRange {
  readonly from: number;
  readonly until: number;
}

/** One range, from a byte on or between two. @returns undefined for one that the blob does not have, or another form. */
export function parseRange(text: string, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d{1,16})-(\d{0,16})$/.exec(text) ?? [];
  const from = parseWhole(first);
  const lastByte = last === "" ? size - 1 : parseWhole(last);
  if (from === undefined || lastByte === undefined || from >= size || lastByte < from) return undefined;
  return { from, until: Math.min(size, lastByte + 1) };
}

/** Standard base64 of ASCII text, by way of base64url: the alphabet differs in two letters and in the padding. */
function toBase64(text: string): string {
  const url = encodeBase64Url(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
  return url
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .padEnd(Math.ceil(url.length / 4) * 4, "=");
}

function fromBase64(text: string | undefined): string | undefined {
  if (text === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = bytesOf(text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""));
  return bytes === undefined ? undefined : String.fromCharCode(...bytes);
}

function bytesOf(text: string, size?: number): Uint8Array | undefined {
  try {
    const bytes = decodeBase64Url(text);
    return size === undefined || bytes.length === size ? bytes : undefined;
  } catch {
    return undefined; // not canonical
  }
}
