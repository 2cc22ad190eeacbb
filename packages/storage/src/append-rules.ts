// Who may append what, and what makes two requests the same one.
import { sha256 } from "@noble/hashes/sha2.js";
import type { StreamConfiguration } from "@p2pcrypt/api";
import * as limits from "@p2pcrypt/api/limits";
import { ByteWriter, equalBytes } from "@p2pcrypt/bytes";
import type { Append, StreamState } from "./node-store.ts";

/** Whether the authority holds in the configuration in force, for this kind of record in this kind of stream. */
export function isAllowed({ configuration }: StreamState, append: Append): boolean {
  const { authority, kind } = append;
  if (configuration.kind === "inbox")
    return kind === "sealedRequest" && append.configure === undefined && mayWriteToInbox(configuration, append);
  if (kind === "sealedRequest") return false;
  switch (authority.kind) {
    case "writeToken":
      return isHash(configuration.writeTokenHash, authority.tokenHash);
    case "administrator":
      return kind === "handshake" && configuration.admins.some((key) => equalBytes(key, authority.key));
    case "contactToken":
    case "stranger":
      return false;
  }
}

function mayWriteToInbox(configuration: StreamConfiguration, { authority, record }: Append): boolean {
  if (authority.kind === "contactToken") return isHash(configuration.contactTokenHash, authority.tokenHash);
  return authority.kind === "stranger" && record.length <= limits.MAX_STRANGER_REQUEST_BYTES;
}

function isHash(expected: Uint8Array | undefined, given: Uint8Array): boolean {
  return expected !== undefined && equalBytes(expected, given);
}

const KIND_CODES: Record<Append["kind"], number> = { handshake: 1, application: 2, sealedRequest: 3 };

/**
 * Over record, kind and place: a repeat may come by another right and in another configuration, and is still the same request.
 *
 * @param recordHash SHA-256 of the record
 */
export function requestHash({ kind, position, configure }: Append, recordHash: Uint8Array): Uint8Array {
  return sha256(
    new ByteWriter()
      .u8(KIND_CODES[kind])
      .u64(position ?? 0)
      .u32(configure?.version ?? 0)
      .bytes(recordHash)
      .finish(),
  );
}
