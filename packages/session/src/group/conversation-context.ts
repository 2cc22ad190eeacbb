// The conversation's own state in the GroupContext: founding, administrators with their log, where the conversation lives, and
// which keys may sign for its streams. One private-use extension; every member must support it.
import { ByteReader, ByteWriter, DecodeError, decodeHex, encodeHex, encodeUtf8 } from "@p2pcrypt/bytes";
import type { IdentityId } from "../credential-verifier.ts";
import { decodeFoundingStatement, type FoundingStatement, groupIdOf } from "./founding.ts";
import {
  decodeRoleLogEntry,
  MAX_ADMINISTRATORS,
  MAX_ROLE_LOG_ENTRIES,
  type RoleLogEntry,
  readIdentities,
  roleLogEntryHash,
} from "./role-log.ts";

// struct {
//   uint8  version;                                        1, 2 or 3
//   opaque founding<0..2^16-1>;                            FoundingStatement
//   uint8  count;  opaque administrators[count][32];       ascending; never none
//   uint8  count;  opaque role_log[count]<0..2^16-1>;      RoleLogEntry, oldest first, at most 16
//   uint8  count;  Place location[count];                  at most 8
//   uint8  count;  StreamAdminKey stream_admin_keys[count];  at most 64
//   select (version) { case 1: empty; case 2: Agreed; case 3: Agreed, Picture; }
//                                                          3 exactly when there is a picture, else 2 exactly when something
//                                                          of Agreed is not its default
// } ConversationContext;                                   extension type 0xF2C0
// struct { opaque node[32]; opaque node_url<0..2^16-1>; opaque stream[32]; } Place;
// struct { opaque identity[32]; opaque device[16]; opaque key[32]; } StreamAdminKey;
// struct { opaque name<0..255>; uint32 disappear_after_s; } Agreed;     defaults: empty, 0
// struct { opaque bytes<1..8192>; } Picture;               a JPEG or a WebP, by its first bytes

export const CONVERSATION_EXTENSION_TYPE = 0xf2c0;
const MAX_LOCATIONS = 8;
const MAX_STREAM_ADMIN_KEYS = 64;
const MAX_URL_BYTES = 512;
export const MAX_CONVERSATION_NAME_BYTES = 128;
export const MAX_GROUP_PICTURE_BYTES = 8_192;
/** Four weeks. */
export const MAX_DISAPPEAR_AFTER_S = 28 * 86_400;

export interface Place {
  readonly nodeId: IdentityId;
  readonly nodeUrl: string;
  readonly stream: Uint8Array;
}

export interface StreamAdminKey {
  readonly identityId: IdentityId;
  readonly deviceId: Uint8Array;
  /** Ed25519 public key that this device made for this conversation's streams alone. */
  readonly key: Uint8Array;
}

export interface ConversationContext {
  readonly founding: FoundingStatement;
  readonly administrators: readonly IdentityId[];
  readonly roleLog: readonly RoleLogEntry[];
  readonly location: readonly Place[];
  readonly streamAdminKeys: readonly StreamAdminKey[];
  /** Of a group, as its administrators called it; may be empty. */
  readonly name: string;
  /** How long after it was sent a message is erased by everybody; 0: never. */
  readonly disappearAfterS: number;
  /** Of a group: a small JPEG or WebP; empty: none. */
  readonly picture: Uint8Array;
}

type Agreed = Pick<ConversationContext, "name" | "disappearAfterS" | "picture">;

/** Whether bytes may be a group's picture: its kind and size. Nothing of it is decoded here. */
export function isGroupPicture(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_GROUP_PICTURE_BYTES) return false;
  const isJpeg = startsWith(bytes, 0, [0xff, 0xd8, 0xff]);
  // "RIFF", a length, "WEBP"
  return isJpeg || (startsWith(bytes, 0, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes, 8, [0x57, 0x45, 0x42, 0x50]));
}

function startsWith(bytes: Uint8Array, at: number, sign: readonly number[]): boolean {
  return sign.every((byte, offset) => bytes[at + offset] === byte);
}

/** What the next role log entry links to. */
export function roleLogHead({ founding, roleLog }: ConversationContext): {
  readonly hash: Uint8Array;
  readonly sequence: number;
} {
  const last = roleLog.at(-1);
  return last === undefined
    ? { hash: groupIdOf(founding.bytes), sequence: 0 }
    : { hash: roleLogEntryHash(last), sequence: last.sequence };
}

export function encodeConversationContext(context: ConversationContext): Uint8Array {
  if (context.location.length > MAX_LOCATIONS) throw new RangeError(`at most ${MAX_LOCATIONS} locations`);
  if (context.streamAdminKeys.length > MAX_STREAM_ADMIN_KEYS)
    throw new RangeError(`at most ${MAX_STREAM_ADMIN_KEYS} stream admin keys`);
  if (context.administrators.length > MAX_ADMINISTRATORS) throw new RangeError(`at most ${MAX_ADMINISTRATORS} administrators`);
  const { name, disappearAfterS, picture } = context;
  if (encodeUtf8(name).length > MAX_CONVERSATION_NAME_BYTES) throw new RangeError(`at most ${MAX_CONVERSATION_NAME_BYTES} bytes`);
  if (disappearAfterS > MAX_DISAPPEAR_AFTER_S) throw new RangeError(`at most ${MAX_DISAPPEAR_AFTER_S} seconds`);
  if (picture.length > 0 && !isGroupPicture(picture)) throw new RangeError("not a picture of a group");
  const isAgreed = picture.length > 0 || name !== "" || disappearAfterS !== 0;
  const writer = new ByteWriter()
    .u8(picture.length > 0 ? 3 : isAgreed ? 2 : 1)
    .opaque16(context.founding.bytes)
    .u8(context.administrators.length);
  for (const administrator of context.administrators) writer.fixed(decodeHex(administrator), 32, "administrator");
  writer.u8(context.roleLog.length);
  for (const entry of context.roleLog) writer.opaque16(entry.bytes);
  writer.u8(context.location.length);
  for (const { nodeId, nodeUrl, stream } of context.location) {
    writer.fixed(decodeHex(nodeId), 32, "nodeId").text16(nodeUrl).fixed(stream, 32, "stream");
  }
  writer.u8(context.streamAdminKeys.length);
  for (const { identityId, deviceId, key } of context.streamAdminKeys) {
    writer.fixed(decodeHex(identityId), 32, "identityId").fixed(deviceId, 16, "deviceId").fixed(key, 32, "key");
  }
  if (isAgreed) writer.text8(name).u32(disappearAfterS);
  if (picture.length > 0) writer.opaque16(picture);
  return writer.finish();
}

/** Reads and checks what holds without keys: order, counts, links. @throws {DecodeError} */
export function decodeConversationContext(bytes: Uint8Array): ConversationContext {
  const reader = new ByteReader(bytes);
  const version = reader.u8("ConversationContext.version");
  if (version !== 1 && version !== 2 && version !== 3) throw new DecodeError("ConversationContext.version is unknown", 0);
  const founding = decodeFoundingStatement(reader.opaque16("ConversationContext.founding"));
  const administrators = readIdentities(reader, "ConversationContext.administrators");
  if (administrators.length === 0) throw new DecodeError("ConversationContext.administrators: none", reader.offset);
  const roleLog = readList(reader, "role_log", MAX_ROLE_LOG_ENTRIES, () => decodeRoleLogEntry(reader.opaque16("role_log")));
  const location = readList(reader, "location", MAX_LOCATIONS, () => ({
    nodeId: encodeHex(reader.take(32, "Place.node")) as IdentityId,
    nodeUrl: reader.text16("Place.node_url", MAX_URL_BYTES),
    stream: reader.take(32, "Place.stream"),
  }));
  const streamAdminKeys = readList(reader, "stream_admin_keys", MAX_STREAM_ADMIN_KEYS, () => ({
    identityId: encodeHex(reader.take(32, "StreamAdminKey.identity")) as IdentityId,
    deviceId: reader.take(16, "StreamAdminKey.device"),
    key: reader.take(32, "StreamAdminKey.key"),
  }));
  const agreed = readAgreed(reader, version);
  reader.end("ConversationContext");
  return { founding, administrators, roleLog, location, streamAdminKeys, ...agreed };
}

/** One context has one form: what says nothing is not written. */
function readAgreed(reader: ByteReader, version: 1 | 2 | 3): Agreed {
  const picture = new Uint8Array(0);
  if (version === 1) return { name: "", disappearAfterS: 0, picture };
  const name = reader.text8("Agreed.name", MAX_CONVERSATION_NAME_BYTES);
  const disappearAfterS = reader.u32("Agreed.disappear_after_s");
  if (version === 2 && name === "" && disappearAfterS === 0) throw new DecodeError("Agreed: nothing agreed", reader.offset);
  if (disappearAfterS > MAX_DISAPPEAR_AFTER_S) throw new DecodeError("Agreed.disappear_after_s: too long", reader.offset);
  return { name, disappearAfterS, picture: version === 3 ? readPicture(reader) : picture };
}

function readPicture(reader: ByteReader): Uint8Array {
  const picture = reader.opaque16("Picture.bytes", MAX_GROUP_PICTURE_BYTES);
  if (!isGroupPicture(picture)) throw new DecodeError("Picture.bytes: neither JPEG nor WebP", reader.offset);
  return picture;
}

function readList<T>(reader: ByteReader, what: string, max: number, readOne: () => T): T[] {
  const count = reader.u8(what);
  if (count > max) throw new DecodeError(`${what}: more than ${max}`, reader.offset);
  return Array.from({ length: count }, readOne);
}
