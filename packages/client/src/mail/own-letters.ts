// What own devices say to each other and to nobody else: what changed, and what a limited device needs of a keeper (spec/protocol/linking.md
// section 8). Bytes only.
import type { ByteReader, ByteWriter } from "@p2pcrypt/bytes";

// struct {
//   opaque device_certificate<0..2^16-1>;
//   opaque entries<0..2^24-1>;         JSON, as a vault stores it: what changed on this device (devices/own-state.ts)
// } OwnState;                          signed by the device; from own devices alone
export interface OwnStateBody {
  readonly kind: "ownState";
  readonly deviceCertificate: Uint8Array;
  readonly entries: Uint8Array;
}

// struct {
//   opaque device_certificate<0..2^16-1>;      of the device that asks, and is to be renewed
//   uint32 key_id;  opaque inbox_key[1216];    of its inbox: what the profile is to say
// } RenewalRequest;                    signed by the device; to keepers alone
export interface RenewalRequestBody {
  readonly kind: "renewalRequest";
  readonly deviceCertificate: Uint8Array;
  readonly keyId: number;
  readonly inboxKey: Uint8Array;
}

// struct {
//   opaque device_certificate<0..2^16-1>;
//   opaque device[16];                 whom it answers
//   opaque renewed<0..2^16-1>;         its next device certificate; empty when that is not due
// } Renewal;                           signed by the device of the keeper; the envelope has the profile
export interface RenewalBody {
  readonly kind: "renewal";
  readonly deviceCertificate: Uint8Array;
  readonly device: Uint8Array;
  readonly renewed: Uint8Array;
}

// struct {
//   opaque device_certificate<0..2^16-1>;
//   opaque device[16];                 which becomes a keeper
//   opaque secret<0..2^24-1>;          of the identity
// } KeeperKey;                         signed by the device of the keeper
export interface KeeperKeyBody {
  readonly kind: "keeperKey";
  readonly deviceCertificate: Uint8Array;
  readonly device: Uint8Array;
  readonly secret: Uint8Array;
}

export type OwnBody = OwnStateBody | RenewalRequestBody | RenewalBody | KeeperKeyBody;

const INBOX_KEY_BYTES = 1_216;

export function writeOwn(writer: ByteWriter, body: OwnBody): ByteWriter {
  writer.opaque16(body.deviceCertificate);
  switch (body.kind) {
    case "ownState":
      return writer.opaque24(body.entries);
    case "renewalRequest":
      return writer.u32(body.keyId).fixed(body.inboxKey, INBOX_KEY_BYTES, "inboxKey");
    case "renewal":
      return writer.fixed(body.device, 16, "device").opaque16(body.renewed);
    case "keeperKey":
      return writer.fixed(body.device, 16, "device").opaque24(body.secret);
  }
}

/** @throws {DecodeError} */
export function readOwn(reader: ByteReader, kind: OwnBody["kind"]): OwnBody {
  const deviceCertificate = reader.opaque16("device_certificate");
  switch (kind) {
    case "ownState":
      return { kind, deviceCertificate, entries: reader.opaque24("OwnState.entries") };
    case "renewalRequest": {
      const keyId = reader.u32("RenewalRequest.key_id");
      return { kind, deviceCertificate, keyId, inboxKey: reader.take(INBOX_KEY_BYTES, "RenewalRequest.inbox_key") };
    }
    case "renewal": {
      const device = reader.take(16, "Renewal.device");
      return { kind, deviceCertificate, device, renewed: reader.opaque16("Renewal.renewed") };
    }
    case "keeperKey": {
      const device = reader.take(16, "KeeperKey.device");
      return { kind, deviceCertificate, device, secret: reader.opaque24("KeeperKey.secret") };
    }
  }
}
