// The handshake chain: position and record hash, common to all nodes of a conversation.
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteWriter } from "@p2pcrypt/bytes";
import { PURPOSE } from "../purposes.ts";

/** The head before the first position. */
export const EMPTY_HANDSHAKE_HEAD = new Uint8Array(32);

/** h(p) = SHA-256(purpose, h(p-1), uint64 p, SHA-256(record)); positions count from 1. */
export function nextHandshakeHead(head: Uint8Array, position: number, record: Uint8Array): Uint8Array {
  const input = new ByteWriter().bytes(PURPOSE.handshakeChain).fixed(head, 32, "head").u64(position).bytes(sha256(record));
  return sha256(input.finish());
}
