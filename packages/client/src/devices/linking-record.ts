// What two devices write into the stream where they meet (spec/protocol/linking.md section 4): a share each in the clear, everything
// after it sealed. Bytes only.
import { ByteReader, ByteWriter, DecodeError } from "@p2pcrypt/bytes";
import type { LinkingFailure } from "../device-snapshots.ts";
import { MAX_DEVICE_NAME_BYTES } from "./device-name.ts";

// struct {
//   uint8  magic = 0xe1;
//   uint8  form = 0x4c;
//   uint8  from;                       1 the new device, 2 the old one
//   opaque run[16];                    chosen by the new device
//   uint8  kind;                       1 share, 2 sealed, 3 refused
//   select (kind) { Share; Sealed; Refused } body;
// } LinkingRecord;
// struct { opaque share[32]; opaque reserved[16]; } Share;          zero
// struct { uint32 number; opaque ciphertext<rest>; } Sealed;        AES-256-GCM; AAD: everything before the ciphertext
// struct { uint8 reason; opaque reserved[47]; } Refused;            1 wrong code, 2 used
export interface LinkingRecord {
  readonly from: Side;
  readonly run: Uint8Array;
  readonly body:
    | { readonly kind: "share"; readonly share: Uint8Array }
    | { readonly kind: "sealed"; readonly number: number; readonly associated: Uint8Array; readonly ciphertext: Uint8Array }
    | { readonly kind: "refused"; readonly reason: "wrongCode" | "used" };
}

export type Side = "joining" | "offering";

const MAGIC = 0xe1;
const FORM = 0x4c;
const SIDES: readonly Side[] = ["joining", "offering"];
const KINDS = { share: 1, sealed: 2, refused: 3 } as const;
const REFUSALS = ["wrongCode", "used"] as const;
const SHARE_PADDING = 16;
/** A node takes nothing shorter than 64 bytes for a sealed record. */
const REFUSAL_PADDING = 47;

function head(from: Side, run: Uint8Array, kind: keyof typeof KINDS): ByteWriter {
  return new ByteWriter()
    .u8(MAGIC)
    .u8(FORM)
    .u8(SIDES.indexOf(from) + 1)
    .fixed(run, 16, "run")
    .u8(KINDS[kind]);
}

export function encodeShare(from: Side, run: Uint8Array, share: Uint8Array): Uint8Array {
  return head(from, run, "share").fixed(share, 32, "share").bytes(new Uint8Array(SHARE_PADDING)).finish();
}

export function encodeRefusal(run: Uint8Array, reason: (typeof REFUSALS)[number]): Uint8Array {
  return head("offering", run, "refused")
    .u8(REFUSALS.indexOf(reason) + 1)
    .bytes(new Uint8Array(REFUSAL_PADDING))
    .finish();
}

/** Everything of a sealed record but the ciphertext. */
export function sealedHead(from: Side, run: Uint8Array, number: number): Uint8Array {
  return head(from, run, "sealed").u32(number).finish();
}

/** @returns undefined for what is no record of this kind. */
export function decodeLinkingRecord(bytes: Uint8Array): LinkingRecord | undefined {
  try {
    return read(new ByteReader(bytes), bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function read(reader: ByteReader, bytes: Uint8Array): LinkingRecord | undefined {
  if (reader.u8("LinkingRecord.magic") !== MAGIC || reader.u8("LinkingRecord.form") !== FORM) return undefined;
  const from = SIDES[reader.u8("LinkingRecord.from") - 1];
  const run = reader.take(16, "LinkingRecord.run");
  const kind = reader.u8("LinkingRecord.kind");
  if (from === undefined) return undefined;
  switch (kind) {
    case KINDS.share: {
      const share = reader.take(32, "Share.share");
      reader.take(SHARE_PADDING, "Share.reserved");
      reader.end("LinkingRecord");
      return { from, run, body: { kind: "share", share } };
    }
    case KINDS.sealed: {
      const number = reader.u32("Sealed.number");
      const [associated, ciphertext] = [bytes.slice(0, reader.offset), bytes.slice(reader.offset)];
      return { from, run, body: { kind: "sealed", number, associated, ciphertext } };
    }
    case KINDS.refused: {
      const reason = REFUSALS[reader.u8("Refused.reason") - 1];
      return reason === undefined ? undefined : { from, run, body: { kind: "refused", reason } };
    }
    default:
      return undefined;
  }
}

// struct {
//   uint8  kind;                       1 commit, 2 reveal, 3 open, 4 accept, 5 grant part, 6 stored, 7 cancel
//   select (kind) { … } body;
//   opaque padding[…];                 zero, up to a multiple of 256 bytes; none in a grant part
// } LinkingMessage;
// struct { opaque commitment[32]; opaque device_name<0..64>; } Commit;                                  new device
// struct { opaque nonce[32]; opaque identity[32]; opaque name<0..128>; opaque device_name<0..64>; } Reveal;   old device
// struct { opaque nonce[32]; } Open;                                                                     new device
// struct { opaque device[16]; opaque signature_key[32]; opaque inbox[32]; } Accept;                      new device
// struct { uint8 is_last; opaque bytes<0..2^16-1>; } GrantPart;                                          old device
// struct { } Stored;                                                                                     new device
// struct { uint8 reason; } Cancel;   1 mismatch, 2 cancelled, 3 damaged                                  either
export type LinkingMessage =
  | { readonly kind: "commit"; readonly commitment: Uint8Array; readonly deviceName: string }
  | {
      readonly kind: "reveal";
      readonly nonce: Uint8Array;
      readonly identity: Uint8Array;
      readonly name: string;
      readonly deviceName: string;
    }
  | { readonly kind: "open"; readonly nonce: Uint8Array }
  | {
      readonly kind: "accept";
      readonly deviceId: Uint8Array;
      readonly signatureKey: Uint8Array;
      /** Stream id of its inbox. */
      readonly inbox: Uint8Array;
    }
  | { readonly kind: "grantPart"; readonly isLast: boolean; readonly bytes: Uint8Array }
  | { readonly kind: "stored" }
  | { readonly kind: "cancel"; readonly reason: Extract<LinkingFailure, "mismatch" | "cancelled" | "damaged"> };

const MESSAGE_KINDS = ["commit", "reveal", "open", "accept", "grantPart", "stored", "cancel"] as const;
const CANCELS = ["mismatch", "cancelled", "damaged"] as const;
const MESSAGE_BLOCK_BYTES = 256;
const MAX_NAME_BYTES = 128;
export const MAX_GRANT_PART_BYTES = 60_000;

export function encodeLinkingMessage(message: LinkingMessage): Uint8Array {
  const writer = new ByteWriter().u8(MESSAGE_KINDS.indexOf(message.kind) + 1);
  switch (message.kind) {
    case "commit":
      return padded(writer.fixed(message.commitment, 32, "commitment").text8(message.deviceName));
    case "reveal":
      return padded(
        writer
          .fixed(message.nonce, 32, "nonce")
          .fixed(message.identity, 32, "identity")
          .text8(message.name)
          .text8(message.deviceName),
      );
    case "open":
      return padded(writer.fixed(message.nonce, 32, "nonce"));
    case "accept":
      return padded(
        writer
          .fixed(message.deviceId, 16, "deviceId")
          .fixed(message.signatureKey, 32, "signatureKey")
          .fixed(message.inbox, 32, "inbox"),
      );
    case "grantPart":
      return writer.bool(message.isLast).opaque16(message.bytes).finish();
    case "stored":
      return padded(writer);
    case "cancel":
      return padded(writer.u8(CANCELS.indexOf(message.reason) + 1));
  }
}

/** @throws {DecodeError} */
export function decodeLinkingMessage(bytes: Uint8Array): LinkingMessage {
  const reader = new ByteReader(bytes);
  const kind = MESSAGE_KINDS[reader.u8("LinkingMessage.kind") - 1];
  switch (kind) {
    case "commit": {
      const commitment = reader.take(32, "Commit.commitment");
      return { kind, commitment, deviceName: reader.text8("Commit.device_name", MAX_DEVICE_NAME_BYTES) };
    }
    case "reveal": {
      const [nonce, identity] = [reader.take(32, "Reveal.nonce"), reader.take(32, "Reveal.identity")];
      const name = reader.text8("Reveal.name", MAX_NAME_BYTES);
      return { kind, nonce, identity, name, deviceName: reader.text8("Reveal.device_name", MAX_DEVICE_NAME_BYTES) };
    }
    case "open":
      return { kind, nonce: reader.take(32, "Open.nonce") };
    case "accept": {
      const deviceId = reader.take(16, "Accept.device");
      const signatureKey = reader.take(32, "Accept.signature_key");
      return { kind, deviceId, signatureKey, inbox: reader.take(32, "Accept.inbox") };
    }
    case "grantPart": {
      const isLast = reader.bool("GrantPart.is_last");
      const part = reader.opaque16("GrantPart.bytes");
      reader.end("GrantPart");
      return { kind, isLast, bytes: part };
    }
    case "stored":
      return { kind };
    case "cancel": {
      const reason = CANCELS[reader.u8("Cancel.reason") - 1];
      if (reason === undefined) throw new DecodeError("Cancel.reason is unknown", 1);
      return { kind, reason };
    }
    default:
      throw new DecodeError("LinkingMessage.kind is unknown", 0);
  }
}

function padded(writer: ByteWriter): Uint8Array {
  const bytes = writer.finish();
  const size = Math.ceil(bytes.length / MESSAGE_BLOCK_BYTES) * MESSAGE_BLOCK_BYTES;
  return new ByteWriter()
    .bytes(bytes)
    .bytes(new Uint8Array(size - bytes.length))
    .finish();
}
