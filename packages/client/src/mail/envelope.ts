// What travels sealed in inboxes: contact requests, knocks at groups, rejoin requests, welcomes, stuck notices, and what own devices tell each
// other. Bytes only; who may say what is judged elsewhere (spec/protocol/conversation.md section 2).
import { ByteReader, ByteWriter, DecodeError, decodeHex, encodeHex } from "@p2pcrypt/bytes";
import { PURPOSES, type Purpose } from "@p2pcrypt/identity";
import type { IdentityId, Place } from "@p2pcrypt/session";
import { type OwnBody, readOwn, writeOwn } from "./own-letters.ts";

// struct {
//   uint8  version = 1;
//   uint8  kind;                       1 request, 2 rejoin, 3 welcome, 4 stuck notice, 5 knock, 6 own state,
//                                      7 request, 8 rejoin, 9 knock of a limited device,
//                                      10 renewal request, 11 renewal, 12 keeper key, 13 move, 14 address
//   opaque recipient[32];              identity id
//   opaque inbox[32];                  stream id of the inbox it is sealed for
//   uint64 time_ms;
//   opaque certificate<0..2^16-1>;     of the sender
//   opaque profile<0..2^16-1>;         of the sender
//   opaque reply_inbox[32];            which of the profile's inboxes belongs to the sending device
//   opaque inbox_token[32];            capability to write large records there
//   opaque claim_token[32];            capability to claim the sender's key packages
//   select (kind) { Request; Request; Welcome; StuckNotice; Knock; OwnState; OfDevice; OfDevice; OfDevice; RenewalRequest; Renewal;
//                   KeeperKey; Move; Address } body;
//   opaque signature<0..2^16-1>;       over everything before it, with its purpose
// } Envelope;

export interface EnvelopeHead {
  readonly recipient: IdentityId;
  readonly inbox: Uint8Array;
  readonly timeMs: number;
  readonly certificate: Uint8Array;
  readonly profile: Uint8Array;
  readonly replyInbox: Uint8Array;
  readonly inboxToken: Uint8Array;
  readonly claimToken: Uint8Array;
}

// struct {
//   opaque greeting<0..1024>;          UTF-8
//   uint8  count;  DeviceOffer devices[count];      1 to 10
// } Request;                           signed by the identity
// struct { opaque device_certificate<0..2^16-1>; select (kind) { Request; Request; Knock } body; } OfDevice;      signed by the device
// struct {
//   opaque key_package<0..2^16-1>;     made for this request alone
//   opaque stream_admin_key[32];       Ed25519, made for the conversation's stream alone
// } DeviceOffer;
export interface RequestBody {
  readonly kind: "request" | "rejoin";
  /** Of a limited device, which signs it. Absent: the identity signs. */
  readonly deviceCertificate?: Uint8Array;
  readonly greeting: string;
  readonly devices: readonly DeviceOffer[];
}
// struct { Request request; opaque secret[32]; } Knock;     signed by the identity
export interface KnockBody extends Omit<RequestBody, "kind"> {
  readonly kind: "knock";
  /** Of the link that was followed. */
  readonly secret: Uint8Array;
}
export interface DeviceOffer {
  readonly keyPackage: Uint8Array;
  readonly streamAdminKey: Uint8Array;
}

// struct {
//   opaque device_certificate<0..2^16-1>;
//   opaque welcome<0..2^24-1>;         MLS Welcome
//   opaque ratchet_tree<0..2^24-1>;
//   uint8  count;  opaque references[count]<0..255>;      key packages that were used
//   opaque group[32];
//   Place  place;                      where the stream is
//   uint32 configuration_version;
//   opaque read_token[32];  opaque write_token[32];
//   uint64 positions;  opaque handshake_head[32];         after the commit that added
//   uint64 seq;        opaque chain[32];                  the log at that commit
// } Welcome;                           signed by the device
// struct { opaque node[32]; opaque node_url<0..2^16-1>; opaque stream[32]; } Place;
export interface WelcomeBody {
  readonly kind: "welcome";
  readonly deviceCertificate: Uint8Array;
  readonly welcome: Uint8Array;
  readonly ratchetTree: Uint8Array;
  readonly references: readonly Uint8Array[];
  readonly groupId: Uint8Array;
  readonly place: Place;
  readonly configVersion: number;
  readonly readToken: Uint8Array;
  readonly writeToken: Uint8Array;
  readonly positions: number;
  readonly handshakeHead: Uint8Array;
  readonly seq: number;
  readonly chain: Uint8Array;
}

// struct {
//   opaque device_certificate<0..2^16-1>;
//   opaque group[32];
//   uint64 position;                   of the commit that could not be processed
//   opaque committer[32];              identity id
//   DeviceOffer offer;                 to be added again with
// } StuckNotice;                       signed by the device
export interface StuckNoticeBody {
  readonly kind: "stuckNotice";
  readonly deviceCertificate: Uint8Array;
  readonly groupId: Uint8Array;
  readonly position: number;
  readonly committer: IdentityId;
  readonly offer: DeviceOffer;
}

// struct {
//   opaque device_certificate<0..2^16-1>;
//   opaque group[32];
//   Place  place;                      where the commit lies
//   uint64 positions;                  handshakes before it
// } Move;                              signed by the device; from any member
export interface MoveBody {
  readonly kind: "move";
  readonly deviceCertificate: Uint8Array;
  readonly groupId: Uint8Array;
  readonly place: Place;
  readonly positions: number;
}

// struct { opaque device_certificate<0..2^16-1>; } Address;      signed by the device: the profile in the head is what it says
export interface AddressBody {
  readonly kind: "address";
  readonly deviceCertificate: Uint8Array;
}

export type EnvelopeBody = RequestBody | WelcomeBody | StuckNoticeBody | KnockBody | OwnBody | MoveBody | AddressBody;

export interface Envelope {
  readonly head: EnvelopeHead;
  readonly body: EnvelopeBody;
  /** What the signature covers. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

export const MAX_GREETING_BYTES = 1_024;
const MAX_OFFERS = 10;
const MAX_REFERENCES = 32;
const KIND_CODES: Record<EnvelopeBody["kind"], number> = {
  request: 1,
  rejoin: 2,
  welcome: 3,
  stuckNotice: 4,
  knock: 5,
  ownState: 6,
  renewalRequest: 10,
  renewal: 11,
  keeperKey: 12,
  move: 13,
  address: 14,
};
/** The same, signed by a limited device. */
const OF_DEVICE_CODES = { request: 7, rejoin: 8, knock: 9 } as const;

export const SIGNED_FOR: Record<EnvelopeBody["kind"], Purpose> = {
  request: PURPOSES.contactRequest,
  knock: PURPOSES.groupKnock,
  rejoin: PURPOSES.rejoinRequest,
  welcome: PURPOSES.welcomeEnvelope,
  stuckNotice: PURPOSES.stuckNotice,
  ownState: PURPOSES.ownState,
  renewalRequest: PURPOSES.renewalRequest,
  renewal: PURPOSES.renewal,
  keeperKey: PURPOSES.keeperKey,
  move: PURPOSES.moveNotice,
  address: PURPOSES.addressNotice,
};

/** The bytes to sign. */
export function encodeUnsignedEnvelope(head: EnvelopeHead, body: EnvelopeBody): Uint8Array {
  const writer = new ByteWriter()
    .u8(1)
    .u8(codeOf(body))
    .fixed(decodeHex(head.recipient), 32, "recipient")
    .fixed(head.inbox, 32, "inbox")
    .u64(head.timeMs)
    .opaque16(head.certificate)
    .opaque16(head.profile)
    .fixed(head.replyInbox, 32, "replyInbox")
    .fixed(head.inboxToken, 32, "inboxToken")
    .fixed(head.claimToken, 32, "claimToken");
  switch (body.kind) {
    case "request":
    case "rejoin":
      return writeRequest(ofDevice(writer, body), body).finish();
    case "knock":
      return writeRequest(ofDevice(writer, body), body).fixed(body.secret, 32, "secret").finish();
    case "welcome":
      return writeWelcome(writer, body);
    case "stuckNotice":
      return writeStuckNotice(writer, body);
    case "move":
      writer.opaque16(body.deviceCertificate).fixed(body.groupId, 32, "groupId");
      return writePlace(writer, body.place).u64(body.positions).finish();
    case "address":
      return writer.opaque16(body.deviceCertificate).finish();
    default:
      return writeOwn(writer, body).finish();
  }
}

function codeOf(body: EnvelopeBody): number {
  const isRequest = body.kind === "request" || body.kind === "rejoin" || body.kind === "knock";
  return isRequest && body.deviceCertificate !== undefined ? OF_DEVICE_CODES[body.kind] : KIND_CODES[body.kind];
}

function ofDevice(writer: ByteWriter, { deviceCertificate }: { readonly deviceCertificate?: Uint8Array }): ByteWriter {
  return deviceCertificate === undefined ? writer : writer.opaque16(deviceCertificate);
}

export function encodeEnvelope(signed: Uint8Array, signature: Uint8Array): Uint8Array {
  return new ByteWriter().bytes(signed).opaque16(signature).finish();
}

/** Nothing in the answer is verified. @throws {DecodeError} */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const reader = new ByteReader(bytes);
  if (reader.u8("Envelope.version") !== 1) throw new DecodeError("Envelope.version is unknown", 0);
  const kindCode = reader.u8("Envelope.kind");
  const head: EnvelopeHead = {
    recipient: readIdentityId(reader, "Envelope.recipient"),
    inbox: reader.take(32, "Envelope.inbox"),
    timeMs: reader.safeU64("Envelope.time_ms"),
    certificate: reader.opaque16("Envelope.certificate"),
    profile: reader.opaque16("Envelope.profile"),
    replyInbox: reader.take(32, "Envelope.reply_inbox"),
    inboxToken: reader.take(32, "Envelope.inbox_token"),
    claimToken: reader.take(32, "Envelope.claim_token"),
  };
  const body = readBody(reader, kindCode);
  const signed = bytes.slice(0, reader.offset);
  const signature = reader.opaque16("Envelope.signature");
  reader.end("Envelope");
  return { head, body, signed, signature };
}

function readBody(reader: ByteReader, kindCode: number): EnvelopeBody {
  switch (kindCode) {
    case KIND_CODES.request:
      return readRequest(reader, "request");
    case KIND_CODES.rejoin:
      return readRequest(reader, "rejoin");
    case KIND_CODES.knock:
      return readKnock(reader);
    case OF_DEVICE_CODES.request:
      return { deviceCertificate: reader.opaque16("OfDevice.device_certificate"), ...readRequest(reader, "request") };
    case OF_DEVICE_CODES.rejoin:
      return { deviceCertificate: reader.opaque16("OfDevice.device_certificate"), ...readRequest(reader, "rejoin") };
    case OF_DEVICE_CODES.knock:
      return { deviceCertificate: reader.opaque16("OfDevice.device_certificate"), ...readKnock(reader) };
    case KIND_CODES.welcome:
      return readWelcome(reader);
    case KIND_CODES.stuckNotice:
      return readStuckNotice(reader);
    case KIND_CODES.ownState:
      return readOwn(reader, "ownState");
    case KIND_CODES.renewalRequest:
      return readOwn(reader, "renewalRequest");
    case KIND_CODES.renewal:
      return readOwn(reader, "renewal");
    case KIND_CODES.keeperKey:
      return readOwn(reader, "keeperKey");
    case KIND_CODES.address:
      return { kind: "address", deviceCertificate: reader.opaque16("Address.device_certificate") };
    case KIND_CODES.move: {
      const deviceCertificate = reader.opaque16("Move.device_certificate");
      const groupId = reader.take(32, "Move.group");
      const place = readPlace(reader);
      return { kind: "move", deviceCertificate, groupId, place, positions: reader.safeU64("Move.positions") };
    }
    default:
      throw new DecodeError("Envelope.kind is unknown", 1);
  }
}

function writeRequest(writer: ByteWriter, body: Pick<RequestBody, "greeting" | "devices">): ByteWriter {
  writer.text16(body.greeting).u8(body.devices.length);
  for (const offer of body.devices) writeOffer(writer, offer);
  return writer;
}

function readRequest(reader: ByteReader, kind: RequestBody["kind"]): RequestBody {
  const greeting = reader.text16("Request.greeting", MAX_GREETING_BYTES);
  const count = reader.u8("Request.count");
  if (count < 1 || count > MAX_OFFERS) throw new DecodeError("Request.count", reader.offset);
  return { kind, greeting, devices: Array.from({ length: count }, () => readOffer(reader)) };
}

function readKnock(reader: ByteReader): KnockBody {
  return { ...readRequest(reader, "request"), kind: "knock", secret: reader.take(32, "Knock.secret") };
}

function writeOffer(writer: ByteWriter, offer: DeviceOffer): ByteWriter {
  return writer.opaque16(offer.keyPackage).fixed(offer.streamAdminKey, 32, "streamAdminKey");
}

function readOffer(reader: ByteReader): DeviceOffer {
  return {
    keyPackage: reader.opaque16("DeviceOffer.key_package"),
    streamAdminKey: reader.take(32, "DeviceOffer.stream_admin_key"),
  };
}

function writeWelcome(writer: ByteWriter, body: WelcomeBody): Uint8Array {
  writer.opaque16(body.deviceCertificate).opaque24(body.welcome).opaque24(body.ratchetTree).u8(body.references.length);
  for (const reference of body.references) writer.opaque8(reference);
  return writePlace(writer.fixed(body.groupId, 32, "groupId"), body.place)
    .u32(body.configVersion)
    .fixed(body.readToken, 32, "readToken")
    .fixed(body.writeToken, 32, "writeToken")
    .u64(body.positions)
    .fixed(body.handshakeHead, 32, "handshakeHead")
    .u64(body.seq)
    .fixed(body.chain, 32, "chain")
    .finish();
}

function readWelcome(reader: ByteReader): WelcomeBody {
  const deviceCertificate = reader.opaque16("Welcome.device_certificate");
  const welcome = reader.opaque24("Welcome.welcome");
  const ratchetTree = reader.opaque24("Welcome.ratchet_tree");
  const count = reader.u8("Welcome.count");
  if (count > MAX_REFERENCES) throw new DecodeError("Welcome.count", reader.offset);
  return {
    kind: "welcome",
    deviceCertificate,
    welcome,
    ratchetTree,
    references: Array.from({ length: count }, () => reader.opaque8("Welcome.references")),
    groupId: reader.take(32, "Welcome.group"),
    place: readPlace(reader),
    configVersion: reader.u32("Welcome.configuration_version"),
    readToken: reader.take(32, "Welcome.read_token"),
    writeToken: reader.take(32, "Welcome.write_token"),
    positions: reader.safeU64("Welcome.positions"),
    handshakeHead: reader.take(32, "Welcome.handshake_head"),
    seq: reader.safeU64("Welcome.seq"),
    chain: reader.take(32, "Welcome.chain"),
  };
}

function writePlace(writer: ByteWriter, { nodeId, nodeUrl, stream }: Place): ByteWriter {
  return writer.fixed(decodeHex(nodeId), 32, "nodeId").text16(nodeUrl).fixed(stream, 32, "stream");
}

function readPlace(reader: ByteReader): Place {
  return {
    nodeId: readIdentityId(reader, "Place.node"),
    nodeUrl: reader.text16("Place.node_url", 512),
    stream: reader.take(32, "Place.stream"),
  };
}

function writeStuckNotice(writer: ByteWriter, body: StuckNoticeBody): Uint8Array {
  writer
    .opaque16(body.deviceCertificate)
    .fixed(body.groupId, 32, "groupId")
    .u64(body.position)
    .fixed(decodeHex(body.committer), 32, "committer");
  return writeOffer(writer, body.offer).finish();
}

function readStuckNotice(reader: ByteReader): StuckNoticeBody {
  return {
    kind: "stuckNotice",
    deviceCertificate: reader.opaque16("StuckNotice.device_certificate"),
    groupId: reader.take(32, "StuckNotice.group"),
    position: reader.safeU64("StuckNotice.position"),
    committer: readIdentityId(reader, "StuckNotice.committer"),
    offer: readOffer(reader),
  };
}

function readIdentityId(reader: ByteReader, what: string): IdentityId {
  // Any 32 bytes in hex are an identity id; whether there is such an identity is another question.
  return encodeHex(reader.take(32, what)) as IdentityId;
}
