// Reading MLS messages strictly: the whole input, in the one form that counts, and only what a conversation accepts.
import { equalBytes } from "@p2pcrypt/bytes";
import { SUITE_NAME } from "./cipher-suite.ts";
import {
  decodeMlsMessage,
  decodeRatchetTree,
  encodeMlsMessage,
  encodeRatchetTree,
  type KeyPackage,
  type MLSMessage,
  type PrivateMessage,
  type RatchetTree,
  type Welcome,
} from "./library.ts";

/** @returns undefined for anything but a canonical PrivateMessage. */
export function readPrivateMessage(record: Uint8Array): PrivateMessage | undefined {
  const message = readMessage(record);
  return message?.wireformat === "mls_private_message" ? message.privateMessage : undefined;
}

/** @returns undefined for anything but a canonical Welcome of our suite, which the library does not look at. */
export function readWelcome(bytes: Uint8Array): Welcome | undefined {
  const message = readMessage(bytes);
  return message?.wireformat === "mls_welcome" && message.welcome.cipherSuite === SUITE_NAME ? message.welcome : undefined;
}

/** @returns undefined for anything but a canonical KeyPackage, of whatever suite. */
export function readKeyPackage(bytes: Uint8Array): KeyPackage | undefined {
  const message = readMessage(bytes);
  return message?.wireformat === "mls_key_package" ? message.keyPackage : undefined;
}

/** @returns undefined for anything but a canonical ratchet tree. */
export function readRatchetTree(bytes: Uint8Array): RatchetTree | undefined {
  try {
    const decoded = decodeRatchetTree(bytes, 0);
    return decoded !== undefined && equalBytes(encodeRatchetTree(decoded[0]), bytes) ? decoded[0] : undefined;
  } catch {
    // Some decoders of ts-mls throw and some answer undefined; both mean that these are not the bytes.
    return undefined;
  }
}

export function encodePrivateRecord(privateMessage: PrivateMessage): Uint8Array {
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage });
}

function readMessage(bytes: Uint8Array): MLSMessage | undefined {
  try {
    const decoded = decodeMlsMessage(bytes, 0);
    if (decoded === undefined || decoded[1] !== bytes.length || decoded[0].version !== "mls10") return undefined;
    // Lengths have several encodings in the library's decoder; only the one it writes itself counts.
    return equalBytes(encodeMlsMessage(decoded[0]), bytes) ? decoded[0] : undefined;
  } catch {
    // Some decoders of ts-mls throw and some answer undefined; both mean that these are not the bytes.
    return undefined;
  }
}
